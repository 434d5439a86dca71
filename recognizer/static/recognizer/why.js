// On request: which ink spoke for the chosen digit, green, and which against it, red.

import { explain } from "./api.js";
import { say } from "./strings.js";

const FOR = [47, 214, 143];
const AGAINST = [255, 92, 77];

export class Why {
  #button = document.getElementById("why");
  #canvas = document.getElementById("why-map");
  #caption = document.getElementById("seen-caption");
  #resting = this.#caption.textContent;
  #answer = null;
  #place = 0;
  #maps = new Map();

  constructor() {
    this.#button.addEventListener("click", () => this.#press(!this.#pressed));
  }

  // About this answer from now on; null for none.
  about(answer) {
    this.#answer = answer?.digits.length ? answer : null;
    this.#button.disabled = this.#answer === null;
    if (!this.#answer) this.#press(false);
  }

  choose(place) {
    this.#place = place;
    this.#update();
  }

  get #pressed() {
    return this.#button.getAttribute("aria-pressed") === "true";
  }

  #press(pressed) {
    this.#button.setAttribute("aria-pressed", pressed);
    this.#update();
  }

  async #update() {
    this.#canvas.hidden = true;
    this.#caption.textContent = this.#pressed ? say("whyLegend") : this.#resting;
    if (!this.#pressed) return;
    const key = `${this.#answer.url} ${this.#place}`;
    try {
      if (!this.#maps.has(key)) this.#maps.set(key, await explain(this.#answer.url, this.#place));
      if (this.#pressed && key === `${this.#answer.url} ${this.#place}`) this.#paint(this.#maps.get(key));
    } catch {
      this.#button.setAttribute("aria-pressed", false);
      this.#caption.textContent = say("whyFailed");
    }
  }

  #paint(map) {
    const context = this.#canvas.getContext("2d");
    const image = context.createImageData(28, 28);
    image.data.set(map.flat().flatMap(tint));
    context.putImageData(image, 0, 0);
    this.#canvas.hidden = false;
  }
}

// The picture is multiplied by this: white leaves it as it is.
function tint(value) {
  const share = Math.sqrt(Math.abs(value));
  const colour = value > 0 ? FOR : AGAINST;
  return [...colour.map((part) => 255 + (part - 255) * share), 255];
}

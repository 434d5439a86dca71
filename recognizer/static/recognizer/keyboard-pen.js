// Drawing by keyboard: arrows move a cross over the sheet, Space puts the pen down and lifts it.

import { SHEET } from "./sketch.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SHORT = 12;
const LONG = 48;

export class KeyboardPen {
  #sketch;
  #tools;
  #cross;
  #announce;
  #at = [SHEET.width / 2, SHEET.height / 4];
  #down = false;

  constructor(canvas, cross, sketch, tools, announce) {
    [this.#sketch, this.#tools, this.#cross, this.#announce] = [sketch, tools, cross, announce];
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("pointerdown", () => this.#lift());
    canvas.addEventListener("blur", () => this.#lift());
    this.#show();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step) this.#move(step, event.shiftKey ? LONG : SHORT);
    else if (event.key === " ") this.#toggle();
    else return;
    event.preventDefault();
  }

  #move([right, down], length) {
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    const [x, y] = this.#at;
    this.#at = [within(x + right * length, SHEET.width), within(y + down * length, SHEET.height)];
    if (this.#down) this.#sketch.extend([this.#at]);
    this.#show();
  }

  #toggle() {
    if (this.#down) return this.#lift();
    this.#down = true;
    this.#sketch.begin({ erase: this.#tools.erases, width: this.#tools.width, points: [this.#at] });
    this.#announce("penDown");
    return this.#show();
  }

  #lift() {
    if (!this.#down) return;
    this.#down = false;
    this.#sketch.end();
    this.#announce("penUp");
    this.#show();
  }

  #show() {
    this.#cross.setAttribute("transform", `translate(${this.#at})`);
    this.#cross.toggleAttribute("data-down", this.#down);
  }
}

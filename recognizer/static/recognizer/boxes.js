// Boxes over the drawing, one a digit, in pixels of the picture as it was sent.

import { SHEET } from "./sketch.js";
import { figures } from "./strings.js";

const SVG = "http://www.w3.org/2000/svg";
// In units of the sheet; a picture's boxes get what looks the same beside it.
const MARGIN = 10;
const LETTER = 30;
const LEAST_LETTER_PIXELS = 16;

export class Boxes {
  #svg;
  #digits = [];

  constructor(svg) {
    this.#svg = svg;
    this.#resize(SHEET);
  }

  show(answer, size) {
    this.clear();
    this.#resize(size);
    this.#digits = answer.digits;
    this.#svg.dataset.accepted = answer.accepted;
    const scale = Math.max(size.width / SHEET.width, size.height / SHEET.height);
    const pixel = Math.max(size.width / this.#svg.clientWidth, size.height / this.#svg.clientHeight);
    const letter = Math.max(LETTER * scale, LEAST_LETTER_PIXELS * pixel);
    this.#svg.append(...this.#digits.map((digit) => box(digit, MARGIN * scale, letter)));
  }

  clear() {
    this.#svg.querySelectorAll(".box").forEach((each) => each.remove());
    this.#svg.toggleAttribute("data-stale", false);
    this.#digits = [];
  }

  set stale(stale) {
    this.#svg.toggleAttribute("data-stale", stale);
  }

  choose(index) {
    this.#svg.querySelectorAll(".box").forEach((each, i) => each.toggleAttribute("data-chosen", i === index));
  }

  // Index of the digit at a point, or -1. Of several that overlap, the one whose middle is nearest.
  at([x, y]) {
    const distances = this.#digits.map(({ box: [left, top, width, height] }) => {
      const within = x >= left && x <= left + width && y >= top && y <= top + height;
      return within ? Math.hypot(x - left - width / 2, y - top - height / 2) : Infinity;
    });
    const nearest = Math.min(...distances);
    return nearest === Infinity ? -1 : distances.indexOf(nearest);
  }

  #resize({ width, height }) {
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  }
}

function box({ digit, box: [x, y, width, height] }, margin, letter) {
  const group = element("g", { class: "box" });
  group.append(
    element("rect", {
      x: x - margin,
      y: y - margin,
      width: width + 2 * margin,
      height: height + 2 * margin,
      rx: margin,
    }),
  );
  const above = y - margin - letter * 0.3;
  const label = element("text", { x: x + width / 2, y: above > letter ? above : y + height + margin + letter });
  label.style.fontSize = `${letter}px`;
  label.textContent = figures(digit);
  group.append(label);
  return group;
}

export function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

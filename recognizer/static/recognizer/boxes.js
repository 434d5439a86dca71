// Boxes over the drawing, one a digit, in pixels of the picture as it was sent.

import { SHEET } from "./sketch.js";
import { figures } from "./strings.js";

const SVG = "http://www.w3.org/2000/svg";
// In units of the sheet; a picture's boxes get what looks the same beside it.
const MARGIN = 10;
const LETTER = 30;
const LEAST_LETTER_PIXELS = 16;
// Of small digits, so that their boxes do not run into each other: of a digit's height.
const MOST_MARGIN = 0.2;
// How high a figure stands over its baseline, and how far the baseline keeps from the box, in letters.
const FIGURE = 0.75;
const FIGURE_WIDTH = 0.65;
const GAP = 0.3;

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
    const margin = MARGIN * scale;
    const taken = this.#digits.map(({ box }) => widened(box, Math.min(margin, MOST_MARGIN * box[3])));
    this.#svg.toggleAttribute("data-crowded", areCrowded(taken, letter));
    this.#svg.append(...this.#digits.map(({ digit }, i) => box(digit, taken[i], taken, { letter, margin, size })));
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

function widened([x, y, width, height], margin) {
  return { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin };
}

// Whether figures above the boxes would lie on each other.
function areCrowded(taken, letter) {
  return taken.some((one, i) => {
    const next = taken[i + 1];
    if (!next || next.y > one.y + one.height || one.y > next.y + next.height) return false;
    return Math.abs(next.x + next.width / 2 - one.x - one.width / 2) < FIGURE_WIDTH * letter;
  });
}

function box(digit, place, taken, { letter, margin, size }) {
  const group = element("g", { class: "box" });
  const label = element("text", standing(place, taken, letter, size));
  label.style.fontSize = `${letter}px`;
  label.textContent = figures(digit);
  group.append(element("rect", { ...place, rx: Math.min(margin, MOST_MARGIN * place.height) }), label);
  return group;
}

// Where the middle of a figure's baseline is: above the box; below it at the upper edge of the picture, unless another
// line of digits begins there; in the box's upper corner in a picture that has no room for either.
function standing({ x, y, width, height }, taken, letter, size) {
  const middle = x + width / 2;
  const above = y - GAP * letter;
  if (above >= FIGURE * letter) return { x: middle, y: above };
  const bottom = y + height;
  const below = bottom + (FIGURE + GAP) * letter;
  if (below > size.height) {
    return { x: Math.min(x + width, size.width) - FIGURE_WIDTH * letter, y: Math.max(0, y) + (FIGURE + GAP) * letter };
  }
  // The line beneath has its own figures above its boxes.
  const room = below + (FIGURE + GAP) * letter;
  const beneath = taken.some((other) => other.y >= bottom && other.y < room && other.x < x + width && other.x + other.width > x);
  return { x: middle, y: beneath ? FIGURE * letter : below };
}

export function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

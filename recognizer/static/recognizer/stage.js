// The sheet as seen: strokes or a picture, sharp on any screen, in the theme's ink.
// data-holds on the stage says what is on it: nothing, sketch or picture. Emits "change" when a picture comes or goes.

import { drawStrokes } from "./ink.js";
import { SHEET } from "./sketch.js";

export class Stage extends EventTarget {
  #stage;
  #canvas;
  #sketch;
  #picture = null;
  #frame = 0;

  constructor(stage, canvas, sketch) {
    super();
    [this.#stage, this.#canvas, this.#sketch] = [stage, canvas, sketch];
    sketch.addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.#resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    this.#resize();
  }

  // A bitmap instead of the strokes, in the size that its boxes are given in; null for the strokes again.
  show(bitmap, size) {
    this.#picture?.bitmap.close();
    this.#picture = bitmap && { bitmap, ...size };
    this.redraw();
    this.dispatchEvent(new Event("change"));
  }

  get holdsPicture() {
    return this.#picture !== null;
  }

  // Width and height of what is shown, in the pixels that boxes are given in.
  get size() {
    return this.#picture ?? SHEET;
  }

  // Where on what is shown a pointer is, in those pixels.
  locate(event) {
    const frame = this.#canvas.getBoundingClientRect();
    const { scale, left, top } = this.#fit(frame.width, frame.height);
    return [(event.clientX - frame.left - left) / scale, (event.clientY - frame.top - top) / scale];
  }

  redraw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #fit(width, height) {
    const scale = Math.min(width / this.size.width, height / this.size.height);
    return { scale, left: (width - this.size.width * scale) / 2, top: (height - this.size.height * scale) / 2 };
  }

  #resize() {
    const frame = this.#canvas.getBoundingClientRect();
    this.#canvas.width = Math.round(frame.width * devicePixelRatio);
    this.#canvas.height = Math.round(frame.height * devicePixelRatio);
    this.#draw();
  }

  #draw() {
    const { width, height } = this.#canvas;
    const context = this.#canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const { scale, left, top } = this.#fit(width, height);
    context.setTransform(scale, 0, 0, scale, left, top);
    if (this.#picture) context.drawImage(this.#picture.bitmap, 0, 0, this.#picture.width, this.#picture.height);
    else drawStrokes(context, this.#sketch.strokes, getComputedStyle(this.#stage).getPropertyValue("--ink"));
    this.#stage.dataset.holds = this.#picture ? "picture" : this.#sketch.isBlank ? "nothing" : "sketch";
  }
}

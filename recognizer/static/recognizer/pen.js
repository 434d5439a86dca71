// Drawing with mouse, finger and pen. One hand at a time: while a pen writes, the palm beside it does not.

const ERASER_BUTTON = 32;

export class Pen {
  #stage;
  #sketch;
  #tools;
  #pointer = null;

  constructor(canvas, stage, sketch, tools) {
    [this.#stage, this.#sketch, this.#tools] = [stage, sketch, tools];
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(name, (event) => this.#up(event));
    }
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  get isDrawing() {
    return this.#pointer !== null;
  }

  #down(event) {
    const takesOver = this.#pointer?.pointerType === "touch" && event.pointerType === "pen";
    if (this.#stage.holdsPicture || (this.isDrawing && !takesOver)) return;
    if (event.button !== 0 && !(event.buttons & ERASER_BUTTON)) return;
    if (takesOver) this.#sketch.end();
    this.#pointer = event;
    event.target.setPointerCapture(event.pointerId);
    this.#sketch.begin({
      erase: this.#tools.erases || Boolean(event.buttons & ERASER_BUTTON),
      width: this.#tools.width,
      points: [this.#point(event)],
    });
  }

  #move(event) {
    if (event.pointerId !== this.#pointer?.pointerId) return;
    // A fast pen reports more often than the screen is drawn; the points between are the curve.
    const events = event.getCoalescedEvents?.() ?? [];
    this.#sketch.extend((events.length ? events : [event]).map((each) => this.#point(each)));
  }

  #up(event) {
    if (event.pointerId !== this.#pointer?.pointerId) return;
    this.#pointer = null;
    this.#sketch.end();
  }

  #point(event) {
    return this.#stage.locate(event).map((value) => Math.round(value * 10) / 10);
  }
}

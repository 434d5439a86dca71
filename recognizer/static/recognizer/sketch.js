// What has been drawn: strokes in units of the sheet, with undo and redo. Knows nothing of the screen.
// A stroke is {erase, width, points: [[x, y], ...]}. Emits "change", and "edit" after it when a hand made the change.

export const SHEET = { width: 840, height: 600 };

export class Sketch extends EventTarget {
  #strokes = [];
  #past = [];
  #future = [];
  #open = null;

  get strokes() {
    return this.#open ? [...this.#strokes, this.#open] : this.#strokes;
  }

  get isBlank() {
    return !this.strokes.some((stroke) => !stroke.erase);
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  begin(stroke) {
    this.end();
    this.#open = stroke;
    this.#edited();
  }

  extend(points) {
    if (!this.#open || points.length === 0) return;
    this.#open.points.push(...points);
    this.#edited();
  }

  end() {
    if (!this.#open) return;
    const finished = this.#open;
    this.#open = null;
    this.#step([...this.#strokes, finished]);
  }

  clear() {
    this.end();
    if (this.#strokes.length > 0) this.#step([]);
  }

  undo() {
    this.end();
    if (!this.canUndo) return;
    this.#future.push(this.#strokes);
    this.#strokes = this.#past.pop();
    this.#edited();
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.#strokes);
    this.#strokes = this.#future.pop();
    this.#edited();
  }

  // Another sheet, or none: its own history begins here.
  replace(strokes) {
    [this.#strokes, this.#past, this.#future, this.#open] = [strokes, [], [], null];
    this.dispatchEvent(new Event("change"));
  }

  #step(strokes) {
    this.#past.push(this.#strokes);
    this.#strokes = strokes;
    this.#future = [];
    this.#edited();
  }

  #edited() {
    this.dispatchEvent(new Event("change"));
    this.dispatchEvent(new Event("edit"));
  }
}

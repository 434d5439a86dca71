// One sheet at a time: what is on it is read, what was read is shown and kept.

import { asPng, thumbnail } from "./ink.js";
import { miniature } from "./picture-input.js";
import { SHEET } from "./sketch.js";
import { figures, percent, refusal, say } from "./strings.js";

const MINIATURE_SIDE = 480;

export class Desk {
  #sheet = newSheet();
  // A drawing is known by its first stroke, so that undoing "Clear" finds the sheet it was.
  #sheets = new WeakMap();

  // parts: {sketch, stage, boxes, slip, why, reader, history, feedback, announce, readsAlong}
  constructor(parts) {
    Object.assign(this, parts);
    this.sketch.addEventListener("edit", () => this.#written());
    this.reader.addEventListener("reading", () => this.#wait(say("reading")));
    this.reader.addEventListener("queued", () => this.#wait(say("queued"), true));
    this.reader.addEventListener("retry", ({ detail }) => this.#wait(say("retry", { seconds: figures(detail) }), true));
    this.reader.addEventListener("answer", ({ detail }) => this.#answered(detail));
    this.reader.addEventListener("problem", ({ detail }) => this.failed(detail.message));
    this.slip.addEventListener("choose", ({ detail }) => this.#choose(detail));
    this.history.addEventListener("open", ({ detail }) => this.open(detail));
    this.feedback.addEventListener("given", ({ detail }) => this.history.label(detail.answer, detail.label));
  }

  read() {
    if (this.#sheet.kind === "picture" && !this.#sheet.blob) this.open(this.#sheet);
    else this.reader.read(() => this.#asBlob());
  }

  clear() {
    if (this.#sheet.kind === "picture") this.#begin(newSheet());
    else this.sketch.clear();
    this.announce(say("cleared"));
  }

  put(picture) {
    const image = miniature(picture.bitmap, MINIATURE_SIDE);
    const size = { width: picture.width, height: picture.height };
    this.#begin({ ...newSheet(), kind: "picture", blob: picture.blob, image, size });
    this.stage.show(picture.bitmap, size);
    this.announce(say("picture", { name: picture.name }));
    this.read();
  }

  async open(sheet) {
    this.#begin({ ...sheet });
    if (sheet.kind === "picture") this.stage.show(await loaded(sheet.image), sheet.size);
    else this.sketch.replace(sheet.strokes);
    if (sheet.strokes) this.#sheets.set(sheet.strokes[0], this.#sheet);
    this.#show(sheet.answer, sheet.label);
    this.history.current = sheet.id;
  }

  failed(sentence) {
    this.boxes.clear();
    this.why.about(null);
    this.slip.problem(sentence);
    this.feedback.askAbout(null);
    this.announce(sentence);
  }

  #choose(place) {
    this.boxes.choose(place);
    this.why.choose(place);
  }

  #begin(sheet) {
    this.#leave(sheet);
    this.stage.show(null);
    this.sketch.replace([]);
  }

  #leave(sheet) {
    this.reader.stop();
    this.#sheet = sheet;
    this.history.current = null;
    this.boxes.clear();
    this.why.about(null);
    this.slip.empty();
    this.feedback.askAbout(null);
  }

  #written() {
    this.boxes.stale = true;
    this.feedback.askAbout(null);
    if (this.sketch.isBlank) return this.#leave(newSheet());
    this.#sheet = this.#sheetOf(this.sketch.strokes[0]);
    return this.readsAlong() ? this.reader.readSoon(() => this.#asBlob()) : this.reader.stop();
  }

  #sheetOf(stroke) {
    if (!this.#sheets.has(stroke)) this.#sheets.set(stroke, newSheet());
    return this.#sheets.get(stroke);
  }

  #wait(sentence, aloud = false) {
    this.boxes.stale = true;
    this.slip.waiting(sentence);
    this.feedback.askAbout(null);
    if (aloud) this.announce(sentence);
  }

  #answered(answer) {
    this.#show(answer);
    this.announce(spoken(answer));
    const sheet = { ...this.#sheet, answer };
    delete sheet.blob;
    if (sheet.kind === "sketch") Object.assign(sheet, { strokes: this.sketch.strokes, image: thumbnail(this.sketch.strokes) });
    if (answer.reason !== "blank") this.history.keep(sheet);
  }

  #show(answer, label) {
    this.boxes.show(answer, this.#sheet.size);
    this.why.about(answer);
    this.slip.show(answer);
    this.feedback.askAbout(answer, label);
  }

  #asBlob() {
    return this.#sheet.blob ?? asPng(this.sketch.strokes);
  }
}

function newSheet() {
  return { id: crypto.getRandomValues(new Uint32Array(4)).join("-"), kind: "sketch", size: SHEET };
}

function spoken(answer) {
  if (!answer.accepted) return say("refused", { advice: refusal(answer.reason) });
  return say("read", { text: figures(answer.text), percent: percent(answer.confidence) });
}

async function loaded(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  return createImageBitmap(image);
}

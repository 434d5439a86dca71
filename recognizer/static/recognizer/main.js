// Joins the parts to the page's controls.

import { AnswerSlip } from "./answer.js";
import { Boxes, element } from "./boxes.js";
import { Desk } from "./desk.js";
import { Feedback } from "./feedback.js";
import { SessionHistory } from "./history.js";
import { KeyboardPen } from "./keyboard-pen.js";
import { Pen } from "./pen.js";
import { PictureInput } from "./picture-input.js";
import { Reader } from "./reader.js";
import { bindKeys } from "./shortcuts.js";
import { Sketch } from "./sketch.js";
import { Stage } from "./stage.js";
import { say } from "./strings.js";
import { Tools } from "./tools.js";
import { Why } from "./why.js";

const byId = (id) => document.getElementById(id);
const canvas = byId("canvas");
const live = byId("live");
const announce = (sentence) => (byId("status").textContent = sentence);

const sketch = new Sketch();
const stage = new Stage(byId("stage"), canvas, sketch);
const tools = new Tools(canvas);
const pen = new Pen(canvas, stage, sketch, tools);
const boxes = new Boxes(byId("boxes"));
const slip = new AnswerSlip();
const history = new SessionHistory();
const desk = new Desk({
  sketch,
  stage,
  boxes,
  slip,
  why: new Why(),
  reader: new Reader(byId("sheet").dataset.predictionsUrl),
  history,
  feedback: new Feedback(),
  announce,
  readsAlong: () => live.checked,
});

const cross = element("path", { class: "cross", d: "M-16 0H-4M4 0H16M0 -16V-4M0 4V16" });
byId("boxes").append(cross);
new KeyboardPen(canvas, cross, sketch, tools, (name) => announce(say(name)));

const actions = {
  undo: () => step("undo", "undone"),
  redo: () => step("redo", "redone"),
  clear: () => desk.clear(),
  read: () => desk.read(),
  pen: () => tools.choose("pen"),
  eraser: () => tools.choose("eraser"),
  thinner: () => tools.widen(-1),
  thicker: () => tools.widen(1),
};
bindKeys(canvas, actions);
for (const name of ["undo", "redo", "clear"]) byId(name).addEventListener("click", actions[name]);

function step(name, sentence) {
  if (stage.holdsPicture) return;
  sketch[name]();
  announce(say(sentence));
}

const toolSets = document.querySelectorAll(".tools fieldset");
const showSteps = () => {
  for (const each of toolSets) each.disabled = stage.holdsPicture;
  byId("undo").disabled = stage.holdsPicture || !sketch.canUndo;
  byId("redo").disabled = stage.holdsPicture || !sketch.canRedo;
  byId("clear").disabled = !stage.holdsPicture && sketch.strokes.length === 0;
};
sketch.addEventListener("change", showSteps);
stage.addEventListener("change", showSteps);

const pictures = new PictureInput([byId("file"), byId("camera")]);
pictures.addEventListener("picture", ({ detail }) => desk.put(detail));
pictures.addEventListener("refused", () => desk.failed(say("notPicture")));
byId("upload").addEventListener("submit", (event) => {
  event.preventDefault();
  desk.read();
});
byId("upload").noValidate = true;

canvas.addEventListener("pointermove", (event) => pen.isDrawing || slip.choose(boxes.at(stage.locate(event))));

live.checked = localStorage.getItem("digits.live") !== "no";
live.addEventListener("change", () => localStorage.setItem("digits.live", live.checked ? "yes" : "no"));

if (history.current) desk.open(history.current);

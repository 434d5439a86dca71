// Keys. With Ctrl they work on the whole page; single keys only while the sheet has the focus.

export function bindKeys(canvas, actions) {
  document.addEventListener("keydown", (event) => {
    const action = (event.ctrlKey || event.metaKey) && !event.altKey ? commandOf(event) : null;
    run(event, action && !isTyping(event.target) ? actions[action] : null);
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    run(event, actions[SINGLE_KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]]);
  });
}

const SINGLE_KEYS = {
  Enter: "read",
  Delete: "clear",
  Backspace: "clear",
  p: "pen",
  e: "eraser",
  "[": "thinner",
  "]": "thicker",
};

function commandOf(event) {
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" ? "redo" : null;
}

function run(event, action) {
  if (!action) return;
  event.preventDefault();
  action();
}

function isTyping(target) {
  return target.matches("input:not([type='radio'], [type='checkbox'], [type='file'])");
}

// Which tool, how wide: the radio buttons of the tray are the state.

export class Tools {
  #canvas;

  constructor(canvas) {
    this.#canvas = canvas;
    document.querySelector(".tools").addEventListener("change", () => this.#show());
    this.#show();
  }

  get erases() {
    return checked("tool") === "eraser";
  }

  // In units of the sheet; an eraser as thin as the pen would be a chore.
  get width() {
    return Number(checked("width")) * (this.erases ? 2.5 : 1);
  }

  choose(tool) {
    radios("tool").find((radio) => radio.value === tool).checked = true;
    this.#show();
  }

  widen(steps) {
    const widths = radios("width");
    const next = widths.findIndex((radio) => radio.checked) + steps;
    if (widths[next]) widths[next].checked = true;
  }

  #show() {
    this.#canvas.dataset.tool = checked("tool");
  }
}

function radios(name) {
  return [...document.querySelectorAll(`input[name="${name}"]`)];
}

function checked(name) {
  return radios(name).find((radio) => radio.checked).value;
}

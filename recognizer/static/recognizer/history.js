// The strip of this session's sheets. Kept in sessionStorage: one tab, gone when it is closed.
// A sheet is {id, kind, image, size, strokes, answer, label}; an answer changes its sheet, it adds none.

import { figures, say } from "./strings.js";

const SHEETS = "digits.sheets";
const CURRENT = "digits.current";
const MOST = 30;

export class SessionHistory extends EventTarget {
  #list = document.getElementById("history");
  #forget = document.getElementById("forget");
  #sheets = JSON.parse(sessionStorage.getItem(SHEETS) ?? "[]");

  constructor() {
    super();
    this.#forget.addEventListener("click", () => this.#empty());
    this.#render();
  }

  get current() {
    return this.#sheets.find((sheet) => sheet.id === sessionStorage.getItem(CURRENT));
  }

  set current(id) {
    if (id) sessionStorage.setItem(CURRENT, id);
    else sessionStorage.removeItem(CURRENT);
    this.#mark();
  }

  keep(sheet) {
    const known = this.#sheets.findIndex((other) => other.id === sheet.id);
    if (known >= 0) this.#sheets[known] = sheet;
    else this.#sheets = [sheet, ...this.#sheets].slice(0, MOST);
    this.#save();
    this.current = sheet.id;
  }

  label(answer, label) {
    const sheet = this.#sheets.find((each) => each.answer.id === answer.id);
    if (sheet) sheet.label = label;
    this.#save();
  }

  #empty() {
    this.#sheets = [];
    this.#save();
    this.current = null;
    // The button is gone: whoever came by keyboard stays where it was.
    document.getElementById("history-title").focus();
  }

  #save() {
    for (;;) {
      try {
        sessionStorage.setItem(SHEETS, JSON.stringify(this.#sheets));
        break;
      } catch {
        // The browser's store is full: the oldest sheet makes room.
        if (this.#sheets.length === 0) break;
        this.#sheets.pop();
      }
    }
    this.#render();
  }

  #render() {
    this.#list.replaceChildren(...this.#sheets.map((sheet) => this.#item(sheet)));
    this.#forget.hidden = this.#sheets.length === 0;
    this.#mark();
  }

  #item(sheet) {
    const { text, accepted } = sheet.answer;
    const image = Object.assign(document.createElement("img"), { src: sheet.image, alt: "" });
    const number = Object.assign(document.createElement("span"), { className: "past-number" });
    number.textContent = text ? (accepted ? figures(text) : say("historyGuess", { text: figures(text) })) : "–";
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "past" });
    Object.assign(button.dataset, { id: sheet.id, kind: sheet.kind, accepted });
    button.setAttribute("aria-label", text ? say("historyItem", { text: figures(text) }) : say("historyRefused"));
    const paper = Object.assign(document.createElement("span"), { className: "past-paper" });
    paper.append(image);
    button.append(paper, number);
    button.addEventListener("click", () => this.dispatchEvent(new CustomEvent("open", { detail: sheet })));
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  #mark() {
    const current = sessionStorage.getItem(CURRENT);
    for (const button of this.#list.querySelectorAll(".past")) {
      if (button.dataset.id === current) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
}

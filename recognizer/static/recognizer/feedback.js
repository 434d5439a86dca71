// "Right", "It is ..." or "no digit": a visitor's word on one answer.

import { giveFeedback } from "./api.js";
import { figures, plainDigits, say } from "./strings.js";

export class Feedback extends EventTarget {
  #form = document.getElementById("feedback");
  #fields = document.getElementById("feedback-fields");
  #label = document.getElementById("label");
  #thanks = document.getElementById("thanks");
  #answer = null;

  constructor() {
    super();
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#label.addEventListener("keydown", (event) => this.#enter(event));
  }

  // `label` is what was said about this answer before: digits, "" for no digit, undefined for nothing.
  askAbout(answer, label) {
    this.#answer = answer;
    this.#label.value = "";
    this.#fields.disabled = answer === null;
    this.#say(label === undefined ? "idle" : "done", label === undefined ? "" : thanks(label));
  }

  // Enter in the field means the field, not the form's first button.
  #enter(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.#form.requestSubmit(this.#form.querySelector('[value="label"]'));
  }

  #submit(event) {
    event.preventDefault();
    const typed = plainDigits(this.#label.value);
    const verdict = event.submitter.value;
    if (verdict === "right") return this.#send(this.#answer.text);
    if (verdict === "none") return this.#send("");
    if (/^[0-9]+$/.test(typed)) return this.#send(typed);
    this.#label.focus();
    return this.#say("wrong", say("labelDigits"));
  }

  async #send(label) {
    const answer = this.#answer;
    this.#fields.disabled = true;
    try {
      await giveFeedback(answer.url, label || null);
      this.dispatchEvent(new CustomEvent("given", { detail: { answer, label } }));
      if (answer === this.#answer) this.#say("done", thanks(label));
    } catch {
      if (answer === this.#answer) this.#say("wrong", say("feedbackFailed"));
    } finally {
      if (this.#answer) this.#fields.disabled = false;
    }
  }

  #say(state, sentence) {
    this.#form.dataset.state = state;
    this.#thanks.textContent = sentence;
  }
}

function thanks(label) {
  return label ? say("thanks", { label: figures(label) }) : say("thanksNone");
}

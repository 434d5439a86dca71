// The slip beside the sheet: the number, how sure, what to do, and the probabilities of one chosen digit.

import { figures, percent, refusal, say } from "./strings.js";

const WORTH_SAYING = 0.01;
const NOTHING = document.getElementById("seen").src;

export class AnswerSlip extends EventTarget {
  #slip = document.getElementById("answer");
  #number = document.getElementById("number");
  #sureness = document.getElementById("sureness");
  #advice = document.getElementById("advice");
  #seen = document.getElementById("seen");
  #rows = [...document.querySelectorAll("#bars tr")];
  #digits = [];

  empty() {
    this.#write("empty", [], "", say("invitation"));
  }

  // The last answer stays, dimmed, until the next is there: nothing jumps while one writes.
  waiting(sentence) {
    this.#slip.toggleAttribute("data-stale", true);
    this.#advice.textContent = sentence;
  }

  problem(sentence) {
    this.#write("problem", [], "", sentence);
  }

  show(answer) {
    const sure = say(sureness(answer), { percent: percent(answer.confidence) });
    const advice = answer.accepted ? acceptedAdvice(answer) : refusal(answer.reason);
    this.#write(answer.accepted ? "accepted" : "refused", answer.digits, answer.digits.length ? sure : "", advice);
    if (answer.digits.length) this.choose(leastSure(answer.digits));
  }

  choose(index) {
    const chosen = this.#digits[index];
    if (!chosen) return;
    [...this.#number.children].forEach((button, i) => button.setAttribute("aria-pressed", i === index));
    this.#showDigit(chosen.preview ?? NOTHING, chosen.probabilities, chosen.digit);
    this.dispatchEvent(new CustomEvent("choose", { detail: index }));
  }

  #write(state, digits, sureness, advice) {
    this.#slip.dataset.state = state;
    this.#slip.toggleAttribute("data-stale", false);
    this.#digits = digits;
    this.#number.dataset.size = sizeOf(digits.length);
    this.#number.replaceChildren(...digits.map((digit, index) => this.#button(digit, index)));
    this.#sureness.textContent = sureness;
    this.#advice.textContent = advice;
    if (digits.length === 0) this.#showDigit(NOTHING, Array(10).fill(0), -1);
  }

  #button(digit, index) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "figure";
    button.textContent = figures(digit.digit);
    const place = figures(index + 1);
    button.setAttribute("aria-label", say("digit", { digit: figures(digit.digit), percent: percent(digit.confidence), place }));
    for (const name of ["click", "focus", "pointerenter"]) button.addEventListener(name, () => this.choose(index));
    return button;
  }

  #showDigit(preview, probabilities, best) {
    this.#seen.src = preview;
    this.#rows.forEach((row, digit) => {
      row.classList.toggle("best", digit === best);
      row.querySelector(".bar-fill").setAttribute("width", `${probabilities[digit] * 100}%`);
      row.querySelector(".bar-value").textContent = percent(probabilities[digit]);
    });
  }
}

function sureness({ accepted, confidence }) {
  if (accepted) return "sure";
  return confidence < WORTH_SAYING ? "wildGuess" : "guess";
}

function acceptedAdvice({ digits }) {
  if (digits.some((digit) => digit.touching)) return say("touching");
  return digits.length > 1 ? say("pointing") : nextGuess(digits[0]);
}

function nextGuess({ digit, probabilities }) {
  const others = probabilities.map((share, other) => (other === digit ? -1 : share));
  const next = others.indexOf(Math.max(...others));
  if (others[next] < WORTH_SAYING) return say("clear");
  return say("single", { digit: figures(next), percent: percent(others[next]) });
}

function leastSure(digits) {
  const sure = digits.map((digit) => digit.confidence);
  return sure.indexOf(Math.min(...sure));
}

function sizeOf(count) {
  if (count <= 4) return "short";
  if (count <= 7) return "medium";
  return count <= 13 ? "long" : "longest";
}

// The service: send a picture, wait for its answer, send feedback. Every failure becomes a Problem.

import { problemText } from "./strings.js";

const POLL_SECONDS = [0.5, 1, 1, 2, 2, 3, 5];
const CODES = { 413: "image_too_large", 415: "unsupported_format", 422: "unreadable_image", 429: "throttled", 503: "unavailable" };

export class Problem extends Error {
  constructor(code, { detail, retryAfter } = {}) {
    super(problemText(code) ?? detail ?? problemText("unknown"));
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

// Resolves to the answer; `onQueued` is called when it takes longer than the server waits.
export async function predict(url, picture, { signal, onQueued }) {
  const response = await request(`${url}?include=preview`, {
    method: "POST",
    body: picture,
    headers: { "Content-Type": picture.type || "application/octet-stream", "X-Channel": "web" },
    signal,
  });
  const answer = await response.json();
  if (answer.status !== "queued") return finished(answer);
  onQueued();
  return poll(answer.url, signal);
}

export async function giveFeedback(answerUrl, label) {
  await request(`${answerUrl}feedback/`, {
    method: "POST",
    body: JSON.stringify({ label }),
    headers: { "Content-Type": "application/json", "X-Channel": "web" },
  });
}

// 28 rows of 28 numbers from -1 to 1: how much the ink speaks for the digit at this place.
export async function explain(answerUrl, place) {
  const response = await request(`${answerUrl}digits/${place}/saliency/`, { headers: { "X-Channel": "web" } });
  return (await response.json()).map;
}

async function poll(url, signal) {
  for (let attempt = 0; ; attempt += 1) {
    await pause(POLL_SECONDS[Math.min(attempt, POLL_SECONDS.length - 1)], signal);
    const answer = await (await request(`${url}?include=preview`, { headers: { "X-Channel": "web" }, signal })).json();
    if (answer.status !== "queued") return finished(answer);
  }
}

function finished(answer) {
  if (answer.status === "failed") throw new Problem(answer.error);
  return answer;
}

async function request(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("offline");
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => ({}));
  const known = problemText(said.code) ? said.code : CODES[response.status];
  throw new Problem(known ?? said.code ?? "unknown", {
    detail: said.detail,
    retryAfter: Number(response.headers.get("Retry-After")) || undefined,
  });
}

export function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

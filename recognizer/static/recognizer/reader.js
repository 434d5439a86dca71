// Reads what is on the sheet when the hand rests. The newest reading wins: an older one is given up.
// Emits "reading", "queued", "retry" (detail: seconds), "answer" (detail) and "problem" (detail).

import { Problem, pause, predict } from "./api.js";

const REST_MILLISECONDS = 320;
const RETRY_SECONDS = 5;

export class Reader extends EventTarget {
  #url;
  #timer = 0;
  #running = null;

  constructor(url) {
    super();
    this.#url = url;
  }

  // `takePicture` returns a Blob or a promise of one; it is called when the time has come.
  readSoon(takePicture) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.read(takePicture), REST_MILLISECONDS);
  }

  async read(takePicture) {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.#emit("reading");
    try {
      const picture = await takePicture();
      this.#emit("answer", await this.#patiently(picture, running.signal), running);
    } catch (error) {
      if (running.signal.aborted) return;
      this.#emit("problem", error instanceof Problem ? error : new Problem("unknown"), running);
    }
  }

  stop() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
  }

  // Too fast for the server is no failure: wait as long as it asks, then send again.
  async #patiently(picture, signal) {
    const onQueued = () => this.#emit("queued");
    for (;;) {
      try {
        return await predict(this.#url, picture, { signal, onQueued });
      } catch (error) {
        if (error.code !== "throttled") throw error;
        const seconds = error.retryAfter ?? RETRY_SECONDS;
        this.#emit("retry", seconds);
        await pause(seconds, signal);
      }
    }
  }

  #emit(name, detail, running = this.#running) {
    if (running === this.#running) this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

// Pictures from outside: chosen, photographed, dropped, pasted. Emits "picture" and "refused".
// A picture is {blob, bitmap, width, height, name}: the blob is sent, the bitmap is shown.

const READABLE = ["image/png", "image/jpeg", "image/webp"];
const MOST_BYTES = 15e6;
const SENT_SIDE = 3000;
const SHOWN_SIDE = 1600;

export class PictureInput extends EventTarget {
  #latest = 0;

  constructor(inputs) {
    super();
    for (const input of inputs) input.addEventListener("change", () => this.#chosen(input));
    document.addEventListener("paste", (event) => this.#transferred(event, event.clipboardData));
    document.addEventListener("dragover", (event) => this.#dragged(event));
    document.addEventListener("dragleave", (event) => event.relatedTarget ?? hint(false));
    document.addEventListener("drop", (event) => this.#dropped(event));
  }

  #chosen(input) {
    const [file] = input.files;
    // The same file, chosen once more, should count once more.
    input.value = "";
    if (file) this.#take(file);
  }

  #dragged(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    hint(true);
  }

  #dropped(event) {
    hint(false);
    this.#transferred(event, event.dataTransfer);
  }

  #transferred(event, transfer) {
    const file = transfer.files[0];
    if (!file) return;
    event.preventDefault();
    this.#take(file);
  }

  async #take(file) {
    const turn = ++this.#latest;
    try {
      const picture = await opened(file);
      if (turn === this.#latest) this.dispatchEvent(new CustomEvent("picture", { detail: picture }));
    } catch {
      if (turn === this.#latest) this.dispatchEvent(new Event("refused"));
    }
  }
}

async function opened(file) {
  const whole = await createImageBitmap(file);
  const blob = READABLE.includes(file.type) && file.size <= MOST_BYTES ? file : await reencoded(whole);
  const { width, height } = blob === file ? whole : fitted(whole, SENT_SIDE);
  const shown = await createImageBitmap(whole, resizing(whole));
  whole.close();
  return { blob, bitmap: shown, width, height, name: file.name };
}

// What the server does not read, or not at this size, the browser makes readable.
function reencoded(bitmap) {
  const { width, height } = fitted(bitmap, SENT_SIDE);
  return new Promise((resolve) => drawn(bitmap, width, height).toBlob(resolve, "image/jpeg", 0.92));
}

export function miniature(bitmap, side) {
  const { width, height } = fitted(bitmap, side);
  return drawn(bitmap, width, height).toDataURL("image/jpeg", 0.8);
}

function drawn(bitmap, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas;
}

function fitted({ width, height }, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function resizing(bitmap) {
  const { width, height } = fitted(bitmap, SHOWN_SIDE);
  return { resizeWidth: width, resizeHeight: height, resizeQuality: "high" };
}

function hint(on) {
  document.body.classList.toggle("dropping", on);
}

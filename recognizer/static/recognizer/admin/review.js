// The review queue: one picture after the other, the next ones fetched before they are needed.

const desk = document.getElementById("desk");
const empty = document.getElementById("empty");
const strings = JSON.parse(document.getElementById("strings").textContent);
const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const LOW = 3;
const LOOK_AGAIN_MS = 10_000;

const queue = [];
const past = [];
let current = null;
let decided = 0;
let fetching = null;
let sent = Promise.resolve();
// Ids of what is on its way to be stored: until it is, the server would hand it out again.
const unsent = [];

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const figures = new Intl.NumberFormat(document.documentElement.lang);
const spoken = (label) => label || strings.noDigit;

class Refused extends Error {}

async function post(url, content) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": desk.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify(content),
    redirect: "error",
    keepalive: true,
  }).catch(() => { throw new Error(strings.offline); });
  if (response.status === 403) throw new Error(strings.loggedOut);
  const answer = await response.json().catch(() => ({}));
  if (response.status === 409) throw new Refused(answer.detail);
  if (!response.ok) throw new Error(answer.detail || strings.offline);
  return answer;
}

function say(sentence, wrong = false) {
  byId("message").textContent = sentence;
  byId("message").classList.toggle("wrong", wrong);
  byId("empty-message").textContent = sentence;
}

function count(waiting) {
  const many = waiting >= 1000;
  byId("waiting").textContent = fill(many ? strings.waitingMany : strings.waiting, { count: figures.format(waiting) });
  byId("decided").textContent = decided ? fill(strings.decided, { count: figures.format(decided) }) : "";
}

function svg(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

function draw(item) {
  const size = Math.max(item.width, item.height) / 24;
  // Room for the figures over digits that reach the upper edge.
  const top = Math.min(0, ...item.digits.map(({ box: [, y] }) => y - 1.5 * size));
  const viewBox = `0 ${top} ${item.width} ${item.height - top}`;
  const stage = svg("svg", { id: "stage", class: byId("stage").getAttribute("class"), role: "img", viewBox });
  stage.setAttribute("aria-label", fill(strings.picture, { channel: item.channel, text: spoken(item.text), outcome: item.outcome }));
  stage.append(svg("image", { href: item.picture, width: item.width, height: item.height, preserveAspectRatio: "none" }));
  for (const { digit, box: [x, y, width, height] } of item.digits) {
    stage.append(svg("rect", { class: "box", x, y, width, height }));
    stage.append(svg("text", { x: x + size / 6, y: y - size / 4, "font-size": size }, String(digit)));
  }
  byId("stage").replaceWith(stage);
}

function showAccept() {
  const label = byId("label").value || current.text;
  byId("accept").textContent = label ? fill(strings.accept, { label }) : strings.acceptNone;
  const key = document.createElement("kbd");
  key.textContent = "Enter";
  byId("accept").append(" ", key);
}

function show(item) {
  current = item;
  desk.hidden = !item;
  // Nothing waits only once the server has said so.
  empty.hidden = Boolean(item || fetching);
  if (!item) return;
  draw(item);
  byId("text").textContent = item.text || strings.nothing;
  byId("text").classList.toggle("nothing", !item.text);
  byId("outcome").textContent = item.outcome;
  byId("outcome").className = `outcome outcome-${item.accepted ? "accepted" : "refused"}`;
  byId("why").replaceChildren(...item.why.map((reason) => Object.assign(document.createElement("li"), { textContent: reason })));
  byId("page").href = item.page;
  byId("label").value = "";
  byId("label").placeholder = item.text;
  showAccept();
  byId("label").focus({ preventScroll: true });
}

function prefetch(items) {
  for (const item of items) new Image().src = item.picture;
}

function known(id) {
  return here().includes(id);
}

function here() {
  return [current?.id, ...queue.map((item) => item.id), ...unsent].filter(Boolean);
}

function refill() {
  if (queue.length >= LOW || fetching) return;
  // Only after what was decided is stored: otherwise it would come again.
  fetching = sent
    .then(() => post(desk.dataset.next, { have: here() }))
    .then(({ items, waiting }) => {
      const fresh = items.filter((item) => !known(item.id));
      prefetch(fresh);
      queue.push(...fresh);
      count(waiting);
      fetching = null;
      if (!current && queue.length) next();
      else if (!current) show(null);
    })
    .catch((error) => {
      fetching = null;
      empty.hidden = Boolean(current);
      say(error.message, true);
    });
}

function next() {
  const item = queue.shift() ?? null;
  refill();
  show(item);
}

// One after the other, in the order of the keys; the page does not wait.
function send(url, content, done, item) {
  unsent.push(content.id);
  sent = sent.then(() => post(url, content)).then(done).catch((error) => {
    if (error instanceof Refused || !item) return say(error.message, true);
    // Unless it was taken back before it could fail.
    const step = past.findIndex((each) => each.item === item);
    if (step >= 0) past.splice(step, 1);
    bringBack(item);
    say(error.message, true);
  }).finally(() => { unsent.shift(); });
}

function decide(label) {
  if (!current) return;
  const item = current;
  past.push({ item, skipped: false });
  say(fill(strings.saved, { label: spoken(label) }));
  send(desk.dataset.decide, { id: item.id, label }, ({ waiting }) => { decided += 1; count(waiting); }, item);
  next();
}

function skip() {
  if (!current) return;
  past.push({ item: current, skipped: true });
  say(strings.skipped);
  send(desk.dataset.skip, { id: current.id }, () => {});
  next();
}

function undo() {
  const last = past.pop();
  if (last?.skipped) return unskip(last.item);
  send(desk.dataset.undo, last ? { id: last.item.id } : {}, ({ item, waiting }) => {
    if (!item) return say(strings.nothingToUndo);
    decided = Math.max(0, decided - 1);
    count(waiting);
    bringBack(item);
  });
}

function unskip(item) {
  send(desk.dataset.skip, { id: item.id, back: true }, () => {});
  bringBack(item);
}

function bringBack(item) {
  if (current && current.id !== item.id) queue.unshift(current);
  show(item);
  say(strings.undone);
}

function toggleBoxes() {
  byId("stage").classList.toggle("bare");
}

const KEYS = { KeyN: () => decide(""), KeyS: skip, KeyU: undo, KeyB: toggleBoxes };

document.addEventListener("keydown", (event) => {
  const undoing = event.code === "KeyZ" && (event.ctrlKey || event.metaKey);
  if ((event.ctrlKey || event.metaKey || event.altKey) && !undoing) return;
  if (event.key === "Enter" && event.repeat) return event.preventDefault();
  const action = undoing ? undo : KEYS[event.code];
  if (action && !event.repeat) {
    event.preventDefault();
    action();
  } else if (/^\p{Nd}$/u.test(event.key) && current) {
    byId("label").focus();
  }
});

byId("decision").addEventListener("submit", (event) => {
  event.preventDefault();
  if (current) decide(byId("label").value || current.text);
});
byId("label").addEventListener("input", () => {
  // Persian and Arabic figures are figures, too.
  byId("label").value = byId("label").value.replace(/[۰-۹]/g, (c) => c.charCodeAt(0) - 0x6f0).replace(/[٠-٩]/g, (c) => c.charCodeAt(0) - 0x660).replace(/\D/g, "");
  showAccept();
});
byId("none").addEventListener("click", () => decide(""));
byId("skip").addEventListener("click", skip);
byId("undo").addEventListener("click", undo);
byId("undo-last").addEventListener("click", undo);
addEventListener("beforeunload", (event) => { if (unsent.length) event.preventDefault(); });
setInterval(() => { if (!current) refill(); }, LOOK_AGAIN_MS);

count(Number(byId("waiting").dataset.count));
refill();
show(null);

// Steps as text on the page: every word comes from the page, nothing is inserted but text.

const ISLAND = document.getElementById("verify-words");
const WORDS = ISLAND ? JSON.parse(ISLAND.textContent) : {};

/** Return the page's words for a key with `{name}` filled in (用语). */
export function say(key, values = {}) {
  return (WORDS[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Make an element with a class and text or children. */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Text in which every digest stands in its own type. */
function withDigests(text) {
  return text.split(/([0-9a-f]{32,})/).map((part, i) => (i % 2 ? make("code", "digest", part) : part));
}

function sentence({ id, state, code, values, file, line }) {
  if (state === "bad") {
    const place = file && (line ? say("page.place", { file, line }) : file);
    return place ? `${place}：${say(`bad.${code}`, values)}` : say(`bad.${code}`, values);
  }
  if (id === "receipt") return say(`ok.receipt.${values.word}`, values);
  return say(`${state}.${id}`, values);
}

function difference(values) {
  const rows = ["wanted", "found"].filter((word) => word in values).map((word) => {
    const text = String(values[word]);
    return make("div", "", make("dt", "", say(`page.${word}`)), make("dd", "digest", text === "" ? say("page.nothing") : text));
  });
  return rows.length ? [make("dl", "difference", ...rows)] : [];
}

function folded(title, ...children) {
  return make("details", "", make("summary", "", title), ...children);
}

const BADGES = { ok: "page.ok", bad: "page.not", open: "page.open" };

/** Return one step as a list item (一步核验). */
export function stepItem(step) {
  const head = make("h3", "", make("span", "badge", say(BADGES[step.state])), ` ${say(`step.${step.id}`)}`);
  const item = make("li", `step ${step.state}`, head, make("p", "", ...withDigests(sentence(step))));
  if (step.state === "bad") item.append(...difference(step.values));
  if (step.facts.length) {
    const facts = step.facts.map((fact) => make("li", "", ...withDigests(say(`fact.${fact.code}`, fact.values))));
    item.append(folded(say("page.details"), make("ul", "facts", ...facts)));
  }
  if (step.state === "ok") item.append(folded(say("page.why"), make("p", "", say(`why.${step.id}`))));
  item.dataset.step = step.id;
  return item;
}

/** Return the verdict in one sentence. */
export function verdict({ ok, open, isCompared, isReceipt }) {
  if (!ok) return say("page.bad");
  if (isReceipt && !open) return say("page.receipt");
  if (!isCompared) return say("page.alone");
  return open ? say("page.part", { open }) : say("page.good");
}

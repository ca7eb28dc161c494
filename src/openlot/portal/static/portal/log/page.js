// The page that checks the log (存证核验): a proof of this site, or whatever a visitor brings.
import { chosen, dropped } from "../verify/given.js";
import { say, stepItem } from "../verify/render.js";
import { check, fromPaper } from "./check.js";

const root = document.getElementById("log-check");
const { keys, witnesses, log, proof: address } = JSON.parse(document.getElementById("log-task").textContent);
const [status, list] = [root.querySelector("[data-status]"), root.querySelector("[data-steps]")];
const [paperField, paperForm] = [root.querySelector("[name=paper]"), root.querySelector("form[data-paper]")];
const encode = (text) => new TextEncoder().encode(text);
let held = {};

function tell(text, state = "") {
  status.textContent = text;
  status.dataset.state = state;
}

async function get(path, cache = "default") {
  const answer = await fetch(path, { credentials: "same-origin", cache });
  if (!answer.ok) throw new Error(String(answer.status));
  return new Uint8Array(await answer.arrayBuffer());
}

/** The log's checkpoint of now; empty where there is no network. */
async function newest() {
  try {
    return new TextDecoder().decode(await get(`${log}checkpoint`, "no-store"));
  } catch {
    return "";
  }
}

/** What this browser saw of the log before; a browser may keep nothing. */
function recall() {
  try {
    return JSON.parse(localStorage.getItem(`log ${keys[0]}`)) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember({ size, root: top }) {
  try {
    if ((recall()?.size ?? 0) < size) localStorage.setItem(`log ${keys[0]}`, JSON.stringify({ size, root: top }));
  } catch {
    // Nothing is kept; the check stands without it.
  }
}

/** What the visitor typed, pasted or scanned: a whole checkpoint, or size and root. */
function onPaper() {
  const text = paperField.value.trim();
  if (!text) return {};
  if (text.includes("\n\n")) return { checkpoint: encode(`${text}\n`) };
  const paper = fromPaper(text, keys[0].split("+")[0]);
  return paper ? { paper } : null;
}

function verdict({ ok, open, isProven }) {
  if (!ok) return say("page.differs");
  if (open) return say("page.partly", { open });
  return isProven ? say("page.proven") : say("page.stands");
}

async function run() {
  const given = onPaper();
  if (!given) {
    tell(say("page.no-paper"), "bad");
    return;
  }
  list.replaceChildren();
  tell(say("page.checking"), "working");
  try {
    const task = { keys, witnesses, newest: await newest(), known: recall(), ...given, ...held };
    const found = await check(task, (path) => get(log + path), ({ step }) => list.append(stepItem(step)));
    tell(verdict(found), found.ok ? "ok" : "bad");
    if (found.ok && found.latest) remember(found.latest);
  } catch (error) {
    tell(say("page.stopped", { message: error.message }), "bad");
  }
}

async function take(files) {
  const [[, bytes]] = files;
  const isProof = new TextDecoder().decode(bytes.subarray(0, 14)) === "c2sp.org/tlog-";
  held = isProof ? { proof: bytes } : { checkpoint: bytes };
  await run();
}

async function fetchProof() {
  tell(say("page.reading"), "working");
  try {
    held = { proof: await get(address) };
  } catch {
    tell(say("page.unread"), "bad");
    return;
  }
  await run();
}

paperForm.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
const file = root.querySelector("input[type=file]");
file.addEventListener("change", async () => {
  if (file.files.length) await take(await chosen(file.files));
  file.value = "";
});
const area = root.querySelector("[data-drop]");
for (const kind of ["dragenter", "dragover"]) {
  area.addEventListener(kind, (event) => {
    event.preventDefault();
    area.classList.add("over");
  });
}
area.addEventListener("dragleave", () => area.classList.remove("over"));
area.addEventListener("drop", async (event) => {
  event.preventDefault();
  area.classList.remove("over");
  const files = await dropped(event.dataTransfer);
  if (files.length) await take(files);
});
root.hidden = false;
if (address) fetchProof();
else if (paperField.value.trim()) run();

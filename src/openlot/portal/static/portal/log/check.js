// The check of a proof of the log (存证核验), step by step; nothing here knows the page or a language.
import { Refusal } from "../verify/refusal.js";
import { Steps } from "../verify/verify.js";
import { openCheckpoint, parseCheckpoint, parseKey, readText, timeOf } from "./note.js";
import { leadsTo, openedEvent, parseProof } from "./proof.js";
import { checkGrowth } from "./tree.js";

const FILE = "tlog-proof";
const HOUR = 3600n;

/** Beijing time of a witness's signature. */
function moment(value) {
  const seconds = timeOf(value);
  return seconds > 200_000_000_000n ? String(seconds) : new Date(Number(seconds + 8n * HOUR) * 1000).toISOString().slice(0, 19).replace("T", " ");
}

function eventStep(proof) {
  const opened = openedEvent(proof.extra);
  if (!opened) return { state: "open", value: null };
  const facts = opened.fields.map((values) => ({ code: "field", values }));
  return { value: opened, values: { commitment: opened.commitment }, facts };
}

/** Check who has signed a checkpoint; return it. */
function checkpointSteps(steps, text, keys, witnesses, file) {
  const sealed = steps.run("signature", () => {
    const value = openCheckpoint(text, keys, witnesses, file);
    return { value, values: { ...value.checkpoint } };
  });
  if (!sealed) return null;
  if (witnesses.length) steps.run("witness", () => {
    const facts = sealed.cosignatures.map(({ name, value }) => ({ code: "witness", values: { name, at: moment(value) } }));
    return { state: facts.length ? "ok" : "open", values: { n: facts.length }, facts };
  });
  return sealed.checkpoint;
}

/**
 * Compare an earlier state of the log with a later one; tiles that cannot be had leave the question open.
 *
 * isNow   `later` is the log of this moment, which no earlier state can exceed
 */
async function growthStep(steps, earlier, later, { code, isNow, read }) {
  const isCut = isNow && earlier.size > later.size;
  const [old, now] = isCut || earlier.size <= later.size ? [earlier, later] : [later, earlier];
  const values = { first: old.size, second: now.size };
  let failure = null;
  try {
    if (isCut) throw new Refusal("smaller", values);
    await checkGrowth(old, now, read);
  } catch (error) {
    failure = error;
  }
  steps.run(`growth-${code}`, () => {
    if (failure instanceof Refusal) throw failure;
    if (failure) return { state: "open", values };
    return { values };
  });
}

/**
 * Check a proof, a checkpoint, or only what was seen before.
 *
 * task    `{proof, checkpoint}` bytes, either may be missing; `keys`, `witnesses` as words; `newest` the log's
 *         checkpoint of now as text, empty when it cannot be had; `paper` and `known` an earlier `{size, root}`
 * read    resolves to a tile's bytes
 */
export async function check({ proof, checkpoint, keys, witnesses = [], newest = "", paper, known }, read, tell = () => {}) {
  const steps = new Steps(tell);
  const [logKeys, witnessKeys] = [keys.map(parseKey), witnesses.map(parseKey)];
  let state = null;
  if (proof) state = proofSteps(steps, proof, logKeys, witnessKeys);
  else if (checkpoint) state = checkpointSteps(steps, textOf(steps, checkpoint), logKeys, witnessKeys, "checkpoint");
  let now = null;
  if (steps.isWhole && newest) {
    now = steps.run("newest", () => {
      const value = openCheckpoint(newest, logKeys, [], "checkpoint").checkpoint;
      return { value, values: { ...value } };
    });
    if (now && state) await growthStep(steps, state, now, { code: "newest", isNow: true, read });
  }
  const latest = now ?? state;
  const isNow = now !== null;
  if (steps.isWhole && latest && paper) await growthStep(steps, paper, latest, { code: "paper", isNow, read });
  if (steps.isWhole && latest && known) await growthStep(steps, known, latest, { code: "known", isNow, read });
  const open = steps.list.filter((step) => step.state === "open").length;
  return { ok: steps.isWhole && steps.list.length > 0, open, steps: steps.list, latest, isProven: Boolean(proof) };
}

function textOf(steps, bytes) {
  return steps.run("checkpoint", () => ({ value: readText(bytes, "checkpoint") })) ?? "";
}

function proofSteps(steps, bytes, logKeys, witnessKeys) {
  const proof = steps.run("proof", () => {
    const value = parseProof(bytes, FILE);
    return { value, values: { index: value.index } };
  });
  if (!proof) return null;
  const opened = steps.run("event", () => eventStep(proof));
  const checkpoint = checkpointSteps(steps, proof.note, logKeys, witnessKeys, FILE);
  if (checkpoint && opened?.entry) {
    steps.run("inclusion", () => {
      if (!leadsTo(proof, opened.entry, checkpoint)) throw new Refusal("no-path", {}, FILE);
      return { values: { index: proof.index, size: checkpoint.size, n: proof.path.length } };
    });
  }
  return checkpoint;
}

/**
 * Return `{size, root}` of what stands on paper, else null: a number and 64 hexadecimal digits in any groups, or the
 * three lines that its code holds, of the log that is named.
 */
export function fromPaper(text, origin) {
  const lines = text.trim().split(/\s*\n/);
  if (lines.length === 3 && lines[0] === origin && /^[A-Za-z0-9+/]{43}=$/.test(lines[2])) {
    try {
      const { size, root } = parseCheckpoint(`${lines.join("\n")}\n`, "");
      return { size, root };
    } catch {
      return null;
    }
  }
  const match = /(?:^|\D)(\d{1,16})[^0-9a-f]+((?:[0-9a-f]\s*){64})$/i.exec(text.trim());
  if (!match || !Number.isSafeInteger(Number(match[1]))) return null;
  return { size: Number(match[1]), root: match[2].replace(/\s/g, "").toLowerCase() };
}

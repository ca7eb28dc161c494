// Proofs that an event is in the log (存证证明): C2SP tlog-proof with the opened event inside.
import { includes, leafHash } from "../verify/merkle.js";
import { Refusal } from "../verify/refusal.js";
import { hex, suiteOf } from "../verify/suites.js";
import { hashOf, natural, readText, unbase64 } from "./note.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const SALT = 16;
const STEPS_MAX = 63;

/** Return index, path, the signed checkpoint as text and the extra bytes of a proof file. */
export function parseProof(bytes, file) {
  const text = readText(bytes, file);
  const split = text.indexOf("\n\n");
  const lines = text.slice(0, Math.max(split, 0)).split("\n");
  if (split < 0 || lines[0] !== HEADER) throw new Refusal("not-proof", {}, file, 1);
  let at = 1;
  let extra = new Uint8Array(0);
  if (lines[at]?.startsWith("extra ")) {
    extra = unbase64(lines[at].slice(6), file, at + 1);
    if (!extra.length) throw new Refusal("not-base64", {}, file, at + 1);
    at += 1;
  }
  if (!lines[at]?.startsWith("index ")) throw new Refusal("not-proof", {}, file, at + 1);
  const index = natural(lines[at].slice(6), file, at + 1);
  const steps = lines.slice(at + 1);
  if (steps.length > STEPS_MAX) throw new Refusal("not-proof", {}, file, at + 1);
  const path = steps.map((step, i) => hashOf(step, file, at + 2 + i));
  return { index, path, note: text.slice(split + 2), extra };
}

/** Return the opened event of a proof: the entry it has in the log, and its fields if it has any; null without one. */
export function openedEvent(extra) {
  if (extra.length <= SALT) return null;
  const hashed = suiteOf("sha256").digest(Uint8Array.of(2, ...extra));
  return { entry: `{"c":"${hashed}","v":1}`, commitment: hashed, salt: hex(extra, 0, SALT), fields: fieldsOf(extra.subarray(SALT)) };
}

/** Name and value of everything that an event's body says, flat. */
function fieldsOf(body) {
  let read = null;
  try {
    read = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return [];
  }
  const flat = (value, name) => {
    if (value === null || typeof value !== "object") return [{ name, value: String(value ?? "") }];
    return Object.entries(value).flatMap(([key, inner]) => flat(inner, name ? `${name}.${key}` : key));
  };
  return flat(read, "");
}

/** Say whether an entry is in the log of a checkpoint (核验存在证明). */
export function leadsTo(proof, entry, { size, root }) {
  const suite = suiteOf("sha256");
  return includes(leafHash(entry, suite), proof.index, size, proof.path, root, suite);
}

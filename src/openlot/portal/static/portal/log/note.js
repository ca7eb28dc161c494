// Signed notes and checkpoints of C2SP (签名条、检查点): signed-note, tlog-checkpoint, tlog-cosignature.
import { Refusal } from "../verify/refusal.js";
import { hex, suiteOf } from "../verify/suites.js";
import { verify } from "./ed25519.js";

const DASH = "— ";
const NOTE_MAX = 1_000_000;
const SIGNATURES_MAX = 64;
const ED25519 = 1;
const COSIGNATURE = 4;
const NUMBER = /^(0|[1-9][0-9]{0,15})$/;
const encode = (text) => new TextEncoder().encode(text);

/** Return bytes as text: UTF-8, no control character but the line feed. */
export function readText(bytes, file) {
  let text = "";
  if (bytes.length > NOTE_MAX) throw new Refusal("too-large", {}, file);
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal("not-text", {}, file);
  }
  text.split("\n").forEach((line, i) => {
    if (/[\0-\x1f]/.test(line)) throw new Refusal("not-text", {}, file, i + 1);
  });
  return text;
}

/** Return the bytes of base64, of which only the one canonical writing is accepted. */
export function unbase64(text, file = "", line = 0) {
  let plain = "";
  try {
    plain = atob(text);
  } catch {
    throw new Refusal("not-base64", {}, file, line);
  }
  if (btoa(plain) !== text) throw new Refusal("not-base64", {}, file, line);
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** Return a hash in hexadecimal that is written in base64. */
export function hashOf(text, file, line) {
  const bytes = unbase64(text, file, line);
  if (bytes.length !== 32) throw new Refusal("not-hash", {}, file, line);
  return hex(bytes);
}

/** Return a number without leading zero that arithmetic here is exact for. */
export function natural(text, file, line) {
  if (!NUMBER.test(text) || Number(text) > Number.MAX_SAFE_INTEGER) throw new Refusal("not-number", { value: text }, file, line);
  return Number(text);
}

const isName = (name) => name !== "" && !/[\p{White_Space}+]/u.test(name);

function idOf(name, kind, key) {
  const bytes = encode(`${name}\n`);
  return suiteOf("sha256").digest(Uint8Array.of(...bytes, kind, ...key)).slice(0, 8);
}

/** Return the key that one word names (公钥文本): `name+id+base64`. */
export function parseKey(word) {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(word);
  const bytes = match ? unbase64(match[3], "vkey") : [];
  const [kind, ...key] = bytes;
  const isKnown = (kind === ED25519 || kind === COSIGNATURE) && key.length === 32;
  if (!match || !isKnown || !isName(match[1]) || idOf(match[1], kind, key) !== match[2]) throw new Refusal("not-key", {}, "vkey");
  return { name: match[1], id: match[2], kind, key: Uint8Array.from(key) };
}

function parseSignature(line, file, number) {
  const parts = line.slice(DASH.length).split(" ");
  if (!line.startsWith(DASH) || parts.length !== 2 || !isName(parts[0])) throw new Refusal("not-signature", {}, file, number);
  const bytes = unbase64(parts[1], file, number);
  if (bytes.length < 5) throw new Refusal("not-signature", {}, file, number);
  return { name: parts[0], id: hex(bytes, 0, 4), value: bytes.subarray(4) };
}

/** Return text and signature lines, none of them verified and none twice. */
export function parseNote(note, file) {
  const split = note.lastIndexOf("\n\n");
  if (split < 1 || !note.endsWith("\n")) throw new Refusal("not-note", {}, file);
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2).split("\n").slice(0, -1);
  if (!lines.length || lines.length > SIGNATURES_MAX) throw new Refusal("not-note", {}, file);
  const first = text.split("\n").length + 1;
  const signatures = lines.map((line, i) => parseSignature(line, file, first + i));
  const owners = new Set(signatures.map(({ name, id }) => `${name} ${id}`));
  if (owners.size !== signatures.length) throw new Refusal("signed-twice", {}, file);
  return { text, signatures };
}

/** When a cosignature says it was made, in seconds since 1970. */
export const timeOf = (value) => new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0);

function isRight(key, text, value) {
  if (key.kind === ED25519) return verify(key.key, encode(text), value);
  if (value.length !== 72 || timeOf(value) >= 1n << 63n) return false;
  return verify(key.key, encode(`cosignature/v1\ntime ${timeOf(value)}\n${text}`), value.subarray(8));
}

/** Return the signatures of known keys; a wrong one, or none at all, refuses the note. */
export function verified(note, keys, file) {
  const good = note.signatures.filter((one) => {
    const key = keys.find(({ name, id }) => name === one.name && id === one.id);
    if (key && !isRight(key, note.text, one.value)) throw new Refusal("wrong-signature", { name: one.name }, file);
    return key;
  });
  if (!good.length) throw new Refusal("no-known-key", {}, file);
  return good;
}

/** Return the checkpoint of a note's text: origin, size, root in hexadecimal. */
export function parseCheckpoint(text, file) {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length < 3 || lines.some((line) => line === "")) throw new Refusal("not-checkpoint", {}, file);
  return { origin: lines[0], size: natural(lines[1], file, 2), root: hashOf(lines[2], file, 3) };
}

/** Return the checkpoint that a key of its own log has signed, and the witnesses' signatures. */
export function openCheckpoint(text, logKeys, witnessKeys, file) {
  const note = parseNote(text, file);
  const own = verified(note, logKeys, file);
  const checkpoint = parseCheckpoint(note.text, file);
  if (own.some(({ name }) => name !== checkpoint.origin)) throw new Refusal("other-log", {}, file);
  const every = verified(note, [...logKeys, ...witnessKeys], file);
  return { checkpoint, cosignatures: every.filter((one) => !own.includes(one)) };
}

// The two hash suites of vdr1 (§3): whichever line 1 of the announcement names serves the whole draw.
import { Refusal } from "./refusal.js";
import { sha256 } from "./sha256.js";
import { sm3 } from "./sm3.js";

const MAKERS = { sha256, sm3 };
const PAIRS = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, "0"));
const made = new Map();

/** Write bytes in lower-case hexadecimal (十六进制). */
export function hex(bytes, from = 0, to = bytes.length) {
  let out = "";
  for (let i = from; i < to; i += 1) out += PAIRS[bytes[i]];
  return out;
}

/** Read hexadecimal that has already been checked. */
export function unhex(text) {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/**
 * Return the suite of that name (杂凑算法): `hasher` to feed by hand, `hx(text)` of the protocol for ASCII,
 * `digest(bytes)` of a file.
 */
export function suiteOf(name) {
  if (!Object.hasOwn(MAKERS, name)) throw new Refusal("field", { field: "suite", value: name });
  if (!made.has(name)) {
    const hasher = MAKERS[name]();
    const out = new Uint8Array(32);
    made.set(name, {
      name,
      hasher,
      hx: (text) => hex(hasher.reset().ascii(text).finish(out)),
      digest: (bytes) => hex(hasher.reset().update(bytes).finish(out)),
    });
  }
  return made.get(name);
}

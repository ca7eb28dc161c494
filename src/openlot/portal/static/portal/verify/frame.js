// Frame file (§4.1): one line per register entry, eligible or not, sorted by target.
import { ascending, expectFields, hexadecimal, integer, oneOf, parseEach, readLines, tags, token, tokenOrNone } from "./lines.js";
import { Refusal } from "./refusal.js";

const DISP = /^(E|X0[1-9]|X9[0-9])$/;

/** `E`, or why an entry cannot be drawn (排除原因). */
export function dispOf(value) {
  if (!DISP.test(value)) throw new Refusal("field", { field: "disp", value });
  return value;
}

/** Read one leaf line (名单行) already split into fields. */
export function parseLeaf(fields, line = 0) {
  expectFields(fields, 9);
  oneOf(fields[0], "protocol", ["vdr1"]);
  oneOf(fields[1], "kind", ["leaf"]);
  const leaf = {
    line,
    target: token(fields[2], "target"),
    stratum: token(fields[3], "stratum"),
    weight: integer(fields[4], "weight", 1, 64),
    disp: dispOf(fields[5]),
    district: tokenOrNone(fields[6], "district"),
    need: tags(fields[7], "need"),
  };
  hexadecimal(fields[8], "salt", 32);
  return leaf;
}

/** Read a frame (待抽名单): its lines as they stand and its leaves. */
export function parseFrame(bytes, file) {
  const lines = readLines(bytes, file);
  const leaves = parseEach(lines, file, parseLeaf);
  ascending(leaves, file, (leaf) => [leaf.target]);
  return { file, lines, leaves };
}

/** Count what `key` says of the leaves that pass `keep`: a map from word to number. */
export function countBy(leaves, keep, key) {
  const counts = new Map();
  for (const leaf of leaves) if (keep(leaf)) counts.set(key(leaf), (counts.get(key(leaf)) ?? 0) + 1);
  return counts;
}

// Merkle trees of RFC 9162 §2.1 under either suite: leaf H(0x00‖line), node H(0x01‖left‖right).
import { hex, unhex } from "./suites.js";

/** Return the root over lines in hexadecimal (默克尔根); no lines give H(""). */
export function rootOf(lines, suite) {
  const { hasher } = suite;
  if (lines.length === 0) return suite.hx("");
  const row = new Uint8Array(32 * lines.length);
  lines.forEach((line, i) => hasher.reset().byte(0).ascii(line).finish(row, 32 * i));
  // Pairing from the left with the odd one carried up gives the split at the largest power of two.
  let count = lines.length;
  while (count > 1) {
    const pairs = count >> 1;
    for (let i = 0; i < pairs; i += 1) {
      hasher.reset().byte(1).update(row, 64 * i, 64 * i + 64).finish(row, 32 * i);
    }
    if (count % 2) row.copyWithin(32 * pairs, 64 * pairs, 64 * pairs + 32);
    count = pairs + (count % 2);
  }
  return hex(row, 0, 32);
}

/** Return the hash of one leaf in hexadecimal. */
export function leafHash(line, suite) {
  return hex(suite.hasher.reset().byte(0).ascii(line).finish());
}

/**
 * Say whether `path` leads from leaf hash number `index` of `size` to `root` (包含证明), by RFC 9162 §2.1.3.2;
 * all in hexadecimal, the path from the leaf upwards.
 */
export function includes(leaf, index, size, path, root, suite) {
  if (leaf.length !== 64 || !(index >= 0 && index < size)) return false;
  let own = index;
  let last = size - 1;
  let hash = unhex(leaf);
  for (const step of path.map(unhex)) {
    if (last === 0) return false;
    const fromLeft = own % 2 === 1 || own === last;
    const [left, right] = fromLeft ? [step, hash] : [hash, step];
    hash = suite.hasher.reset().byte(1).update(left).update(right).finish();
    while (fromLeft && own % 2 === 0 && own !== 0) {
      own /= 2;
      last = Math.floor(last / 2);
    }
    own = Math.floor(own / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hex(hash) === root;
}

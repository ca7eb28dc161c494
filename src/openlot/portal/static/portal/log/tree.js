// Growth of a log (一致性): consistency proofs of RFC 9162 §2.1.4, and the tiles of C2SP out of which they are read.
import { Refusal } from "../verify/refusal.js";
import { hex, suiteOf, unhex } from "../verify/suites.js";

const WIDTH = 256;

function node(left, right) {
  return hex(suiteOf("sha256").hasher.reset().byte(1).update(unhex(left)).update(unhex(right)).finish());
}

const half = (n) => Math.floor(n / 2);
const isPower = (n) => Number.isInteger(Math.log2(n)) && 2 ** Math.log2(n) === n;

/** Say whether `path` proves that a tree of `first` leaves grew into `second` (核验一致性); hashes in hexadecimal. */
export function hasGrown(first, second, firstRoot, secondRoot, path) {
  if (first <= 0 || first > second || path.some((step) => step.length !== 64)) return false;
  if (first === second) return path.length === 0 && firstRoot === secondRoot;
  if (path.length === 0) return false;
  const [start, ...steps] = isPower(first) ? [firstRoot, ...path] : path;
  let [at, last] = [first - 1, second - 1];
  while (at % 2) [at, last] = [half(at), half(last)];
  let [old, now] = [start, start];
  for (const step of steps) {
    if (last === 0) return false;
    if (at % 2 || at === last) {
      [old, now] = [node(step, old), node(step, now)];
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      now = node(now, step);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && old === firstRoot && now === secondRoot;
}

/** Return the address of a tile below the log's prefix (瓦片路径). */
export function tilePath(level, number, width) {
  let text = String(number % 1000).padStart(3, "0");
  for (let rest = Math.floor(number / 1000); rest; rest = Math.floor(rest / 1000)) {
    text = `x${String(rest % 1000).padStart(3, "0")}/${text}`;
  }
  return `tile/${level}/${text}${width === WIDTH ? "" : `.p/${width}`}`;
}

function split(width) {
  let power = 1;
  while (power * 2 < width) power *= 2;
  return power;
}

function combine(hashes) {
  let row = hashes;
  while (row.length > 1) row = Array.from({ length: row.length / 2 }, (_, i) => node(row[2 * i], row[2 * i + 1]));
  return row[0];
}

/** A tree of `size` leaves read from its tiles (瓦片树): `read(path)` resolves to the bytes of one. */
export class TileTree {
  constructor(size, read) {
    this.size = size;
    this.read = read;
    this.tiles = new Map();
  }

  async tile(level, number) {
    const width = Math.min(WIDTH, Math.floor(this.size / WIDTH ** level) - number * WIDTH);
    const path = tilePath(level, number, width);
    if (!this.tiles.has(path)) {
      const bytes = await this.read(path);
      if (bytes.length !== 32 * width) throw new Refusal("wrong-tiles", {}, path);
      this.tiles.set(path, Array.from({ length: width }, (_, i) => hex(bytes, 32 * i, 32 * i + 32)));
    }
    return this.tiles.get(path);
  }

  async complete(height, index) {
    const [level, above] = [Math.floor(height / 8), height % 8];
    const start = index * 2 ** above;
    const hashes = await this.tile(level, Math.floor(start / WIDTH));
    return combine(hashes.slice(start % WIDTH, (start % WIDTH) + 2 ** above));
  }

  async range(low, high) {
    const width = high - low;
    if (isPower(width)) return this.complete(Math.log2(width), low / width);
    const middle = low + split(width);
    return node(await this.range(low, middle), await this.range(middle, high));
  }

  /** Return the root of the first leaves (当时的根). */
  rootAt(size) {
    return size ? this.range(0, size) : suiteOf("sha256").hx("");
  }

  /** Return the consistency proof (一致性证明) from `first` leaves to all. */
  async consistencyPath(first) {
    let [low, high, isWhole] = [0, this.size, true];
    const path = [];
    while (first !== high) {
      const middle = low + split(high - low);
      if (first <= middle) {
        path.push(await this.range(middle, high));
        high = middle;
      } else {
        path.push(await this.range(low, middle));
        [low, isWhole] = [middle, false];
      }
    }
    if (!isWhole) path.push(await this.range(low, high));
    return path.reverse();
  }
}

/** Refuse unless the log of `old` has only grown into `now` (核验一致性): `{size, root}` each, tiles of `now`. */
export async function checkGrowth(old, now, read) {
  if (old.size === 0) return;
  if (old.size === now.size) {
    if (old.root !== now.root) throw new Refusal("rewritten", { first: old.size, second: now.size });
    return;
  }
  const tree = new TileTree(now.size, read);
  const [path, then] = [await tree.consistencyPath(old.size), await tree.rootAt(old.size)];
  if (!hasGrown(old.size, now.size, then, now.root, path)) throw new Refusal("wrong-tiles");
  if (then !== old.root) throw new Refusal("rewritten", { first: old.size, second: now.size });
}

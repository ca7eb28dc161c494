// Inflate, written from RFC 1951: bundles must open offline in browsers without DecompressionStream.
import { Refusal } from "./refusal.js";

const LENGTH_BASE = [];
const LENGTH_BITS = [];
const DISTANCE_BASE = [];
const DISTANCE_BITS = [];
for (let i = 0, base = 3; i < 28; i += 1) {
  LENGTH_BITS[i] = i < 8 ? 0 : (i >> 2) - 1;
  LENGTH_BASE[i] = base;
  base += 1 << LENGTH_BITS[i];
}
LENGTH_BASE[28] = 258;
LENGTH_BITS[28] = 0;
for (let i = 0, base = 1; i < 30; i += 1) {
  DISTANCE_BITS[i] = i < 4 ? 0 : (i >> 1) - 1;
  DISTANCE_BASE[i] = base;
  base += 1 << DISTANCE_BITS[i];
}
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function broken() {
  throw new Refusal("zip-broken");
}

class Bits {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.held = 0;
    this.count = 0;
  }

  /** Look at up to 15 bits; past the end they are zeros. */
  peek(n) {
    while (this.count < n) {
      this.held |= (this.bytes[this.at] ?? 0) << this.count;
      this.at += 1;
      this.count += 8;
    }
    return this.held & ((1 << n) - 1);
  }

  drop(n) {
    this.held >>>= n;
    this.count -= n;
    if (this.at - (this.count >> 3) > this.bytes.length) broken();
  }

  take(n) {
    const value = this.peek(n);
    this.drop(n);
    return value;
  }

  /** Go to the next whole byte and return its place. */
  align() {
    this.drop(this.count & 7);
    this.at -= this.count >> 3;
    this.held = 0;
    this.count = 0;
    return this.at;
  }
}

function reversed(code, length) {
  let out = 0;
  for (let i = 0; i < length; i += 1) out |= ((code >> i) & 1) << (length - 1 - i);
  return out;
}

/** A canonical code (§3.2.2) as a table from the next `width` bits to symbol and length. */
function tableOf(lengths) {
  const width = Math.max(1, ...lengths);
  const counts = new Array(16).fill(0);
  for (const length of lengths) if (length) counts[length] += 1;
  const next = [];
  for (let length = 1, code = 0; length <= 15; length += 1) {
    next[length] = code;
    code += counts[length];
    if (code > 1 << length) broken();
    code <<= 1;
  }
  const table = new Int32Array(1 << width).fill(-1);
  lengths.forEach((length, symbol) => {
    if (!length) return;
    const first = reversed(next[length], length);
    next[length] += 1;
    for (let i = first; i < table.length; i += 1 << length) table[i] = (symbol << 4) | length;
  });
  return { table, width };
}

function symbol(bits, { table, width }) {
  const entry = table[bits.peek(width)];
  if (entry < 0) broken();
  bits.drop(entry & 15);
  return entry >> 4;
}

const FIXED = [
  tableOf(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  tableOf(new Array(30).fill(5)),
];

function dynamicTables(bits) {
  const n = bits.take(5) + 257;
  const m = bits.take(5) + 1;
  const lengthLengths = new Array(19).fill(0);
  for (let i = 0, count = bits.take(4) + 4; i < count; i += 1) lengthLengths[LENGTH_ORDER[i]] = bits.take(3);
  const code = tableOf(lengthLengths);
  const lengths = [];
  while (lengths.length < n + m) {
    const word = symbol(bits, code);
    if (word < 16) lengths.push(word);
    else {
      const value = word === 16 ? lengths.at(-1) ?? broken() : 0;
      const times = word === 16 ? bits.take(2) + 3 : word === 17 ? bits.take(3) + 3 : bits.take(7) + 11;
      for (let i = 0; i < times; i += 1) lengths.push(value);
    }
  }
  if (lengths.length > n + m) broken();
  return [tableOf(lengths.slice(0, n)), tableOf(lengths.slice(n))];
}

function inflateBlock(bits, [literals, distances], out, start) {
  let at = start;
  for (let word = symbol(bits, literals); word !== 256; word = symbol(bits, literals)) {
    if (word < 256) {
      if (at >= out.length) broken();
      out[at++] = word;
    } else {
      if (word > 285) broken();
      const length = LENGTH_BASE[word - 257] + bits.take(LENGTH_BITS[word - 257]);
      const far = symbol(bits, distances);
      if (far > 29) broken();
      const distance = DISTANCE_BASE[far] + bits.take(DISTANCE_BITS[far]);
      if (distance > at || at + length > out.length) broken();
      for (let i = 0; i < length; i += 1, at += 1) out[at] = out[at - distance];
    }
  }
  return at;
}

function copyStored(bits, out, at) {
  const from = bits.align();
  const { bytes } = bits;
  const length = bytes[from] | (bytes[from + 1] << 8);
  const check = bytes[from + 2] | (bytes[from + 3] << 8);
  if ((length ^ check) !== 0xffff || from + 4 + length > bytes.length || at + length > out.length) broken();
  out.set(bytes.subarray(from + 4, from + 4 + length), at);
  bits.at = from + 4 + length;
  return at + length;
}

/** Return the `size` bytes that a deflate stream holds (解压). */
export function inflate(bytes, size) {
  const bits = new Bits(bytes);
  const out = new Uint8Array(size);
  let at = 0;
  for (let isLast = false; !isLast; ) {
    isLast = bits.take(1) === 1;
    const type = bits.take(2);
    if (type === 3) broken();
    if (type === 0) at = copyStored(bits, out, at);
    else at = inflateBlock(bits, type === 1 ? FIXED : dynamicTables(bits), out, at);
  }
  if (at !== size) broken();
  return out;
}

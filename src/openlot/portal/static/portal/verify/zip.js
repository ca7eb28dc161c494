// Zip archives: the central directory, stored and deflated entries, each checked by its CRC-32.
import { inflate } from "./inflate.js";
import { Refusal } from "./refusal.js";

const LARGEST_BUNDLE = 512 * 1024 * 1024;
const TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let i = 0; i < 8; i += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

function crc32(bytes) {
  let c = -1;
  for (let i = 0; i < bytes.length; i += 1) c = TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

function findEnd(view) {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at -= 1) {
    if (view.getUint32(at, true) === 0x06054b50) return at;
  }
  throw new Refusal("zip-broken");
}

function readEntry(view, bytes, at) {
  if (view.getUint32(at, true) !== 0x02014b50) throw new Refusal("zip-broken");
  const nameLength = view.getUint16(at + 28, true);
  const entry = {
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    local: view.getUint32(at + 42, true),
    name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
  };
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  return [entry, next];
}

function contentOf(view, bytes, entry) {
  if (view.getUint32(entry.local, true) !== 0x04034b50) throw new Refusal("zip-broken");
  const from = entry.local + 30 + view.getUint16(entry.local + 26, true) + view.getUint16(entry.local + 28, true);
  const packed = bytes.subarray(from, from + entry.packed);
  if (entry.flags & 1 || ![0, 8].includes(entry.method)) throw new Refusal("zip-kind");
  if (packed.length !== entry.packed || (entry.method === 0 && entry.packed !== entry.size)) throw new Refusal("zip-broken");
  const content = entry.method === 0 ? packed.slice() : inflate(packed, entry.size);
  if (crc32(content) !== entry.crc) throw new Refusal("zip-crc");
  return content;
}

/** Return `[name, bytes]` of every file in a zip (压缩包). */
export function readZip(bytes, file) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let name = file;
  try {
    const end = findEnd(view);
    const entries = [];
    for (let i = 0, at = view.getUint32(end + 16, true); i < view.getUint16(end + 10, true); i += 1) {
      const [entry, next] = readEntry(view, bytes, at);
      if (!entry.name.endsWith("/")) entries.push(entry);
      at = next;
    }
    if (entries.reduce((sum, entry) => sum + entry.size, 0) > LARGEST_BUNDLE) throw new Refusal("zip-large");
    return entries.map((entry) => {
      name = entry.name;
      return [entry.name, contentOf(view, bytes, entry)];
    });
  } catch (error) {
    if (error instanceof Refusal) throw error.at(name, 0);
    if (error instanceof RangeError) throw new Refusal("zip-broken", {}, name);
    throw error;
  }
}

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { filesOf, load, vectors } from "./sources.mjs";

const { openBundle } = await load("bundle.js");
const { inflate } = await load("inflate.js");
const { Refusal } = await load("refusal.js");
const { readZip } = await load("zip.js");
const text = (words) => new TextEncoder().encode(words);

const SAMPLES = [
  new Uint8Array(0), text("a"), text("abc".repeat(10000)), new Uint8Array(randomBytes(100000)),
  text(Array.from({ length: 5000 }, (_, i) => `vdr1|leaf|T${i}|S1|1|E|D${i % 7}|-|${"0123456789abcdef".repeat(2)}\n`).join("")),
];

test("Inflate undoes every kind of deflate block", () => {
  for (const sample of SAMPLES) {
    for (const level of [0, 1, 6, 9]) {
      for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE]) {
        const packed = new Uint8Array(deflateRawSync(sample, { level, strategy }));
        assert.deepEqual(inflate(packed, sample.length), sample);
      }
    }
  }
});

test("A deflate stream that is cut, changed or too long is refused, nothing else happens", () => {
  const packed = new Uint8Array(deflateRawSync(SAMPLES[4].slice(0, 3000)));
  for (let size = 0; size < packed.length; size += 1) {
    assert.throws(() => inflate(packed.slice(0, size), 3000), Refusal);
  }
  for (let i = 0; i < packed.length; i += 1) {
    const changed = packed.slice();
    changed[i] ^= 1 << (i % 8);
    try {
      inflate(changed, 3000);
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error));
    }
  }
  assert.throws(() => inflate(packed, 2999), Refusal);
  assert.throws(() => inflate(packed, 3001), Refusal);
});

/** A zip by the book, entries stored. */
function zipOf(entries) {
  const crcOf = (bytes) => {
    let c = -1;
    for (const byte of bytes) {
      c ^= byte;
      for (let i = 0; i < 8; i += 1) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    }
    return ~c >>> 0;
  };
  const parts = [];
  const central = [];
  let at = 0;
  for (const [name, bytes] of entries) {
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crcOf(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    central.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), shared, tail, Buffer.from(name));
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), shared, Buffer.from(name), bytes]);
    parts.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return new Uint8Array(Buffer.concat([...parts, directory, end]));
}

const V2 = filesOf(`${vectors}v2-sha256`);
const codeOf = (act) => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.code;
  }
  return null;
};

test("A zip, a zip of a folder and loose files are the same bundle", () => {
  const loose = openBundle(V2);
  const zip = openBundle([["x.zip", zipOf(V2)]]);
  const folder = openBundle([["x.zip", zipOf(V2.map(([name, bytes]) => [`bundle/${name}`, bytes]))]]);
  assert.deepEqual([...zip].sort(), [...loose].sort());
  assert.deepEqual([...folder].sort(), [...loose].sort());
});

test("What is no bundle is refused with its reason", () => {
  assert.equal(codeOf(() => openBundle([["a.txt", text("hello")]])), "no-bundle");
  assert.equal(codeOf(() => openBundle([["a.zip", text("PK\x03\x04 and then nothing that makes sense")]])), "zip-broken");
  assert.equal(codeOf(() => openBundle([["a.zip", zipOf([["x", text("y")]])]])), "no-bundle");
  const twice = V2.map(([name, bytes]) => [`other/${name}`, bytes]);
  assert.equal(codeOf(() => openBundle([...V2, ...twice])), "two-bundles");
  assert.equal(codeOf(() => openBundle([["a.zip", zipOf([...V2, V2.find(([name]) => name === "result.vdr")])]])), "twice");
});

test("Any changed byte of a file inside a zip is noticed by its check sum", () => {
  const zip = zipOf([["announcement.vdr", text("0123456789")]]);
  const at = Buffer.from(zip).indexOf("0123456789");
  zip[at + 3] ^= 1;
  assert.equal(codeOf(() => readZip(zip, "a.zip")), "zip-crc");
});

test("A receipt is known by its first line, whatever the browser called it", () => {
  const files = openBundle([["receipt (1).vdr", text("vdr1|receipt|sha256|")], ["public-2.vdr", text("vdr1|public|sha256|")]]);
  assert.deepEqual([...files.keys()].sort(), ["public.vdr", "receipt.vdr"]);
});

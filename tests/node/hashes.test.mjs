import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { load } from "./sources.mjs";

const { hex, suiteOf } = await load("suites.js");
const bytes = (text) => new TextEncoder().encode(text);
const { getHashes } = await import("node:crypto");

const SHA256 = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
  ["abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"],
  ["a".repeat(1000000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
];
const SM3 = [
  ["abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"],
  ["abcd".repeat(16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"],
];

test("SHA-256 gives the digests of FIPS 180-4", () => {
  for (const [text, digest] of SHA256) assert.equal(suiteOf("sha256").digest(bytes(text)), digest);
});

test("SM3 gives the digests of GB/T 32905", () => {
  for (const [text, digest] of SM3) assert.equal(suiteOf("sm3").digest(bytes(text)), digest);
});

test("Both agree with OpenSSL on every length up to three blocks", () => {
  for (const name of ["sha256", "sm3"].filter((one) => getHashes().includes(one))) {
    for (let size = 0; size <= 200; size += 1) {
      const data = randomBytes(size);
      assert.equal(suiteOf(name).digest(data), createHash(name).update(data).digest("hex"));
    }
  }
});

test("A message in pieces has the digest of the whole", () => {
  for (const name of ["sha256", "sm3"]) {
    const { hasher, digest } = suiteOf(name);
    const data = randomBytes(1000);
    const whole = digest(data);
    for (const step of [1, 7, 63, 64, 65, 500]) {
      hasher.reset();
      for (let at = 0; at < data.length; at += step) hasher.update(data, at, Math.min(data.length, at + step));
      assert.equal(hex(hasher.finish()), whole);
    }
  }
});

import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load, vectors } from "./sources.mjs";

const { sha512 } = await load("../log/sha512.js");
const { verify } = await load("../log/ed25519.js");
const { hasGrown, tilePath } = await load("../log/tree.js");
const { fromPaper } = await load("../log/check.js");
const bytes = (hexadecimal) => new Uint8Array(Buffer.from(hexadecimal, "hex"));
const plain = (text) => Buffer.from(text ?? "", "base64").toString("hex");
const rows = (name) => readFileSync(`${vectors}${name}`, "utf8").trim().split("\n").map((line) => JSON.parse(line));

test("SHA-512 is that of OpenSSL around every block's edge", () => {
  for (let n = 0; n < 400; n += n > 100 && n < 140 ? 1 : 7) {
    const data = Uint8Array.from({ length: n }, (_, i) => (i * 31 + n) % 256);
    assert.equal(Buffer.from(sha512(data)).toString("hex"), createHash("sha512").update(data).digest("hex"));
  }
});

test("The five signatures of RFC 8032 verify, and none with a bit turned", () => {
  const all = rows("ed25519.jsonl");
  assert.equal(all.length, 5);
  for (const row of all) {
    const [key, message, signature] = [bytes(row.key), bytes(row.message), bytes(row.signature)];
    assert.ok(verify(key, message, signature), row.name);
    for (let at = 0; at < 64; at += 9) {
      const turned = signature.slice();
      turned[at] ^= 1;
      assert.ok(!verify(key, message, turned));
      const other = key.slice();
      other[at % 32] ^= 1;
      assert.ok(!verify(other, message, signature));
    }
    assert.ok(!verify(key, Uint8Array.of(...message, 0), signature));
  }
});

test("Signatures that OpenSSL makes verify", () => {
  for (let n = 0; n < 20; n += 1) {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const message = Buffer.alloc(n * 11, n);
    const key = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    assert.ok(verify(new Uint8Array(key), new Uint8Array(message), new Uint8Array(sign(null, message, privateKey))));
  }
});

test("What programs differ about is refused: scalars of L or more, small and unreduced points", () => {
  const row = rows("ed25519.jsonl")[2];
  const signature = bytes(row.signature);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = signature.slice(32).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) + order;
  const larger = signature.slice();
  for (let i = 0; i < 32; i += 1) larger[32 + i] = Number((scalar >> BigInt(8 * i)) & 255n);
  assert.ok(!verify(bytes(row.key), bytes(row.message), larger));
  const y8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
  const small = ["01" + "00".repeat(31), "ec" + "ff".repeat(30) + "7f", "00".repeat(32), y8, "ee" + "ff".repeat(30) + "7f", "02" + "00".repeat(31)];
  for (const point of small) {
    for (let n = 0; n < 32; n += 1) assert.ok(!verify(bytes(point), Uint8Array.of(n), bytes(point + "00".repeat(32))), point);
    assert.ok(!verify(bytes(row.key), bytes(row.message), bytes(point + row.signature.slice(64))));
  }
  assert.ok(!verify(bytes("00"), bytes(""), bytes("00")));
});

test("Consistency proofs of others are judged as they say", () => {
  const cases = rows("merkle-vectors.jsonl").filter((row) => row.kind === "consistency");
  assert.equal(cases.length, 98);
  for (const row of cases) {
    const good = hasGrown(row.size1, row.size2, plain(row.root1), plain(row.root2), (row.proof ?? []).map(plain));
    assert.equal(good, !row.wantErr, row.name);
  }
});

test("Tiles have the paths of the specification", () => {
  assert.equal(tilePath(0, 1234067, 256), "tile/0/x001/x234/067");
  assert.equal(tilePath(1, 5, 17), "tile/1/005.p/17");
});

test("Size and root are read from paper in any grouping", () => {
  const root = "0123456789abcdef".repeat(4);
  const grouped = root.match(/.{8}/g).join(" ");
  for (const text of [`1234 ${root}`, `条数 1234\n根 ${grouped}`, ` 1234\n${root.toUpperCase()} `]) {
    assert.deepEqual(fromPaper(text), { size: 1234, root }, text);
  }
  for (const text of ["", "1234", root, `1234 ${root}0`, `1234 ${root.slice(1)}`, `99999999999999999 ${root}`]) {
    assert.equal(fromPaper(text), null, text);
  }
  const code = `a/log\n1234\n${Buffer.from(root, "hex").toString("base64")}\n`;
  assert.deepEqual(fromPaper(code, "a/log"), { size: 1234, root });
  assert.deepEqual(fromPaper(code.replaceAll("\n", "\r\n"), "a/log"), { size: 1234, root });
  assert.equal(fromPaper(code, "another/log"), null);
  assert.equal(fromPaper(code.replace("1234", "01234"), "a/log"), null);
});

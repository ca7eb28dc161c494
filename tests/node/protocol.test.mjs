import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { filesOf, load, vectors } from "./sources.mjs";

const { drawingOrder } = await load("allocate.js");
const { openBundle } = await load("bundle.js");
const { match } = await load("match.js");
const { includes, leafHash } = await load("merkle.js");
const { suiteOf } = await load("suites.js");
const { laneKey } = await load("tickets.js");
const { verify } = await load("verify.js");
const { verifyReceipt } = await load("receipt.js");
const sha256 = suiteOf("sha256");

function verdict(path) {
  const files = openBundle(filesOf(path));
  return files.has("announcement.vdr") ? verify(files) : verifyReceipt(files);
}

test("V0: hx of abc", () => {
  assert.match(sha256.hx("abc"), /^ba7816bf.*15ad$/);
  assert.equal(suiteOf("sm3").hx("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
});

test("V1: ten targets in their order", () => {
  const seed = sha256.hx("vdr1 test seed 1");
  assert.equal(seed, "86fbe7a2a14bcd93694e4a78df8281158b641edab20edc78d4515c3d6109f15b");
  const leaves = Array.from({ length: 10 }, (_, i) => ({ target: `TEST${String(i + 1).padStart(4, "0")}`, weight: 1 }));
  const order = drawingOrder(leaves, laneKey(seed, "L1", sha256), sha256);
  assert.deepEqual(order.map(([, target]) => Number(target.slice(4))), [5, 7, 4, 2, 9, 8, 3, 10, 6, 1]);
  assert.equal(order[0][0], "012904c4b478f86586668ad2ae2cea566ee33e719561aa0ac9ea23b179dfd4ea");
  assert.equal(order[9][0], "dd27beb2be922a86d8b7bc28b7c1b3c11f3e9640fcc810786ea0d0be89c814cf");
});

const V2_PROOFS = {
  "v2-sha256": ["7c37539e30fd80245f1033a40408cd5f633915aab89ba5a6b4635436b76b65f1", "c89f8b80e66e6cfe1054a93c62da30becea2ab1908bc6f59c5d261fd75ca60be",
    "59bf3f01792331bb5ef3c38532fc9cf6701e6ca53c84b689ceb9faf07d4bb748", "bea4dce3e6d4a9abb6d56e91fb7e71f03ba1cb1e82d5245b96fbc81eddafe1a3"],
  "v2-sm3": ["d7dde4cadc4848ca94f3e1f689e4a8a7aa909bb4d0938fa8bbcf395dd4e1bfc3", "96d2ebc94b49e9c8a76ad5e07d3259a715907c8c0af6ef65eb3b298a9eb91768",
    "0e44c20a4509189d96393904a45ffa313ba956f1fc8c607b0892461660de7f12", "47293fcd0433715e674c6820923b2a2de6e6b807e27c8a59c4d1d6b1d1411036"],
};
const V2_RDIGESTS = {
  "v2-sha256": "4cbe56318939d266b4821be7c1b459d3efeeb64b020396bf283178bed81b813b",
  "v2-sm3": "77fcc0d7d9eeb92bfaa55a61b1ffb28387550121ee1e8780f8579c79e4a4bd21",
};
const V2_SEALED = {
  "v2-sha256": ["91dea15141c4462a7e220eb959e34b3ce1595222d64417ff5a8a85730b5abb3f", "4060835d02239f93287e64640d348d814041820e3ed1764aa828487c58e7b7ae", "F1|S1|91341282MA2N00002B", "91341282MA2N00006F"],
  "v2-sm3": ["9f6e1edc9b4def0c116d8882cc5280805c701e3540dd70d5689df9b8385ec5ea", "7a375424461bcd3420cb332a3cee8c5e5b4594324276e6d779074e78d6f4b63c", "F1|S1|91341282MA2N00003C", "91341282MA2N00001A"],
};

for (const name of Object.keys(V2_PROOFS)) {
  test(`V2: ${name} whole, with its proof and its sealed replacement`, () => {
    const given = filesOf(`${vectors}${name}`).filter(([file]) => !file.startsWith("docs/"));
    const files = openBundle(given);
    const { ok, steps, result } = verify(files);
    assert.ok(ok, JSON.stringify(steps));
    assert.equal(result.digest, V2_RDIGESTS[name]);
    const lines = readFileSync(`${vectors}${name}/frame-F1.vdr`, "latin1").trim().split("\n");
    const suite = suiteOf(name.slice(3));
    const root = /frame\|F1\|J1\|([0-9a-f]{64})/.exec(readFileSync(`${vectors}${name}/announcement.vdr`, "latin1"))[1];
    assert.ok(includes(leafHash(lines[9], suite), 9, 14, V2_PROOFS[name], root, suite));
    assert.ok(!includes(leafHash(lines[8], suite), 9, 14, V2_PROOFS[name], root, suite));
    const [link, ticket, out, target] = V2_SEALED[name];
    const replace = (into) => [`vdr1|replace|${result.digest}|1|moved|${"0".repeat(64)}|${link}`, `out|${out}`, `in|F1|S1|${into}|${ticket}`, "end", ""].join("\n");
    const withAct = (text) => verify(openBundle([...given, ["replace-1.vdr", new TextEncoder().encode(text)]]));
    assert.ok(withAct(replace(target)).ok);
    assert.ok(!withAct(replace("91341282MA2N00005E")).ok);
    assert.ok(!withAct(replace(target).replace(link, "0".repeat(64))).ok);
  });
}

test("V3: matching with look-ahead", () => {
  const seed = sha256.hx("vdr1 test seed 3");
  const people = [
    ["A01", "SCJG", "D1", ["lead", "special"]], ["A02", "SCJG", "D1", ["special"]], ["A03", "SCJG", "D2", []],
    ["A04", "SCJG", "D2", ["lead"]], ["B01", "YJGL", "D1", ["lead"]], ["B02", "YJGL", "D2", []], ["B03", "YJGL", "D2", ["special"]],
  ].map(([id, dept, district, tags]) => ({ id, dept, district, tags, cap: 3, load: 0 }));
  const recusals = [["A02", "T3"], ["A04", "T1"], ["B03", "T2"]].map(([inspector, target]) => ({ inspector, target }));
  const slots = [
    { k: "1-SCJG-lead", dept: "SCJG", tags: ["lead"], region: "any" },
    { k: "2-SCJG", dept: "SCJG", tags: [], region: "prefer-outside" },
    { k: "3-YJGL", dept: "YJGL", tags: [], region: "any" },
  ];
  const places = new Map([["T1", "D1"], ["T2", "D1"], ["T3", "D2"], ["T4", "D2"]].map(([target, district]) =>
    [target, slots.map((slot) => ({ slot, district, need: [] }))]));
  const { ceiling, log } = match(seed, places, { inspectors: people, recusals }, 0, sha256);
  assert.equal(ceiling, 2);
  const said = log.map((row) => `${row.target} ${row.k} ${row.inspector} ${row.reason ?? `${row.pick.slice(0, 16)} ${row.eligible}`}`);
  assert.deepEqual(said, [
    "T2 1-SCJG-lead A01 0465708a3491e538 2", "T2 2-SCJG A03 8a28f5ece117c0c0 4", "T2 3-YJGL B02 1efd8a391c275a06 2",
    "T1 1-SCJG-lead A01 cc10338458aaa7db 1", "T1 2-SCJG A03 would-block", "T1 2-SCJG A02 af15a82275fc3904 3", "T1 3-YJGL B01 1c4a3ea8a68fc636 3",
    "T4 1-SCJG-lead A04 341de227b35f12a1 2", "T4 2-SCJG A02 27d5b663a4348c65 4", "T4 3-YJGL B03 95a09dc29530f398 3",
    "T3 1-SCJG-lead A04 9187b3755ef55388 2", "T3 2-SCJG A01 full", "T3 2-SCJG A03 3b83632eebfeee04 3", "T3 3-YJGL B03 778a029783c5d742 3",
  ]);
});

const isBundle = (path) => existsSync(`${path}/announcement.vdr`) || existsSync(`${path}/receipt.vdr`);
const foldersIn = (path) => (existsSync(path) ? readdirSync(path, { withFileTypes: true }) : [])
  .filter((entry) => entry.isDirectory() && isBundle(`${path}/${entry.name}`)).map((entry) => entry.name);

for (const name of foldersIn(vectors)) {
  test(`The vector ${name} verifies`, () => {
    const { ok, steps } = verdict(`${vectors}${name}`);
    assert.ok(ok, JSON.stringify(steps.filter((step) => step.state === "bad")));
  });
}

for (const name of foldersIn(`${vectors}refused`)) {
  test(`The vector refused/${name} is refused`, () => {
    const bad = verdict(`${vectors}refused/${name}`).steps.filter((step) => step.state === "bad");
    assert.ok(bad.length > 0);
    const reason = readFileSync(`${vectors}refused/${name}/reason.txt`, "utf8");
    const file = /[a-z0-9-]+\.vdr/i.exec(reason)?.[0];
    if (file) assert.ok(bad.some((step) => step.file === file), `${reason} but ${JSON.stringify(bad)}`);
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { filesOf, load, vectors } from "./sources.mjs";

const { openBundle } = await load("bundle.js");
const { parseAnnouncement } = await load("announcement.js");
const { parseFrame } = await load("frame.js");
const { parseReceipt, checkSense } = await load("disclosure.js");
const { parseRoster } = await load("roster.js");
const { parseVoid } = await load("acts.js");
const { parseOpening, seedOf } = await load("seed.js");
const { suiteOf } = await load("suites.js");
const { Refusal } = await load("refusal.js");
const { verify } = await load("verify.js");

const V2 = openBundle(filesOf(`${vectors}v2-sha256`));
V2.delete("docs/rules");
V2.delete("docs/strata");
const bytes = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const textOf = (name) => Buffer.from(V2.get(name)).toString("latin1");
const sha256 = suiteOf("sha256");

/** Return code and line of the refusal. */
function refused(act) {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error.stack));
    assert.ok(error.file, error.message);
    return `${error.code}:${error.line}`;
  }
  return "accepted";
}

function changed(name, from, to) {
  const text = textOf(name);
  assert.ok(from === "" || text.includes(from), from);
  return bytes(text.replace(from, to));
}

const ANNOUNCEMENTS = [
  ["vdr1|announce|sha256", "vdr1|announce|md5", "field:1"],
  ["vdr1|announce|sha256", "vdr2|announce|sha256", "wanted:1"],
  ["|1|-\n", "|0|-\n", "field:2"],
  ["|1|-\n", "|2|-\n", "prev-missing:2"],
  ["|1|-\n", "|01|-\n", "field:2"],
  ["session|341282-2026-S031", "session|-", "field:3"],
  ["asof|2026-11-20", "asof|2026-02-29", "field:5"],
  ["embargo|2026-12-01T08:00:00+08:00", "embargo|2026-12-01T24:00:00+08:00", "field:6"],
  ["embargo|2026-12-01T08:00:00+08:00", "embargo|2026-12-01T08:00:00Z", "field:6"],
  ["doc|rules", "doc|..", "doc-name:7"],
  ["doc|rules", "doc|STRATA", "doc-name:8"],
  ["doc|rules", "doc|zrules", "order:8"],
  ["doc|rules", "doc|strata", "twice:8"],
  ["frame|F1|J1|670b", "frame|F1|J1|670B", "field:9"],
  ["stratum|F1|S1|6|ratio:30/100:up|2|2", "stratum|F1|S1|6|ratio:30/100:up|3|2", "quota:10"],
  ["ratio:30/100:up", "ratio:30/0:up", "field:10"],
  ["ratio:30/100:up", "share:30", "field:10"],
  ["stratum|F1|S2", "stratum|F2|S2", "unknown-frame:11"],
  ["stratum|F1|S2", "stratum|F1|S0", "order:11"],
  ["excluded|F1|X01", "excluded|F1|X03", "order:14"],
  ["excluded|F1|X01", "excluded|F1|X10", "field:13"],
  ["excluded|F1|X01", "excluded|F1|E", "field:13"],
  ["|F1|1-SCJG|SCJG|lead|any", "|F1|1-SCJG|SCJG|lead|near", "field:16"],
  ["|@need|", "|@need+@need|", "field:17"],
  ["slot|F1|3-YJGL", "slot|F1|2-SCJG", "twice:18"],
  ["source|2|", "source|3|", "field:20"],
  ["source|2|party-sfj", "source|2|party-scjg", "twice:20"],
  ["digits|0-9:20", "digits|9-0:20", "field:22"],
  ["digits|0-9:20", "drand|0-9:20", "beacon:22"],
  ["numbers|1-80:20:sorted:KL8-2026311", "numbers|1-80:81:sorted:KL8-2026311", "field:23"],
  ["numbers|1-80:20:sorted:KL8-2026311", "numbers|1-80:20:mixed:KL8-2026311", "field:23"],
  ["chain|4:", "chain|0:", "field:21"],
  ["end\n", "end\nend\n", "after-end:25"],
  ["end\n", "end", "final-newline:24"],
  ["end\n", "", "wanted:24"],
  ["org|", "\norg|", "blank-line:4"],
  ["org|11341282003180001X", "org|11341282003180001X ", "trailing-space:4"],
  ["org|", "org\r|", "carriage-return:4"],
  ["org|", "org\xe9|", "ascii:4"],
  ["vdr1", "\xef\xbb\xbfvdr1", "byte-order-mark:1"],
  ["org|", "org|x|", "fields:4"],
  ["roster|0a203067db268ae7af9054c2d19dc0703cf5c06e6a08d2f558e21e88957ca15a|10|788d555334cb34e6677f07f0f14ca06e338ae5b4248ca8d58a37d27f74823676|1\n", "", "slot-without-roster:15"],
];

test("An announcement that breaks the protocol is refused with its line", () => {
  for (const [from, to, expected] of ANNOUNCEMENTS) {
    const data = changed("announcement.vdr", from, to);
    assert.equal(refused(() => parseAnnouncement(data, "announcement.vdr")), expected, `${from} → ${to}`);
  }
  const slotless = bytes(textOf("announcement.vdr").replace(/slot\|.*\n/g, ""));
  assert.equal(refused(() => parseAnnouncement(slotless, "announcement.vdr")), "frame-without-slot:15");
});

const FRAMES = [
  ["|S1|1|E|", "|S1|0|E|", "field:1"], ["|S1|1|E|", "|S1|65|E|", "field:1"], ["|S1|1|E|", "|S1|1|X10|", "field:1"],
  ["|S1|1|E|", "|-|1|E|", "field:1"], ["91341282MA2N00002B", "91341282MA2N00001A", "twice:2"],
  ["91341282MA2N00002B", "81341282MA2N00002B", "order:2"], ["e15b5d94", "E15b5d94", "field:1"],
  ["|D2|-|", "|D2|b+a|", "field:1"], ["|D2|-|", "|D2|@need|", "field:1"], ["|D2|-|", "|D2||", "field:1"],
  ["vdr1|leaf|91341282MA2N00003C", "vdr1|row|91341282MA2N00003C", "field:3"],
];

test("A list that breaks the protocol is refused with its line", () => {
  for (const [from, to, expected] of FRAMES) {
    assert.equal(refused(() => parseFrame(changed("frame-F1.vdr", from, to), "frame-F1.vdr")), expected, `${from} → ${to}`);
  }
  assert.deepEqual(parseFrame(new Uint8Array(0), "frame-F1.vdr").leaves, []);
});

const ROSTERS = [
  ["vdr1|recuse|SCJG-002", "vdr1|recuse|SCJG-000", "unknown-inspector:8"],
  ["vdr1|recuse|SCJG-004|91341282MA2N00005E", "vdr1|recuse|SCJG-002|91341282MA2N00012M", "twice:9"],
  ["vdr1|insp|SCJG-002", "vdr1|insp|SCJG-001", "twice:2"], ["vdr1|insp|SCJG-002", "vdr1|insp|SCJG-000", "order:2"],
  ["|4|1|", "|-1|1|", "field:1"], ["lead+special", "special+lead", "field:1"], ["vdr1|insp|SCJG-002", "vdr1|man|SCJG-002", "field:2"],
];

test("A roster that breaks the protocol is refused with its line", () => {
  for (const [from, to, expected] of ROSTERS) {
    assert.equal(refused(() => parseRoster(changed("roster.vdr", from, to), "roster.vdr")), expected, `${from} → ${to}`);
  }
  const lines = textOf("roster.vdr").split("\n");
  const late = [...lines.slice(1, 8), lines[0], ...lines.slice(8)].join("\n");
  assert.equal(refused(() => parseRoster(bytes(late), "roster.vdr")), "order:8");
});

const OPENINGS = [
  ["vdr1|open|341282-2026-S031", "vdr1|open|341282-2026-S032", "session:1"],
  ["value|dice|31415926535897932384", "value|dice|3141592653589793238", "not-opened-digits:5"],
  ["value|dice|3", "value|dice|a", "not-opened-digits:5"],
  ["value|kl8|02.05", "value|kl8|05.02", "not-opened-numbers:6"],
  ["value|kl8|02.05", "value|kl8|2.05", "not-opened-numbers:6"],
  [".74.79", ".74.81", "not-opened-numbers:6"],
  ["value|dice|31415926535897932384\n", "", "source-missing:5"],
  ["end\n", "value|more|1\nend\n", "source-unknown:7"],
];

test("An opening that does not open what was sealed is refused with its line", () => {
  const announcement = parseAnnouncement(V2.get("announcement.vdr"), "announcement.vdr");
  const seed = (data) => seedOf(announcement, parseOpening(data, "opening.vdr"), sha256);
  for (const [from, to, expected] of OPENINGS) {
    assert.equal(refused(() => seed(changed("opening.vdr", from, to))), expected, `${from} → ${to}`);
  }
  const lines = textOf("opening.vdr").split("\n");
  const flip = (line) => line.replace(/.$/, (c) => (c === "0" ? "1" : "0"));
  const with2 = (at) => bytes(lines.map((line, i) => (i === at ? flip(line) : line)).join("\n"));
  assert.equal(refused(() => seed(with2(1))), "not-opened-commit:2");
  assert.equal(refused(() => seed(with2(3))), "not-opened-chain:4");
  const swapped = [lines[0], lines[2], lines[1], ...lines.slice(3)].join("\n");
  assert.equal(refused(() => seed(bytes(swapped))), "source-missing:2");
});

function verdict(changes, published = {}) {
  const files = new Map([...V2, ...Object.entries(changes)]);
  for (const [name, data] of files) if (data === null) files.delete(name);
  const { ok, steps } = verify(files, published);
  const bad = steps.find((step) => step.state === "bad");
  return ok ? "ok" : `${bad.id} ${bad.code} ${bad.file}:${bad.line}`;
}

test("What is published binds the bundle", () => {
  const other = "0".repeat(64);
  assert.equal(verdict({}), "ok");
  assert.match(verdict({}, { adigest: other }), /^announcement published-differs/);
  assert.match(verdict({}, { seed: other }), /^opening published-differs/);
  assert.match(verdict({}, { rdigest: other }), /^result published-differs/);
});

test("A missing, foreign or changed file is named", () => {
  assert.equal(verdict({ "opening.vdr": null }), "opening missing opening.vdr:0");
  assert.equal(verdict({ "frame-F1.vdr": null }), "lists missing frame-F1.vdr:0");
  assert.equal(verdict({ "frame-F1.vdr": changed("frame-F1.vdr", "|S1|", "|S2|") }), "lists digest-differs frame-F1.vdr:0");
  assert.equal(verdict({ "docs/rules": bytes("x") }), "documents digest-differs docs/rules:0");
  const result = changed("result.vdr", "would-block", "full");
  assert.equal(verdict({ "result.vdr": result }), "result line-differs result.vdr:24");
});

test("Without its roster, what follows from the seed alone is still checked", () => {
  const without = (from, to) => verdict({ "roster.vdr": null, "result.vdr": changed("result.vdr", from, to) });
  assert.equal(without("", ""), "ok");
  assert.equal(without("|72789db8", "|72789db9"), "result mismatch result.vdr:15");
  assert.equal(without("man|92341282MA2P00014P|1-SCJG|SCJG-004", "man|92341282MA2P00014P|1-SCJG|SCJG-001"), "result mismatch result.vdr:15");
  assert.equal(without("man|92341282MA2P00014P|2", "man|92341282MA2P00013N|2"), "result place result.vdr:16");
  assert.equal(without("ceiling|4", "ceiling|0"), "result field result.vdr:14");
  assert.equal(without("would-block", "because"), "result field result.vdr:24");
});

test("A void record is of this announcement, and may end a bundle early", () => {
  const adigest = sha256.digest(V2.get("announcement.vdr"));
  const rdigest = sha256.digest(V2.get("result.vdr"));
  const doc = sha256.digest(bytes("why\n"));
  const line = (result, digest = adigest, reason = "V1") => bytes(`vdr1|void|${digest}|T3|${reason}|${doc}|${result}\n`);
  assert.equal(verdict({ "void.vdr": line(rdigest) }), "ok");
  assert.equal(verdict({ "void.vdr": line("-") }), "void other-draw void.vdr:1");
  assert.equal(verdict({ "void.vdr": line("-"), "opening.vdr": null, "result.vdr": null }), "ok");
  assert.equal(verdict({ "void.vdr": line(rdigest, "1".repeat(64)) }), "void other-draw void.vdr:1");
  assert.equal(verdict({ "void.vdr": line(rdigest, adigest, "V5") }), "void field void.vdr:1");
  assert.equal(verdict({ "void.vdr": line(rdigest), "docs/void": bytes("why\n") }), "ok");
  assert.equal(verdict({ "void.vdr": line(rdigest), "docs/void": bytes("else\n") }), "void digest-differs docs/void:0");
  assert.equal(refused(() => parseVoid(bytes("vdr1|void\n"), "void.vdr", sha256)), "fields:1");
});

test("Re-matchings move one place at a time until nobody is left", () => {
  const seed = "414e87fa58d96ddb06906b0ca3d0959737137c7dc30b99471779716d72f93ee2";
  const rdigest = "4cbe56318939d266b4821be7c1b459d3efeeb64b020396bf283178bed81b813b";
  const [target, k] = ["91341282MA2N00003C", "3-YJGL"];
  const pick = (id) => sha256.hx(`vdr1|pick|${seed}|${target}|${k}|${id}`);
  // Both have two places already and no earlier load: the picks alone decide, then the other one, then nobody.
  const [first, second] = ["YJGL-001", "YJGL-002"].sort((a, b) => (pick(a) < pick(b) ? -1 : 1));
  const record = (i, man) => bytes(`vdr1|rematch|${rdigest}|${i}|${target}|${k}|self|${"0".repeat(64)}\nman|${target}|${k}|${man}\nend\n`);
  const right = {
    "rematch-1.vdr": record(1, `${first}|${pick(first)}|2`),
    "rematch-2.vdr": record(2, `${second}|${pick(second)}|1`),
    "rematch-3.vdr": record(3, "-|-|0"),
  };
  assert.equal(verdict(right), "ok");
  assert.equal(verdict({ ...right, "rematch-1.vdr": record(1, `${second}|${pick(second)}|2`) }), "rematches line-differs rematch-1.vdr:2");
  assert.equal(verdict({ ...right, "rematch-2.vdr": null }), "rematches number rematch-3.vdr:1");
});

test("Spares come in by their rank, each replaced target once", () => {
  const rdigest = "4cbe56318939d266b4821be7c1b459d3efeeb64b020396bf283178bed81b813b";
  const spares = [...textOf("result.vdr").matchAll(/spare\|F1\|S1\|\d\|(\w+)\|(\w+)/g)].map((found) => `${found[1]}|${found[2]}`);
  const hits = [...textOf("result.vdr").matchAll(/hit\|F1\|S1\|\d\|(\w+)\|/g)].map((found) => found[1]);
  const record = (i, out, into) => bytes(`vdr1|replace|${rdigest}|${i}|closed|${"0".repeat(64)}|-\nout|F1|S1|${out}\nin|F1|S1|${into}\nend\n`);
  const right = {
    "replace-1.vdr": record(1, hits[1], spares[0]),
    "replace-2.vdr": record(2, spares[0].split("|")[0], spares[1]),
    "replace-3.vdr": record(3, hits[0], "-|-"),
  };
  assert.equal(verdict(right), "ok");
  assert.equal(verdict({ "replace-1.vdr": record(1, hits[1], spares[1]) }), "replacements line-differs replace-1.vdr:3");
  assert.equal(verdict({ ...right, "replace-3.vdr": record(3, hits[1], "-|-") }), "replacements not-standing replace-3.vdr:2");
});

test("A receipt whose parts contradict one another is refused", () => {
  const root = "0".repeat(64);
  const row = (word, rank) => `vdr1!row!F1!T1!S1!${"5".repeat(64)}!${word}!${rank}!${"a".repeat(32)}`;
  const receipt = ({ word = "hit", rank = 2, n = 3, cut = "6".repeat(64), fid = "F1", target = "T1" }) => bytes([
    `vdr1|receipt|sha256|${root}|${root}`, `leaf|F1|${root}|9|0|vdr1!leaf!${target}!S1!1!E!-!-!${"a".repeat(32)}`, `path|${root}`,
    `row|${root}|9|0|${row(word, rank)}`, `cut|${fid}|S1|8|${n}|${cut}`, "end", "",
  ].join("\n"));
  const said = (parts) => refused(() => checkSense(parseReceipt(receipt(parts), "receipt.vdr")));
  assert.equal(said({}), "accepted");
  assert.equal(said({ word: "no", rank: "-", cut: "4".repeat(64) }), "accepted");
  assert.equal(said({ cut: "4".repeat(64) }), "receipt-sense:5");
  assert.equal(said({ rank: 4 }), "receipt-sense:5");
  assert.equal(said({ word: "no", rank: "-" }), "receipt-sense:5");
  assert.equal(said({ word: "spare", rank: 2, cut: "4".repeat(64) }), "receipt-sense:5");
  assert.equal(said({ n: 0 }), "receipt-sense:5");
  assert.equal(said({ fid: "F2" }), "receipt-parts:4");
  assert.equal(said({ target: "T2" }), "receipt-parts:4");
  assert.equal(said({ word: "hit", rank: "-" }), "field:4");
});

test("A list of digests binds what nothing else binds", () => {
  const sums = (files) => bytes([...files].map(([name, data]) => `${sha256.digest(data)}  ${name}\n`).join(""));
  const adigest = sha256.digest(V2.get("announcement.vdr"));
  const rdigest = sha256.digest(V2.get("result.vdr"));
  const record = (doc) => bytes(`vdr1|void|${adigest}|T3|V1|${doc.repeat(64)}|${rdigest}\n`);
  const list = sums([...V2, ["void.vdr", record("0")]]);
  assert.equal(verdict({ "void.vdr": record("0"), SHA256SUMS: list }), "ok");
  assert.equal(verdict({ "void.vdr": record("1"), SHA256SUMS: list }), "sums sum-differs void.vdr:0");
  assert.equal(verdict({ SHA256SUMS: list }), "sums missing void.vdr:0");
  assert.equal(verdict({ "void.vdr": record("1"), SHA256SUMS: sums(V2) }), "ok");
});

test("A list or roster that was never announced is refused", () => {
  assert.equal(verdict({ "frame-F9.vdr": bytes("") }), "lists unannounced frame-F9.vdr:0");
});

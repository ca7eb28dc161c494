// What of a closed draw goes out (§4.3): outcome rows, public edition, and the receipt of one business.
import { byEach, expectFields, hexadecimal, hexOrNone, integer, oneOf, parseEach, readLines, token } from "./lines.js";
import { parseLeaf } from "./frame.js";
import { includes, leafHash } from "./merkle.js";
import { Cursor } from "./reading.js";
import { Refusal, placed } from "./refusal.js";
import { suiteOf } from "./suites.js";

/** Read one outcome row (结果行) already split into fields. */
export function parseRow(fields, line = 0) {
  expectFields(fields, 9);
  oneOf(fields[0], "protocol", ["vdr1"]);
  oneOf(fields[1], "kind", ["row"]);
  const word = oneOf(fields[6], "outcome", ["hit", "spare", "no"]);
  const isRanked = word !== "no";
  if (isRanked === (fields[7] === "-")) throw new Refusal("field", { field: "rank", value: fields[7] });
  return {
    line, word,
    fid: token(fields[2], "frame"), target: token(fields[3], "target"), stratum: token(fields[4], "stratum"),
    ticket: hexadecimal(fields[5], "ticket"), rank: isRanked ? integer(fields[7], "rank", 1) : null,
    salt: hexadecimal(fields[8], "salt", 32),
  };
}

/** Check outcome.vdr against the draw (结果明细核验); the salts are taken as they stand, only their holder can make them. */
export function checkOutcome(bytes, file, result) {
  const lines = readLines(bytes, file);
  const rows = parseEach(lines, file, parseRow);
  const wanted = result.drawn.flatMap((part) =>
    part.order.map((row, i) => {
      const word = i < part.n ? "hit" : i < part.n + part.spares.length ? "spare" : "no";
      return { ...row, word };
    }),
  );
  wanted.sort((a, b) => byEach([a.fid, a.target], [b.fid, b.target]));
  for (let i = 0; i < Math.max(wanted.length, rows.length); i += 1) {
    const row = wanted[i];
    const rank = row && row.word !== "no" ? row.rank : "-";
    const salt = rows[i]?.salt ?? "";
    const line = row ? `vdr1|row|${row.fid}|${row.target}|${row.stratum}|${row.ticket}|${row.word}|${rank}|${salt}` : "";
    if (line !== (lines[i] ?? "")) throw new Refusal("line-differs", { wanted: line, found: lines[i] ?? "" }, file, i + 1);
  }
  return lines;
}

/** Return the lines of the public edition (公开版) that belong to this draw, with the root of its outcomes. */
export function publicLines(announcement, frames, result, rdigest, root) {
  const { suite } = announcement;
  const rows = frames.reduce((sum, frame) => sum + frame.leaves.filter((leaf) => leaf.disp === "E").length, 0);
  const head = `vdr1|public|${suite.name}|${announcement.digest}|${rdigest}|${root}|${rows}`;
  const totals = frames.map((frame) => {
    const eligible = frame.leaves.filter((leaf) => leaf.disp === "E").length;
    const hits = result.hits.filter((hit) => hit.fid === frame.fid).length;
    return `total|${frame.fid}|${frame.leaves.length}|${eligible}|${hits}`;
  });
  const hits = result.hits.map((hit) => [hit.fid, hit.target]).sort(byEach).map(([fid, target]) => `hit|${fid}|${target}`);
  return [head, ...totals, ...hits, "end"];
}

/** Read a public edition. */
export function parsePublic(bytes, file) {
  const cursor = new Cursor(readLines(bytes, file), file);
  const head = cursor.take("vdr1", 7, (f) => ({
    kind: oneOf(f[1], "kind", ["public"]), suite: suiteOf(f[2]), adigest: hexadecimal(f[3], "adigest"),
    rdigest: hexadecimal(f[4], "rdigest"), root: hexadecimal(f[5], "root"), rows: integer(f[6], "rows"),
  }));
  const totals = cursor.takeAll("total", 5, (f) => ({
    fid: token(f[1], "frame"), size: integer(f[2], "size"), eligible: integer(f[3], "eligible"), hits: integer(f[4], "hits"),
  }));
  const hits = cursor.takeAll("hit", 3, (f) => ({ fid: token(f[1], "frame"), target: token(f[2], "target") }));
  cursor.end();
  const eligible = totals.reduce((sum, row) => sum + row.eligible, 0);
  if (eligible !== head.rows) throw new Refusal("mismatch", { what: "rows", wanted: eligible, found: head.rows }, file, 1);
  for (const total of totals) {
    const n = hits.filter((hit) => hit.fid === total.fid).length;
    if (n !== total.hits) throw new Refusal("mismatch", { what: "hits", wanted: n, found: total.hits }, file, total.line);
  }
  return { file, ...head, totals, hits };
}

function takePath(cursor) {
  return cursor.takeAll("path", 2, (f) => ({ hash: hexadecimal(f[1], "path") })).map((row) => row.hash);
}

/** Read a receipt (回执): a leaf and an outcome row with their proofs, and the cut of their stratum. */
export function parseReceipt(bytes, file) {
  const cursor = new Cursor(readLines(bytes, file), file);
  const head = cursor.take("vdr1", 5, (f) => ({
    kind: oneOf(f[1], "kind", ["receipt"]), suite: suiteOf(f[2]),
    adigest: hexadecimal(f[3], "adigest"), rdigest: hexadecimal(f[4], "rdigest"),
  }));
  const leaf = cursor.take("leaf", 6, (f) => ({
    fid: token(f[1], "frame"), root: hexadecimal(f[2], "root"), size: integer(f[3], "size"),
    index: integer(f[4], "index"), text: f[5].replaceAll("!", "|"),
  }));
  leaf.leaf = placed(file, leaf.line, () => parseLeaf(leaf.text.split("|")));
  leaf.path = takePath(cursor);
  const row = cursor.take("row", 5, (f) => ({
    root: hexadecimal(f[1], "root"), size: integer(f[2], "rows"), index: integer(f[3], "index"),
    text: f[4].replaceAll("!", "|"),
  }));
  row.row = placed(file, row.line, () => parseRow(row.text.split("|")));
  row.path = takePath(cursor);
  const cut = cursor.take("cut", 6, (f) => ({
    fid: token(f[1], "frame"), stratum: token(f[2], "stratum"), eligible: integer(f[3], "eligible", 1),
    n: integer(f[4], "n"), ticket: hexOrNone(f[5], "ticket"),
  }));
  cursor.end();
  return { file, head, leaf, row, cut };
}

/** Refuse a receipt whose leaf, row and cut do not belong together or contradict one another. */
export function checkSense(receipt) {
  const { leaf: { leaf, fid }, row: { row }, cut, file } = receipt;
  const same = row.fid === fid && cut.fid === fid && row.target === leaf.target && leaf.disp === "E"
    && row.stratum === leaf.stratum && cut.stratum === leaf.stratum;
  if (!same) throw new Refusal("receipt-parts", {}, file, receipt.row.line);
  const isHit = row.word === "hit";
  const isWithin = cut.ticket !== "-" && row.ticket <= cut.ticket;
  const isRankRight = row.rank === null || (row.rank <= cut.n) === isHit;
  const isLast = row.rank === cut.n;
  if (cut.n > cut.eligible || (row.rank ?? 1) > cut.eligible || (cut.n === 0) !== (cut.ticket === "-")
    || isHit !== isWithin || !isRankRight || (isLast && row.ticket !== cut.ticket)) {
    throw new Refusal("receipt-sense", {}, file, cut.line);
  }
}

/** Say whether both proofs of a receipt lead to their roots: `{leaf, row}`. */
export function checkProofs({ head: { suite }, leaf, row }) {
  return {
    leaf: includes(leafHash(leaf.text, suite), leaf.index, leaf.size, leaf.path, leaf.root, suite),
    row: includes(leafHash(row.text, suite), row.index, row.size, row.path, row.root, suite),
  };
}

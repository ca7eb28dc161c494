// Whether the lists are the announced ones (§5.1): digests first, then roots, counts and rules; and the evidence of acts.
import { countBy } from "./frame.js";
import { rootOf } from "./merkle.js";
import { Refusal } from "./refusal.js";
import { suiteOf } from "./suites.js";

/** Refuse a file whose digest is not the announced one. */
export function checkDigest(bytes, file, wanted, suite) {
  const found = suite.digest(bytes);
  if (found !== wanted) throw new Refusal("digest-differs", { wanted, found }, file);
}

function differs(what, wanted, found, line, file) {
  if (wanted !== found) throw new Refusal("mismatch", { what, wanted, found }, file, line);
}

/** Compare one list's root and size with its line of the announcement. */
export function checkTree(announced, lines, announcement) {
  differs("size", lines.length, announced.size, announced.line, announcement.file);
  differs("root", rootOf(lines, announcement.suite), announced.root, announced.line, announcement.file);
}

/** Compare what is counted with the announced rows of one frame; each side names what the other lacks. */
function checkRows(what, counted, rows, keyOf, countOf, announced, file) {
  for (const row of rows) differs(`${what} ${keyOf(row)}`, counted.get(keyOf(row)) ?? 0, countOf(row), row.line, file);
  const known = new Set(rows.map(keyOf));
  for (const [key, count] of counted) {
    if (!known.has(key)) differs(`${what} ${key}`, count, 0, announced.line, file);
  }
}

/** Check that strata and exclusions of the announcement follow from the frame (分层与排除计数). */
export function checkCounts(frame, announcement) {
  const { file } = announcement;
  const announced = announcement.frames.find((row) => row.fid === frame.fid);
  const strata = announcement.strata.filter((row) => row.fid === frame.fid);
  const eligible = countBy(frame.leaves, (leaf) => leaf.disp === "E", (leaf) => leaf.stratum);
  checkRows("stratum", eligible, strata, (row) => row.stratum, (row) => row.eligible, announced, file);
  const excluded = announcement.excluded.filter((row) => row.fid === frame.fid);
  const out = countBy(frame.leaves, (leaf) => leaf.disp !== "E", (leaf) => leaf.disp);
  checkRows("excluded", out, excluded, (row) => row.disp, (row) => row.count, announced, file);
}

/** Refuse the first line in which a file is not what was computed. */
export function compareLines(wanted, found, file) {
  for (let i = 0; i < Math.max(wanted.length, found.length); i += 1) {
    if (wanted[i] !== found[i]) {
      throw new Refusal("line-differs", { wanted: wanted[i] ?? "", found: found[i] ?? "" }, file, i + 1);
    }
  }
}

/** Compare the evidence of an act with its record (证据核对), where the bundle holds it; return what was found. */
export function evidenceFact(files, record, digest) {
  const name = record.replace(/\.vdr$/, "");
  const file = `docs/${name}`;
  if (files.has(file)) checkDigest(files.get(file), file, digest, suiteOf("sha256"));
  return { code: files.has(file) ? "document" : "document-absent", values: { name } };
}

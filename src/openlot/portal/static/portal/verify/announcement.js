// Announcement file (§5.1): everything that is fixed before any seed value exists.
import {
  ascending, byEach, date, datetimeOrNone, hexadecimal, hexOrNone, integer, oneOf, readLines, tags, token,
} from "./lines.js";
import { parseRule } from "./allocate.js";
import { dispOf } from "./frame.js";
import { Cursor } from "./reading.js";
import { Refusal } from "./refusal.js";
import { parseSource } from "./sources.js";
import { suiteOf } from "./suites.js";

const REGIONS = ["any", "same", "outside", "prefer-same", "prefer-outside"];

function parseHead(cursor) {
  const first = cursor.take("vdr1", 3, (f) => ({ kind: oneOf(f[1], "kind", ["announce"]), suite: suiteOf(f[2]) }));
  const draw = cursor.take("draw", 4, (f) => ({
    id: token(f[1], "draw"), attempt: integer(f[2], "attempt", 1), prev: hexOrNone(f[3], "prev"),
  }));
  if (draw.attempt > 1 && draw.prev === "-") throw new Refusal("prev-missing", {}, cursor.file, draw.line);
  const { session } = cursor.take("session", 2, (f) => ({ session: token(f[1], "session") }));
  const { org } = cursor.take("org", 2, (f) => ({ org: token(f[1], "org") }));
  const { asof } = cursor.take("asof", 2, (f) => ({ asof: date(f[1], "asof") }));
  const { embargo } = cursor.take("embargo", 2, (f) => ({ embargo: datetimeOrNone(f[1], "embargo") }));
  return { suite: first.suite, draw, session, org, asof, embargo };
}

function parseDocs(cursor) {
  const docs = cursor.takeAll("doc", 3, (f) => ({ name: token(f[1], "doc"), digest: hexadecimal(f[2], "digest") }));
  ascending(docs, cursor.file, (doc) => [doc.name]);
  const seen = new Set();
  for (const doc of docs) {
    const plain = doc.name.toLowerCase();
    if (doc.name === "." || doc.name === ".." || doc.name.includes(":") || seen.has(plain)) {
      throw new Refusal("doc-name", { value: doc.name }, cursor.file, doc.line);
    }
    seen.add(plain);
  }
  return docs;
}

function parseFrameLine(f) {
  return {
    fid: token(f[1], "frame"), lane: token(f[2], "lane"), root: hexadecimal(f[3], "root"),
    size: integer(f[4], "size"), digest: hexadecimal(f[5], "digest"),
  };
}

function parseStratum(f) {
  return {
    fid: token(f[1], "frame"), stratum: token(f[2], "stratum"), eligible: integer(f[3], "eligible", 1),
    rule: f[4], quota: parseRule(f[4]), n: integer(f[5], "n"), reserve: integer(f[6], "reserve"),
  };
}

function reasonOf(value) {
  if (value === "E") throw new Refusal("field", { field: "disp", value });
  return dispOf(value);
}

/** Strata of a frame, then directly after them what was excluded from it, frame by frame. */
function parseCounts(cursor, frames) {
  const strata = [];
  const excluded = [];
  const known = new Set(frames.map((frame) => frame.fid));
  while (cursor.isNext("stratum") || cursor.isNext("excluded")) {
    const own = cursor.takeAll("stratum", 7, parseStratum);
    const out = cursor.takeAll("excluded", 4, (f) => ({
      fid: token(f[1], "frame"), disp: reasonOf(f[2]), count: integer(f[3], "count", 1),
    }));
    for (const row of [...own, ...out]) {
      if (!known.has(row.fid)) throw new Refusal("unknown-frame", { value: row.fid }, cursor.file, row.line);
    }
    strata.push(...own);
    excluded.push(...out);
  }
  ascending(strata, cursor.file, (row) => [row.fid, row.stratum]);
  ascending(excluded, cursor.file, (row) => [row.fid, row.disp]);
  const rows = [...strata.map((row) => [row, "0"]), ...excluded.map((row) => [row, "1"])];
  rows.sort(([a], [b]) => a.line - b.line);
  for (let i = 1; i < rows.length; i += 1) {
    const [before, after] = [rows[i - 1], rows[i]].map(([row, section]) => [row.fid, section]);
    if (byEach(before, after) > 0) throw new Refusal("order", { value: after[0] }, cursor.file, rows[i][0].line);
  }
  return { strata, excluded };
}

function parseRosterLine(cursor) {
  const rows = cursor.takeAll("roster", 5, (f) => ({
    root: hexadecimal(f[1], "root"), size: integer(f[2], "size"),
    digest: hexadecimal(f[3], "digest"), slack: integer(f[4], "slack"),
  }));
  if (rows.length > 1) throw new Refusal("twice", { value: "roster" }, cursor.file, rows[1].line);
  return rows[0] ?? null;
}

function parseSlots(cursor, frames, roster) {
  const { file } = cursor;
  const slots = cursor.takeAll("slot", 6, (f) => ({
    fid: token(f[1], "frame"), k: token(f[2], "k"), dept: token(f[3], "dept"),
    tags: tags(f[4], "tags", "@need"), region: oneOf(f[5], "region", REGIONS),
  }));
  ascending(slots, file, (slot) => [slot.fid, slot.k]);
  const names = new Set();
  for (const slot of slots) {
    if (!roster) throw new Refusal("slot-without-roster", {}, file, slot.line);
    if (!frames.some((frame) => frame.fid === slot.fid)) {
      throw new Refusal("unknown-frame", { value: slot.fid }, file, slot.line);
    }
    if (names.has(slot.k)) throw new Refusal("twice", { value: slot.k }, file, slot.line);
    names.add(slot.k);
  }
  const bare = roster && frames.find((frame) => !slots.some((slot) => slot.fid === frame.fid));
  if (bare) throw new Refusal("frame-without-slot", { value: bare.fid }, file, roster.line);
  return slots;
}

function parseSources(cursor) {
  const sources = [];
  const seen = new Set();
  while (cursor.isNext("source") || sources.length === 0) {
    const source = cursor.take("source", 5, (f) => {
      integer(f[1], "i", sources.length + 1, sources.length + 1);
      return { id: token(f[2], "source"), ...parseSource(f[3], f[4]) };
    });
    if (seen.has(source.id)) throw new Refusal("twice", { value: source.id }, cursor.file, source.line);
    seen.add(source.id);
    sources.push(source);
  }
  return sources;
}

/** Read an announcement (抽取公告); its own digest is `digest`. */
export function parseAnnouncement(bytes, file) {
  const cursor = new Cursor(readLines(bytes, file), file);
  const head = parseHead(cursor);
  const docs = parseDocs(cursor);
  const frames = [cursor.take("frame", 6, parseFrameLine), ...cursor.takeAll("frame", 6, parseFrameLine)];
  ascending(frames, file, (frame) => [frame.fid]);
  const { strata, excluded } = parseCounts(cursor, frames);
  const roster = parseRosterLine(cursor);
  const slots = parseSlots(cursor, frames, roster);
  const sources = parseSources(cursor);
  cursor.end();
  for (const row of strata) {
    const n = row.quota(row.eligible);
    if (n !== row.n) throw new Refusal("quota", { rule: row.rule, wanted: n, found: row.n }, file, row.line);
  }
  return { file, ...head, docs, frames, strata, excluded, roster, slots, sources, digest: head.suite.digest(bytes) };
}

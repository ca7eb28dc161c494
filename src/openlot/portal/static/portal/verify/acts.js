// Acts after the draw: void (§5.5), replacement (§7.4) and re-matching of one slot (§9.5).
import { drawingOrder } from "./allocate.js";
import { hexadecimal, hexOrNone, integer, oneOf, readLines, token, tokenOrNone } from "./lines.js";
import { candidates, eligibleBy } from "./match.js";
import { Cursor } from "./reading.js";
import { Refusal } from "./refusal.js";
import { laneKey } from "./tickets.js";

const STAGES = ["T1", "T2", "T3", "T4", "T5", "T6"];
const VOID_REASONS = ["V1", "V2", "V3", "V4", "V9"];
const SKIPS = ["already-in-team", "full", "would-block"];

/** Read the record of a void (作废记录): one line. */
export function parseVoid(bytes, file, suite) {
  const cursor = new Cursor(readLines(bytes, file), file);
  const row = cursor.take("vdr1", 7, (f) => ({
    kind: oneOf(f[1], "kind", ["void"]), adigest: hexadecimal(f[2], "adigest"), stage: oneOf(f[3], "stage", STAGES),
    reason: oneOf(f[4], "reason", VOID_REASONS), doc: hexadecimal(f[5], "digest"), rdigest: hexOrNone(f[6], "rdigest"),
  }));
  if (cursor.lines.length > 1) throw new Refusal("after-end", { found: cursor.lines[1] }, file, 2);
  return { ...row, file, digest: suite.hx(cursor.lines[0]) };
}

/** Read a replacement (递补记录). */
export function parseReplacement(bytes, file) {
  const cursor = new Cursor(readLines(bytes, file), file);
  const head = cursor.take("vdr1", 7, (f) => ({
    kind: oneOf(f[1], "kind", ["replace"]), rdigest: hexadecimal(f[2], "rdigest"), i: integer(f[3], "i", 1),
    reason: token(f[4], "reason"), doc: hexadecimal(f[5], "digest"), link: hexOrNone(f[6], "link"),
  }));
  const out = cursor.take("out", 4, (f) => ({
    fid: token(f[1], "frame"), stratum: token(f[2], "stratum"), target: token(f[3], "target"),
  }));
  const into = cursor.take("in", 5, (f) => ({
    fid: token(f[1], "frame"), stratum: token(f[2], "stratum"),
    target: tokenOrNone(f[3], "target"), ticket: hexOrNone(f[4], "ticket"),
  }));
  cursor.end();
  return { file, head, out, into };
}

/** The next spare (递补对象); a stratum without spares under a chain has a sealed reserve and needs its link. */
function nextSpare(row, draw, part, taken) {
  const { reserve } = draw.announcement.strata.find((one) => one.fid === part.fid && one.stratum === part.stratum);
  if (reserve === 0 && draw.announcement.sources.some((source) => source.type === "chain")) {
    throw new Refusal("link", { link: "-" }, row.file, row.head.line);
  }
  return part.spares.find((spare) => !taken.has(`${spare.fid}|${spare.target}`)) ?? null;
}

/** Refuse a record of another draw, or one that is not the next of its kind. */
function checkHead({ head, file }, kind, number, rdigest) {
  if (head.rdigest !== rdigest) throw new Refusal("other-draw", { found: head.rdigest }, file, head.line);
  if (head.i !== number || file !== `${kind}-${number}.vdr`) {
    throw new Refusal("number", { wanted: number, found: head.i }, file, head.line);
  }
}

/** The reserve of a chain (密封递补): who comes first under the seed that link makes. */
function nextSealed(row, draw, part, taken) {
  const { announcement, opening, seed, suite } = draw;
  const { link, i } = row.head;
  const values = opening.values.filter((value, at) => {
    const source = announcement.sources[at];
    return source.type === "chain" && i <= source.param.n - 1;
  });
  let top = link;
  for (let step = 0; step < i && values.length; step += 1) top = suite.hx(`vdr1|link|${top}`);
  if (!values.some((value) => value.value === top)) throw new Refusal("link", { link }, row.file, row.head.line);
  const reseed = suite.hx(`vdr1|reseed|${seed}|${i}|${link}`);
  const frame = draw.frames.find((one) => one.fid === row.out.fid);
  const left = frame.leaves.filter(
    (leaf) => leaf.disp === "E" && leaf.stratum === part.stratum && !taken.has(`${frame.fid}|${leaf.target}`),
  );
  const [first] = drawingOrder(left, laneKey(reseed, frame.lane, suite), suite);
  return first ? { ticket: first[0], target: first[1] } : null;
}

/** Check all replacements in their order (递补核验); `draw` knows what was announced, opened and drawn. */
export function checkReplacements(rows, draw, rdigest) {
  const taken = new Set(draw.result.hits.map((hit) => `${hit.fid}|${hit.target}`));
  const standing = new Set(taken);
  rows.forEach((row, at) => {
    const { head, out, into, file } = row;
    checkHead(row, "replace", at + 1, rdigest);
    const part = draw.result.drawn.find((one) => one.fid === out.fid && one.stratum === out.stratum);
    const frame = draw.frames.find((one) => one.fid === out.fid);
    const leaf = frame?.leaves.find((one) => one.target === out.target);
    if (!part || leaf?.stratum !== out.stratum || !standing.delete(`${out.fid}|${out.target}`)) {
      throw new Refusal("not-standing", { target: out.target }, file, out.line);
    }
    const next = head.link === "-" ? nextSpare(row, draw, part, taken) : nextSealed(row, draw, part, taken);
    const wanted = [out.fid, out.stratum, next?.target ?? "-", next?.ticket ?? "-"].join("|");
    const found = [into.fid, into.stratum, into.target, into.ticket].join("|");
    if (wanted !== found) throw new Refusal("line-differs", { wanted: `in|${wanted}`, found: `in|${found}` }, file, into.line);
    if (next) {
      taken.add(`${out.fid}|${next.target}`);
      standing.add(`${out.fid}|${next.target}`);
    }
  });
}

function manOf(f) {
  return {
    target: token(f[1], "target"), k: token(f[2], "k"), inspector: tokenOrNone(f[3], "inspector"),
    pick: hexOrNone(f[4], "pick"), eligible: integer(f[5], "count"),
  };
}

function skipOf(f) {
  return {
    target: token(f[1], "target"), k: token(f[2], "k"), inspector: token(f[3], "inspector"),
    reason: oneOf(f[4], "reason", SKIPS),
  };
}

/** Read a re-matching (回避改派记录). */
export function parseRematch(bytes, file) {
  const cursor = new Cursor(readLines(bytes, file), file);
  const head = cursor.take("vdr1", 8, (f) => ({
    kind: oneOf(f[1], "kind", ["rematch"]), rdigest: hexadecimal(f[2], "rdigest"), i: integer(f[3], "i", 1),
    target: token(f[4], "target"), k: token(f[5], "k"), reason: token(f[6], "reason"), doc: hexadecimal(f[7], "digest"),
  }));
  const skips = cursor.takeAll("skip", 5, skipOf);
  const man = cursor.take("man", 6, manOf);
  cursor.end();
  return { file, lines: cursor.lines, head, skips, man };
}

/** Run the rule for one place with all others as they are; return the lines it writes. */
function rematchLines(place, state, draw) {
  const { roster, seed, suite, announcement, result } = draw;
  const limitOf = (person) => Math.min(person.cap, result.matching.ceiling + announcement.roster.slack);
  const head = `${place.target}|${place.slot.k}`;
  const able = eligibleBy(roster, state.recusals)(place).map((at) => ({ inspector: roster.inspectors[at] }));
  const givenTo = (id) => [...state.holders.values()].filter((holder) => holder === id).length;
  const isOnTarget = (id) => [...state.holders].some(([key, holder]) => holder === id && key.startsWith(`${place.target}|`));
  const lines = [];
  const loadOf = ({ inspector }) => inspector.load + givenTo(inspector.id);
  for (const { inspector, pick } of candidates(place, able, loadOf, seed, suite)) {
    if (isOnTarget(inspector.id)) lines.push(`skip|${head}|${inspector.id}|already-in-team`);
    else if (givenTo(inspector.id) >= limitOf(inspector)) lines.push(`skip|${head}|${inspector.id}|full`);
    else return { lines: [...lines, `man|${head}|${inspector.id}|${pick}|${able.length}`], inspector: inspector.id };
  }
  return { lines: [...lines, `man|${head}|-|-|0`], inspector: "-" };
}

/** Check all re-matchings in their order (改派核验): who steps down is recused from that target from then on. */
export function checkRematches(rows, draw, rdigest) {
  const { matching } = draw.result;
  const holders = new Map(matching.log.filter((row) => row.pick).map((row) => [`${row.target}|${row.k}`, row.inspector]));
  const recusals = [...draw.roster.recusals];
  rows.forEach((row, at) => {
    const { head, file } = row;
    checkHead(row, "rematch", at + 1, rdigest);
    const key = `${head.target}|${head.k}`;
    const place = matching.queue.find((one) => one.target === head.target && one.slot.k === head.k);
    if (!place || !holders.has(key)) throw new Refusal("not-standing", { target: key }, file, head.line);
    recusals.push({ inspector: holders.get(key), target: head.target });
    holders.delete(key);
    const { lines, inspector } = rematchLines(place, { holders, recusals }, draw);
    holders.set(key, inspector);
    const wanted = [...lines, "end"];
    const found = row.lines.slice(1);
    const length = Math.max(wanted.length, found.length);
    for (let i = 0; i < length; i += 1) {
      if (wanted[i] !== found[i]) {
        throw new Refusal("line-differs", { wanted: wanted[i] ?? "", found: found[i] ?? "" }, file, i + 2);
      }
    }
  });
}

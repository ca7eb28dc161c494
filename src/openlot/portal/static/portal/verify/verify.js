// The verification of one bundle (核验), step by step: what was checked, what came out, what could not be checked.
import { checkReplacements, checkRematches, parseRematch, parseReplacement, parseVoid } from "./acts.js";
import { parseAnnouncement } from "./announcement.js";
import { numbered } from "./bundle.js";
import { checkCounts, checkDigest, checkTree, compareLines, evidenceFact } from "./checks.js";
import { checkOutcome, parsePublic, publicLines } from "./disclosure.js";
import { parseFrame } from "./frame.js";
import { readLines } from "./lines.js";
import { rootOf } from "./merkle.js";
import { checkPartialMatching } from "./partial.js";
import { Refusal } from "./refusal.js";
import { computeResult } from "./result.js";
import { parseRoster } from "./roster.js";
import { parseOpening, seedOf } from "./seed.js";
import { suiteOf } from "./suites.js";
import { SUMS, checkSums } from "./sums.js";

/** Collects steps; a step is `{id, state: ok | bad | open, values, file, line, code, facts}`. */
export class Steps {
  constructor(tell) {
    this.tell = tell;
    this.list = [];
  }

  add(step) {
    this.list.push({ values: {}, facts: [], file: "", line: 0, code: "", ...step });
    this.tell({ step: this.list.at(-1) });
  }

  /** Run one step; a refusal makes it bad. Return what `act` returns, or null. */
  run(id, act) {
    try {
      const { value = true, values = {}, facts = [], state = "ok" } = act() ?? {};
      this.add({ id, state, values, facts });
      return value;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.add({ id, state: "bad", code: error.code, values: error.values, file: error.file, line: error.line });
      return null;
    }
  }

  get isWhole() {
    return this.list.every((step) => step.state !== "bad");
  }
}

function need(files, name) {
  if (!files.has(name)) throw new Refusal("missing", {}, name);
  return files.get(name);
}

function same(what, wanted, found, file) {
  if (wanted && wanted !== found) throw new Refusal("published-differs", { what, wanted, found }, file);
}

function announcementStep(files, published) {
  const announcement = parseAnnouncement(need(files, "announcement.vdr"), "announcement.vdr");
  same("adigest", published.adigest, announcement.digest, "announcement.vdr");
  const { draw, digest, suite, asof, frames } = announcement;
  return {
    value: announcement,
    values: { adigest: digest, draw: draw.id, attempt: draw.attempt, suite: suite.name, asof, frames: frames.length },
  };
}

function sumsStep(files) {
  const { n, later } = checkSums(files);
  return { values: { n }, facts: later.map((name) => ({ code: "later", values: { name } })) };
}

function documentsStep(files, announcement) {
  const facts = [];
  for (const doc of announcement.docs) {
    const name = `docs/${doc.name}`;
    if (files.has(name)) checkDigest(files.get(name), name, doc.digest, suiteOf("sha256"));
    facts.push({ code: files.has(name) ? "document" : "document-absent", values: { name: doc.name } });
  }
  const isWhole = announcement.docs.every((doc) => files.has(`docs/${doc.name}`));
  return { state: isWhole ? "ok" : "open", facts, values: { n: announcement.docs.length } };
}

function listsStep(files, announcement, tell) {
  const { suite } = announcement;
  const wanted = announcement.frames.map((row) => ({ ...row, file: `frame-${row.fid}.vdr` }));
  if (announcement.roster && files.has("roster.vdr")) wanted.push({ ...announcement.roster, file: "roster.vdr" });
  const announced = wanted.map((row) => row.file);
  const stray = [...files.keys()].find((name) => /^(frame-|roster)/.test(name) && !announced.includes(name));
  if (stray) throw new Refusal("unannounced", {}, stray);
  for (const row of wanted) checkDigest(need(files, row.file), row.file, row.digest, suite);
  const lists = wanted.map((row, i) => {
    tell({ progress: "lists", done: i, all: wanted.length });
    const bytes = files.get(row.file);
    const list = row.fid ? { ...parseFrame(bytes, row.file), fid: row.fid, lane: row.lane } : parseRoster(bytes, row.file);
    checkTree(row, list.lines, announcement);
    return list;
  });
  const frames = lists.filter((list) => list.leaves);
  for (const frame of frames) checkCounts(frame, announcement);
  const facts = frames.map((frame) => ({
    code: "frame",
    values: { fid: frame.fid, n: frame.leaves.length, eligible: frame.leaves.filter((leaf) => leaf.disp === "E").length },
  }));
  return { value: { frames, roster: lists.find((list) => list.inspectors) ?? null }, facts, values: {} };
}

function openingStep(files, announcement, published) {
  const opening = parseOpening(need(files, "opening.vdr"), "opening.vdr");
  const seed = seedOf(announcement, opening, announcement.suite);
  same("seed", published.seed, seed, "opening.vdr");
  const facts = announcement.sources.map((source, i) => ({
    code: `source-${source.type}`, values: { source: source.id, value: opening.values[i].value },
  }));
  return { value: { opening, seed }, values: { seed }, facts };
}

function resultStep(files, announcement, result, published) {
  const file = "result.vdr";
  const cuts = result.drawn.map((part) => ({
    code: part.n ? "cut" : "cut-none",
    values: { fid: part.fid, stratum: part.stratum, eligible: part.order.length, n: part.n, last: part.last, next: part.next },
  }));
  const values = { n: result.hits.length, targets: new Set(result.hits.map((hit) => hit.target)).size };
  if (!files.has(file)) {
    same("rdigest", published.rdigest, result.digest, file);
    return { state: "open", facts: [...cuts, { code: "no-result", values: { rdigest: result.digest ?? "" } }], values };
  }
  const bytes = files.get(file);
  const lines = readLines(bytes, file);
  compareLines(result.lines, result.digest ? lines : lines.slice(0, result.lines.length), file);
  const rdigest = announcement.suite.digest(bytes);
  if (!result.digest) {
    const draw = { seed: result.seed, places: result.places, suite: announcement.suite };
    checkPartialMatching(lines, result.lines.length, file, draw);
  }
  same("rdigest", published.rdigest, rdigest, file);
  return { value: rdigest, facts: cuts, values: { ...values, rdigest } };
}

function matchingStep(announcement, result) {
  if (!announcement.roster) return null;
  if (!result.matching) return { state: "open", values: { reason: "roster" }, facts: [{ code: "roster-absent", values: {} }] };
  const { ceiling, log } = result.matching;
  if (ceiling === null) return { facts: [{ code: "infeasible", values: {} }] };
  const skips = log.filter((row) => row.reason).length;
  return { facts: [{ code: "staffed", values: { n: log.length - skips, skips, ceiling } }] };
}

function disclosureStep(files, announcement, frames, result, rdigest) {
  const file = "public.vdr";
  let root = files.has(file) ? parsePublic(files.get(file), file).root : null;
  let n = null;
  if (files.has("outcome.vdr")) {
    const lines = checkOutcome(files.get("outcome.vdr"), "outcome.vdr", result);
    root = rootOf(lines, announcement.suite);
    n = lines.length;
  }
  if (files.has(file)) {
    compareLines(publicLines(announcement, frames, result, rdigest, root), readLines(files.get(file), file), file);
  }
  return n === null ? { state: "open" } : { values: { n } };
}

function voidStep(files, announcement, rdigest, published) {
  const record = parseVoid(files.get("void.vdr"), "void.vdr", announcement.suite);
  if (record.adigest !== announcement.digest || (rdigest && record.rdigest !== rdigest)) {
    throw new Refusal("other-draw", { found: record.adigest }, "void.vdr", 1);
  }
  same("void", published.void, record.digest, "void.vdr");
  const values = { reason: record.reason, stage: record.stage, digest: record.digest };
  return { values, facts: [evidenceFact(files, "void.vdr", record.doc)] };
}

const evidenceOf = (files, rows) => rows.map(({ file, head }) => evidenceFact(files, file, head.doc));

function laterSteps(steps, files, draw, rdigest) {
  const replacements = numbered(files, "replace");
  if (replacements.length) {
    steps.run("replacements", () => {
      const rows = replacements.map(([name, bytes]) => parseReplacement(bytes, name));
      checkReplacements(rows, draw, rdigest);
      return { values: { n: rows.length }, facts: evidenceOf(files, rows) };
    });
  }
  const rematches = numbered(files, "rematch");
  if (rematches.length) {
    steps.run("rematches", () => {
      const rows = rematches.map(([name, bytes]) => parseRematch(bytes, name));
      if (draw.roster) checkRematches(rows, draw, rdigest);
      const state = draw.roster ? "ok" : "open";
      return { state, values: { n: rows.length }, facts: evidenceOf(files, rows) };
    });
  }
}

function drawnSteps(steps, files, announcement, lists, opened, published, tell) {
  const { opening, seed } = opened;
  let result = null;
  const rdigest = steps.run("result", () => {
    result = computeResult(announcement, lists.frames, lists.roster, seed, (stage, done, all) => tell({ progress: stage, done, all }));
    return resultStep(files, announcement, result, published);
  });
  if (rdigest === null) return { result, rdigest };
  const matching = matchingStep(announcement, result);
  if (matching) steps.run("matching", () => matching);
  const digest = rdigest === true ? result.digest : rdigest;
  if (files.has("outcome.vdr") || files.has("public.vdr")) {
    steps.run("disclosure", () => disclosureStep(files, announcement, lists.frames, result, digest));
  }
  const draw = { announcement, opening, seed, suite: announcement.suite, frames: lists.frames, roster: lists.roster, result };
  laterSteps(steps, files, draw, digest);
  return { result, rdigest: digest };
}

/**
 * Verify a bundle (核验): `files` by name, `published` what the portal says it published (adigest, seed, rdigest,
 * void; any may be missing), `tell` hears each step and the progress. Returns `{ok, steps, result}`.
 */
export function verify(files, published = {}, tell = () => {}) {
  const steps = new Steps(tell);
  const done = (result = null) => ({ ok: steps.isWhole, steps: steps.list, result });
  const announcement = steps.run("announcement", () => announcementStep(files, published));
  if (!announcement) return done();
  if (files.has(SUMS)) steps.run("sums", () => sumsStep(files));
  if (announcement.docs.length) steps.run("documents", () => documentsStep(files, announcement));
  const lists = steps.run("lists", () => listsStep(files, announcement, tell));
  if (!lists) return done();
  const isStoppedEarly = files.has("void.vdr") && !files.has("opening.vdr");
  const opened = isStoppedEarly ? null : steps.run("opening", () => openingStep(files, announcement, published));
  let drawn = { result: null, rdigest: null };
  if (opened) drawn = drawnSteps(steps, files, announcement, lists, opened, published, tell);
  if (files.has("void.vdr")) steps.run("void", () => voidStep(files, announcement, drawn.rdigest, published));
  return done(drawn.result);
}

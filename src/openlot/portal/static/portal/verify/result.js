// The whole draw from its parts (§7.1, §8.1, §9): what follows from announcement, frames, roster and seed.
import { drawStratum } from "./allocate.js";
import { asciiBytes, byEach } from "./lines.js";
import { match } from "./match.js";

/** Return, for every hit target, the places to fill there (检查岗位): all slots of all its frames. */
export function placesOf(announcement, frames, hits) {
  const leaves = new Map();
  for (const frame of frames) for (const leaf of frame.leaves) leaves.set(`${frame.fid}|${leaf.target}`, leaf);
  const places = new Map();
  for (const hit of hits) {
    const { district, need } = leaves.get(`${hit.fid}|${hit.target}`);
    const own = announcement.slots.filter((slot) => slot.fid === hit.fid).map((slot) => ({ slot, district, need }));
    places.set(hit.target, [...(places.get(hit.target) ?? []), ...own]);
  }
  return places;
}

function rowLine(word, row) {
  return `${word}|${row.fid}|${row.stratum}|${row.rank}|${row.target}|${row.ticket}`;
}

function logLine(row) {
  const head = `${row.target}|${row.k}|${row.inspector}`;
  return row.reason ? `skip|${head}|${row.reason}` : `man|${head}|${row.pick}|${row.eligible}`;
}

/** Return the lines of the drawn targets (抽取部分), from the header to the last cut. */
export function drawnLines(announcement, seed, drawn) {
  const lines = [`vdr1|result|${announcement.suite.name}|${announcement.digest}|${seed}`];
  for (const part of drawn) {
    lines.push(...part.hits.map((row) => rowLine("hit", row)));
    lines.push(...part.spares.map((row) => rowLine("spare", row)));
    lines.push(`cut|${part.fid}|${part.stratum}|${part.last}|${part.next}`);
  }
  return lines;
}

/** Return the lines of a matching (匹配部分). */
export function matchingLines(matching) {
  if (matching.ceiling === null) return ["ceiling|-"];
  return [`ceiling|${matching.ceiling}`, ...matching.log.map(logLine)];
}

/** Draw every stratum of every frame (抽取) in the order of the result file. */
export function drawAll(announcement, frames, seed, tick = () => {}) {
  const lanes = new Map(announcement.frames.map((frame) => [frame.fid, frame.lane]));
  const pools = new Map();
  for (const frame of frames) {
    for (const leaf of frame.leaves.filter((row) => row.disp === "E")) {
      const key = `${frame.fid}|${leaf.stratum}`;
      if (!pools.has(key)) pools.set(key, []);
      pools.get(key).push(leaf);
    }
  }
  const strata = [...announcement.strata].sort((a, b) => byEach([a.fid, a.stratum], [b.fid, b.stratum]));
  return strata.map((row, i) => {
    tick(i, strata.length);
    return drawStratum(row, pools.get(`${row.fid}|${row.stratum}`), seed, lanes.get(row.fid), announcement.suite);
  });
}

/** Compute the result (抽取结果): its parts, and the file when a roster is there or none was announced. */
export function computeResult(announcement, frames, roster, seed, tick = () => {}) {
  const { suite } = announcement;
  const drawn = drawAll(announcement, frames, seed, (i, n) => tick("tickets", i, n));
  const hits = drawn.flatMap((part) => part.hits);
  const lines = drawnLines(announcement, seed, drawn);
  const places = announcement.roster ? placesOf(announcement, frames, hits) : null;
  const result = { seed, drawn, hits, lines, places, matching: null, bytes: null, digest: null };
  if (announcement.roster && !roster) return result;
  if (roster) {
    result.matching = match(seed, places, roster, announcement.roster.slack, suite, (i, n) => tick("matching", i, n));
    lines.push(...matchingLines(result.matching));
  }
  lines.push("end");
  result.bytes = asciiBytes(`${lines.join("\n")}\n`);
  result.digest = suite.digest(result.bytes);
  return result;
}

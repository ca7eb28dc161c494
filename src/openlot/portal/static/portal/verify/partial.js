// A public copy has no roster (§8.3): what of the matching follows from the seed alone is checked all the same.
import { expectFields, integer, oneOf, token } from "./lines.js";
import { pickOf, queueOf } from "./match.js";
import { Refusal, placed } from "./refusal.js";

const REASONS = ["already-in-team", "full", "would-block"];

/** Check one place: its skips, then its man, nobody twice, every pick the hash of its names. */
function checkPlace(place, lines, start, file, draw, onTarget) {
  const seen = new Set();
  for (let at = start; ; at += 1) {
    const isDone = placed(file, at + 1, () => {
      const fields = (lines[at] ?? "").split("|");
      const word = oneOf(fields[0], "kind", ["skip", "man"]);
      expectFields(fields, word === "man" ? 6 : 5);
      if (fields[1] !== place.target || fields[2] !== place.slot.k) {
        throw new Refusal("place", { wanted: `${place.target}|${place.slot.k}`, found: fields.slice(1, 3).join("|") });
      }
      const id = token(fields[3], "inspector");
      if (seen.has(id)) throw new Refusal("twice", { value: id });
      seen.add(id);
      if (word === "skip") return oneOf(fields[4], "reason", REASONS) === "";
      const pick = pickOf(draw.seed, place.target, place.slot.k, id, draw.suite);
      if (fields[4] !== pick) throw new Refusal("mismatch", { what: "pick", wanted: pick, found: fields[4] });
      if (onTarget.has(id)) throw new Refusal("twice", { value: id });
      onTarget.add(id);
      integer(fields[5], "count", seen.size);
      return true;
    });
    if (isDone) return at + 1;
  }
}

/** Check the matching lines of a result from `start` on without a roster (名册未公开时的核验). */
export function checkPartialMatching(lines, start, file, draw) {
  const ceiling = placed(file, start + 1, () => {
    const fields = (lines[start] ?? "").split("|");
    oneOf(fields[0], "kind", ["ceiling"]);
    expectFields(fields, 2);
    return fields[1] === "-" ? null : integer(fields[1], "ceiling", 1);
  });
  let at = start + 1;
  const teams = new Map();
  for (const place of ceiling === null ? [] : queueOf(draw.seed, draw.places, draw.suite)) {
    if (!teams.has(place.target)) teams.set(place.target, new Set());
    at = checkPlace(place, lines, at, file, draw, teams.get(place.target));
  }
  if (lines[at] !== "end" || at + 1 !== lines.length) {
    throw new Refusal("line-differs", { wanted: "end", found: lines[at] ?? "" }, file, at + 1);
  }
}

// Inspector matching (§9.1, §9.2): the only complete assignment that comes first in the order of the picks.
import { byBytes } from "./lines.js";
import { Network } from "./flow.js";

/** Say whether a hard region is satisfied, or a wished one met (区域要求). */
function isMet(region, inspector, place) {
  const wish = region.replace("prefer-", "");
  if (wish === "any") return true;
  if (inspector.district === "-" || place.district === "-") return false;
  return (inspector.district === place.district) === (wish === "same");
}

/** Say whether an inspector fits a place of this kind: dept, tags, hard region; recusal is asked apart. */
function fits(inspector, place) {
  const { slot } = place;
  if (inspector.dept !== slot.dept) return false;
  const needed = slot.tags.flatMap((tag) => (tag === "@need" ? place.need : [tag]));
  if (!needed.every((tag) => inspector.tags.includes(tag))) return false;
  return slot.region.startsWith("prefer-") || isMet(slot.region, inspector, place);
}

/** Return who may take each place (符合条件), as a function; places of one kind are looked through once. */
export function eligibleBy(roster, recusals) {
  const kinds = new Map();
  const recused = new Map();
  const numbers = new Map(roster.inspectors.map((person, at) => [person.id, at]));
  for (const { inspector, target } of recusals) {
    if (!recused.has(target)) recused.set(target, new Set());
    recused.get(target).add(numbers.get(inspector));
  }
  return (place) => {
    const kind = [place.slot.k, place.district, ...place.need].join("|");
    if (!kinds.has(kind)) {
      kinds.set(kind, roster.inspectors.flatMap((person, at) => (fits(person, place) ? [at] : [])));
    }
    const out = recused.get(place.target);
    return out ? kinds.get(kind).filter((at) => !out.has(at)) : kinds.get(kind);
  };
}

/** Return 1 if a wish of the slot is missed, else 0. */
function softOf(inspector, place) {
  return place.slot.region.startsWith("prefer-") && !isMet(place.slot.region, inspector, place) ? 1 : 0;
}

/** Return the pick (排序数) of an inspector for a place. */
export function pickOf(seed, target, k, id, suite) {
  return suite.hx(`vdr1|pick|${seed}|${target}|${k}|${id}`);
}

/** Return the targets in the order in which they are staffed (任务次序). */
export function taskOrder(seed, targets, suite) {
  const rows = targets.map((target) => [suite.hx(`vdr1|task|${seed}|${target}`), target]);
  rows.sort((a, b) => byBytes(a[0], b[0]) || byBytes(a[1], b[1]));
  return rows.map(([, target]) => target);
}

/** Return all places in order: `places(target)` are the slots of a target, here ascending by k. */
export function queueOf(seed, placesOf, suite) {
  return taskOrder(seed, [...placesOf.keys()], suite).flatMap((target, task) =>
    [...placesOf.get(target)].sort((a, b) => byBytes(a.slot.k, b.slot.k)).map((place) => ({ ...place, target, task })),
  );
}

function ceilingOf(network, caps) {
  const most = caps.reduce((a, b) => Math.max(a, b), 0);
  let next = 0;
  for (let h = 1; h <= Math.max(most, 1); h += 1) {
    network.limits = caps.map((cap) => Math.min(cap, h));
    while (next < network.slots.length && network.place(next)) next += 1;
    if (next === network.slots.length) return h;
  }
  return null;
}

/**
 * Yield the candidates of a place in order (候选次序): soft, load, pick, id. Picks are hashed only for those
 * groups of equal soft and load that are reached.
 */
export function* candidates(place, able, loadOf, seed, suite) {
  const groups = new Map();
  for (const row of able) {
    const load = loadOf(row);
    const key = `${softOf(row.inspector, place)}|${load}`;
    if (!groups.has(key)) groups.set(key, { soft: softOf(row.inspector, place), load, rows: [] });
    groups.get(key).rows.push(row);
  }
  for (const { rows } of [...groups.values()].sort((a, b) => a.soft - b.soft || a.load - b.load)) {
    const named = rows.map((row) => ({
      ...row, pick: pickOf(seed, place.target, place.slot.k, row.inspector.id, suite),
    }));
    yield* named.sort((a, b) => byBytes(a.pick, b.pick) || byBytes(a.inspector.id, b.inspector.id));
  }
}

function staff(place, number, network, given, roster, seed, suite) {
  const skips = [];
  const able = place.able.map((at) => ({ at, inspector: roster.inspectors[at] }));
  const loadOf = (row) => row.inspector.load + given[row.at];
  for (const { at, inspector, pick } of candidates(place, able, loadOf, seed, suite)) {
    const base = { target: place.target, k: place.slot.k, inspector: inspector.id };
    if (network.isOnTask(number, at)) skips.push({ ...base, reason: "already-in-team" });
    else if (given[at] >= network.limits[at]) skips.push({ ...base, reason: "full" });
    else if (!network.fix(number, at)) skips.push({ ...base, reason: "would-block" });
    else {
      given[at] += 1;
      return [...skips, { ...base, pick, eligible: able.length }];
    }
  }
  throw new Error("a feasible place found nobody");
}

/**
 * Match (随机匹配): `placesOf` maps a target to its `{slot, district, need}`. `ceiling` is null when no complete
 * assignment exists; `log` holds skips and men in order; `tick` hears how far it is.
 */
export function match(seed, placesOf, roster, slack, suite, tick = () => {}) {
  const ableFor = eligibleBy(roster, roster.recusals);
  const queue = queueOf(seed, placesOf, suite).map((place) => ({ ...place, able: ableFor(place) }));
  const caps = roster.inspectors.map((person) => person.cap);
  const network = new Network(queue, caps);
  const ceiling = ceilingOf(network, caps);
  if (ceiling === null) return { ceiling, log: [], queue };
  network.limits = caps.map((cap) => Math.min(cap, ceiling + slack));
  const given = new Int32Array(caps.length);
  const log = queue.flatMap((place, number) => {
    tick(number, queue.length);
    return staff(place, number, network, given, roster, seed, suite);
  });
  return { ceiling, log, queue };
}

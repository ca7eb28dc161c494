// How many a rule takes (§5.1) and who is first (§7.1).
import { byBytes, integer, oneOf } from "./lines.js";
import { Refusal } from "./refusal.js";
import { laneKey, ticketOf } from "./tickets.js";

const ROUNDED = {
  up: (all, p, q) => (all * p + q - 1n) / q,
  down: (all, p, q) => (all * p) / q,
  half: (all, p, q) => (2n * all * p + q) / (2n * q),
};

function ratio(words) {
  const [fraction, rounding] = words;
  const [p, q, ...rest] = fraction.split("/");
  if (rest.length || q === undefined) throw new Refusal("field", { field: "rule", value: fraction });
  const over = BigInt(integer(p, "rule"));
  const under = BigInt(integer(q, "rule", 1));
  const round = ROUNDED[oneOf(rounding, "rule", Object.keys(ROUNDED))];
  return (eligible) => Number(round(BigInt(eligible), over, under));
}

/** Read a rule (抽取规则); the answer maps the eligible count to the number drawn, never more than there are. */
export function parseRule(rule) {
  const [kind, ...words] = rule.split(":");
  if (rule === "all") return (eligible) => eligible;
  let count = null;
  if (kind === "fixed" && words.length === 1) {
    const n = integer(words[0], "rule");
    count = () => n;
  } else if (kind === "ratio" && words.length === 2) {
    count = ratio(words);
  } else {
    throw new Refusal("field", { field: "rule", value: rule });
  }
  return (eligible) => Math.min(eligible, count(eligible));
}

/** Return `[ticket, target]` of leaves in drawing order (签号次序): ascending ticket, then target. */
export function drawingOrder(leaves, key, suite) {
  const rows = leaves.map((leaf) => [ticketOf(key, leaf.target, leaf.weight, suite), leaf.target]);
  return rows.sort((a, b) => byBytes(a[0], b[0]) || byBytes(a[1], b[1]));
}

/** Draw one stratum (分层抽取): hits, spares and the two tickets at the cut. */
export function drawStratum(stratum, leaves, seed, lane, suite) {
  const order = drawingOrder(leaves, laneKey(seed, lane, suite), suite);
  const named = order.map(([ticket, target], i) => ({
    fid: stratum.fid, stratum: stratum.stratum, rank: i + 1, target, ticket,
  }));
  return {
    fid: stratum.fid,
    stratum: stratum.stratum,
    n: stratum.n,
    order: named,
    hits: named.slice(0, stratum.n),
    spares: named.slice(stratum.n, stratum.n + stratum.reserve),
    last: stratum.n > 0 ? named[stratum.n - 1].ticket : "-",
    next: stratum.n < named.length ? named[stratum.n].ticket : "-",
  };
}

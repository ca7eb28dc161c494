// Tickets (§6): a number for each target that depends on nothing but seed, lane, id and weight.

/** Return the key of a lane under a seed: the first 32 digits. */
export function laneKey(seed, lane, suite) {
  return suite.hx(`vdr1|lane|${seed}|${lane}`).slice(0, 32);
}

/** Return the ticket (签号) of a target: the least of as many hashes as it has weight. */
export function ticketOf(key, target, weight, suite) {
  let least = suite.hx(`${key}|${target}|1`);
  for (let j = 2; j <= weight; j += 1) {
    const other = suite.hx(`${key}|${target}|${j}`);
    if (other < least) least = other;
  }
  return least;
}

// Check proofs and checkpoints as the page does; one JSON task per line of standard input, one answer each.
import { createInterface } from "node:readline";
import { load } from "./sources.mjs";

const { check } = await load("../log/check.js");
const bytes = (text) => (text === undefined ? undefined : new Uint8Array(Buffer.from(text, "hex")));

for await (const line of createInterface({ input: process.stdin })) {
  const { proof, checkpoint, tiles = {}, ...task } = JSON.parse(line);
  const asked = [];
  const read = async (path) => {
    asked.push(path);
    if (!(path in tiles)) throw new Error("offline");
    return bytes(tiles[path]);
  };
  const found = await check({ ...task, proof: bytes(proof), checkpoint: bytes(checkpoint) }, read);
  const steps = found.steps.map(({ id, state, code, values, facts }) => ({ id, state, code, values, facts }));
  process.stdout.write(`${JSON.stringify({ ok: found.ok, open: found.open, latest: found.latest, steps, asked })}\n`);
}

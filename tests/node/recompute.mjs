// Recompute bundles with the browser's modules: for each folder or zip named, one line of JSON.
// With `flips` the answer is which changes of single bytes (by exclusive or), of each or every `step`, go unnoticed.
import { readFileSync, statSync } from "node:fs";
import { filesOf, load } from "./sources.mjs";

const { openBundle } = await load("bundle.js");
const { verify } = await load("verify.js");
const { verifyReceipt } = await load("receipt.js");

export function judge(given, published = {}) {
  const files = openBundle(given);
  return files.has("announcement.vdr") ? verify(files, published) : verifyReceipt(files, published);
}

const read = (path) => (statSync(path).isDirectory() ? filesOf(path) : [[path, new Uint8Array(readFileSync(path))]]);

/** Return the changes of single bytes that nothing notices. */
function unnoticed(path, flips, step, published) {
  const given = read(path);
  const missed = [];
  for (const [at, [name, bytes]] of given.entries()) {
    for (let i = 0; i < bytes.length; i += step) {
      for (const flip of flips) {
        const changed = bytes.slice();
        changed[i] ^= flip;
        const { ok } = judge(given.with(at, [name, changed]), published);
        if (ok) missed.push([name, i, flip]);
      }
    }
  }
  return missed;
}

for (const line of process.argv.slice(2)) {
  const { path, flips, step = 1, published } = JSON.parse(line);
  if (flips) {
    console.log(JSON.stringify({ path, missed: unnoticed(path, flips, step, published) }));
  } else {
    const { ok, steps, result } = judge(read(path), published);
    const text = result?.bytes ? new TextDecoder("latin1").decode(result.bytes) : null;
    console.log(JSON.stringify({ path, ok, steps, result: text }));
  }
}

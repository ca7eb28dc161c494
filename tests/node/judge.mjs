// Judge bundles with the browser's modules: standard input holds a JSON array of bundles, each `{name: hexadecimal}`;
// the answer is an array of `{ok, said}`: whether nothing is objected to, and each objection or refusal.
import { readFileSync } from "node:fs";
import { load } from "./sources.mjs";
import { judge } from "./recompute.mjs";

const { Refusal } = await load("refusal.js");

function judged(bundle) {
  const given = Object.entries(bundle).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, "hex"))]);
  try {
    const { ok, steps } = judge(given);
    return { ok, said: steps.filter((step) => step.state === "bad").map(({ code, file, line }) => `${file}:${line}:${code}`) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, said: [`${error.file}:${error.line}:${error.code}`] };
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(judged)));

// SHA256SUMS: the digests beside a bundle, as `sha256sum --check` reads them; they bind also what no digest of the
// protocol binds, as the reason of a replacement.
import { readLines } from "./lines.js";
import { Refusal } from "./refusal.js";
import { suiteOf } from "./suites.js";

export const SUMS = "SHA256SUMS";
const LINE = /^([0-9a-f]{64}) {2}([\x21-\x7e]+)$/;

/** Check every file against the list (核对校验码清单); return which came later than it. */
export function checkSums(files) {
  const listed = new Map();
  readLines(files.get(SUMS), SUMS).forEach((line, i) => {
    const [, wanted, name] = LINE.exec(line) ?? [];
    if (!name) throw new Refusal("field", { field: "digest", value: line }, SUMS, i + 1);
    if (listed.has(name)) throw new Refusal("twice", { value: name }, SUMS, i + 1);
    if (!files.has(name)) throw new Refusal("missing", {}, name);
    const found = suiteOf("sha256").digest(files.get(name));
    if (found !== wanted) throw new Refusal("sum-differs", { wanted, found }, name);
    listed.set(name, wanted);
  });
  return { n: listed.size, later: [...files.keys()].filter((name) => name !== SUMS && !listed.has(name)) };
}

// The verification of one business's receipt (回执核验) against the public edition.
import { checkProofs, checkSense, parsePublic, parseReceipt } from "./disclosure.js";
import { Refusal } from "./refusal.js";
import { Steps } from "./verify.js";

function publicStep(files, receipt, published) {
  if (!files.has("public.vdr")) return { state: "open", facts: [{ code: "public-absent", values: {} }] };
  const edition = parsePublic(files.get("public.vdr"), "public.vdr");
  const { head, row } = receipt;
  const pairs = [
    ["suite", edition.suite.name, head.suite.name], ["adigest", edition.adigest, head.adigest],
    ["rdigest", edition.rdigest, head.rdigest], ["root", edition.root, row.root], ["rows", edition.rows, row.size],
    ["adigest", published.adigest, head.adigest], ["rdigest", published.rdigest, head.rdigest],
  ];
  for (const [what, wanted, found] of pairs) {
    if (wanted !== undefined && wanted !== "" && wanted !== found) {
      throw new Refusal("published-differs", { what, wanted, found }, receipt.file);
    }
  }
  const total = edition.totals.find((one) => one.fid === row.row.fid);
  if (total?.size !== receipt.leaf.size) {
    throw new Refusal("published-differs", { what: "size", wanted: total?.size ?? 0, found: receipt.leaf.size }, receipt.file);
  }
  const isListed = edition.hits.some((hit) => hit.fid === row.row.fid && hit.target === row.row.target);
  if (isListed !== (row.row.word === "hit")) throw new Refusal("receipt-list", {}, "public.vdr");
  return { values: { root: edition.root, rows: edition.rows } };
}

function proofStep(isRight, part, file, values) {
  if (!isRight) throw new Refusal("proof", {}, file, part.line);
  return { values };
}

/** Verify a receipt: `files` holds receipt.vdr and, if at hand, public.vdr. Returns `{ok, steps, receipt}`. */
export function verifyReceipt(files, published = {}, tell = () => {}) {
  const steps = new Steps(tell);
  const receipt = steps.run("receipt", () => {
    const value = parseReceipt(files.get("receipt.vdr"), "receipt.vdr");
    checkSense(value);
    const { row, cut } = value;
    return {
      value,
      values: { target: row.row.target, word: row.row.word, ticket: row.row.ticket, rank: row.row.rank ?? "", n: cut.n, last: cut.ticket, eligible: cut.eligible },
    };
  });
  if (receipt) {
    const proofs = checkProofs(receipt);
    const { leaf, row, file } = receipt;
    steps.run("leaf-proof", () => proofStep(proofs.leaf, leaf, file, { root: leaf.root, index: leaf.index + 1, size: leaf.size }));
    steps.run("row-proof", () => proofStep(proofs.row, row, file, { root: row.root, index: row.index + 1, size: row.size }));
    steps.run("edition", () => publicStep(files, receipt, published));
  }
  return { ok: steps.isWhole, steps: steps.list, receipt };
}

// Verification off the page's own thread, so that the page stays responsive.
import { openBundle } from "./bundle.js";
import { Refusal } from "./refusal.js";
import { verifyReceipt } from "./receipt.js";
import { verify } from "./verify.js";

/** Open what was given and verify it; every message goes through `tell`. */
export function run({ given, published }, tell) {
  try {
    const files = openBundle(given);
    const isReceipt = !files.has("announcement.vdr") && files.has("receipt.vdr");
    const { ok, steps } = (isReceipt ? verifyReceipt : verify)(files, published, tell);
    const open = steps.filter((step) => step.state === "open").length;
    tell({ done: true, ok, open, isReceipt, isCompared: Boolean(published.adigest) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, values, file, line } = error;
    tell({ step: { id: "bundle", state: "bad", code, values, file, line, facts: [] } });
    tell({ done: true, ok: false, open: 0, isReceipt: false, isCompared: false });
  }
}

if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  self.addEventListener("message", ({ data }) => run(data, (message) => self.postMessage(message)));
  self.postMessage({ ready: true });
}

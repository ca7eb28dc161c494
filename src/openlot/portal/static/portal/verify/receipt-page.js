// The page of a business's own receipt (企业查验): its proofs verified here as well, against the public edition.
import { Panel } from "./panel.js";
import { say } from "./render.js";

async function edition(address) {
  if (!address) return [];
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.ok ? [["public.vdr", new Uint8Array(await answer.arrayBuffer())]] : [];
}

for (const root of document.querySelectorAll("[data-receipt]")) {
  const { text, address, published } = JSON.parse(document.getElementById(root.dataset.receipt).textContent);
  const panel = new Panel(root);
  root.hidden = false;
  edition(address)
    .catch(() => [])
    .then((files) => panel.verify([["receipt.vdr", new TextEncoder().encode(text)], ...files], published))
    .catch((error) => panel.tell(say("page.crashed", { message: error.message }), "bad"));
}

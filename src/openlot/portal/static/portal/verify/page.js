// The page "verify this draw" (验证这次抽取): fetch the published bundle or take the visitor's own.
import { chosen, dropped } from "./given.js";
import { Panel } from "./panel.js";
import { say } from "./render.js";

const root = document.getElementById("verify");
const panel = new Panel(root);
const island = document.getElementById("verify-draw");
const { bundle = "", published = {} } = island ? JSON.parse(island.textContent) : {};

async function fetchBundle() {
  panel.tell(say("page.fetching"), "working");
  try {
    const answer = await fetch(bundle, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return [["bundle.zip", new Uint8Array(await answer.arrayBuffer())]];
  } catch {
    panel.tell(say("page.failed"), "bad");
    return null;
  }
}

const start = root.querySelector("[data-start]");
start?.addEventListener("click", async () => {
  const given = await fetchBundle();
  if (given) await panel.verify(given, published);
});

for (const input of root.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", async () => {
    if (input.files.length) await panel.verify(await chosen(input.files), published);
    input.value = "";
  });
}

const area = root.querySelector("[data-drop]");
for (const kind of ["dragenter", "dragover"]) {
  area.addEventListener(kind, (event) => {
    event.preventDefault();
    area.classList.add("over");
  });
}
area.addEventListener("dragleave", () => area.classList.remove("over"));
area.addEventListener("drop", async (event) => {
  event.preventDefault();
  area.classList.remove("over");
  await panel.verify(await dropped(event.dataTransfer), published);
});

panel.tell(say("page.ready"));
root.hidden = false;

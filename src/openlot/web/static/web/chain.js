// The sealed reserve: its secret is made, kept and read on the office's own device only.
// Comes after seal.js, whose SHA-256 it uses. A link is made from the secret when it is due.
"use strict";

const reserve = document.getElementById("reserve");
const asHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

// One secret serves all draws of a ritual: each chain begins with a hash that names the session.
function chainLink(session, secret, index) {
  let link = sha256(`openlot|reserve|${session}|${secret}`);
  for (let i = 0; i < index; i += 1) link = sha256(`vdr1|link|${link}`);
  return link;
}

if (reserve && window.crypto && sha256("abc").startsWith("ba7816bf")) {
  reserve.hidden = false;
  const rows = reserve.dataset.rows.split(" ").map((row) => row.split("="));
  const field = document.getElementById(reserve.dataset.field);
  const show = (texts) => {
    field.value = field.tagName === "TEXTAREA" ? texts.map((text, i) => `${rows[i][0]} ${text}`).join("\n") : texts[0];
  };
  const maker = document.getElementById("make-chain");
  if (maker) {
    const submit = field.form.querySelector("button[type=submit]");
    submit.disabled = true;
    const kept = () => { submit.disabled = false; };
    maker.addEventListener("click", () => {
      const secret = asHex(window.crypto.getRandomValues(new Uint8Array(32)));
      document.getElementById("chain-secret").textContent = secret.replace(/(.{8})/g, "$1 ").trim();
      show(rows.map(([session, n]) => `${n}:${chainLink(session, secret, Number(n))}`));
      document.getElementById("credential").hidden = false;
      const file = document.getElementById("save-credential");
      const text = `${file.dataset.head}\n${rows.map(([session, n]) => `${session} ${n}`).join("\n")}\nsecret ${secret}\n`;
      file.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      submit.disabled = true;
    });
    document.getElementById("save-credential").addEventListener("click", kept);
    document.getElementById("print-credential").addEventListener("click", () => { kept(); window.print(); });
  }
  const reader = document.getElementById("read-secret");
  if (reader) {
    const typed = document.getElementById("typed-secret");
    const compute = (text) => {
      const found = text.replace(/\s+/g, "").toLowerCase().match(/^[0-9a-f]{64}$/);
      document.getElementById("secret-wrong").hidden = Boolean(found);
      if (found) show(rows.map(([session, index]) => chainLink(session, found[0], Number(index))));
    };
    reader.addEventListener("click", () => compute(typed.value));
    document.getElementById("credential-file").addEventListener("change", async (event) => {
      const line = (await event.target.files[0].text()).split("\n").find((one) => one.startsWith("secret "));
      compute(line ? line.slice(7) : "");
    });
  }
}

// Passkeys: asks the browser what the page was told to ask, and posts the answer with the form.
"use strict";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const prepared = (question) => {
  const asked = { ...question, challenge: toBytes(question.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: toBytes(asked.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (asked[list]) asked[list] = asked[list].map((one) => ({ ...one, id: toBytes(one.id) }));
  }
  return asked;
};

const answered = (made) => {
  const response = { clientDataJSON: toText(made.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = toText(made.response[name]);
  }
  return {
    id: made.id, rawId: toText(made.rawId), type: made.type, response,
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
  };
};

const form = document.querySelector("form[data-passkey]");
if (form && window.PublicKeyCredential) {
  const question = JSON.parse(document.getElementById("passkey-question").textContent).publicKey;
  const part = form.querySelector(".passkey");
  part.hidden = false;
  part.querySelector("button").addEventListener("click", async () => {
    try {
      const made = await navigator.credentials[form.dataset.passkey]({ publicKey: prepared(question) });
      form.elements.passkey.value = JSON.stringify(answered(made));
      form.submit();
    } catch (fault) {
      form.querySelector(".passkey-fault").hidden = false;
    }
  });
}

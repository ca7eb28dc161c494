// A party makes its random value on its own device and hands in only the sealed one.
// SHA-256 is written from FIPS 180-4, since a page on plain http has no crypto.subtle.
"use strict";

const K = (() => {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
  const fraction = (x) => Math.floor((x - Math.floor(x)) * 4294967296);
  return { round: primes.map((p) => fraction(Math.cbrt(p))), start: primes.slice(0, 8).map((p) => fraction(Math.sqrt(p))) };
})();

function sha256(text) {
  const bytes = Array.from(text, (c) => c.charCodeAt(0));
  const bits = bytes.length * 8;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) bytes.push(0);
  for (let i = 7; i >= 0; i -= 1) bytes.push(Math.floor(bits / 2 ** (8 * i)) & 255);
  const h = K.start.slice();
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  for (let at = 0; at < bytes.length; at += 64) {
    const w = [];
    for (let i = 0; i < 16; i += 1) { const j = at + 4 * i; w.push((bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3]); }
    for (let i = 16; i < 64; i += 1) {
      const a = w[i - 15]; const b = w[i - 2];
      w.push((w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0);
    }
    let [a, b, c, d, e, f, g, k] = h;
    for (let i = 0; i < 64; i += 1) {
      const t1 = (k + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K.round[i] + w[i]) | 0;
      const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      k = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    [a, b, c, d, e, f, g, k].forEach((value, i) => { h[i] = (h[i] + value) | 0; });
  }
  return h.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
}

// The value stays on this device, so that its owner need not copy 64 digits by hand.
const kept = (place) => `openlot-seal|${place.dataset.kept}|${place.dataset.source}`;

const sealer = document.getElementById("sealer");
if (sealer && window.crypto && sha256("abc").startsWith("ba7816bf")) {
  sealer.hidden = false;
  document.getElementById("make-value").addEventListener("click", () => {
    const value = Array.from(window.crypto.getRandomValues(new Uint8Array(32)), (b) => b.toString(16).padStart(2, "0")).join("");
    document.getElementById("sealed-value").textContent = value;
    const seal = (session) => sha256(`vdr1|commit|${session}|${sealer.dataset.source}|${value}`);
    const sessions = sealer.dataset.sessions.split(" ");
    const field = document.getElementById("id_sealed");
    field.value = field.tagName === "TEXTAREA" ? sessions.map((s) => `${s} ${seal(s)}`).join("\n") : seal(sessions[0]);
    window.localStorage.setItem(kept(sealer), value);
  });
}

const opener = document.getElementById("opener");
const mine = opener && window.localStorage.getItem(kept(opener));
if (mine && !document.getElementById("id_value").value) {
  opener.hidden = false;
  document.getElementById("id_value").value = mine;
  document.getElementById("id_read_back").value = mine;
}

// SHA-512, written from FIPS 180-4 (§4.1.3, §4.2.3, §5.3.5, §6.4), which Ed25519 is built on.
const WORD = (1n << 64n) - 1n;

/** Largest integer whose `power`-th power is at most `n`. */
function integerRoot(n, power) {
  let low = 0n;
  let high = 1n << 72n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** power <= n) low = middle;
    else high = middle;
  }
  return low;
}

function firstPrimes(count) {
  const primes = [];
  for (let n = 2; primes.length < count; n += 1) if (primes.every((p) => n % p)) primes.push(n);
  return primes;
}

/** The first 64 bits of the fraction of a root of each prime. */
const fractions = (primes, power) => primes.map((p) => integerRoot(BigInt(p) << (64n * power), power) & WORD);

const START = fractions(firstPrimes(8), 2n);
const ROUND = fractions(firstPrimes(80), 3n);
const turn = (x, n) => ((x >> n) | (x << (64n - n))) & WORD;

function padded(bytes) {
  const whole = new Uint8Array(128 * Math.ceil((bytes.length + 17) / 128));
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  new DataView(whole.buffer).setBigUint64(whole.length - 8, BigInt(bytes.length) * 8n);
  return whole;
}

function schedule(view, at) {
  const w = [];
  for (let i = 0; i < 16; i += 1) w.push(view.getBigUint64(at + 8 * i));
  for (let i = 16; i < 80; i += 1) {
    const low = turn(w[i - 15], 1n) ^ turn(w[i - 15], 8n) ^ (w[i - 15] >> 7n);
    const high = turn(w[i - 2], 19n) ^ turn(w[i - 2], 61n) ^ (w[i - 2] >> 6n);
    w.push((w[i - 16] + low + w[i - 7] + high) & WORD);
  }
  return w;
}

function compress(state, w) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 80; i += 1) {
    const big1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
    const t1 = h + big1 + ((e & f) ^ (~e & WORD & g)) + ROUND[i] + w[i];
    const big0 = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n);
    const t2 = big0 + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) & WORD, c, b, a, (t1 + t2) & WORD];
  }
  return [a, b, c, d, e, f, g, h].map((word, i) => (word + state[i]) & WORD);
}

/** Return the 64 bytes of SHA-512 over bytes. */
export function sha512(bytes) {
  const whole = padded(bytes);
  const view = new DataView(whole.buffer);
  let state = START;
  for (let at = 0; at < whole.length; at += 128) state = compress(state, schedule(view, at));
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => out.setBigUint64(8 * i, word));
  return new Uint8Array(out.buffer);
}

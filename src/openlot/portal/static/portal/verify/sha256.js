// SHA-256, written from FIPS 180-4 (§4.1.2, §4.2.2, §5.3.3, §6.2): a page on plain http has no crypto.subtle.
import { BlockHash } from "./blocks.js";

/** Largest integer whose `power`-th power is at most `n`; exact, since floats could round a constant wrong. */
function integerRoot(n, power) {
  let low = 0n;
  let high = 1n << 40n;
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

/** The first 32 bits of the fraction of a root of each prime (§4.2.2, §5.3.3). */
function fractions(primes, power) {
  return Int32Array.from(primes, (p) => Number(BigInt.asIntN(32, integerRoot(BigInt(p) << (32n * power), power))));
}

const START = fractions(firstPrimes(8), 2n);
const ROUND = fractions(firstPrimes(64), 3n);
const W = new Int32Array(64);

function schedule(bytes, at) {
  for (let i = 0, j = at; i < 16; i += 1, j += 4) {
    W[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15];
    const y = W[i - 2];
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + low + W[i - 7] + high) | 0;
  }
}

function compress(state, bytes, at) {
  schedule(bytes, at);
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + big1 + ((e & f) ^ (~e & g)) + ROUND[i] + W[i]) | 0;
    const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** Return a new streaming SHA-256. */
export const sha256 = () => new BlockHash(START, compress);

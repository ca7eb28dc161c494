// Ed25519 signatures of RFC 8032 §5.1, verified only: a page on plain http has no crypto.subtle.
import { sha512 } from "./sha512.js";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const mod = (x) => ((x % P) + P) % P;

function power(base, exponent) {
  let [result, square] = [1n, mod(base)];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

const inverse = (x) => power(x, P - 2n);
const D = mod(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const NEUTRAL = [0n, 1n, 1n, 0n];

function numberOf(bytes) {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function xOf(y) {
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square)) x = mod(x * ROOT_OF_MINUS_ONE);
  return mod(x * x - square) ? null : x;
}

function add(one, other) {
  const a = (one[1] - one[0]) * (other[1] - other[0]) % P;
  const b = (one[1] + one[0]) * (other[1] + other[0]) % P;
  const c = 2n * one[3] * other[3] % P * D % P;
  const d = 2n * one[2] * other[2] % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(scalar, point) {
  let [total, doubled] = [NEUTRAL, point];
  for (let left = scalar; left > 0n; left >>= 1n) {
    if (left & 1n) total = add(total, doubled);
    doubled = add(doubled, doubled);
  }
  return total;
}

const same = (one, other) => !mod(one[0] * other[2] - other[0] * one[2]) && !mod(one[1] * other[2] - other[1] * one[2]);
const isSmall = (point) => same(times(8n, point), NEUTRAL);

/** Return the point of 32 bytes, null when there is none or they are not its one encoding. */
function decode(bytes) {
  const number = numberOf(bytes);
  const sign = number >> 255n;
  const y = number & ((1n << 255n) - 1n);
  if (y >= P) return null;
  let x = xOf(y);
  if (x === null || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

const BASE = decode(Uint8Array.from({ length: 32 }, (_, i) => (i ? 0x66 : 0x58)));

/**
 * Say whether `signature` is the key's own over `message` (验证签名).
 *
 * Strict where programs differ, as the verifier in Python: encodings that are not reduced, scalars of L or more,
 * keys and nonces of small order are refused, so that what one accepts the other accepts.
 */
export function verify(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const [point, nonce] = [decode(key), decode(signature.subarray(0, 32))];
  const scalar = numberOf(signature.subarray(32));
  if (!point || !nonce || scalar >= ORDER || isSmall(point) || isSmall(nonce)) return false;
  const hashed = new Uint8Array(64 + message.length);
  hashed.set(signature.subarray(0, 32));
  hashed.set(key, 32);
  hashed.set(message, 64);
  const challenge = numberOf(sha512(hashed)) % ORDER;
  return same(times(scalar, BASE), add(nonce, times(challenge, point)));
}

// SM3 (密码杂凑算法), written from GB/T 32905—2016 (§4, §5).
import { BlockHash } from "./blocks.js";

const START = Int32Array.of(
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
);
const turn = (x, n) => (x << n) | (x >>> (32 - n));
const TURNED = Int32Array.from({ length: 64 }, (_, j) => {
  const constant = j < 16 ? 0x79cc4519 : 0x7a879d8a;
  return j % 32 === 0 ? constant : turn(constant, j % 32);
});
const W = new Int32Array(68);

/** Message expansion (消息扩展, §5.3.2). */
function expand(bytes, at) {
  for (let i = 0, j = at; i < 16; i += 1, j += 4) {
    W[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
  }
  for (let i = 16; i < 68; i += 1) {
    const y = W[i - 3];
    const x = W[i - 16] ^ W[i - 9] ^ ((y << 15) | (y >>> 17));
    const p1 = x ^ ((x << 15) | (x >>> 17)) ^ ((x << 23) | (x >>> 9));
    const z = W[i - 13];
    W[i] = p1 ^ ((z << 7) | (z >>> 25)) ^ W[i - 6];
  }
}

/** Compression function (压缩函数, §5.3.3). */
function compress(state, bytes, at) {
  expand(bytes, at);
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let j = 0; j < 64; j += 1) {
    const a12 = (a << 12) | (a >>> 20);
    const s = (a12 + e + TURNED[j]) | 0;
    const ss1 = (s << 7) | (s >>> 25);
    const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
    const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const tt1 = (ff + d + (ss1 ^ a12) + (W[j] ^ W[j + 4])) | 0;
    const tt2 = (gg + h + ss1 + W[j]) | 0;
    d = c; c = (b << 9) | (b >>> 23); b = a; a = tt1;
    h = g; g = (f << 19) | (f >>> 13); f = e;
    e = tt2 ^ ((tt2 << 9) | (tt2 >>> 23)) ^ ((tt2 << 17) | (tt2 >>> 15));
  }
  state[0] ^= a; state[1] ^= b; state[2] ^= c; state[3] ^= d;
  state[4] ^= e; state[5] ^= f; state[6] ^= g; state[7] ^= h;
}

/** Return a new streaming SM3. */
export const sm3 = () => new BlockHash(START, compress);

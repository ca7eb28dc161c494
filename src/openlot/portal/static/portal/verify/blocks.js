// What SHA-256 and SM3 share: 64-byte blocks, a big-endian bit count at the end, 256 bits out.

/** A streaming hash (流式杂凑) over a compression function `(state, bytes, at) => void`. */
export class BlockHash {
  constructor(initial, compress) {
    this.initial = initial;
    this.compress = compress;
    this.state = new Int32Array(8);
    this.block = new Uint8Array(64);
    this.reset();
  }

  /** Start again; one object serves any number of messages. */
  reset() {
    this.state.set(this.initial);
    this.held = 0;
    this.length = 0;
    return this;
  }

  /** Take `bytes[from..to)`. */
  update(bytes, from = 0, to = bytes.length) {
    this.length += to - from;
    let at = from;
    if (this.held > 0) {
      while (this.held < 64 && at < to) this.block[this.held++] = bytes[at++];
      if (this.held < 64) return this;
      this.compress(this.state, this.block, 0);
      this.held = 0;
    }
    for (; at + 64 <= to; at += 64) this.compress(this.state, bytes, at);
    while (at < to) this.block[this.held++] = bytes[at++];
    return this;
  }

  /** Take one byte. */
  byte(value) {
    this.length += 1;
    this.block[this.held++] = value;
    if (this.held === 64) {
      this.compress(this.state, this.block, 0);
      this.held = 0;
    }
    return this;
  }

  /** Take ASCII text; the caller has made sure that it is ASCII. */
  ascii(text) {
    for (let i = 0; i < text.length; i += 1) this.byte(text.charCodeAt(i));
    return this;
  }

  /** Pad and write the 32 bytes of the digest into `out` at `at`. */
  finish(out = new Uint8Array(32), at = 0) {
    const { block, state, length } = this;
    block[this.held] = 0x80;
    block.fill(0, this.held + 1);
    if (this.held >= 56) {
      this.compress(state, block, 0);
      block.fill(0);
    }
    const view = new DataView(block.buffer);
    view.setUint32(56, Math.floor(length / 0x20000000));
    view.setUint32(60, (length * 8) % 0x100000000);
    this.compress(state, block, 0);
    for (let i = 0; i < 8; i += 1) {
      const word = state[i];
      out[at + 4 * i] = word >>> 24;
      out[at + 4 * i + 1] = word >>> 16;
      out[at + 4 * i + 2] = word >>> 8;
      out[at + 4 * i + 3] = word;
    }
    return out;
  }
}

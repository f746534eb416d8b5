// Computes a proof of work, away from the page so that it stays quick. SHA-256 as FIPS 180-4 has it: written out here
// because the browser's own is slow on short texts and missing where a page comes over plain HTTP.
"use strict";
const primes = [];
for (let n = 2; primes.length < 64; n += 1) {
  if (primes.every((p) => n % p)) primes.push(n);
}
// The first 32 bits of the fraction of a root.
const fraction = (root) => ((root - Math.floor(root)) * 0x100000000) | 0;
const K = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
const START = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
const w = new Int32Array(64);

const compress = (from, to) => {
  for (let i = 16; i < 64; i += 1) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = from[0], b = from[1], c = from[2], d = from[3];
  let e = from[4], f = from[5], g = from[6], h = from[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  to[0] = from[0] + a; to[1] = from[1] + b; to[2] = from[2] + c; to[3] = from[3] + d;
  to[4] = from[4] + e; to[5] = from[5] + f; to[6] = from[6] + g; to[7] = from[7] + h;
};

// The text's bytes from `at` on, as the sixteen words of a block.
const fill = (text, at, isLast) => {
  w.fill(0, 0, 16);
  const end = Math.min(text.length, at + 64);
  for (let i = at; i < end; i += 1) w[(i - at) >> 2] |= text.charCodeAt(i) << (24 - 8 * (i & 3));
  if (!isLast) return;
  w[(end - at) >> 2] |= 0x80 << (24 - 8 * ((end - at) & 3));
  w[15] = text.length * 8;
};

// A challenge has 64 characters, one block: it is taken in once, and each try costs one block more.
const solve = (challenge, pieces, bits) => {
  const middle = new Int32Array(8);
  const end = new Int32Array(8);
  const numbers = [];
  fill(challenge, 0, false);
  compress(START, middle);
  for (let index = 0; index < pieces; index += 1) {
    const lead = `${challenge}:${index}:`;
    for (let number = 0; ; number += 1) {
      fill(lead + number, 64, true);
      compress(middle, end);
      if (Math.clz32(end[0]) >= bits) {
        numbers.push(number);
        break;
      }
    }
    postMessage({ done: index + 1 });
  }
  postMessage({ proof: `${challenge}.${numbers.join(",")}` });
};

onmessage = ({ data }) => solve(data.challenge, data.pieces, data.bits);

// Content ids: BLAKE3 digests on chain, CIDv1 strings (raw codec, BLAKE3 multihash) in URLs.

import { blake3 } from '@noble/hashes/blake3';

export const hex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;
export const unhex = (text) => new Uint8Array(Buffer.from(text.replace(/^0x/, ''), 'hex'));

/** BLAKE3 digest, 32 bytes. */
export const digest = (bytes) => blake3(bytes);

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes) {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      text += BASE32[(value >>> (bits - 5)) & 31];
      bits -= 5;
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text;
}

/** CIDv1 of a digest: version 1, codec raw (0x55), multihash blake3 (0x1e) of 32 bytes. */
export const cid = (digest32) => `b${base32([0x01, 0x55, 0x1e, 0x20, ...digest32])}`;

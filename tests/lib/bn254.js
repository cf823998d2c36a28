// Just enough of BN254's G1 to damage a proof in a chosen way.
// A point is 32 bytes: x little-endian, the two top bits say infinity and which y.

const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

function power(base, exponent) {
  let result = 1n;
  for (base %= P; exponent > 0n; exponent >>= 1n, base = (base * base) % P) {
    if (exponent & 1n) result = (result * base) % P;
  }
  return result;
}

const x = (bytes) => {
  const copy = Buffer.from(bytes).reverse();
  copy[0] &= 0x3f;
  return BigInt(`0x${copy.toString('hex')}`);
};

/** Whether 32 bytes are the canonical encoding of a point of the curve y² = x³ + 3. */
export function isPoint(bytes) {
  const value = x(bytes);
  return value < P && power(value ** 3n + 3n, (P - 1n) / 2n) === 1n;
}

/** The first one-byte change of a point that is (or is not) a point again. */
export function changeByte(bytes, { toPoint }) {
  for (let delta = 1; delta < 256; delta++) {
    const changed = Uint8Array.from(bytes);
    changed[0] ^= delta;
    if (isPoint(changed) === toPoint) return changed;
  }
  throw new Error('no such change, which cannot be');
}


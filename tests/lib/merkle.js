// The Merkle tree over a job's batches, a second time: see docs/verification.md.

import { blake2b } from '@noble/hashes/blake2b';

const hash = (...parts) => Buffer.from(blake2b(Buffer.concat(parts), { dkLen: 32 }));
const leaf = (kind, ...parts) => hash(Buffer.of(0), Buffer.from(`swarmwork:${kind}`), ...parts);

/** The leaf of a batch's input. */
export const inputLeaf = (commitment) => leaf('input', commitment);

/** The leaf of a batch's result: the commitment to its output, and the output file's digest. */
export const resultLeaf = (commitment, output) => leaf('result', commitment, output);

/** The leaf of a batch's answer alone: the commitment to its output. */
export const answerLeaf = (commitment) => leaf('answer', commitment);

const node = (left, right) => hash(Buffer.of(1), left, right);

/** The tree over leaves: its root, and the path of a leaf, the leaf's own sibling first. */
export function tree(leaves) {
  let width = 1;
  while (width < leaves.length) width *= 2;
  const levels = [[...leaves, ...Array(width - leaves.length).fill(Buffer.alloc(32))]];
  while (levels.at(-1).length > 1) {
    const below = levels.at(-1);
    levels.push(below.filter((_, i) => i % 2 === 0).map((left, i) => node(left, below[2 * i + 1])));
  }
  return {
    root: levels.at(-1)[0],
    path: (index) => levels.slice(0, -1).map((level, height) => level[(index >> height) ^ 1]),
  };
}

/** The tree over 2^depth leaves that are all the same: its root, and the path of each. */
export function evenTree(leaf, depth) {
  const levels = [leaf];
  for (let height = 0; height < depth; height++) levels.push(node(levels[height], levels[height]));
  return { root: levels[depth], path: levels.slice(0, depth) };
}

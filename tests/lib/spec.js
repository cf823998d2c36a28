// Specifications of chains like the development chain, but for some of their genesis.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blake2AsU8a, xxhashAsU8a } from '@polkadot/util-crypto';
import { hex, unhex } from './content.js';
import { binary, temporaryFolder } from './process.js';

/** Exports the development chain's specification to a file. */
function exported(...args) {
  const file = join(temporaryFolder(), 'spec.json');
  const to = ['export-chain-spec', '--chain', 'dev', '--output', file, ...args];
  execFileSync(binary('swarmwork-node'), to, { stdio: 'ignore' });
  return file;
}

/** The file of a specification: the development chain's, whose genesis configuration `change` edits. */
export function developmentChain(change) {
  const file = exported();
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  const genesis = spec.genesis.runtimeGenesis;
  change(genesis.patch ?? genesis.config);
  writeFileSync(file, JSON.stringify(spec));
  return file;
}

/**
 * Where a pallet keeps an item, or what all of its items' keys begin with; `of` is the key of an entry in
 * a map that hashes by Blake2_128Concat.
 */
export function storageKey(pallet, item, of) {
  const parts = [xxhashAsU8a(pallet, 128)];
  if (item) parts.push(xxhashAsU8a(item, 128));
  if (of) parts.push(blake2AsU8a(of, 128), of);
  return hex(Buffer.concat(parts));
}

/** What a node's chain has stored of `Pallet` or `Pallet.Item` each: a map of encoded values by key. */
export async function stateOf(node, ...parts) {
  const block = await node.rpc('chain_getBlockHash');
  const state = new Map();
  for (const part of parts) {
    const prefix = storageKey(...part.split('.'));
    const next = (last) => node.rpc('state_getKeysPaged', prefix, 200, last, block);
    for (let keys = await next(null); keys.length > 0; keys = await next(keys.at(-1))) {
      const [{ changes }] = await node.rpc('state_queryStorageAt', keys, block);
      for (const [key, value] of changes) state.set(key, unhex(value));
    }
  }
  return state;
}

/** The development chain's raw specification, which takes the node seconds to make. */
let raw;

/**
 * The file of a specification: the development chain's, whose first state has these entries besides,
 * encoded values by key.
 */
export function developmentState(entries) {
  raw ??= readFileSync(exported('--raw'), 'utf8');
  const spec = JSON.parse(raw);
  for (const [key, value] of entries) spec.genesis.raw.top[key] = hex(value);
  const file = join(temporaryFolder(), 'spec.json');
  writeFileSync(file, JSON.stringify(spec));
  return file;
}

// Specifications of chains like the development chain, but for some of their genesis.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { binary, temporaryFolder } from './process.js';

/** The file of a specification: the development chain's, whose genesis configuration `change` edits. */
export function developmentChain(change) {
  const file = join(temporaryFolder(), 'spec.json');
  execFileSync(binary('swarmwork-node'), ['export-chain-spec', '--chain', 'dev', '--output', file], {
    stdio: 'ignore',
  });
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  const genesis = spec.genesis.runtimeGenesis;
  change(genesis.patch ?? genesis.config);
  writeFileSync(file, JSON.stringify(spec));
  return file;
}

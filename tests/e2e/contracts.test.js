// Contracts: uploaded, instantiated and called as Polkadot.js does it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import wabt from 'wabt';
import { event, key, refused, send } from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { Node } from '../lib/node.js';
import { ROOT } from '../lib/process.js';

const alice = key('//Alice');
const GAS = { refTime: 10_000_000_000n, proofSize: 1_000_000n };

let node, api, wasm, contract;

const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return hex(bytes);
};

before(async () => {
  const source = readFileSync(join(ROOT, 'tests', 'e2e', 'counter.wat'), 'utf8');
  const module = (await wabt()).parseWat('counter.wat', source);
  wasm = hex(module.toBinary({}).buffer);
  node = await Node.start();
  ({ api } = node);
});

after(async () => {
  await node?.stop();
});

test('upload', async () => {
  const { events } = await send(api, api.tx.contracts.uploadCode(wasm, null, 'Enforced'), alice);
  const { codeHash } = event(events, 'contracts.CodeStored');
  assert.ok((await api.query.contracts.pristineCode(codeHash)).isSome);

  const instantiated = await send(api, api.tx.contracts.instantiate(
    0, GAS, null, codeHash, '0x', '0x',
  ), alice);
  contract = event(instantiated.events, 'contracts.Instantiated').contract;
  assert.ok((await api.query.contracts.contractInfoOf(contract)).isSome);
});

test('call', async () => {
  for (const value of [5, 37]) {
    await send(api, api.tx.contracts.call(contract, 0, GAS, null, u32(value)), alice);
  }
  const dry = await api.call.contractsApi.call(alice.address, contract, 0, GAS, null, u32(0));
  assert.equal(dry.result.asOk.data.toHex(), u32(42));
});

test('code that is no contract', async () => {
  await refused('contracts.CodeRejected', send(
    api, api.tx.contracts.uploadCode('0x0061736d01000000', null, 'Enforced'), alice,
  ));
});

// Contracts: uploaded, instantiated and called as Polkadot.js does it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import wabt from 'wabt';
import { balance, blockNumber, event, key, refused, send, UNIT } from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { readJob, registerNetwork, submission } from '../lib/market.js';
import { Node } from '../lib/node.js';
import { ROOT } from '../lib/process.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [alice, owner] = ['//Alice', '//Dave'].map(key);
const GAS = { refTime: 10_000_000_000n, proofSize: 1_000_000n };

/** The chain's functions for contracts. */
const [SUBMIT_JOB, JOB] = [1, 2];

let node, api, compile, wasm, contract;

const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return hex(bytes);
};

before(async () => {
  const tools = await wabt();
  compile = (name) => {
    const source = readFileSync(join(ROOT, 'tests', 'e2e', name), 'utf8');
    return hex(tools.parseWat(name, source).toBinary({}).buffer);
  };
  wasm = compile('counter.wat');
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

test('a contract buys a job with its own funds, and reads it', async () => {
  const network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 51 });
  await registerNetwork(api, owner, network);
  const funds = 1_000n * UNIT;
  const { events } = await send(api, api.tx.contracts.instantiateWithCode(
    funds, GAS, null, compile('forwarder.wat'), '0x', '0x',
  ), alice);
  const buyer = event(events, 'contracts.Instantiated').contract;
  const ask = (number, arguments_) => hex(Buffer.concat(
    [u32(0), u32(number)].map((each) => Buffer.from(each.slice(2), 'hex')).concat(arguments_),
  ));
  const dry = async (data) => {
    const { result } = await api.call.contractsApi.call(alice.address, buyer, 0, GAS, null, data);
    const bytes = Buffer.from(result.asOk.data.toU8a(true));
    return { code: bytes.readUInt32LE(0), output: bytes.subarray(4) };
  };

  const price = 100n * UNIT;
  // The arguments of the call, without its index.
  const job = submission(api, network, await makeJob(network, 1, 52), {
    maxPrice: price, deadline: (await blockNumber(api)) + 100,
  }).method.toU8a().slice(2);
  const data = ask(SUBMIT_JOB, job);
  const foreseen = await dry(data);
  assert.equal(foreseen.code, 0);
  const sent = await send(api, api.tx.contracts.call(buyer, 0, GAS, null, data), alice);
  const submitted = event(sent.events, 'marketplace.JobSubmitted');
  assert.equal(submitted.requester, buyer);
  assert.equal(submitted.job, hex(foreseen.output));
  assert.ok((await balance(api, buyer)).held >= price);
  assert.equal((await readJob(api, submitted.job)).requester, buyer);

  const read = await dry(ask(JOB, Buffer.from(submitted.job.slice(2), 'hex')));
  assert.equal(read.code, 0);
  // `Some`, and then who pays.
  assert.equal(read.output[0], 1);
  assert.equal(api.createType('AccountId', read.output.subarray(1, 33)).toString(), buyer);
});

// A contract buys a computation and acts on its result: it pays whoever shows what was proven, and
// nobody before it is, for anything else, or twice.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import wabt from 'wabt';
import { balance, blockNumber, event, findEvent, key, refused, send, UNIT } from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { Executor } from '../lib/executor.js';
import { readJob, registerNetwork, registerProvider, submission } from '../lib/market.js';
import { Node } from '../lib/node.js';
import { ROOT } from '../lib/process.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [alice, bob, provider, owner] = ['//Alice', '//Bob', '//Charlie', '//Dave'].map(key);
const worker = key('//Alice//worker');
const GAS = { refTime: 50_000_000_000n, proofSize: 1_000_000n };
const FUNDS = 1_000n * UNIT;
const BOUNTY = 10n * UNIT;
const MAX_PRICE = 100n * UNIT;

/** What the contract does. */
const [BUY, PAY] = [0, 1];
/** What it answers. */
const [PAID, NOT_PROVEN, NOT_THIS] = [0, 1, 2];

let executor, node, api, network, contract, job, bought;

const ask = (what, ...rest) => hex(Buffer.concat([Buffer.from([what, 0, 0, 0]), ...rest]));
const bytes = (text) => Buffer.from(text.slice(2), 'hex');
const call = (data, who) => send(api, api.tx.contracts.call(contract, 0, GAS, null, data), who);

/** What a call would answer. */
async function answer(data) {
  const { result } = await api.call.contractsApi.call(bob.address, contract, 0, GAS, null, data);
  return Buffer.from(result.asOk.data.toU8a(true)).readUInt32LE(0);
}

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 71 });
  executor = await Executor.start();
  node = await Node.start({ executor });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await registerProvider(api, provider, worker, { endpoint: executor.url });
  const tools = await wabt();
  const source = readFileSync(join(ROOT, 'tests', 'e2e', 'buyer.wat'), 'utf8');
  const wasm = hex(tools.parseWat('buyer.wat', source).toBinary({}).buffer);
  const { events } = await send(
    api, api.tx.contracts.instantiateWithCode(FUNDS, GAS, null, wasm, '0x', '0x'), alice,
  );
  ({ contract } = event(events, 'contracts.Instantiated'));
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

test('a contract buys a computation', async () => {
  job = await makeJob(network, 1, 72);
  // The arguments of the call, without its index.
  const terms = submission(api, network, job, {
    maxPrice: MAX_PRICE,
    deadline: (await blockNumber(api)) + 200,
    assignment: { Direct: provider.address },
  }).method.toU8a().slice(2);
  const from = await blockNumber(api);
  const { events } = await call(ask(BUY, terms), alice);
  const submitted = event(events, 'marketplace.JobSubmitted');
  assert.equal(submitted.requester, contract);
  bought = { id: submitted.job, from };
  // One job at a time.
  await refused('contracts.ContractTrapped', call(ask(BUY, terms), alice));
});

test('nobody is paid before anything is proven', async () => {
  const before = await balance(api, contract);
  assert.equal(await answer(ask(PAY, Buffer.alloc(32))), NOT_PROVEN);
  await call(ask(PAY, Buffer.alloc(32)), bob);
  assert.deepEqual(await balance(api, contract), before);
});

test('the contract pays for what was proven, once', async () => {
  for (const blob of [network.keys.proving, network.keys.commitment, network.file, job.input]) {
    await executor.offer(blob);
  }
  await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === bought.id, {
    from: bought.from, timeout: 120_000,
  });
  const [{ commitment }] = (await readJob(api, bought.id)).results;
  const other = bytes(commitment);
  other[31] ^= 1;
  assert.equal(await answer(ask(PAY, other)), NOT_THIS);
  assert.equal(await answer(ask(PAY, bytes(commitment))), PAID);

  const before = await balance(api, contract);
  const { events } = await call(ask(PAY, bytes(commitment)), bob);
  const paid = events.filter(({ name, data }) =>
    name === 'balances.Transfer' && data.from === contract && data.to === bob.address);
  assert.deepEqual(paid.map(({ data }) => data.amount), [BOUNTY]);
  assert.equal(before.free - (await balance(api, contract)).free, BOUNTY);
  await refused('contracts.ContractTrapped', call(ask(PAY, bytes(commitment)), alice));
});

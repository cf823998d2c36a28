// A capacity window from the opening to the measure: node, executor and chain, nothing by hand. On a
// development chain on which windows follow each other, since an unannounced one may be long in
// coming.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { blockNumber, findEvent, key, send } from '../lib/chain.js';
import { Executor } from '../lib/executor.js';
import { registerProvider } from '../lib/market.js';
import { Node } from '../lib/node.js';
import { developmentChain } from '../lib/spec.js';

const provider = key('//Charlie');
const worker = key('//Alice//worker');

let executor, node, api, from;

before(async () => {
  // A window opens whenever none runs.
  const chain = developmentChain(({ swarmWork: { pace } }) => (pace.windows = pace.epochBlocks));
  executor = await Executor.start();
  node = await Node.start({
    executor,
    chain: ['--chain', chain, '--alice', '--force-authoring', '--node-key', '03'.repeat(32)],
  });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

test('an admitted provider commits to what its executor has computed', async () => {
  await registerProvider(api, provider, worker, { endpoint: executor.url });
  from = await blockNumber(api);
  await send(api, api.tx.swarmWork.admit(null), provider);
  const opened = await findEvent(api, 'swarmWork.WindowOpened', () => true, { from });
  const committed = await findEvent(api, 'swarmWork.CapacityCommitted', () => true, {
    from, timeout: 120_000,
  });
  assert.equal(committed.data.provider, provider.address);
  assert.equal(committed.data.window, opened.data.window);
  assert.ok(committed.data.rows > 0);
  assert.ok(committed.number <= opened.data.until);
});

test('its drawn rows are opened in its turn, and it is measured', async () => {
  const shown = await findEvent(api, 'swarmWork.CapacityShown', () => true, {
    from, timeout: 240_000,
  });
  assert.equal(shown.data.provider, provider.address);
  const measure = (await api.query.swarmWork.measures(provider.address)).unwrap();
  assert.equal(measure.rows.toNumber(), shown.data.rows);
  assert.deepEqual([measure.streak.toNumber(), measure.missed.toNumber()], [1, 0]);
  assert.ok(measure.latency.toNumber() <= 2_000, 'it came soon after its turn');
});

test('answers mint nothing, and supply is what the books say', async () => {
  const supply = await api.call.swarmworkApi.supply();
  const sum = (part) => [...part.values()].reduce((total, amount) => total + amount.toBigInt(), 0n);
  assert.equal(supply.minted.swarmWork.toBigInt(), 0n);
  const { genesis, minted, burned } = supply;
  assert.equal(supply.issuance.toBigInt(), genesis.toBigInt() + sum(minted) - sum(burned));
});

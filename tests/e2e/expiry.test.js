// Jobs that nobody finishes: they end by themselves and the requester has all of its money back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { balance, blockNumber, findEvent, key, parentOf, UNIT } from '../lib/chain.js';
import {
  readJob, readProvider, readScore, registerNetwork, registerProvider, submitJob,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester] = ['//Charlie', '//Dave', '//Eve'].map(key);
const worker = key('//Alice//worker');
const MAX_PRICE = 50n * UNIT + 1n;

let node, api, network, shortest;

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 4 });
  // Not a provider's node: who is assigned stays silent.
  node = await Node.start();
  ({ api } = node);
  shortest = api.consts.marketplace.minJobDuration.toNumber();
  await registerNetwork(api, owner, network);
});

after(async () => {
  await node?.stop();
});

/** Waits for a job to expire and checks that its money went back in that block, by itself. */
async function expires(id, deadline) {
  const expired = await findEvent(api, 'marketplace.JobExpired', (e) => e.job === id, {
    from: deadline, timeout: 90_000,
  });
  assert.equal(expired.number, deadline + 1, 'in the first block after the deadline');
  assert.equal(expired.extrinsic, null, 'by no transaction');
  assert.equal(expired.data.refunded, MAX_PRICE);
  const parent = await parentOf(api, expired.block);
  const [was, is] = await Promise.all(
    [parent, expired.block].map((block) => balance(api, requester.address, block)),
  );
  assert.deepEqual(is, { free: was.free + MAX_PRICE, held: was.held - MAX_PRICE });
  assert.equal((await readJob(api, id)).state.kind, 'expired');
  return expired.data;
}

test('with nobody to draw, the event says why and the job expires', async () => {
  const from = await blockNumber(api);
  const deadline = from + shortest + 10;
  const { id } = await submitJob(api, requester, network, await makeJob(network, 1, 30), {
    maxPrice: MAX_PRICE, deadline,
  });
  const none = await findEvent(api, 'marketplace.NoProvider', (e) => e.job === id, { from });
  assert.deepEqual(Object.values(none.data.rejected).filter((count) => count !== 0), []);
  assert.equal((await readJob(api, id)).state.kind, 'open');
  assert.equal((await expires(id, deadline)).provider, null);
});

test('a drawn provider that stays silent: refund, and its bond is free again', async () => {
  await registerProvider(api, provider, worker);
  const from = await blockNumber(api);
  const deadline = from + shortest + 10;
  const { id } = await submitJob(api, requester, network, await makeJob(network, 1, 31), {
    maxPrice: MAX_PRICE, deadline,
  });
  const assigned = await findEvent(api, 'marketplace.JobAssigned', (e) => e.job === id, { from });
  assert.equal(assigned.data.provider, provider.address);
  const working = await readProvider(api, provider);
  assert.equal(working.running, 1);
  assert.equal(BigInt(working.reserved), assigned.data.collateral);

  assert.equal((await expires(id, deadline)).provider, provider.address);
  const idle = await readProvider(api, provider);
  assert.equal(idle.running, 0);
  assert.equal(BigInt(idle.reserved), 0n);
  assert.equal(idle.bond, working.bond, 'silence is no forgery: nothing is slashed');
  assert.deepEqual(idle.jobs, [0, 1]);
  // A newcomer's score is the least there is, so that a new identity gains nothing.
  assert.equal(await readScore(api, provider), api.consts.reputation.prior.toNumber());
});

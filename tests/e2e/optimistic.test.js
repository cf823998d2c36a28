// Results that stand unless they are challenged: who committed to garbage has failed as soon as it owes an
// answer, long before the time for challenges is over. That an honest provider's node answers by itself is
// in rooted.test.js.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { balance, blockNumber, event, findEvent, key, refused, send, UNIT } from '../lib/chain.js';
import { hex } from '../lib/content.js';
import {
  openBatches, readJob, readProvider, registerNetwork, registerProvider, submitRootedJob,
} from '../lib/market.js';
import { inputLeaf, tree } from '../lib/merkle.js';
import { Node } from '../lib/node.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [forger, owner, requester, sceptic, another] =
  ['//Charlie', '//Dave', '//Eve', '//Ferdie', '//Bob'].map(key);
const worker = key('//Alice//worker');
const MAX_PRICE = 100n * UNIT;
const BATCHES = 5;

let node, api, network;

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 6 });
  // No executor: nobody proves anything.
  node = await Node.start();
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await registerProvider(api, forger, worker);
  await send(api, api.tx.marketplace.acceptRootedWork(true), forger);
});

after(() => node?.stop());

/** Challenges a batch; resolves to the event, the number of its block and the fee. */
async function challenge(id, batch, who) {
  const { events, block, fee } = await send(api, api.tx.marketplace.challenge(id, batch), who);
  const header = await api.rpc.chain.getHeader(block);
  return {
    ...event(events, 'marketplace.BatchChallenged'), number: header.number.toNumber(), fee,
  };
}

test('a forger that cannot answer has failed when its answer is overdue', async () => {
  const { challengePeriod, answerTime, challengerShare } = api.consts.marketplace;
  const time = answerTime.toNumber();
  const job = await makeJob(network, BATCHES, 81);
  const paying = await balance(api, requester.address);
  const { id, fee: submitting } = await submitRootedJob(api, requester, network, job, {
    mode: 'Optimistic',
    maxPrice: MAX_PRICE,
    deadline: (await blockNumber(api)) + challengePeriod.toNumber() + 24 * time + 100,
    assignment: { Direct: forger.address },
  });
  // A root and a list of nothing.
  const garbage = { root: hex(new Uint8Array(32).fill(7)), list: hex(new Uint8Array(32).fill(8)) };
  await send(api, api.tx.marketplace.commitResults(id, garbage), worker);
  const staked = await readProvider(api, forger);
  const collateral = BigInt(staked.reserved);
  assert.ok(collateral > 0n);

  const doubting = await Promise.all([sceptic, another].map((who) => balance(api, who.address)));
  const first = await challenge(id, 3, sceptic);
  assert.equal(first.until, first.number + time);
  const second = await challenge(id, 0, another);
  assert.equal(second.until, first.until + time, 'one answer after the other');
  assert.equal(second.bond, 2n * first.bond);
  assert.equal((await balance(api, sceptic.address)).held - doubting[0].held, first.bond);

  // Whatever the forger shows leads to no root of garbage.
  const inputs = tree(job.commitments.map(inputLeaf));
  await refused('marketplace.ResultNotInRoot', openBatches(api, worker, [{
    report: { job: id, batch: 3, proof: new Uint8Array(192), output: garbage.list },
    resultPath: inputs.path(3),
    input: job.commitments[3],
    inputPath: inputs.path(3),
  }]));
  const { stage } = await readJob(api, id);

  const { data, extrinsic, number, block, events } = await findEvent(
    api, 'marketplace.JobFailed', (e) => e.job === id, { from: second.number, timeout: 90_000 },
  );
  assert.equal(number, first.until + 1, 'in the first block after the answer was due');
  assert.equal(extrinsic, null, 'by no transaction');
  assert.ok(number < stage.standing.until, 'while it could still be challenged');
  assert.equal(data.provider, forger.address);
  assert.equal(data.refunded, MAX_PRICE);
  assert.equal(data.slashed, collateral);
  assert.equal(data.why, 'ChallengeUnanswered');
  assert.equal((await readJob(api, id)).state.kind, 'failed');
  const left = await readProvider(api, forger);
  assert.equal(BigInt(staked.bond) - BigInt(left.bond), collateral);
  assert.equal(BigInt(left.reserved), 0n);

  // Half is burned; the first challenger has its share of the rest, and every bond is back.
  const lost = event(events, 'providers.ProviderSlashed');
  assert.deepEqual([lost.provider, lost.job], [forger.address, id]);
  const rewarded = event(events, 'marketplace.ChallengerRewarded');
  assert.equal(rewarded.challenger, sceptic.address);
  assert.equal(rewarded.reward, ((collateral / 2n) * challengerShare.toBigInt()) / 1_000_000n);
  assert.ok(rewarded.reward > 0n);
  const [had, others] = doubting;
  const has = await balance(api, sceptic.address, block);
  assert.deepEqual(has, { free: had.free - first.fee + rewarded.reward, held: had.held });
  assert.deepEqual(
    await balance(api, another.address, block),
    { free: others.free - second.fee, held: others.held },
  );
  assert.deepEqual(
    await balance(api, requester.address, block),
    { free: paying.free - submitting, held: paying.held },
  );
  await refused('marketplace.JobEnded', challenge(id, 1, another));
});

// The emergency drill: jobs before, during and after a stop of the market. A stop outlasts the time
// that a running job had left, and costs neither its provider nor its requester anything.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, eventsOf, findEvent, key, refused, send, UNIT,
} from '../lib/chain.js';
import { Executor } from '../lib/executor.js';
import {
  readJob, registerNetwork, registerProvider, submission, submitJob,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { makeJob, makeNetwork } from '../lib/zk.js';
import { sleep, waitFor } from '../lib/wait.js';

const [technical, provider, owner, requester, other] = [
  '//Alice', '//Charlie', '//Dave', '//Eve', '//Ferdie',
].map(key);
const worker = key('//Alice//worker');
const MAX_PRICE = 100n * UNIT;
/** Blocks that the running job has to be done in, by its requester. */
const TIME = 45;

let executor, node, api, network, direct;

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 21 });
  executor = await Executor.start();
  node = await Node.start({ executor });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await registerProvider(api, provider, worker, { endpoint: executor.url });
  direct = { Direct: provider.address };
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

const stop = async () => {
  const { events } = await send(api, api.tx.governance.stop(), technical);
  return event(events, 'governance.ActRecorded').act.stopped.until;
};

/**
 * Renews a stop as soon as two of its blocks are over, whatever a test does meanwhile; what it returns
 * ends that, and resolves to the last block of the stop.
 */
function keepStopped(until) {
  let going = true;
  const last = (async () => {
    while (going) {
      if ((await blockNumber(api)) >= until - 4) until = await stop();
      else await sleep(100);
    }
    return until;
  })();
  // It is awaited at the end, and must not go unhandled before.
  last.catch(() => {});
  return () => {
    going = false;
    return last;
  };
}

/** Runs a job for the requester to its end. */
async function runs(seed) {
  const from = await blockNumber(api);
  const job = await makeJob(network, 1, seed);
  const { id } = await submitJob(api, requester, network, job, {
    maxPrice: MAX_PRICE, deadline: from + 100, assignment: direct,
  });
  await executor.offer(job.input);
  await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, { from, timeout: 120_000 });
}

test('before: a job is run and paid', async () => {
  const from = await blockNumber(api);
  const job = await makeJob(network, 1, 41);
  const { id } = await submitJob(api, requester, network, job, {
    maxPrice: MAX_PRICE, deadline: from + 100, assignment: direct,
  });
  for (const blob of [network.keys.proving, network.keys.commitment, network.file, job.input]) {
    await executor.offer(blob);
  }
  await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, { from, timeout: 120_000 });
});

test('during: nothing is sold or paid, and nobody is the worse for it', async () => {
  const job = await makeJob(network, 1, 42);
  const withdrawn = await makeJob(network, 1, 43);
  const deadline = (await blockNumber(api)) + TIME;
  const { id: running } = await submitJob(api, requester, network, job, {
    maxPrice: MAX_PRICE, deadline, assignment: direct,
  });
  // Not drawn before its window is over, so that nobody has it when the market stops.
  const { id: open } = await submitJob(api, other, network, withdrawn, {
    maxPrice: MAX_PRICE, deadline: deadline + 100,
  });
  const lostBefore = (await api.query.marketplace.lost()).toNumber();
  const nonce = async () => (await api.query.system.account(worker.address)).nonce.toNumber();
  const [nonceBefore, purseBefore] = [await nonce(), await balance(api, worker.address)];

  await refused('badorigin', send(api, api.tx.governance.stop(), other));
  const from = await blockNumber(api);
  const letEnd = keepStopped(await stop());

  const attempts = [
    [submission(api, network, await makeJob(network, 1, 44), {
      maxPrice: MAX_PRICE, deadline: deadline + 100, assignment: direct,
    }), requester],
    [api.tx.marketplace.claim(), provider],
    [api.tx.balances.transferKeepAlive(other.address, UNIT), owner],
    [api.tx.utility.batchAll([api.tx.balances.transferKeepAlive(other.address, UNIT)]), owner],
  ];
  for (const [call, who] of attempts) await refused('system.CallFiltered', send(api, call, who));
  // Leaving is allowed: the whole escrow of a job that nobody has comes back.
  const cancelled = await send(api, api.tx.marketplace.cancelJob(open), other);
  assert.equal(event(cancelled.events, 'marketplace.JobCancelled').refunded, MAX_PRICE);

  // The executor works on; the stop is renewed until the deadline is long past.
  await executor.offer(job.input);
  await executor.until(running, ['done']);
  await waitFor('the deadline to be long past', async () => (await blockNumber(api)) > deadline + 5, {
    timeout: 120_000,
  });
  const last = await blockNumber(api);
  assert.equal((await readJob(api, running)).state.kind, 'assigned');
  for (let number = from + 1; number <= last; number++) {
    const events = await eventsOf(api, (await api.rpc.chain.getBlockHash(number)).toHex());
    const market = events.map((e) => e.name).filter((name) => name.startsWith('marketplace.'));
    assert.deepEqual(market.filter((name) => name !== 'marketplace.JobCancelled'), []);
  }
  // The worker did not spend a fee on what would have been refused.
  assert.equal(await nonce(), nonceBefore);
  assert.deepEqual(await balance(api, worker.address), purseBefore);

  const until = await letEnd();
  const ended = await findEvent(api, 'safeMode.Exited', () => true, { from, timeout: 60_000 });
  assert.equal(ended.number, until + 1, 'neither before its time nor after');
  assert.equal(ended.data.reason, 'Timeout');
  assert.equal(ended.extrinsic, null, 'by itself');
  const lost = (await api.query.marketplace.lost()).toNumber() - lostBefore;
  assert.ok(lost > deadline - from, 'the stop was longer than the time that was left');
  assert.equal((await readJob(api, running)).deadline, deadline + lost);

  // What was proven meanwhile is reported and paid, after the deadline that was named.
  const completed = await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === running, {
    from: ended.number, timeout: 60_000,
  });
  assert.ok(completed.number > deadline);
  assert.ok(completed.data.paidProvider > 0n);
});

test('a single call is paused, and the clocks that need it stand', async () => {
  const name = ['Marketplace', 'submit_result'];
  const lostBefore = (await api.query.marketplace.lost()).toNumber();
  const { events } = await send(api, api.tx.governance.pauseCall(name), technical);
  const { until } = event(events, 'governance.ActRecorded').act.callPaused;
  // The rest of the market is open.
  await send(api, api.tx.balances.transferKeepAlive(other.address, UNIT), owner);
  await refused('governance.NeverPaused', send(
    api, api.tx.governance.pauseCall(['Governance', 'propose']), technical,
  ));
  await waitFor('the pause to end', async () => (await blockNumber(api)) > until + 1);
  assert.ok((await api.query.marketplace.lost()).toNumber() > lostBefore);
  assert.equal((await api.query.governance.pausedUntil()).length, 0);
});

test('after: the market goes on, and all of it is on record', async () => {
  await runs(45);
  const acts = (await api.call.governanceApi.acts(0, 1_000)).toJSON();
  const names = acts.map(([, { act }]) => Object.keys(act)[0]);
  for (const name of ['stopped', 'callPaused', 'callResumed']) assert.ok(names.includes(name), name);
  const resumed = acts.find(([, { act }]) => act.callResumed)[1];
  assert.deepEqual(resumed.actor, { clock: null });
});

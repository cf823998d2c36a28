// What breaks underneath a job: the executor is killed while it proves, is away, or talks nonsense;
// the node is restarted. The job is finished all the same, once.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { balance, blockNumber, findEvent, key, UNIT } from '../lib/chain.js';
import { Executor } from '../lib/executor.js';
import { readJob, registerNetwork, registerProvider, submitJob } from '../lib/market.js';
import { Node } from '../lib/node.js';
import { waitFor } from '../lib/wait.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester] = ['//Charlie', '//Dave', '//Eve'].map(key);
const worker = key('//Alice//worker');
const MAX_PRICE = 1_000n * UNIT;

let executor, node, network;

before(async () => {
  // Large enough that proving a batch takes a while.
  network = await makeNetwork({ widths: [64, 32, 10], batch: 63, seed: 5 });
  executor = await Executor.start();
  node = await Node.start({ executor });
  await node.insertWorker('//Alice//worker', worker);
  await registerNetwork(node.api, owner, network, executor.url);
  await registerProvider(node.api, provider, worker, { endpoint: executor.url });
  const { proving, commitment } = network.keys;
  for (const blob of [proving, commitment, network.file]) await executor.put(blob);
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

async function submit(batches, seed) {
  const job = await makeJob(network, batches, seed);
  await executor.put(job.input).catch(() => {});
  const from = await blockNumber(node.api);
  const { id } = await submitJob(node.api, requester, network, job, {
    maxPrice: MAX_PRICE, deadline: from + 400, assignment: { Direct: provider.address },
    source: executor.url,
  });
  return { id, from, job };
}

/** Waits for a job's end; it must be paid, with each batch proven once and nothing refused. */
async function completes({ id, from }, batches) {
  const { api } = node;
  const { number } = await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, {
    from, timeout: 180_000,
  });
  const proven = [];
  let fees = 0n;
  for (let at = from; at <= number; at++) {
    const state = await api.at(await api.rpc.chain.getBlockHash(at));
    for (const { event } of await state.query.system.events()) {
      if (event.section === 'marketplace' && event.method === 'BatchProven' && event.data[0].toHex() === id) {
        proven.push(event.data[1].toNumber());
      }
      // Only a refused result costs the worker anything.
      if (event.method === 'TransactionFeePaid' && event.data[0].toString() === worker.address) {
        fees += event.data[1].toBigInt();
      }
    }
  }
  assert.deepEqual(proven.sort((a, b) => a - b), Array.from({ length: batches }, (_, i) => i));
  assert.equal(fees, 0n, 'no result was submitted twice');
  assert.equal((await readJob(api, id)).state.kind, 'completed');
}

test('the executor is killed while it proves, and started again', async () => {
  const batches = 6;
  const submitted = await submit(batches, 40);
  await waitFor('the executor to prove, with some batches still to come', async () => {
    const job = await executor.job(submitted.id);
    return job?.state === 'proving' && job.batches.length > 0 && job.batches.length < batches;
  }, { every: 50, timeout: 90_000 });
  await executor.down('SIGKILL');
  await executor.up();
  const resumed = await executor.job(submitted.id);
  assert.ok(resumed, 'the job is still in the queue');
  assert.ok(resumed.batches.length > 0, 'what was proven is kept');
  await completes(submitted, batches);
});

test('the executor is killed before anything is proven', async () => {
  const submitted = await submit(2, 41);
  await waitFor('the executor to have the job', () => executor.job(submitted.id), { every: 50 });
  await executor.down('SIGKILL');
  await executor.up();
  await completes(submitted, 2);
});

test('the node is restarted while the executor proves', async () => {
  const submitted = await submit(4, 42);
  await waitFor('the executor to have the job', () => executor.job(submitted.id), { every: 100 });
  const finalised = (await node.api.rpc.chain.getFinalizedHead()).toHex();
  await node.down();
  await node.up();
  const kept = await node.api.rpc.chain.getHeader(finalised);
  assert.equal(kept.hash.toHex(), finalised, 'finalised blocks are still there');
  const job = await readJob(node.api, submitted.id);
  assert.equal(job?.state.kind, 'assigned', 'the job is still there');
  await completes(submitted, 4);
});

test('the node is killed, and started again', async () => {
  const submitted = await submit(2, 43);
  // A moment for the block to be on disk: what was not is made again from the pool's transaction
  // by nobody, so wait until the job is final.
  await waitFor('the job to be final', async () => {
    const state = await node.api.at(await node.api.rpc.chain.getFinalizedHead());
    return (await state.query.marketplace.jobs(submitted.id)).isSome;
  });
  await node.down('SIGKILL');
  await node.up();
  await completes(submitted, 2);
});

test('the executor is away when the job is assigned', async () => {
  await executor.down();
  const submitted = await submit(1, 44);
  await waitFor('some blocks without an executor', async () =>
    (await blockNumber(node.api)) > submitted.from + 4);
  assert.equal((await readJob(node.api, submitted.id)).state.kind, 'assigned');
  await executor.up();
  await executor.put(submitted.job.input);
  await completes(submitted, 1);
});

test('an executor that talks nonsense', async () => {
  await executor.down();
  // The forged result first: it is what must not reach the chain.
  const answers = [
    (id) => [200, 'application/json', JSON.stringify({
      id, state: 'done', progress: 1, device: null, error: null, error_kind: null,
      batches: [{ index: 0, proof: `0x${'11'.repeat(192)}`, output: `0x${'22'.repeat(32)}` }],
    })],
    () => [200, 'text/html', '<h1>hello</h1>'],
    () => [200, 'application/json', '{'],
    () => [200, 'application/json', '[]'],
    () => [500, 'application/json', '{"error":"oops"}'],
    (id) => [200, 'application/json', JSON.stringify({
      id, state: 'done', progress: 1, device: null, error: null, error_kind: null,
      batches: [{ index: 99, proof: '0x', output: 'nonsense' }],
    })],
    () => [200, 'application/json', `{"x":"${'y'.repeat(1 << 20)}"}`],
  ];
  let asked = 0;
  const liar = createServer(async (request, response) => {
    const pieces = await request.toArray();
    const id = request.method === 'POST'
      ? JSON.parse(Buffer.concat(pieces).toString()).id
      : request.url.split('/').pop();
    const [status, type, body] = answers[asked++ % answers.length](id);
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  await new Promise((resolve) => liar.listen(executor.port, '127.0.0.1', resolve));
  let submitted;
  try {
    const before = await balance(node.api, worker.address);
    submitted = await submit(1, 45);
    // The node asks less and less often where it hears nonsense: a few answers, not all of them
    // many times.
    await waitFor('the node to have heard some of the nonsense', () => asked >= 4, {
      timeout: 90_000,
    });
    assert.equal((await readJob(node.api, submitted.id)).state.kind, 'assigned');
    assert.deepEqual(await balance(node.api, worker.address), before, 'it cost the worker nothing');
  } finally {
    liar.closeAllConnections();
    await new Promise((resolve) => liar.close(resolve));
  }
  await executor.up();
  await executor.put(submitted.job.input);
  await completes(submitted, 1);
});

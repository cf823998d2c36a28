// Results as a dishonest worker would submit them, alone and together: each is refused with its own
// error and leaves the jobs as they were; the honest ones are then accepted. The executor is driven
// by hand, over HTTP.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changeByte } from '../lib/bn254.js';
import { balance, blockNumber, event, key, refused, send, UNIT, wrapped } from '../lib/chain.js';
import { hex, unhex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import {
  readJob, registerNetwork, registerProvider, submitJob, submitResult, submitResults,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester, delegate] =
  ['//Charlie', '//Dave', '//Eve', '//Ferdie'].map(key);
const worker = key('//Alice//worker');
const MAX_PRICE = 100n * UNIT;

// Where the parts of a proof lie: A 32, B 64, C 32, C_z 32, C_y 32 bytes.
const PARTS = {
  A: { at: 0, length: 32, error: 'MalformedA' },
  C: { at: 96, length: 32, error: 'MalformedC' },
  C_z: { at: 128, length: 32, error: 'MalformedCz' },
  C_y: { at: 160, length: 32, error: 'MalformedCy' },
};

let executor, node, api, network, jobs;

/** The proof with another encoding of one part. */
function withPart(proof, { at, length }, change) {
  const changed = Uint8Array.from(proof);
  changed.set(change(proof.subarray(at, at + length)), at);
  return changed;
}

/** Has the executor prove a job on chain; resolves to its batches. */
async function prove(id, job) {
  const genesis = api.genesisHash.toHex();
  const blobs = [network.keys.proving, network.keys.commitment, network.file, job.input];
  for (const blob of blobs) await executor.put(blob);
  await executor.post(jobSpec({ genesis, id, provider, network, ...job }));
  const { batches } = await executor.until(id, ['done']);
  return batches.map(({ index, proof, output }) => ({ index, proof: unhex(proof), output }));
}

/**
 * Expects a result to be refused with that error, and the job to stay as it was. It is sent in a batch:
 * alone, some would not enter a block, and the third refused proof would end the job.
 */
async function refusedResult(name, id, batch, proof, output, signer = worker) {
  const state = await readJob(api, id);
  const escrow = await balance(api, requester.address);
  await refused(name, submitResult(api, signer, id, batch, proof, output, wrapped));
  assert.deepEqual(await readJob(api, id), state);
  assert.equal(state.state.kind, 'assigned');
  assert.deepEqual(await balance(api, requester.address), escrow);
}

/** What the call that reports several results takes of one. */
const result = (job, batch) => ({ job: job.id, batch, ...proofOf(job, batch) });
const proofOf = ({ batches }, batch) => {
  const { proof, output } = batches[batch];
  return { proof, output };
};

/** As `refusedResult`, of several together because of one. */
async function refusedTogether(reason, entry, results, signer = worker) {
  const ids = jobs.map(({ id }) => id);
  const states = await Promise.all(ids.map((id) => readJob(api, id)));
  const escrow = await balance(api, requester.address);
  const failure = await refused(
    'marketplace.ResultRefused', submitResults(api, signer, results, wrapped),
  );
  assert.deepEqual([failure.reason, failure.entry], [reason, entry]);
  assert.ok(failure.fee > 0n, 'a refused call is paid for');
  assert.deepEqual(await Promise.all(ids.map((id) => readJob(api, id))), states);
  assert.deepEqual(await balance(api, requester.address), escrow);
}

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 2 });
  executor = await Executor.start();
  // Not a provider's node: nobody but this test submits results.
  node = await Node.start();
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await registerProvider(api, provider, worker);
  jobs = [];
  for (const seed of [10, 11, 12, 13, 14]) {
    const job = await makeJob(network, 2, seed);
    const deadline = (await blockNumber(api)) + 500;
    const { id } = await submitJob(api, requester, network, job, {
      maxPrice: MAX_PRICE, deadline, assignment: { Direct: provider.address },
    });
    jobs.push({ id, batches: await prove(id, job) });
  }
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

for (const [name, part] of Object.entries(PARTS)) {
  test(`one byte of ${name} changed, to what is no point`, async () => {
    const [{ id, batches: [{ proof, output }] }] = jobs;
    const changed = withPart(proof, part, (bytes) => changeByte(bytes, { toPoint: false }));
    await refusedResult(`circuits.${part.error}`, id, 0, changed, output);
  });

  test(`one byte of ${name} changed, to another point`, async () => {
    const [{ id, batches: [{ proof, output }] }] = jobs;
    const changed = withPart(proof, part, (bytes) => changeByte(bytes, { toPoint: true }));
    await refusedResult('circuits.EquationFailed', id, 0, changed, output);
  });
}

test('one byte of B changed', async () => {
  const [{ id, batches: [{ proof, output }] }] = jobs;
  const changed = Uint8Array.from(proof);
  // Nearly all of G2's curve lies outside its subgroup, so no change gives a point that counts.
  changed[32] ^= 1;
  await refusedResult('circuits.MalformedB', id, 0, changed, output);
});

test('a coordinate that is not reduced', async () => {
  const [{ id, batches: [{ proof, output }] }] = jobs;
  const changed = withPart(proof, PARTS.A, () => Uint8Array.of(...Array(31).fill(0xff), 0x3f));
  await refusedResult('circuits.MalformedA', id, 0, changed, output);
});

test('the point at infinity', async () => {
  const [{ id, batches: [{ proof, output }] }] = jobs;
  const changed = withPart(proof, PARTS.A, () => Uint8Array.of(...Array(31).fill(0), 0x40));
  await refusedResult('circuits.MalformedA', id, 0, changed, output);
});

test('the proof of another job', async () => {
  const [{ id }, { batches: [{ proof, output }] }] = jobs;
  await refusedResult('circuits.EquationFailed', id, 0, proof, output);
});

test('the proof of another batch', async () => {
  const [{ id, batches: [, { proof, output }] }] = jobs;
  await refusedResult('circuits.EquationFailed', id, 0, proof, output);
});

test('proofs of another length', async () => {
  const [{ id, batches: [{ proof, output }] }] = jobs;
  for (const length of [0, 1, 191]) {
    await refusedResult('circuits.InvalidProofLength', id, 0, proof.subarray(0, length), output);
  }
  for (const length of [193, 512]) {
    const longer = new Uint8Array(length);
    longer.set(proof);
    await refusedResult('circuits.InvalidProofLength', id, 0, longer, output);
  }
});

test('a proof longer than any call takes', async () => {
  const [{ id, batches: [{ proof, output }] }] = jobs;
  const longer = new Uint8Array(513);
  longer.set(proof);
  const state = await readJob(api, id);
  // Not decodable as a call, so the pool refuses it: there is no dispatch that could fail.
  await assert.rejects(submitResult(api, worker, id, 0, longer, output), /1002|decod|runtime/i);
  assert.deepEqual(await readJob(api, id), state);
});

test('somebody else\'s result', async () => {
  const [{ id, batches: [{ proof, output }] }] = jobs;
  await refusedResult('marketplace.NotTheWorker', id, 0, proof, output, key('//Ferdie'));
  await refusedResult('marketplace.NotTheWorker', id, 0, proof, output, provider);
});

test('a batch that the job does not have', async () => {
  const [{ id, batches: [{ proof, output }] }] = jobs;
  await refusedResult('marketplace.BatchOutOfRange', id, 2, proof, output);
});

test('a job that does not exist', async () => {
  const [{ batches: [{ proof, output }] }] = jobs;
  await refused('marketplace.JobUnknown', submitResult(api, worker, hex(new Uint8Array(32)), 0, proof, output));
});

test('a tampered result among honest ones', async () => {
  const [, first, second] = jobs;
  const honest = [result(first, 0), result(second, 1), result(first, 1)];
  const changed = (entry, proof) => honest.map((each, i) => (i === entry ? { ...each, proof } : each));
  for (const entry of honest.keys()) {
    const { proof } = honest[entry];
    for (const part of Object.values(PARTS)) {
      const noPoint = withPart(proof, part, (bytes) => changeByte(bytes, { toPoint: false }));
      await refusedTogether(`circuits.${part.error}`, entry, changed(entry, noPoint));
      const other = withPart(proof, part, (bytes) => changeByte(bytes, { toPoint: true }));
      await refusedTogether('circuits.EquationFailed', entry, changed(entry, other));
    }
    await refusedTogether('circuits.InvalidProofLength', entry, changed(entry, proof.subarray(1)));
  }
});

test('honest proofs that trade places', async () => {
  const [, first, second] = jobs;
  const results = [
    { ...result(first, 0), ...proofOf(second, 0) },
    { ...result(second, 0), ...proofOf(first, 0) },
  ];
  await refusedTogether('circuits.EquationFailed', 0, results);
});

test('one batch twice in a call', async () => {
  const [, job] = jobs;
  const results = [result(job, 0), result(job, 1), result(job, 0)];
  await refusedTogether('marketplace.ResultRepeated', 2, results);
});

test('somebody else\'s results together', async () => {
  const [, first, second] = jobs;
  const results = [result(first, 0), result(second, 0)];
  await refusedTogether('marketplace.NotTheWorker', 0, results, key('//Ferdie'));
});

test('a call without results', async () => {
  await refused('marketplace.NoResults', submitResults(api, worker, []));
});

test('the pool takes no result that would be refused whatever its proof', async () => {
  const [{ id, batches: [{ proof, output }] }, other] = jobs;
  const expected = async (name, sent) => assert.ok((await refused(name, sent)).pool);
  const alone = (job, batch, signer = worker) => submitResult(api, signer, job, batch, proof, output);
  await expected('marketplace.NotTheWorker', alone(id, 0, provider));
  await expected('marketplace.BatchOutOfRange', alone(id, 2));
  await expected('marketplace.JobUnknown', alone(hex(new Uint8Array(32)), 0));
  await expected(
    'marketplace.BatchOutOfRange',
    submitResults(api, worker, [result(other, 0), { ...result(other, 1), batch: 2 }]),
  );
});

test('the third refused proof ends a job', async () => {
  const { id, batches: [first, second] } = jobs[3];
  const had = await balance(api, requester.address);
  await submitResult(api, worker, id, 0, first.proof, first.output);
  // The proof of one batch is none of the other.
  const bad = () => submitResult(api, worker, id, 1, first.proof, first.output);
  for (let count = 1; count <= 3; count++) {
    assert.equal((await readJob(api, id)).state.kind, 'assigned');
    const { fee } = await refused('circuits.EquationFailed', bad());
    assert.ok(fee > 0n);
  }
  const { state } = await readJob(api, id);
  assert.deepEqual([state.kind, state.provider, BigInt(state.slashed)], ['failed', provider.address, 0n]);
  assert.equal(state.why, 'ProofsRefused');
  const has = await balance(api, requester.address);
  assert.deepEqual([has.free - had.free, had.held - has.held], [MAX_PRICE, MAX_PRICE]);
  await refused(
    'marketplace.JobEnded', submitResult(api, worker, id, 1, second.proof, second.output),
  );
});

test('a result pays once, however the calls are wrapped', async () => {
  const job = jobs[4];
  const [first, last] = job.batches.map(({ proof, output }, batch) =>
    api.tx.marketplace.submitResult(job.id, batch, hex(proof), output));
  const { batchAll, forceBatch } = api.tx.utility;
  const failed = ({ events }) => events.filter(({ name }) => name === 'utility.ItemFailed').length;
  const had = await balance(api, provider.address);
  await refused('marketplace.BatchAlreadyProven', send(api, batchAll([first, first]), worker));
  assert.deepEqual((await readJob(api, job.id)).results, [null, null]);
  assert.equal(failed(await send(api, forceBatch([first, first]), worker)), 1);
  assert.equal((await readJob(api, job.id)).state.kind, 'assigned');
  // By another account for the worker's, one batch in the other.
  await send(api, api.tx.proxy.addProxy(delegate.address, 'Any', 0), worker);
  const twice = forceBatch([last, forceBatch([last, first])]);
  const settled = await send(api, api.tx.proxy.proxy(worker.address, null, twice), delegate);
  assert.equal(failed(settled), 2);
  const { paidProvider } = event(settled.events, 'marketplace.JobCompleted');
  const has = await balance(api, provider.address);
  assert.equal(has.free - had.free, paidProvider);
  await refused('marketplace.JobEnded', send(api, batchAll([last]), worker));
  assert.deepEqual(await balance(api, provider.address), has);
});

test('the honest results together are accepted, free of charge and once', async () => {
  const [, first, second] = jobs;
  const before = await balance(api, worker.address);
  const results = [result(first, 1), result(second, 0), result(first, 0)];
  const sent = await submitResults(api, worker, results);
  assert.equal(sent.fee, 0n);
  assert.deepEqual(await balance(api, worker.address), before);
  const proven = sent.events.filter(({ name }) => name === 'marketplace.BatchProven');
  assert.deepEqual(
    proven.map(({ data }) => [data.job, Number(data.batch), data.output]),
    results.map(({ job, batch, output }) => [job, batch, output]),
  );
  assert.equal(event(sent.events, 'marketplace.JobCompleted').job, first.id);
  assert.equal((await readJob(api, first.id)).state.kind, 'completed');
  const view = await readJob(api, second.id);
  assert.equal(view.state.kind, 'assigned');
  assert.equal(view.results[0].commitment, hex(second.batches[0].proof.subarray(160)));

  await refusedTogether('marketplace.BatchAlreadyProven', 1, [result(second, 1), result(second, 0)]);
  await refusedTogether('marketplace.JobEnded', 0, [result(first, 0), result(second, 1)]);
  await submitResults(api, worker, [result(second, 1)]);
  assert.equal((await readJob(api, second.id)).state.kind, 'completed');
});

test('the honest results are accepted, free of charge and once', async () => {
  const [{ id, batches }] = jobs;
  const before = await balance(api, worker.address);
  const first = await submitResult(api, worker, id, 0, batches[0].proof, batches[0].output);
  assert.equal(event(first.events, 'marketplace.BatchProven').output, batches[0].output);
  assert.equal(first.fee, 0n);
  assert.deepEqual(await balance(api, worker.address), before);

  const view = await readJob(api, id);
  assert.equal(view.state.kind, 'assigned');
  assert.equal(view.results[0].commitment, hex(batches[0].proof.subarray(160)));
  assert.equal(view.results[1], null);

  await refusedResult('marketplace.BatchAlreadyProven', id, 0, batches[0].proof, batches[0].output);

  const last = await submitResult(api, worker, id, 1, batches[1].proof, batches[1].output);
  const settled = event(last.events, 'marketplace.JobCompleted');
  assert.equal(settled.provider, provider.address);
  assert.equal((await readJob(api, id)).state.kind, 'completed');
  await refused(
    'marketplace.JobEnded',
    submitResult(api, worker, id, 1, batches[1].proof, batches[1].output),
  );
});

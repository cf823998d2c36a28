// Jobs with a root: the provider commits to all results, and proves what is drawn or challenged. The
// worker's part is played by hand, with proofs of an executor that proves everything.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, findEvent, key, plain, refused, send, UNIT, wrapped,
} from '../lib/chain.js';
import { hex, unhex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import {
  BOND, openBatches, readJob, readProvider, registerNetwork, registerProvider, submitRootedJob,
} from '../lib/market.js';
import { inputLeaf, resultLeaf, tree } from '../lib/merkle.js';
import { Node } from '../lib/node.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester] = ['//Charlie', '//Dave', '//Eve'].map(key);
const worker = key('//Alice//worker');
const MAX_PRICE = 100n * UNIT;
const BATCHES = 5;
/** No file: nobody fetches it here. */
const LIST = hex(new Uint8Array(32));

let executor, node, api, network;

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 6 });
  executor = await Executor.start();
  // Not a provider's node: nobody but this test commits and proves.
  node = await Node.start();
  ({ api } = node);
  await registerNetwork(api, owner, network);
  // More than the least bond, which rises when it is slashed.
  await registerProvider(api, provider, worker, { bond: 3n * BOND });
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

/** A job of the provider's, and everything that can be opened of it. */
async function begin(mode, seed, duration) {
  const job = await makeJob(network, BATCHES, seed);
  const deadline = (await blockNumber(api)) + duration;
  const { id } = await submitRootedJob(api, requester, network, job, {
    mode, maxPrice: MAX_PRICE, deadline, assignment: { Direct: provider.address },
  });
  const genesis = api.genesisHash.toHex();
  const blobs = [network.keys.proving, network.keys.commitment, network.file, job.input];
  for (const blob of blobs) await executor.put(blob);
  await executor.post(jobSpec({ genesis, id, provider, network, ...job }));
  const { batches } = await executor.until(id, ['done']);
  const results = batches
    .map(({ index, proof, output }) => ({ batch: index, proof: unhex(proof), output }))
    .sort((a, b) => a.batch - b.batch);
  const inputs = tree(job.commitments.map(inputLeaf));
  const outputs = tree(results.map(({ proof, output }) =>
    resultLeaf(proof.subarray(160, 192), unhex(output))));
  const opening = (batch) => ({
    report: { job: id, ...results[batch] },
    resultPath: outputs.path(batch),
    input: job.commitments[batch],
    inputPath: inputs.path(batch),
  });
  return { id, deadline, root: outputs.root, opening };
}

const commit = (id, root) =>
  send(api, api.tx.marketplace.commitResults(id, { root: hex(root), list: LIST }), worker);

/** Waits for the draw of a job's batches. */
async function drawn(id) {
  const from = await blockNumber(api);
  const { data } = await findEvent(api, 'marketplace.BatchesDrawn', (e) => e.job === id, { from });
  return data;
}

test('a provider has to opt in', async () => {
  const job = await makeJob(network, BATCHES, 60);
  const options = {
    mode: { Sampled: { samples: 2 } },
    maxPrice: MAX_PRICE,
    deadline: (await blockNumber(api)) + 200,
    assignment: { Direct: provider.address },
  };
  await refused(
    'marketplace.ProviderRefusesMode', submitRootedJob(api, requester, network, job, options),
  );
  await send(api, api.tx.marketplace.acceptRootedWork(true), provider);
});

test('a sample that is proven is paid, and nothing else passes for it', async () => {
  const { id, root, opening } = await begin({ Sampled: { samples: 2 } }, 61, 200);
  await refused('marketplace.ResultsNotCommitted', openBatches(api, worker, [opening(0)]));
  const { fee } = await commit(id, root);
  assert.equal(fee, 0n);
  await refused('marketplace.AlreadyCommitted', commit(id, root));
  const { batches } = await drawn(id);
  assert.equal(new Set(batches).size, 2);

  const [first, second] = batches;
  const other = [...Array(BATCHES).keys()].find((batch) => !batches.includes(batch));
  const expected = async (reason, changed) => {
    const failure = await refused(
      'marketplace.ResultRefused', openBatches(api, worker, [opening(first), changed], wrapped),
    );
    assert.deepEqual([failure.reason, failure.entry], [reason, 1]);
  };
  await expected('marketplace.BatchNotAskedFor', opening(other));
  const good = opening(second);
  await expected('marketplace.ResultNotInRoot', { ...good, resultPath: opening(other).resultPath });
  await expected('marketplace.InputNotInRoot', { ...good, input: opening(other).input });
  const proof = Uint8Array.from(good.report.proof);
  proof.set(opening(first).report.proof.subarray(0, 160));
  await expected('circuits.EquationFailed', { ...good, report: { ...good.report, proof } });
  assert.equal((await readJob(api, id)).state.kind, 'assigned');

  const { events } = await openBatches(api, worker, batches.map(opening));
  const completed = event(events, 'marketplace.JobCompleted');
  assert.equal(completed.job, id);
  assert.equal((await readJob(api, id)).state.kind, 'completed');
});

test('silence after the draw: refund, and the collateral is lost', async () => {
  const shortest = api.consts.marketplace.minJobDuration.toNumber() +
    api.consts.marketplace.drawWindow.toNumber() + 1 +
    api.consts.marketplace.answerTime.toNumber();
  const { id, root, deadline } = await begin({ Sampled: { samples: 1 } }, 62, shortest + 20);
  await commit(id, root);
  await drawn(id);
  const before = await readProvider(api, provider);
  const { data, extrinsic, number } = await findEvent(
    api, 'marketplace.JobFailed', (e) => e.job === id, { from: deadline, timeout: 180_000 },
  );
  assert.equal(number, deadline + 1, 'in the first block after the deadline');
  assert.equal(extrinsic, null, 'by no transaction');
  assert.equal(data.refunded, MAX_PRICE);
  assert.equal(data.slashed, BigInt(before.reserved));
  assert.equal(data.why, 'SampleUnproven');
  const after = await readProvider(api, provider);
  assert.equal(BigInt(before.bond) - BigInt(after.bond), data.slashed);
  const details = plain(await api.call.swarmworkApi.providerDetails(provider.address));
  assert.equal(details.slashes.at(-1).job, id);
  assert.equal(BigInt(after.reserved), 0n);
  const { state } = await readJob(api, id);
  assert.deepEqual([state.kind, state.why], ['failed', 'SampleUnproven']);
});

test('a challenge that is answered costs its bond, half burned and half the provider\'s', async () => {
  const { challengePeriod, answerTime, challengeBond } = api.consts.marketplace;
  const duration = challengePeriod.toNumber() + 24 * answerTime.toNumber() + 200;
  const { id, root, opening } = await begin('Optimistic', 63, duration);
  await commit(id, root);
  await refused(
    'marketplace.BatchOutOfRange', send(api, api.tx.marketplace.challenge(id, BATCHES), owner),
  );
  const challenged = await send(api, api.tx.marketplace.challenge(id, 3), owner);
  const { bond } = event(challenged.events, 'marketplace.BatchChallenged');
  assert.ok(bond >= challengeBond.toBigInt());
  await refused(
    'marketplace.BatchAlreadyChallenged', send(api, api.tx.marketplace.challenge(id, 3), requester),
  );
  const had = await balance(api, provider.address);
  const { events } = await openBatches(api, worker, [opening(3)]);
  const { burned, paid } = event(events, 'marketplace.ChallengeAnswered');
  assert.equal(burned + paid, bond);
  assert.ok(burned >= paid);
  const has = await balance(api, provider.address);
  assert.equal(has.free - had.free, paid);
  assert.equal((await readJob(api, id)).state.kind, 'assigned');
});

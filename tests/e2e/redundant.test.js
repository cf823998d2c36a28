// Jobs that three providers do: sealed, revealed, disputed. The workers' parts are played by hand, with
// proofs of an executor that proves everything.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { balance, blockNumber, event, findEvent, key, refused, send, UNIT } from '../lib/chain.js';
import { hex, unhex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import {
  disputeResults, readJob, readPanel, readProvider, registerNetwork, registerProvider,
  revealResults, sealResults, submitRootedJob,
} from '../lib/market.js';
import { answerLeaf, inputLeaf, tree } from '../lib/merkle.js';
import { Node } from '../lib/node.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [first, second, third, owner, requester] =
  ['//Charlie', '//Ferdie', '//Bob', '//Dave', '//Eve'].map(key);
const workers = ['//Alice//worker', '//Bob//worker', '//Charlie//worker'].map(key);
const members = [first, second, third].map((provider, i) => ({
  provider, worker: workers[i], salt: Buffer.alloc(32, i + 1),
}));
/** Room for three at the least price. */
const MAX_PRICE = (36n * UNIT) / 100n;
const BATCHES = 5;
/** No file: nobody fetches it here. */
const LIST = Buffer.alloc(32);

let executor, node, api, network, job, inputs;

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 6 });
  executor = await Executor.start();
  // Not a provider's node: nobody but this test works.
  node = await Node.start();
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await send(api, api.tx.balances.transferKeepAlive(workers[2].address, UNIT), owner);
  for (const { provider, worker } of members) {
    await registerProvider(api, provider, worker);
    await send(api, api.tx.marketplace.acceptRootedWork(true), provider);
  }
  job = await makeJob(network, BATCHES, 71);
  inputs = tree(job.commitments.map(inputLeaf));
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

/** Blocks that a job of three needs. */
function duration() {
  const {
    minJobDuration, drawWindow, auditTime, revealDelay, revealPeriod, disputePeriod,
  } = api.consts.marketplace;
  const times = [
    minJobDuration, drawWindow, auditTime, revealDelay, revealPeriod, revealPeriod, disputePeriod,
  ];
  return times.reduce((sum, each) => sum + each.toNumber(), 0) + 200;
}

const redundant = async (options = {}) => submitRootedJob(api, requester, network, job, {
  mode: { Redundant: { providers: 3 } },
  maxPrice: MAX_PRICE,
  deadline: (await blockNumber(api)) + duration(),
  assignment: 'Swarm',
  ...options,
});

/** The batches of a job as the executor proves them for a provider. */
async function proven(id, provider) {
  const genesis = api.genesisHash.toHex();
  const blobs = [network.keys.proving, network.keys.commitment, network.file, job.input];
  for (const blob of blobs) await executor.put(blob);
  await executor.post(jobSpec({ genesis, id, provider, network, ...job }));
  const { batches } = await executor.until(id, ['done']);
  return batches
    .map(({ index, proof, output }) => ({ batch: index, proof: unhex(proof), output }))
    .sort((a, b) => a.batch - b.batch);
}

/** A job's answers, with the root of their tree; that to the batch `wrong` is another. */
function answersOf(results, wrong) {
  const answers = results.map(({ batch, proof }) =>
    (batch === wrong ? Buffer.alloc(32, 9) : Buffer.from(proof.subarray(160, 192))));
  return { answers, root: tree(answers.map(answerLeaf)).root };
}

const seal = (id, { provider, worker, salt }, { root }) =>
  sealResults(api, worker, id, provider, { root, list: LIST }, salt);
const reveal = (id, { worker, salt }, { answers }) =>
  revealResults(api, worker, id, answers, LIST, salt);

const assigned = (id) => findEvent(
  api, 'marketplace.JobAssigned', (e) => e.job === id, { timeout: 120_000 },
);

test('the providers of a redundant job are drawn, and odd in number', async () => {
  await refused('marketplace.RedundantNeedsDraw', redundant({
    assignment: { Direct: first.address },
  }));
  for (const providers of [0, 2, 4, 7]) {
    await refused('marketplace.RedundancyOutOfRange', redundant({
      mode: { Redundant: { providers } },
    }));
  }
});

test('only its role sets the share that is audited', async () => {
  await refused('badorigin', send(api, api.tx.marketplace.setAuditShare(50_000), owner));
  assert.equal((await api.call.swarmworkApi.auditShare()).toNumber(), 0);
});

test('two that agree are paid; two that are wrong are overturned by one proof', async (t) => {
  const had = (await balance(api, requester.address)).free;
  // One whose third provider errs, and one of which only the third is honest.
  const jobs = [await redundant(), await redundant()].map(({ id }) => id);
  const fees = had - (await balance(api, requester.address)).free - 2n * MAX_PRICE;
  await Promise.all(jobs.map(assigned));
  const [paid, overturned] = jobs;
  for (const id of jobs) {
    const panel = await readPanel(api, id);
    assert.equal(panel.members.length, 3);
    assert.deepEqual(new Set(panel.members.map((m) => m.provider)),
      new Set(members.map((m) => m.provider.address)));
    assert.equal((await readJob(api, id)).state.kind, 'shared');
  }
  const results = await proven(overturned, third);
  const right = answersOf(results);
  const wrong = answersOf(results, 2);
  const said = new Map([
    [paid, [right, right, wrong]],
    [overturned, [wrong, wrong, right]],
  ]);

  await t.test('nobody reveals while another may seal, and nobody seals for another', async () => {
    for (const [id, [a, b, c]] of said) {
      const { fee } = await seal(id, members[0], a);
      assert.equal(fee, 0n);
      await refused('marketplace.AlreadyCommitted', seal(id, members[0], a));
      await refused('marketplace.TooEarlyToReveal', reveal(id, members[0], a));
      await refused(
        'marketplace.NotTheWorker', seal(id, { ...members[0], worker: owner }, a),
      );
      await seal(id, members[1], b);
      await seal(id, members[2], c);
      await refused('marketplace.TooEarlyToReveal', reveal(id, members[0], a));
    }
  });

  await t.test('what was sealed is revealed, and nothing else', async () => {
    const { stage } = await readPanel(api, overturned);
    while ((await blockNumber(api)) < stage.revealing.opens) {
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    for (const [id, expected] of said) {
      const other = expected[0] === right ? wrong : right;
      await refused('marketplace.NotWhatWasSealed', reveal(id, members[0], other));
      for (const [i, member] of members.entries()) await reveal(id, member, expected[i]);
      await refused('marketplace.RevealsOver', reveal(id, members[0], expected[0]));
    }
  });

  await t.test('a dispute is a proof of a batch that somebody has another answer to', async () => {
    const good = {
      job: overturned,
      batch: 2,
      input: job.commitments[2],
      inputPath: inputs.path(2),
      proof: results[2].proof,
    };
    const expected = (reason, changed) =>
      refused(reason, disputeResults(api, workers[2], { ...good, ...changed }));
    await expected('marketplace.InputNotInRoot', { input: job.commitments[1] });
    await expected('marketplace.NothingRefuted', {
      batch: 1, input: job.commitments[1], inputPath: inputs.path(1), proof: results[1].proof,
    });
    const proof = Uint8Array.from(good.proof);
    proof.set(results[1].proof.subarray(0, 160));
    await expected('circuits.EquationFailed', { proof });
    // It is the third provider's proof, and nobody else's.
    await refused('circuits.EquationFailed', disputeResults(api, workers[0], good));
    const { events, fee } = await disputeResults(api, workers[2], good);
    assert.equal(fee, 0n);
    const { batch, prover } = event(events, 'marketplace.ResultsRefuted');
    assert.deepEqual([batch, prover], [2, third.address]);
    const panel = await readPanel(api, overturned);
    assert.deepEqual(
      panel.members.map((m) => [m.provider, m.refutedBy]).sort(),
      members.map(({ provider }, i) => [provider.address, i < 2 ? third.address : null]).sort(),
    );
  });

  const before = await Promise.all(members.map(({ provider }) => readProvider(api, provider)));
  const from = await blockNumber(api);
  const end = { from, timeout: 600_000 };
  const [agreed, undecided] = await Promise.all([
    findEvent(api, 'marketplace.JobAgreed', (e) => e.job === paid, end),
    findEvent(api, 'marketplace.JobUndecided', (e) => e.job === overturned, end),
  ]);
  assert.equal(agreed.extrinsic, null, 'by no transaction');
  assert.equal(agreed.data.root, hex(right.root));
  assert.equal(agreed.data.paid + agreed.data.refunded, MAX_PRICE);
  assert.equal(undecided.data.refunded, MAX_PRICE);
  assert.equal((await readJob(api, paid)).state.kind, 'agreed');
  assert.equal((await readJob(api, overturned)).state.kind, 'undecided');
  const ended = await Promise.all(members.map(({ provider }) => readProvider(api, provider)));
  const lost = before.map(({ bond }, i) => BigInt(bond) - BigInt(ended[i].bond));
  // All have reserved as much for each job: two erred in one of them, and one in the other.
  assert.ok(lost.every((amount) => amount > 0n), `${lost}`);
  assert.ok(ended.every(({ reserved }) => BigInt(reserved) === 0n));
  const has = (await balance(api, requester.address)).free;
  assert.equal(had - has, agreed.data.paid + fees);
});

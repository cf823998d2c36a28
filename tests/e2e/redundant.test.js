// Jobs that three providers do: sealed, audited by a fourth of higher standing, revealed, disputed. The
// workers' parts are played by hand, with proofs of an executor that proves everything.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, eventsOf, findEvent, key, plain, refused, send, treasury, UNIT,
} from '../lib/chain.js';
import { hex, unhex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import {
  BOND, disputeResults, readJob, readPanel, readProvider, registerNetwork, registerProvider,
  revealResults, sealResults, submitRootedJob,
} from '../lib/market.js';
import { answerLeaf, inputLeaf, tree } from '../lib/merkle.js';
import { Node } from '../lib/node.js';
import { developmentState, storageKey } from '../lib/spec.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [first, second, third, owner, requester] =
  ['//Charlie', '//Ferdie', '//Bob', '//Dave', '//Eve'].map(key);
const workers = ['//Alice//worker', '//Bob//worker', '//Charlie//worker'].map(key);
const members = [first, second, third].map((provider, i) => ({
  provider, worker: workers[i], salt: Buffer.alloc(32, i + 1),
}));
/** Of which enough is known for it to audit the others. */
const auditor = {
  provider: key('//Ferdie//stash'), worker: key('//Dave//worker'), salt: Buffer.alloc(32, 4),
};
/** Room for three at the least price. */
const MAX_PRICE = (36n * UNIT) / 100n;
const BATCHES = 5;
const SLOT_MILLIS = 500;
/** Blocks that providers have for their work beyond what they need at the least. */
const SPARE = 400;
/** No file: nobody fetches it here. */
const LIST = Buffer.alloc(32);

let executor, node, api, network, job, inputs;

/** A number as so many bytes, the lowest first. */
const bytes = (number, length) =>
  Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex').reverse();

/**
 * What the chain begins with: its pace, since disputes last for 150 blocks; every job that several
 * providers do is audited; and one provider has a record already, of twenty jobs that burned ten tokens.
 */
const audited = () => [
  [storageKey('Timing', 'SlotMillis'), bytes(SLOT_MILLIS, 8)],
  [storageKey('Marketplace', 'AuditShare'), bytes(1_000_000, 4)],
  [storageKey('Reputation', 'Providers', auditor.provider.publicKey), Buffer.concat([
    bytes(10n * UNIT, 16), bytes(0, 16), bytes(20, 4), bytes(0, 4), bytes(0, 4),
  ])],
];

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 6 });
  executor = await Executor.start();
  // Not a provider's node: nobody but this test works.
  node = await Node.start({
    chain: [
      '--chain', developmentState(audited()), '--alice', '--force-authoring',
      '--node-key', '06'.repeat(32),
      // Its events are looked for long after.
      '--state-pruning', 'archive',
    ],
  });
  ({ api } = node);
  await registerNetwork(api, owner, network);
  // The treasury pays auditors.
  for (const address of [workers[2].address, auditor.worker.address, treasury(api)]) {
    await send(api, api.tx.balances.transferKeepAlive(address, UNIT), owner);
  }
  await registerProvider(api, auditor.provider, auditor.worker);
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
  return times.reduce((sum, each) => sum + each.toNumber(), 0) + SPARE;
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

/** Waits until the chain is at a block. */
async function reach(block) {
  while ((await blockNumber(api)) < block) await new Promise((done) => setTimeout(done, 200));
}

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
  assert.equal((await api.call.swarmworkApi.auditShare()).toNumber(), 1_000_000);
  const record = plain(await api.call.swarmworkApi.reputation(auditor.provider.address));
  assert.equal(record.standing, 'Trusted');
});

test('two that agree are paid; two that are wrong are overturned by one proof', async (t) => {
  const had = (await balance(api, requester.address)).free;
  // One whose third provider errs, one of which only the third is honest, and one of which nobody is.
  const jobs = [await redundant(), await redundant(), await redundant()].map(({ id }) => id);
  const fees = had - (await balance(api, requester.address)).free - 3n * MAX_PRICE;
  await Promise.all(jobs.map(assigned));
  const [paid, overturned, colluding] = jobs;
  // Until now it was drawn for none of them.
  await send(api, api.tx.marketplace.acceptRootedWork(true), auditor.provider);
  for (const id of jobs) {
    const panel = await readPanel(api, id);
    assert.equal(panel.members.length, 3);
    assert.deepEqual(new Set(panel.members.map((m) => m.provider)),
      new Set(members.map((m) => m.provider.address)));
    assert.equal((await readJob(api, id)).state.kind, 'shared');
  }
  const results = await proven(overturned, third);
  const own = await proven(colluding, auditor.provider);
  const right = answersOf(results);
  const wrong = answersOf(results, 2);
  const said = new Map([
    [paid, [right, right, wrong]],
    [overturned, [wrong, wrong, right]],
    [colluding, [wrong, wrong, wrong]],
  ]);
  const sealedFrom = await blockNumber(api);

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

  await t.test('one of higher standing is drawn then, and seals its own', async () => {
    for (const id of jobs) {
      const { data } = await findEvent(
        api, 'marketplace.AuditorDrawn', (e) => e.job === id, { from: sealedFrom },
      );
      assert.equal(data.auditor, auditor.provider.address);
      await refused('marketplace.TooEarlyToReveal', reveal(id, members[2], said.get(id)[2]));
      await seal(id, auditor, right);
      const panel = await readPanel(api, id);
      assert.deepEqual(panel.members.map((m) => m.auditor), [false, false, false, true]);
    }
  });

  const silent = {};
  await t.test('of another job one seals nothing, and nobody is left to audit it', async () => {
    // It keeps the seats that it has.
    await send(api, api.tx.marketplace.acceptRootedWork(false), auditor.provider);
    // Little more than the least there is: nobody waits for long for the third.
    const from = await blockNumber(api);
    const deadline = from + duration() - SPARE - 100;
    Object.assign(silent, { from }, await redundant({ deadline }));
    await assigned(silent.id);
    for (const member of members.slice(0, 2)) await seal(silent.id, member, right);
    assert.ok((await readPanel(api, silent.id)).stage.sealing, 'the third may still seal');
  });

  await t.test('what was sealed is revealed, and nothing else', async () => {
    const panels = await Promise.all(jobs.map((id) => readPanel(api, id)));
    const opens = Math.max(...panels.map(({ stage }) => stage.revealing.opens));
    await reach(opens);
    for (const [id, expected] of said) {
      const other = expected[0] === right ? wrong : right;
      await refused('marketplace.NotWhatWasSealed', reveal(id, members[0], other));
      for (const [i, member] of members.entries()) await reveal(id, member, expected[i]);
      await reveal(id, auditor, right);
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
      [...members, auditor].map(
        ({ provider }, i) => [provider.address, i < 2 ? third.address : null],
      ).sort(),
    );
  });

  await t.test('one that audits overturns all others by its proof', async () => {
    const { events } = await disputeResults(api, auditor.worker, {
      job: colluding,
      batch: 2,
      input: job.commitments[2],
      inputPath: inputs.path(2),
      proof: own[2].proof,
    });
    assert.equal(event(events, 'marketplace.ResultsRefuted').prover, auditor.provider.address);
    const panel = await readPanel(api, colluding);
    assert.deepEqual(
      panel.members.map((m) => m.refutedBy), [...members.map(() => auditor.provider.address), null],
    );
  });

  await t.test('without an auditor there are the others, of which one shows nothing', async () => {
    const told = (name) => findEvent(api, `marketplace.${name}`, (e) => e.job === silent.id, {
      from: silent.from, timeout: 120_000,
    });
    const { data: { rejected } } = await told('NoAuditor');
    assert.deepEqual(Object.entries(rejected).filter(([, count]) => count !== 0), [['mode', 1]]);
    const { data: { opens } } = await told('RevealsDue');
    await reach(opens);
    await reveal(silent.id, members[0], right);
    silent.panel = await readPanel(api, silent.id);
    assert.ok(silent.panel.stage.revealing, 'the second may still reveal');
  });

  const before = await Promise.all(members.map(({ provider }) => readProvider(api, provider)));
  const from = await blockNumber(api);
  const end = { from, timeout: 600_000 };
  const owned = await balance(api, auditor.provider.address);
  const [agreed, undecided, exposed, auditing, abandoned] = await Promise.all([
    findEvent(api, 'marketplace.JobAgreed', (e) => e.job === paid, end),
    findEvent(api, 'marketplace.JobUndecided', (e) => e.job === overturned, end),
    findEvent(api, 'marketplace.JobUndecided', (e) => e.job === colluding, end),
    findEvent(api, 'marketplace.AuditorPaid', (e) => e.job === paid, end),
    findEvent(api, 'marketplace.JobUndecided', (e) => e.job === silent.id, end),
  ]);
  assert.equal(agreed.extrinsic, null, 'by no transaction');
  assert.equal(agreed.data.root, hex(right.root));
  assert.equal(agreed.data.paid + agreed.data.refunded, MAX_PRICE);
  for (const { data } of [undecided, exposed, abandoned]) assert.equal(data.refunded, MAX_PRICE);
  assert.equal((await readJob(api, paid)).state.kind, 'agreed');
  for (const id of [overturned, colluding, silent.id]) {
    assert.equal((await readJob(api, id)).state.kind, 'undecided');
  }
  // Of whoever was right where most were not, nobody can tell.
  const { data: unpaid } = await findEvent(
    api, 'marketplace.MemberUnpaid',
    (e) => e.job === overturned && e.provider === third.address, end,
  );
  assert.equal(unpaid.why, 'Unclear');
  const { data: learnt } = await findEvent(
    api, 'reputation.ReputationChanged',
    (e) => e.job === paid && e.provider === third.address, end,
  );
  assert.equal(learnt.outcome, 'Failed');
  const ended = await Promise.all(members.map(({ provider }) => readProvider(api, provider)));
  const lost = before.map(({ bond }, i) => BigInt(bond) - BigInt(ended[i].bond));
  // Each of them erred in two of the jobs.
  assert.ok(lost.every((amount) => amount > 0n), `${lost}`);
  assert.ok(ended.every(({ reserved }) => BigInt(reserved) === 0n));
  const [, , , seat] = (await readPanel(api, paid)).members;
  assert.equal(auditing.data.amount, BigInt(seat.price));
  const owns = await balance(api, auditor.provider.address);
  assert.ok(owns.free - owned.free > auditing.data.amount, 'and a part of what the others lost');
  assert.equal(BigInt((await readProvider(api, auditor.provider)).bond), BOND);
  const has = (await balance(api, requester.address)).free;
  assert.equal(had - has, agreed.data.paid + fees + silent.fee);

  // One root is no majority of three. Who has shown it loses nothing; who has shown none of what it
  // sealed loses its collateral; who has sealed nothing has missed its deadline.
  const told = [];
  for (let number = abandoned.number - 3; number <= abandoned.number; number++) {
    told.push(...await eventsOf(api, (await api.rpc.chain.getBlockHash(number)).toHex()));
  }
  const of = (name) => told.filter((each) => each.name === name).map(({ data }) => data);
  const [, quiet, idle] = members.map(({ provider }) => provider.address);
  const { collateral } = silent.panel.members.find((each) => each.provider === quiet);
  assert.deepEqual(of('marketplace.MemberSlashed'), [{
    job: silent.id, provider: quiet, reason: 'Unproven', slashed: BigInt(collateral),
  }]);
  assert.deepEqual(of('marketplace.MemberPaid'), []);
  const whys = of('marketplace.MemberUnpaid').map(({ provider, why }) => [provider, why]);
  assert.deepEqual(
    new Map(whys), new Map([[members[0].provider.address, 'Unclear'], [idle, 'Missed']]),
  );
  const outcomes = of('reputation.ReputationChanged').map((each) => [each.provider, each.outcome]);
  assert.deepEqual(new Map(outcomes), new Map([[quiet, 'Failed'], [idle, 'Failed']]));
});

// A job of three providers, done by their nodes: drawn, they fetch the input, compute, seal and reveal by
// themselves. The third lies, played by hand: a node has the batch proven that shows it, and those that
// were right are paid to the unit. Where a liar is alone, anybody refutes it, by the command.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { balance, blockNumber, eventsOf, findEvent, key, send, UNIT } from '../lib/chain.js';
import { digest, hex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import {
  readJob, readPanel, readProvider, registerNetwork, registerProvider, revealResults, sealResults,
} from '../lib/market.js';
import { answerLeaf, tree } from '../lib/merkle.js';
import { Node } from '../lib/node.js';
import { binary, run, temporaryFolder } from '../lib/process.js';
import * as safetensors from '../lib/safetensors.js';
import { developmentState, storageKey } from '../lib/spec.js';
import { waitFor } from '../lib/wait.js';
import { expectedOutputs, makeJob, makeNetwork } from '../lib/zk.js';

/** Those whose nodes work, and what they are to ask for the job: prices that do not divide evenly. */
const honest = [
  { provider: key('//Charlie'), suri: '//Alice//worker', price: 110_000_000_003n },
  { provider: key('//Ferdie'), suri: '//Bob//worker', price: 123_456_789_011n },
].map((each) => ({ ...each, worker: key(each.suri) }));
/** At the least price. */
const liar = {
  provider: key('//Bob'), worker: key('//Charlie//worker'), salt: Buffer.alloc(32, 3),
};
/** A provider that takes no such jobs. */
const outsider = { provider: key('//Ferdie//stash'), suri: '//Dave//worker' };
const [owner, requester] = ['//Dave', '//Eve'].map(key);
const BATCHES = 5;
/** That the liar answers wrongly. */
const WRONG = 2;
/** Room for three at the dearest of the prices; and for the liar alone. */
const MAX_PRICE = 375_000_000_000n;
const LEAST_PRICE = UNIT / 10n;
const SLOT_MILLIS = 500n;

const everybody = [...honest.map(({ provider }) => provider), liar.provider];
let store, api, network, folder, submitted;
/** What was submitted to three, and to one. */
const ids = {};
/** What there is to say of each. */
const answers = {};

before(async () => {
  folder = temporaryFolder();
  const making = makeNetwork({ widths: [6, 4], batch: 3, seed: 6 });
  // Disputes last for 150 blocks.
  const slot = Buffer.alloc(8);
  slot.writeBigUInt64LE(SLOT_MILLIS);
  const spec = developmentState([[storageKey('Timing', 'SlotMillis'), slot]]);
  const start = async (each, ...chain) => {
    each.executor = await Executor.start();
    each.node = await Node.start({
      executor: each.executor, chain: ['--chain', spec, ...chain],
    });
    await each.node.insertWorker(each.suri, each.worker);
  };
  const [author, other] = honest;
  // Where model, keys and inputs are published; it works for the liar too.
  [network, store] = await Promise.all([
    making,
    Executor.start(),
    start(author, '--alice', '--force-authoring', '--node-key', '08'.repeat(32)),
    start(other, '--node-key', '09'.repeat(32)),
  ]);
  const peer = await author.node.rpc('system_localPeerId');
  const address = `/ip4/127.0.0.1/tcp/${author.node.port}/p2p/${peer}`;
  await other.node.rpc('system_addReservedPeer', address);
  // For when it is started again.
  other.node.args = ['--bootnodes', address];
  ({ api } = author.node);

  await registerNetwork(api, owner, network, store.url);
  const { keys, file } = network;
  for (const blob of [keys.proving, keys.commitment, file]) await store.put(blob);
  for (const { address } of [liar.worker, key(outsider.suri)]) {
    await send(api, api.tx.balances.transferKeepAlive(address, UNIT), owner);
  }
  const { macs } = (await api.call.swarmworkApi.circuit(network.circuit)).unwrap().info;
  const { unprovenShare } = api.consts.marketplace;
  const million = 1_000_000n;
  const priced = (macs.toBigInt() * BigInt(BATCHES) * unprovenShare.toBigInt() + million - 1n) / million;
  for (const { provider, worker, price, executor } of honest) {
    const ask = (price * 1_000_000_000n) / priced;
    await registerProvider(api, provider, worker, { ask, endpoint: executor.url });
    await send(api, api.tx.marketplace.acceptRootedWork(true), provider);
  }
  await registerProvider(api, liar.provider, liar.worker, { endpoint: store.url });
  await send(api, api.tx.marketplace.acceptRootedWork(true), liar.provider);
  await registerProvider(api, outsider.provider, key(outsider.suri));
  // Nobody is drawn that has changed its terms just now.
  const settled = (await blockNumber(api)) + api.consts.marketplace.freezeRound.toNumber();
  await waitFor('terms to have stood', async () => (await blockNumber(api)) >= settled);
});

after(async () => {
  await Promise.all(honest.map(({ node }) => node?.stop()));
  await Promise.all([...honest.map(({ executor }) => executor), store].map((each) => each?.stop()));
});

/** Runs the command as somebody, with folders of its own; resolves to what it prints. */
async function swarm(suri, ...args) {
  const own = join(folder, suri.replaceAll('/', ''));
  const { code, stdout, stderr } = await run(
    binary('swarm'), ['--url', honest[0].node.url, '--suri', suri, '--json', ...args],
    { env: { SWARM_DATA_DIR: join(own, 'data'), SWARM_CACHE_DIR: join(own, 'cache') } },
  );
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

/** Blocks that a job needs that several providers do. */
function duration() {
  const {
    minJobDuration, drawWindow, auditTime, revealDelay, revealPeriod, disputePeriod,
  } = api.consts.marketplace;
  const times = [minJobDuration, drawWindow, auditTime, revealDelay, revealPeriod, disputePeriod];
  return times.reduce((sum, each) => sum + each.toNumber(), 0) + 300;
}

/** Submits rows to so many providers; they are published first. */
const submit = (file, providers, price) => swarm(
  '//Eve', 'job', 'submit', '--model', network.model, '--input', file, '--keys', network.folder,
  '--max-price', price, '--deadline', String(duration()),
  '--mode', 'redundant', '--redundancy', String(providers), '--no-wait',
  '--store', store.url, '--store-token-file', store.tokenFile,
);

/** The answers in a list of results, the list itself, and the root of the answers. */
function said(list) {
  const answers = Array.from({ length: BATCHES }, (_, n) => list.subarray(64 * n, 64 * n + 32));
  return { answers, list: digest(list), root: tree(answers.map(answerLeaf)).root };
}

/** What there is to say of a job: as it is, and with another batch's answer to one. */
async function say(id) {
  const view = await readJob(api, id);
  const spec = jobSpec({
    genesis: api.genesisHash.toHex(), id, provider: liar.provider, network, input: Buffer.alloc(0),
    commitments: [],
  });
  spec.input = { content: view.input.content, source: store.url };
  spec.rooted = { batches: view.batches, root: view.inputRoot, asked: [] };
  await store.post(spec);
  const { results } = await store.until(id, ['done']);
  const list = await store.blob(results.list);
  const wrong = Buffer.from(list);
  list.copy(wrong, 64 * WRONG, 64 * (WRONG - 1), 64 * WRONG);
  await store.put(wrong);
  return { right: said(list), wrong: said(wrong) };
}

/** Waits for an event of a job, from when the jobs were submitted on. */
const happens = (name, id) => findEvent(api, `marketplace.${name}`, (e) => e.job === id, {
  from: submitted.from, timeout: 240_000,
});

/** What the market has said of a job up to a block: `{ name, data, number }` each. */
async function story(id, until) {
  const told = [];
  for (let number = submitted.from; number <= until; number++) {
    const block = (await api.rpc.chain.getBlockHash(number)).toHex();
    for (const { name, data } of await eventsOf(api, block)) {
      const [pallet, event] = name.split('.');
      if (pallet === 'marketplace' && data.job === id) told.push({ name: event, data, number });
    }
  }
  return told;
}

/** Free and held balances of the accounts that the jobs concern. */
const owned = (block) => Promise.all(
  [...everybody, outsider.provider, requester, ...honest.map(({ worker }) => worker)]
    .map(({ address }) => balance(api, address, block)),
);

let job;

test('three providers are drawn for a job, and for another only the one that is cheap', async () => {
  job = await makeJob(network, BATCHES, 71);
  const file = join(network.folder, 'input-71.safetensors');
  submitted = { from: await blockNumber(api), owned: await owned() };
  const sent = [await submit(file, 3, '0.375'), await submit(file, 1, '0.1')];
  [ids.shared, ids.alone] = sent.map((each) => each.job);
  submitted.fees = sent.reduce((sum, { fee }) => sum + BigInt(fee), 0n);
  await Promise.all([ids.shared, ids.alone].map((id) => happens('JobAssigned', id)));
  const seats = async (id) => new Map((await readPanel(api, id)).members.map(
    ({ provider, price }) => [provider, BigInt(price)],
  ));
  assert.deepEqual(await seats(ids.shared), new Map([
    ...honest.map(({ provider, price }) => [provider.address, price]),
    [liar.provider.address, LEAST_PRICE],
  ]));
  assert.deepEqual(await seats(ids.alone), new Map([[liar.provider.address, LEAST_PRICE]]));
});

test('nodes seal what they have computed', async () => {
  for (const id of Object.values(ids)) {
    answers[id] = await say(id);
    await sealResults(api, liar.worker, id, liar.provider, answers[id].wrong, liar.salt);
  }
  await happens('RevealsDue', ids.shared);
  const { members } = await readPanel(api, ids.shared);
  assert.ok(members.every(({ sealed, revealed }) => sealed !== null && revealed === null));
});

test('and reveal it when nobody can copy it any more, even after one was killed', async () => {
  const [, { node }] = honest;
  await node.down('SIGKILL');
  const back = node.up();
  for (const id of Object.values(ids)) {
    const { data: { opens } } = await happens('RevealsDue', id);
    await waitFor('reveals to be open', async () => (await blockNumber(api)) >= opens);
    const { wrong } = answers[id];
    await revealResults(api, liar.worker, id, wrong.answers, wrong.list, liar.salt);
  }
  await back;
  const majority = async (id) => (await happens('DisputesOpen', id)).data.majority;
  assert.equal(await majority(ids.shared), hex(answers[ids.shared].right.root));
  // One alone is most of one.
  assert.equal(await majority(ids.alone), hex(answers[ids.alone].wrong.root));
});

test('then one of them proves that the third was wrong', async () => {
  const { data } = await happens('ResultsRefuted', ids.shared);
  assert.equal(data.batch, WRONG);
  submitted.prover = honest.find(({ provider }) => provider.address === data.prover);
  assert.ok(submitted.prover, `${data.prover} is nobody's whose node works`);
  const { members } = await readPanel(api, ids.shared);
  assert.deepEqual(
    new Map(members.map(({ provider, refutedBy }) => [provider, refutedBy])),
    new Map(everybody.map(({ address }) => [
      address, address === liar.provider.address ? data.prover : null,
    ])),
  );
});

test('anybody finds by the command who has lied alone, and refutes it', async () => {
  const done = await swarm(outsider.suri, 'job', 'dispute', ids.alone, '--keys', network.folder);
  assert.deepEqual(
    [done.wrong, done.answered_by, done.disputed], [WRONG, [liar.provider.address], true],
  );
  const { data, number } = await happens('ResultsRefuted', ids.alone);
  assert.deepEqual([data.batch, data.prover, number], [
    WRONG, outsider.provider.address, done.block,
  ]);
  const again = await swarm(
    outsider.suri, 'job', 'dispute', ids.alone, '--keys', network.folder, '--dry-run',
  );
  assert.deepEqual([again.wrong, again.looked_at, again.disputed], [null, BATCHES, false]);
});

test('who was right is paid to the unit, and who lied is slashed', async () => {
  const panel = await readPanel(api, ids.shared);
  const agreed = await happens('JobAgreed', ids.shared);
  assert.equal(agreed.extrinsic, null, 'by no transaction');
  const price = honest.reduce((sum, each) => sum + each.price, 0n);
  assert.equal(agreed.data.root, hex(answers[ids.shared].right.root));
  assert.equal(agreed.data.paid, price);
  assert.equal(agreed.data.refunded, MAX_PRICE - price);
  assert.equal((await readJob(api, ids.shared)).state.kind, 'agreed');

  const told = await story(ids.shared, agreed.number);
  const of = (name) => told.filter((each) => each.name === name).map(({ data }) => data);
  const counted = {};
  for (const { name } of told) counted[name] = (counted[name] ?? 0) + 1;
  assert.deepEqual(counted, {
    JobSubmitted: 1, JobAssigned: 3, ResultsSealed: 3, RevealsDue: 1, ResultsRevealed: 3,
    DisputesOpen: 1, ResultsRefuted: 1, MemberPaid: 2, MemberSlashed: 1, ChallengerRewarded: 1,
    JobAgreed: 1,
  });
  for (const { provider, price } of honest) {
    const share = (percent) => (price * percent) / 100n;
    const paid = of('MemberPaid').find((each) => each.provider === provider.address);
    assert.deepEqual(paid, {
      job: ids.shared,
      provider: provider.address,
      paidProvider: share(80n),
      paidTreasury: price - share(80n) - 2n * share(5n),
      burned: share(5n),
      paidOwner: share(5n),
    });
  }
  const lost = BigInt(panel.members.find((m) => m.provider === liar.provider.address).collateral);
  const [slashed] = of('MemberSlashed');
  assert.deepEqual(
    [slashed.provider, slashed.reason, slashed.slashed], [liar.provider.address, 'Forgery', lost],
  );
  const share = api.consts.marketplace.challengerShare.toBigInt();
  const reward = ((lost / 2n) * share) / 1_000_000n;
  const [rewarded] = of('ChallengerRewarded');
  assert.deepEqual(
    [rewarded.challenger, rewarded.reward], [submitted.prover.provider.address, reward],
  );

  // The job of one has ended before: it was settled with fewer.
  const undecided = await happens('JobUndecided', ids.alone);
  assert.equal(undecided.data.refunded, LEAST_PRICE);
  assert.equal((await readJob(api, ids.alone)).state.kind, 'undecided');
  const settled = Math.max(agreed.number, undecided.number);
  const now = await owned((await api.rpc.chain.getBlockHash(settled)).toHex());
  const gains = now.map(({ free }, i) => free - submitted.owned[i].free);
  const held = now.map((each, i) => each.held - submitted.owned[i].held);
  assert.deepEqual(gains, [
    ...honest.map((each) =>
      (each.price * 80n) / 100n + (each === submitted.prover ? reward : 0n)),
    0n,
    reward,
    -price - submitted.fees,
    // What workers say and prove costs them nothing, whoever is the first to dispute.
    0n, 0n,
  ]);
  assert.deepEqual(held, [0n, 0n, -2n * lost, 0n, 0n, 0n, 0n]);
  for (const provider of everybody) {
    const { running, reserved } = await readProvider(api, provider);
    assert.deepEqual([running, BigInt(reserved)], [0, 0n]);
  }
});

test('what was agreed on is read by the command, and no more was proven than was asked for', async () => {
  const out = join(folder, 'outputs.safetensors');
  const read = await swarm(
    '//Eve', 'job', 'result', ids.shared, '--out', out, '--keys', network.folder,
  );
  assert.equal(read.batches, BATCHES);
  const rows = safetensors.read(readFileSync(out)).tensors.output.data;
  assert.deepEqual(Array.from(rows), expectedOutputs(network, job).flat(2));
  for (const { executor } of honest) {
    const { batches } = await executor.job(ids.shared);
    assert.ok(batches.every(({ index }) => index === WRONG), `${batches.map(({ index }) => index)}`);
  }
});

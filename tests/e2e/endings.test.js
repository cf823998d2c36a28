// What only time brings: a job that nobody challenged is paid, a requester's silence pays and a
// provider's costs, bonds come back, leases and maintenance are over. One chain begins all of it by
// calls. Another goes on from the state of the first, in which what would take hours to weeks is nearly
// over. The workers' parts are played by hand.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, eventsOf, findEvent, issuance, key, parentOf, plain, refused, send,
  treasury, UNIT,
} from '../lib/chain.js';
import { hex, unhex } from '../lib/content.js';
import { carry, enacted, propose } from '../lib/governance.js';
import {
  BOND, claimMessage, openBatches, readBurned, readJob, readPlacement, readProvider,
  registerNetwork, registerProvider, submitJob, submitOrder, submitResult, submitRootedJob,
} from '../lib/market.js';
import { evenTree, inputLeaf, resultLeaf } from '../lib/merkle.js';
import { inputFile } from '../lib/network.js';
import { Node } from '../lib/node.js';
import { binary, must } from '../lib/process.js';
import { developmentState, stateOf, storageKey } from '../lib/spec.js';
import { makeJob, makeNetwork, prove } from '../lib/zk.js';

const [earner, lessor, leaver] = ['//Charlie', '//Bob', '//Alice//stash'].map(key);
// These do not vote: what voters have is locked.
const [requester, offender, supernode, rester] =
  ['//Eve', '//Ferdie', '//Eve//stash', '//Ferdie//stash'].map(key);
const owner = key('//Dave');
const worker = key('//Alice//worker');
/** Of those that report nothing. */
const workerOf = (provider) => key(`//${provider.address}//worker`);

const SLOT_MILLIS = 500n;
/** Blocks of a day of governance. */
const VOTE_DAY = 4;
/** So that shares of prices are rounded. */
const ASK = 1_000_003n * UNIT + 7n;
const NEXT_ASK = 700_001n * UNIT + 7n;
const LEAST_PRICE = UNIT / 10n;
const MOST = UNIT / 2n;
const MAX_PRICE = 1_000n * UNIT;
const SHARE = 400_000;
const SLOTS = 4;
const MEMORY = 24_576;
/** Of an unchallenged job that nobody looks into. */
const MANY = 1_001;
const DEPTH = 20;
/** As many batches as a job can have. */
const LARGE = 2 ** DEPTH;
const SAMPLES = 3;
/** Blocks of the second chain by which what the first began is over. */
const DUE = { lock: 8, standing: 12, silence: 14, output: 16, maintenance: 80 };

let node, api, network, macs;
/** The jobs that the first chain leaves behind, and one that it has forgotten. */
let unchallenged, silent, withheld, forgotten;
/** By `offender`: jobs that are not done here. */
const left = [];
let proposal;

const details = async (who) => plain(await api.call.swarmworkApi.providerDetails(who.address));
const big = (value) => BigInt(value);
const ceil = (amount, divisor) => (amount + divisor - 1n) / divisor;

/** The price of so many proven batches, and others, at an ask. */
function priceOf(ask, proven, others = 0) {
  const work = macs * BigInt(proven) + ceil(macs * BigInt(others), 100n);
  const price = ceil(ask * work, 1_000_000_000n);
  return price > LEAST_PRICE ? price : LEAST_PRICE;
}

/** What is reserved for a job of that price: a fifth more, and half as much again for each strike. */
function collateralOf(price, strikes) {
  const least = price + ceil(price, 5n);
  return least + ceil(least, 2n) * BigInt(strikes);
}

/** Starts a chain from a state; its blocks are short, and so are the days of its votes. */
async function start(state) {
  const slot = Buffer.alloc(8);
  slot.writeBigUInt64LE(SLOT_MILLIS);
  const spec = developmentState([
    ...state,
    [storageKey('Timing', 'SlotMillis'), slot],
    [storageKey('Governance', 'DayLength'), Uint8Array.of(VOTE_DAY, 0, 0, 0)],
  ]);
  node = await Node.start({
    chain: [
      '--chain', spec, '--alice', '--force-authoring', '--node-key', '0a'.repeat(32),
      // Whose story is read from its first block.
      '--state-pruning', 'archive',
    ],
  });
  ({ api } = node);
}

/** Two answers of the offender's worker to one batch. */
function twoAnswers(job) {
  const signer = workerOf(offender);
  const about = { provider: offender.address, worker: signer.address, job, batch: 0 };
  const claims = [1, 2].map((tag) => {
    const commitment = Buffer.alloc(32, tag);
    const message = claimMessage(api.genesisHash.toU8a(), offender.publicKey, job, 0, commitment);
    return { commitment: hex(commitment), signature: { Sr25519: hex(signer.sign(message)) } };
  });
  return api.tx.providers.reportEquivocation(about, ...claims);
}

/** Submits a job whose output is to be delivered; how it is done, later. */
async function delivered(batches, seed, assignment) {
  const job = await makeJob(network, batches, seed);
  const from = await blockNumber(api);
  const { id } = await submitOrder(api, requester, network, job, {
    maxPrice: MOST, deadline: from + 400, assignment, terms: { deliver: true },
  });
  const { prepaid } = plain(await api.query.marketplace.deliveries(id));
  return { id, job, from, held: MOST + big(prepaid) };
}

/** Proves all of a job. */
async function proven({ id, job, from }) {
  const about = { genesis: api.genesisHash.toHex(), job: id, provider: earner };
  for (let at = 0; at < job.commitments.length; at++) {
    const { batch, proof, output } = await prove(network, job.file, at, about);
    await submitResult(api, worker, id, batch, proof, output);
  }
  await findEvent(api, 'marketplace.DeliveryAwaited', (e) => e.job === id, { from });
}

/** What the first chain does: jobs until they have but to wait, and what providers give notice of. */
async function begin() {
  const { marketplace, providers } = api.tx;
  await registerNetwork(api, owner, network);
  macs = (await api.call.swarmworkApi.circuit(network.circuit)).unwrap().info.macs.toBigInt();
  await must(binary('swarm'), [
    '--url', node.url, '--json', 'circuit', 'register-outputs', network.circuit,
    '--keys', network.folder, '--suri', '//Dave',
  ]);
  await registerProvider(api, earner, worker, { bond: 3n * BOND, ask: ASK });
  await send(api, marketplace.acceptRootedWork(true), earner);

  // Nobody else can be drawn yet.
  withheld = await delivered(1, 96, 'Swarm');
  silent = await delivered(2, 97, { Direct: earner.address });
  const { challengePeriod, answerTime } = api.consts.marketplace;
  const many = { input: Buffer.from('many'), batches: MANY, root: Buffer.alloc(32, 5) };
  unchallenged = await submitRootedJob(api, requester, network, many, {
    mode: 'Optimistic',
    maxPrice: MAX_PRICE,
    deadline: (await blockNumber(api)) + challengePeriod.toNumber() + 24 * answerTime.toNumber() + 200,
    assignment: { Direct: earner.address },
  });
  unchallenged.held = MAX_PRICE;
  const results = { root: hex(Buffer.alloc(32, 6)), list: hex(Buffer.alloc(32, 7)) };
  await send(api, marketplace.commitResults(unchallenged.id, results), worker);
  await proven(silent);
  const { id, from } = withheld;
  await findEvent(api, 'marketplace.JobAssigned', (e) => e.job === id, { from });

  const registered = [
    [lessor, { bond: 3n * BOND }], [leaver, {}], [rester, {}],
    [offender, { bond: 4n * BOND, ask: 3n * ASK }],
  ];
  await Promise.all([
    proven(withheld),
    ...registered.map(([who, options]) => registerProvider(api, who, workerOf(who), options)),
  ]);
  await send(api, marketplace.disputeDelivery(id), requester);

  await send(api, providers.unbond(BOND), lessor);
  await send(api, providers.unregister(), leaver);
  await send(api, providers.offerLease(rester.address, SLOTS, SHARE), lessor);
  await send(api, providers.acceptLease(lessor.address, SLOTS, SHARE), rester);
  await send(api, providers.endLease(rester.address), lessor);
  const capabilities = { gpuMemoryMib: MEMORY, backends: 2, circuits: [] };
  await send(api, providers.setProfile({ name: '', website: '', capabilities }), rester);
  const soon = (await blockNumber(api)) + api.consts.providers.maintenanceNotice.toNumber() + 50;
  await send(api, providers.announceMaintenance(soon, soon + 50), rester);

  forgotten = (await submitJob(api, requester, network, await makeJob(network, 1, 98), {
    deadline: (await blockNumber(api)) + 200, assignment: { Direct: offender.address },
  })).id;
  await send(api, twoAnswers(forgotten), requester);
  await send(api, marketplace.cancelJob(forgotten), requester);
}

/** The state that the first chain leaves behind, with the ends of what it waits for brought forward. */
async function broughtForward() {
  const { marketplace, providers } = api.query;
  const state = await stateOf(
    node, 'System.Account', 'Balances', 'Burn', 'Circuits', 'Models', 'Reputation', 'Providers',
    'Marketplace',
  );
  const change = async (entry, of, changed) => {
    const type = api.registry.createLookupType(entry.creator.meta.type.asMap.value);
    const value = changed((await entry(of)).toJSON());
    state.set(entry.key(of), api.registry.createType(type, value).toU8a());
  };
  await change(marketplace.stages, unchallenged.id, ({ standing }) => ({
    standing: { ...standing, openUntil: DUE.standing, until: DUE.standing },
  }));
  await change(marketplace.deliveries, silent.id, (delivery) => ({
    ...delivery, stage: { waiting: { proven: 1, until: DUE.silence } },
  }));
  await change(marketplace.deliveries, withheld.id, ({ stage: { disputed }, ...delivery }) => ({
    ...delivery, stage: { disputed: { ...disputed, proven: 1, until: DUE.output } },
  }));
  await change(providers.unbonding, lessor.address, (chunks) =>
    chunks.map((chunk) => ({ ...chunk, at: DUE.lock })));
  await change(providers.providers, leaver.address, (record) => ({ ...record, leaving: DUE.lock }));
  await change(providers.leases, rester.address, (lease) => ({ ...lease, ends: DUE.lock }));
  await change(providers.providers, rester.address, (record) => ({
    ...record, maintenance: { from: 1, until: DUE.maintenance },
  }));

  // What is due; and nothing is kept that only the first chain's blocks say.
  const market = storageKey('Marketplace');
  const served = ['Cursors', 'Outputs', 'Windows', 'Snapshots', 'FastWindows', 'Decided', 'Queued']
    .map((item) => storageKey('Marketplace', item));
  const changes = ['Changed', 'Moved'].map((item) => storageKey('Providers', item));
  const ofJob = (stored) => stored.startsWith(market) && stored.includes(forgotten.slice(2));
  for (const stored of [...state.keys()]) {
    const stale = [...served, ...changes].some((prefix) => stored.startsWith(prefix));
    if (stale || ofJob(stored)) state.delete(stored);
  }
  const { agendas, bucketLen } = marketplace;
  for (const stored of [...await agendas.keys(), ...await bucketLen.keys()]) {
    if (!stored.args[0].isWake) state.delete(stored.toHex());
  }
  const due = [
    [unchallenged, DUE.standing], [silent, DUE.silence], [withheld, DUE.output],
  ];
  for (const [{ id }, block] of due) {
    state.set(agendas.key('Close', block, 0), unhex(id));
    state.set(bucketLen.key('Close', block), Uint8Array.of(1, 0, 0, 0));
  }
  return state;
}

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 95 });
  await start([]);
  await begin();
  const state = await broughtForward();
  await node.stop();
  await start(state);
});

after(() => node?.stop());

/** What a block moved in an account. */
async function moved(address, block) {
  const parent = await parentOf(api, block);
  const [was, is] = await Promise.all([parent, block].map((at) => balance(api, address, at)));
  return { free: is.free - was.free, held: is.held - was.held };
}

/** The end of a job, which no transaction brings; in which block. */
async function ends(name, { id }, number) {
  const found = await findEvent(api, name, (e) => e.job === id, { from: 1 });
  assert.equal(found.number, number, 'in the first block after its time');
  assert.equal(found.extrinsic, null, 'by no transaction');
  return found;
}

/** Checks that a job of that price, for which so much was held, is paid 80/15/5 in a block. */
async function paysToTheUnit({ id, held }, price, { block }) {
  const events = await eventsOf(api, block);
  const data = event(events.filter((e) => e.data.job === id), 'marketplace.JobCompleted');
  const part = (percent) => (price * percent) / 100n;
  const [provider, paidOwner, burned] = [80n, 5n, 5n].map(part);
  // A third of what is the treasury's is burned; what rounding leaves it has too.
  const kept = price - provider - paidOwner - burned;
  assert.deepEqual(data, {
    job: id, provider: earner.address, paidProvider: provider, paidTreasury: kept, burned, paidOwner,
    refunded: held - price,
  });
  assert.deepEqual(await moved(earner.address, block), { free: provider, held: 0n });
  assert.deepEqual(await moved(owner.address, block), { free: paidOwner, held: 0n });
  assert.deepEqual(await moved(requester.address, block), { free: held - price, held: -held });
  // An era that ends in this block is the treasury's, too.
  const era = events.find((e) => e.name === 'staking.EraPaid')?.data.remainder ?? 0n;
  assert.deepEqual(await moved(treasury(api), block), { free: kept + era, held: 0n });
  const supply = [await parentOf(api, block), block].map((at) => issuance(api, at));
  const [was, is] = await Promise.all(supply);
  assert.equal(is - was, era - burned);
  const job = await readJob(api, id);
  assert.equal(job.state.kind, 'completed');
  assert.equal(big(job.state.price), price);
}

test('results that nobody challenged are paid when the period is over', async () => {
  const ended = await ends('marketplace.JobCompleted', unchallenged, DUE.standing + 1);
  await paysToTheUnit(unchallenged, priceOf(ASK, 0, MANY), ended);
  await refused('marketplace.JobEnded', send(
    api, api.tx.marketplace.challenge(unchallenged.id, 0), supernode,
  ));
});

test('a requester that keeps silent about a delivery pays for it', async () => {
  const ended = await ends('marketplace.JobCompleted', silent, DUE.silence + 1);
  // The bytes that it had not to publish go back with the rest.
  await paysToTheUnit(silent, priceOf(ASK, 2), ended);
  await refused('marketplace.JobEnded', send(
    api, api.tx.marketplace.disputeDelivery(silent.id), requester,
  ));
});

test('an output that was withheld is paid for by nobody, and is a failure of its provider', async () => {
  const { id, held } = withheld;
  const { data, events, block } = await ends('marketplace.JobExpired', withheld, DUE.output + 1);
  assert.equal(event(events, 'marketplace.OutputWithheld').job, id);
  assert.deepEqual(data, { job: id, refunded: held, provider: earner.address, forfeited: 0n });
  assert.deepEqual(await moved(requester.address, block), { free: held, held: -held });
  assert.deepEqual(await moved(earner.address, block), { free: 0n, held: 0n });
  assert.equal((await readJob(api, id)).state.kind, 'expired');
  await refused('marketplace.JobEnded', send(
    api, api.tx.marketplace.publishOutput(id, 0, hex(new Uint8Array(32))), worker,
  ));
  // Of all three jobs it was drawn for this one alone.
  const provider = await readProvider(api, earner);
  assert.deepEqual(provider.jobs, [0, 1]);
  const view = plain(await api.call.swarmworkApi.reputation(earner.address));
  assert.deepEqual(view.recent.map(({ outcome }) => outcome), ['Failed']);
  assert.deepEqual([provider.running, big(provider.reserved)], [0, 0n]);
});

test('nothing is held for the jobs that have ended', async () => {
  assert.equal((await balance(api, requester.address)).held, 0n);
  assert.equal((await api.query.marketplace.totalHeld('Native')).toBigInt(), 0n);
  assert.ok((await api.query.marketplace.running(earner.address)).isEmpty);
});

test('slashes and penalties are put to the vote', async () => {
  const { slashProvider, setPenalty } = api.tx.providers;
  // Four parts in a hundred.
  const penalty = { stake: 40_000_000, price: 0, strikes: 3, capped: false };
  const calls = [slashProvider(offender.address, 1_000n * UNIT), setPenalty('Equivocation', penalty)];
  for (const call of calls) await refused('badorigin', send(api, call, rester));
  proposal = await propose(api, api.tx.utility.batchAll(calls), rester);
  const { class: asked } = (await api.call.governanceApi.proposal(proposal)).toJSON();
  assert.equal(asked, 'Upgrade');
  await carry(api, proposal);
});

/** Who fits a job of one batch now, or why not, by address. */
async function eligible(hard = {}) {
  const enquiry = {
    model: network.model,
    batches: 1,
    mode: 'Proven',
    maxPrice: MOST,
    currency: 'Native',
    requirements: { hard, soft: {} },
  };
  const answers = await api.call.swarmworkApi.eligibleProviders(enquiry, 0, 10);
  return Object.fromEntries(answers.map((each) => plain(each)));
}

/** A job that only `rester` could have. */
let awaited;

test('in its maintenance a provider is neither named nor drawn', async () => {
  assert.equal((await readProvider(api, rester)).available, false);
  const job = await makeJob(network, 1, 99);
  const from = await blockNumber(api);
  const options = { maxPrice: MOST, deadline: from + 400 };
  await refused('marketplace.ProviderInMaintenance', submitJob(api, requester, network, job, {
    ...options, assignment: { Direct: rester.address },
  }));
  const judged = await eligible();
  assert.equal(judged[rester.address].err, 'Maintenance');
  assert.ok(judged[earner.address].ok);

  const terms = { requirements: { hard: { gpuMemoryMib: MEMORY } } };
  const { id } = await submitOrder(api, requester, network, job, { ...options, terms });
  const { data } = await findEvent(api, 'marketplace.NoProvider', (e) => e.job === id, { from });
  const counted = Object.entries(data.rejected).filter(([, count]) => count > 0);
  assert.deepEqual(Object.fromEntries(counted), { maintenance: 1, memory: 3 });
  awaited = { id, from };
});

test('what has waited of a bond is withdrawn, and all of it by who has left', async () => {
  const withdraw = async (who) => {
    const before = await balance(api, who.address);
    const { events, fee } = await send(api, api.tx.providers.withdrawBond(), who);
    const { provider, amount } = event(events, 'providers.BondWithdrawn');
    assert.equal(provider, who.address);
    assert.deepEqual(await balance(api, who.address), {
      free: before.free + amount - fee, held: before.held - amount,
    });
    return amount;
  };
  assert.equal(await withdraw(lessor), BOND);
  assert.deepEqual((await details(lessor)).unbonding, []);
  assert.equal(big((await readProvider(api, lessor)).bond), 2n * BOND);
  await refused('providers.NotLeaving', send(api, api.tx.providers.withdrawBond(), lessor));

  assert.equal(await withdraw(leaver), BOND);
  assert.equal((await balance(api, leaver.address)).held, 0n);
  assert.equal(await readProvider(api, leaver), null);
  const controller = await api.call.swarmworkApi.controllerOf(workerOf(leaver).address);
  assert.equal(plain(controller), null);
  await refused('providers.NotRegistered', send(api, api.tx.providers.withdrawBond(), leaver));
});

test('a lease that is over is closed by anybody, and its capacity is the lessor\'s again', async () => {
  const own = api.consts.providers.maxConcurrentJobs.toNumber();
  const lent = await details(lessor);
  assert.deepEqual([lent.lent, lent.capacity], [SLOTS, own - SLOTS]);
  const { events } = await send(api, api.tx.providers.closeLease(rester.address), requester);
  assert.deepEqual(event(events, 'providers.LeaseClosed'), {
    lessor: lessor.address, operator: rester.address,
  });
  const back = await details(lessor);
  assert.deepEqual([back.lent, back.capacity], [0, own]);
  assert.equal((await details(rester)).lease, null);
  await refused('providers.NoLease', send(
    api, api.tx.providers.closeLease(rester.address), requester,
  ));
});

test('a lease offer that was withdrawn cannot be accepted', async () => {
  const { offerLease, withdrawLeaseOffer, acceptLease } = api.tx.providers;
  await send(api, offerLease(rester.address, SLOTS, SHARE), lessor);
  assert.deepEqual((await details(lessor)).offered, {
    operator: rester.address, slots: SLOTS, share: SHARE,
  });
  const { events } = await send(api, withdrawLeaseOffer(), lessor);
  assert.equal(event(events, 'providers.LeaseOfferWithdrawn').lessor, lessor.address);
  assert.equal((await details(lessor)).offered, null);
  await refused('providers.NoLeaseOffer', send(
    api, acceptLease(lessor.address, SLOTS, SHARE), rester,
  ));
  await refused('providers.NoLeaseOffer', send(api, withdrawLeaseOffer(), lessor));
});

test('a bond is added to, up to the next tier', async () => {
  const before = await balance(api, rester.address);
  const { events, fee } = await send(api, api.tx.providers.bondExtra(9n * BOND), rester);
  assert.deepEqual(event(events, 'providers.BondIncreased'), {
    provider: rester.address, bond: 10n * BOND, tier: 'Validator',
  });
  assert.deepEqual(await balance(api, rester.address), {
    free: before.free - 9n * BOND - fee, held: before.held + 9n * BOND,
  });
});

test('a supernode is one by its bond', async () => {
  const bond = api.consts.providers.supernodeBond.toBigInt();
  assert.equal(bond, 1_000_000n * UNIT);
  const { events } = await registerProvider(api, supernode, workerOf(supernode), { bond });
  assert.equal(event(events, 'providers.ProviderRegistered').tier, 'Supernode');
  assert.equal((await balance(api, supernode.address)).held, bond);
  assert.equal(big((await readProvider(api, supernode)).bond), bond);
  const judged = await eligible({ tier: 'Supernode' });
  assert.ok(judged[supernode.address].ok);
  assert.equal(judged[earner.address].err, 'Tier');
});

test('other terms count for later jobs, and for draws when they have stood', async () => {
  const endpoint = 'http://127.0.0.1:10';
  const { events } = await send(
    api, api.tx.providers.updateProvider(NEXT_ASK, endpoint, true, 5), earner,
  );
  assert.deepEqual(event(events, 'providers.ProviderUpdated'), {
    provider: earner.address, ask: NEXT_ASK, endpoint: hex(Buffer.from(endpoint)), unattested: true,
    slots: 5,
  });
  const view = await readProvider(api, earner);
  assert.deepEqual([big(view.ask), view.unattested], [NEXT_ASK, true]);
  assert.equal((await eligible())[earner.address].err, 'Unsettled');
});

/** Names the offender for a job; checks what is reserved for it at so many strikes. */
async function reserves(strikes, seed) {
  assert.equal((await details(offender)).strikes, strikes);
  const { id, events } = await submitJob(api, requester, network, await makeJob(network, 1, seed), {
    deadline: (await blockNumber(api)) + 400, assignment: { Direct: offender.address },
  });
  left.push(id);
  const price = priceOf(3n * ASK, 1);
  const { collateral, ...assigned } = event(events, 'marketplace.JobAssigned');
  assert.deepEqual(assigned, { job: id, provider: offender.address, price });
  assert.equal(collateral, collateralOf(price, strikes));
  return id;
}

test('after an offence the next job reserves more', () => reserves(1, 100));

test('an offence is forgotten after its job, and not before', async () => {
  const judged = () => api.query.providers.judged(offender.address, [forgotten, 0, 'Equivocation']);
  const forget = (job) =>
    send(api, api.tx.providers.forgetOffence(offender.address, job, 0, 'Equivocation'), requester);
  assert.equal(await readJob(api, forgotten), null);
  assert.ok((await judged()).isSome);
  await refused('providers.JobStands', forget(left[0]));
  await forget(forgotten);
  assert.ok((await judged()).isNone);
  await refused('providers.NotJudged', forget(forgotten));
});

/** A job of as many batches as there can be, all of them the same. */
async function makeLarge() {
  const { rows: some, commitments: [commitment] } = await makeJob(network, 1, 101);
  const rows = new Uint8Array(some.length * LARGE).map((_, i) => some[i % some.length]);
  const input = inputFile(network, rows, network.batch);
  const file = join(network.folder, 'large.safetensors');
  writeFileSync(file, input);
  const { root, path } = evenTree(inputLeaf(commitment), DEPTH);
  return { input, file, batches: LARGE, root, path, commitment };
}

/** Submits such a job, and commits to its provider's results. */
async function submitLarge(mode, duration) {
  const { file, commitment, path, ...job } = await makeLarge();
  const from = await blockNumber(api);
  const { id } = await submitRootedJob(api, requester, network, job, {
    mode, maxPrice: MAX_PRICE, deadline: from + duration, assignment: { Direct: earner.address },
  });
  const about = { genesis: api.genesisHash.toHex(), job: id, provider: earner };
  // Equal inputs have equal answers: the proof of one batch says what all have.
  const { proof, output } = await prove(network, file, 0, about);
  const outputs = evenTree(resultLeaf(proof.subarray(160, 192), unhex(output)), DEPTH);
  const results = { root: hex(outputs.root), list: hex(new Uint8Array(32)) };
  await send(api, api.tx.marketplace.commitResults(id, results), worker);
  const opening = async (batch) => ({
    report: { job: id, ...(await prove(network, file, batch, about)) },
    resultPath: outputs.path,
    input: commitment,
    inputPath: path,
  });
  return { id, from, held: MAX_PRICE, opening };
}

test('of a million batches a few are drawn, opened by paths of twenty hashes, and all are paid', async () => {
  const large = await submitLarge({ Sampled: { samples: SAMPLES } }, 300);
  const { id, from, opening } = large;
  const { data: { batches } } = await findEvent(
    api, 'marketplace.BatchesDrawn', (e) => e.job === id, { from },
  );
  assert.equal(new Set(batches).size, SAMPLES);
  assert.ok(batches.every((batch) => Number.isInteger(batch) && batch >= 0 && batch < LARGE));
  const openings = await Promise.all(batches.map(opening));
  assert.ok(openings.every(({ resultPath, inputPath }) =>
    resultPath.length === DEPTH && inputPath.length === DEPTH));
  const short = { ...openings[0], resultPath: openings[0].resultPath.slice(1) };
  await refused('marketplace.ResultNotInRoot', openBatches(api, worker, [short]));
  const { fee, ...sent } = await openBatches(api, worker, openings);
  assert.equal(fee, 0n);
  await paysToTheUnit(large, priceOf(NEXT_ASK, SAMPLES, LARGE - SAMPLES), sent);
  assert.equal(big((await readProvider(api, earner)).reserved), 0n);
});

test('the last of a million batches is challenged, and answered', async () => {
  const { challengePeriod, answerTime } = api.consts.marketplace;
  const duration = challengePeriod.toNumber() + 24 * answerTime.toNumber() + 100;
  const { id, opening } = await submitLarge('Optimistic', duration);
  const challenge = (batch) => send(api, api.tx.marketplace.challenge(id, batch), supernode);
  await refused('marketplace.BatchOutOfRange', challenge(LARGE));
  const answer = await opening(LARGE - 1);
  const before = await balance(api, supernode.address);
  const challenged = await challenge(LARGE - 1);
  const { batch, bond } = event(challenged.events, 'marketplace.BatchChallenged');
  assert.equal(batch, LARGE - 1);
  assert.equal((await balance(api, supernode.address)).held - before.held, bond);

  const { events, block } = await openBatches(api, worker, [answer]);
  const answered = event(events, 'marketplace.ChallengeAnswered');
  const burned = ceil(bond, 2n);
  assert.deepEqual(answered, {
    job: id, batch, challenger: supernode.address, burned, paid: bond - burned,
  });
  assert.deepEqual(await moved(supernode.address, block), { free: 0n, held: -bond });
  assert.deepEqual(await moved(earner.address, block), { free: bond - burned, held: 0n });
  // It stands for hours.
  const { kind, price, collateral } = (await readJob(api, id)).state;
  assert.equal(kind, 'assigned');
  assert.equal(big(price), priceOf(NEXT_ASK, 0, LARGE));
  assert.equal(big(collateral), collateralOf(big(price), 0));
  assert.equal((await balance(api, supernode.address)).held, before.held);
});

test('governance slashes a provider by vote, and the next job reserves still more', async () => {
  assert.deepEqual(await enacted(api, proposal), { ok: null });
  const found = await findEvent(
    api, 'providers.ProviderSlashed', (e) => e.reason === 'Governance', { from: 1 },
  );
  const { data, events, block } = found;
  const amount = 1_000n * UNIT;
  const { bond, ...slashed } = data;
  assert.deepEqual(slashed, {
    provider: offender.address, reason: 'Governance', amount, burned: amount / 2n, owed: 0n,
    job: null,
  });
  assert.deepEqual(await moved(offender.address, block), { free: 0n, held: -amount });
  const books = await Promise.all([await parentOf(api, block), block].map(async (at) =>
    (await readBurned(await api.at(at))).slashes));
  assert.equal(books[1] - books[0], amount / 2n);
  const era = events.find((e) => e.name === 'staking.EraPaid')?.data.remainder ?? 0n;
  assert.deepEqual(await moved(treasury(api), block), { free: amount / 2n + era, held: 0n });
  assert.equal(big((await readProvider(api, offender)).bond), bond);
  await reserves(2, 102);
});

test('an offence costs what governance has set', async () => {
  const set = plain(await api.query.providers.penalties('Equivocation'));
  assert.deepEqual(set, { stake: 40_000_000, price: 0, strikes: 3, capped: false });
  const before = big((await readProvider(api, offender)).bond);
  const { events, fee } = await send(api, twoAnswers(left[0]), requester);
  assert.equal(fee, 0n);
  const { amount, burned, owed, bond } = event(events, 'providers.ProviderSlashed');
  assert.deepEqual([amount, owed, bond], [ceil(before, 25n), 0n, before - ceil(before, 25n)]);
  assert.equal(burned, ceil(amount, 2n));
  await reserves(5, 103);
  assert.equal(big((await details(offender)).leastBond), BOND + 5n * (BOND / 2n));
  const [{ reserved }, own] = [await readProvider(api, offender), priceOf(3n * ASK, 1)];
  assert.equal(big(reserved), [1, 2, 5].reduce((sum, strikes) => sum + collateralOf(own, strikes), 0n));
});

test('when its maintenance is over a provider is drawn again', async () => {
  const { id, from } = awaited;
  const { data, number } = await findEvent(api, 'marketplace.JobAssigned', (e) => e.job === id, {
    from, timeout: 120_000,
  });
  assert.equal(data.provider, rester.address);
  assert.ok(number >= DUE.maintenance);
  assert.equal((await readProvider(api, rester)).available, true);
  assert.deepEqual((await readPlacement(api, id)).passed, []);
  left.push(id);
});

test('what is held is for what still stands, and the books balance', async () => {
  for (const id of left) await send(api, api.tx.marketplace.cancelJob(id), requester);
  for (const who of [offender, rester]) {
    const { running, reserved, bond } = await readProvider(api, who);
    assert.deepEqual([running, big(reserved)], [0, 0n]);
    // A proposal's deposits aside.
    if (who === offender) assert.equal((await balance(api, who.address)).held, big(bond));
  }
  // The results that stand for hours.
  assert.equal((await balance(api, requester.address)).held, MAX_PRICE);
  assert.equal((await api.query.marketplace.totalHeld('Native')).toBigInt(), MAX_PRICE);
  assert.deepEqual(await api.query.marketplace.claims.keys(), []);

  const block = (await api.rpc.chain.getBlockHash()).toHex();
  const supply = await (await api.at(block)).call.swarmworkApi.supply();
  const sum = (part) => [...part.values()].reduce((total, amount) => total + amount.toBigInt(), 0n);
  const { genesis, minted, burned } = supply;
  assert.equal(supply.issuance.toBigInt(), genesis.toBigInt() + sum(minted) - sum(burned));
  assert.equal(supply.issuance.toBigInt(), await issuance(api, block));
});

// Why a provider is not given a job: each reason that readers are told, and what draws count. Besides,
// what one output may decide on, whom a fee puts first, keys that are not attested, and what governance
// has count in a score. Hand-built extrinsics only; proofs are an executor's, driven by hand.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keccakAsU8a, xxhashAsU8a } from '@polkadot/util-crypto';
import {
  blockNumber, event, eventsOf, findEvent, key, plain, refused, send, UNIT,
} from '../lib/chain.js';
import { digest, hex, unhex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import { carry, enacted, propose } from '../lib/governance.js';
import {
  BOND, ENDPOINT, readJob, readProvider, registerModel, registerNetwork, registerProvider,
  submitResult, submitRootedJob,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { developmentState, storageKey } from '../lib/spec.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [owner, requester, proposer] = ['//Dave', '//Eve', '//Ferdie'].map(key);
/** By what each is known for; two of them report, and have the funds for it. */
const providers = {
  plain: key('//Bob'),
  strong: key('//Charlie'),
  known: key('//Dave//stash'),
  busy: key('//Ferdie'),
  dear: key('//Alice//stash'),
  pledged: key('//Bob//stash'),
  resting: key('//Charlie//stash'),
  leaving: key('//Eve//stash'),
  pausing: key('//Ferdie//stash'),
};
const workers = { strong: key('//Bob//worker'), known: key('//Alice//worker') };
const workerOf = (name) => workers[name] ?? key(`//${name}//worker`);
const MEMORY = 24_576;
const SLOT_MILLIS = 500;
const WIDTHS = [6, 4];
const BATCH = 3;
const MACS = BigInt(BATCH * WIDTHS[0] * WIDTHS[1]);
const GIGA = 1_000_000_000n;
/** The least price of a job. */
const LEAST = UNIT / 10n;
/** Above what a newcomer is drawn for. */
const DEAR = UNIT;
const MAX_PRICE = (12n * UNIT) / 10n;
/** Of which, with a fifth more, nearly the least bond is reserved. */
const PLEDGED = (83_333n * UNIT) / 10n;

let executor, node, api, network, unattested, job, settled;

/** A number as so many bytes, the lowest first. */
const bytes = (number, length) =>
  Buffer.from(BigInt(number).toString(16).padStart(2 * length, '0'), 'hex').reverse();
const u32 = (number) => bytes(number, 4);
const u128 = (number) => bytes(number, 16);
const NONE = Buffer.of(0);
const some = (...parts) => Buffer.concat([Buffer.of(1), ...parts]);
/** Few bytes with their length. */
const short = (text) => Buffer.concat([Buffer.of(text.length << 2), Buffer.from(text)]);

/** A circuit whose key nobody has attested. On this chain every key that is registered counts as such. */
function unattestedCircuit() {
  const { verifying, proving, commitment } = unattested.keys;
  const id = hex(keccakAsU8a(verifying));
  const locator = (blob) => Buffer.concat([digest(blob), short('')]);
  const registration = Buffer.concat([
    owner.publicKey, u128(0), NONE, u32(BATCH), u32(WIDTHS[0]), u32(WIDTHS[1]), bytes(MACS, 8),
    locator(proving), locator(commitment),
  ]);
  const { length } = verifying;
  const size = Buffer.of(((length << 2) | 1) & 0xff, length >> 6);
  const at = (item) => `${storageKey('Circuits', item)}${id.slice(2)}`;
  unattested.circuit = id;
  return [
    [at('Circuits'), registration],
    [at('VerifyingKeys'), Buffer.concat([size, verifying])],
  ];
}

/** A provider in the middle of its maintenance, the first of the active set: notice takes an hour. */
function restingProvider() {
  const { publicKey } = providers.resting;
  const worker = workerOf('resting').publicKey;
  const record = Buffer.concat([
    worker, u128(BOND), u128(0), u128(0), u32(0), u128(UNIT), short(ENDPOINT), NONE, some(u32(0)),
    NONE, u32(0), u32(0), some(u32(0), u32(1_000_000)), u32(0), u32(8), u32(0), u32(0),
  ]);
  const first = Buffer.concat([xxhashAsU8a(u32(0), 64), u32(0)]);
  return [
    [storageKey('Providers', 'Providers', publicKey), record],
    [storageKey('Providers', 'Controllers', worker), publicKey],
    [`${storageKey('Providers', 'Active')}${first.toString('hex')}`, publicKey],
    [storageKey('Providers', 'ActiveCount'), u32(1)],
  ];
}

/** The record of twenty jobs that burned ten tokens. */
const knownProvider = () => [[
  storageKey('Reputation', 'Providers', providers.known.publicKey),
  Buffer.concat([u128(10n * UNIT), u128(0), u32(20), u32(0), u32(0)]),
]];

/** Waits until the chain is at a block. */
async function reach(block) {
  while ((await blockNumber(api)) < block) await new Promise((done) => setTimeout(done, 200));
}

/** The extrinsic that submits a job of one batch. */
function order(options = {}) {
  const {
    of = network, rows = job, maxPrice = MAX_PRICE, assignment = 'Swarm', terms = {}, deadline,
  } = options;
  const input = {
    locator: { content: hex(digest(rows.input)), source: '' },
    commitments: { Listed: rows.commitments.map(hex) },
  };
  return api.tx.marketplace.submitOrder(
    of.model, input, 'Proven', { currency: 'Native', maxPrice }, deadline, { assignment, terms },
  );
}

/** Submits jobs together; resolves to their ids and the block. */
async function submit(...orders) {
  const deadline = (await blockNumber(api)) + 800;
  const calls = orders.map((options) => order({ deadline, ...options }));
  const { events, block } = await send(api, api.tx.utility.batchAll(calls), requester);
  const ids = events
    .filter(({ name }) => name === 'marketplace.JobSubmitted')
    .map(({ data }) => data.job);
  return { ids, from: (await api.rpc.chain.getHeader(block)).number.toNumber() };
}

/** Submits one job on its own. */
const submitAlone = async (options) => send(
  api, order({ deadline: (await blockNumber(api)) + 800, ...options }), requester,
);

const withdraw = (ids) => send(
  api, api.tx.utility.batchAll(ids.map((id) => api.tx.marketplace.cancelJob(id))), requester,
);

const assigned = (id, from) =>
  findEvent(api, 'marketplace.JobAssigned', (e) => e.job === id, { from });

/** Proves the one batch of a job, and waits until the provider is paid. */
async function finish(id, name, of, rows) {
  const genesis = api.genesisHash.toHex();
  for (const blob of [of.keys.proving, of.keys.commitment, of.file, rows.input]) {
    await executor.put(blob);
  }
  await executor.post(jobSpec({
    genesis, id, provider: providers[name], network: of, ...rows,
  }));
  const { batches: [{ proof, output }] } = await executor.until(id, ['done']);
  return submitResult(api, workers[name], id, 0, unhex(proof), output);
}

const needs = (hard) => ({ requirements: { hard, soft: {} } });
const enquiry = (asked = {}) => ({
  model: network.model,
  batches: 1,
  mode: 'Proven',
  maxPrice: MAX_PRICE,
  currency: 'Native',
  ...needs({}),
  ...asked,
});

/** What becomes of each provider, now or as of a block: that it fits, or why it does not. */
async function judged(asked, block) {
  const at = block ? await api.at(block) : api;
  const answers = await at.call.swarmworkApi.eligibleProviders(enquiry(asked), 0, 100);
  const reasons = new Map(answers.map(plain).map(([who, { err }]) => [who, err ?? 'fits']));
  return Object.fromEntries(
    Object.entries(providers).map(([name, { address }]) => [name, reasons.get(address)]),
  );
}

const quote = async (asked) => plain(await api.call.swarmworkApi.quote(enquiry(asked)));

/** The counts that are not zero. */
const counted = (rejected) =>
  Object.fromEntries(Object.entries(rejected).filter(([, count]) => count !== 0));

before(async () => {
  [network, unattested] = await Promise.all([81, 82].map(
    (seed) => makeNetwork({ widths: WIDTHS, batch: BATCH, seed }),
  ));
  job = await makeJob(network, 1, 81);
  executor = await Executor.start();
  const spec = developmentState([
    [storageKey('Timing', 'SlotMillis'), bytes(SLOT_MILLIS, 8)],
    ...unattestedCircuit(), ...restingProvider(), ...knownProvider(),
  ]);
  // Not a provider's node: nobody but this test works.
  node = await Node.start({
    chain: ['--chain', spec, '--alice', '--force-authoring', '--node-key', '0a'.repeat(32)],
  });
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await registerModel(api, owner, unattested);
  const asks = { dear: (DEAR * GIGA) / MACS, pledged: (PLEDGED * GIGA) / MACS };
  const registering = Object.entries(providers).filter(([name]) => name !== 'resting');
  await Promise.all(registering.map(([name, controller]) =>
    registerProvider(api, controller, workerOf(name), {
      bond: name === 'strong' ? 10n * BOND : BOND,
      ask: asks[name] ?? UNIT,
      unattested: name === 'strong',
    })));
  await send(api, api.tx.marketplace.acceptRootedWork(true), providers.strong);
  const most = api.consts.providers.maxConcurrentJobs.toNumber();
  await submit(
    ...Array.from({ length: most }, () => ({
      assignment: { Direct: providers.busy.address }, maxPrice: LEAST,
    })),
    { assignment: { Direct: providers.pledged.address }, maxPrice: PLEDGED },
  );
  await send(api, api.tx.providers.updateProvider(UNIT, ENDPOINT, false, 8), providers.pledged);
  const { block } = await send(api, api.tx.providers.setProfile({
    name: 'Strong',
    website: '',
    capabilities: {
      gpuMemoryMib: MEMORY, backends: 2, circuits: [], class: 'Professional', region: '0x4445',
      enclaves: 2,
    },
  }), providers.strong);
  settled = { block, number: (await api.rpc.chain.getHeader(block)).number.toNumber() };
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

test('who has changed what a draw depends on is not drawn at once', async () => {
  assert.equal((await judged({}, settled.block)).strong, 'Unsettled');
  // Before the outputs of a draw as after them.
  await reach(settled.number + 2 * api.consts.marketplace.freezeRound.toNumber() + 2);
});

test('each lack has its name, and who has what is asked fits', async () => {
  const memory = needs({ gpuMemoryMib: MEMORY });
  const cases = [
    [{}, {
      plain: 'fits', strong: 'fits', known: 'fits', leaving: 'fits', pausing: 'fits',
      busy: 'Busy', dear: 'Standing', pledged: 'BondTooSmall', resting: 'Maintenance',
    }],
    [memory, { strong: 'fits', plain: 'Memory' }],
    [needs({ gpuMemoryMib: MEMORY + 1 }), { strong: 'Memory' }],
    [needs({ class: 'Professional' }), { strong: 'fits', plain: 'Class' }],
    [needs({ class: 'DataCentre' }), { strong: 'Class' }],
    [needs({ regions: ['0x4445', '0x4652'] }), { strong: 'fits', plain: 'Region' }],
    [needs({ regions: ['0x4652'] }), { strong: 'Region' }],
    [needs({ tier: 'Validator' }), { strong: 'fits', plain: 'Tier' }],
    [needs({ tier: 'Supernode' }), { strong: 'Tier' }],
    // One of them is enough.
    [needs({ enclaves: 6 }), { strong: 'fits', plain: 'Enclave' }],
    [needs({ enclaves: 9 }), { strong: 'Enclave' }],
    [needs({ reputation: 500_000 }), { known: 'fits', plain: 'fits' }],
    [needs({ reputation: 500_001 }), { known: 'fits', plain: 'Reputation' }],
    [{ model: unattested.model }, { strong: 'fits', plain: 'Unattested' }],
    [{ maxPrice: DEAR - 1n }, { plain: 'fits', dear: 'TooExpensive' }],
    [{ maxPrice: LEAST - 1n }, { plain: 'TooExpensive' }],
    [{ mode: 'Optimistic' }, { strong: 'fits', plain: 'Mode' }],
  ];
  for (const [asked, expected] of cases) {
    const answers = await judged(asked);
    for (const [name, answer] of Object.entries(expected)) {
      assert.equal(answers[name], answer, `${name} for ${Object.keys(asked)}`);
    }
  }
  const { judged: all, fitting, rejected } = await quote(memory);
  assert.deepEqual([all, fitting, counted(rejected)], [9, 1, {
    busy: 1, standing: 1, bondTooSmall: 1, maintenance: 1, memory: 4,
  }]);
});

test('a draw counts why it found nobody, and who has left by then', async () => {
  const { leaving, pausing } = providers;
  const { ids: [id], from } = await submit({ terms: needs({ class: 'DataCentre' }) });
  const gone = await Promise.all([
    send(api, api.tx.providers.unregister(), leaving),
    send(api, api.tx.providers.setAvailable(false), pausing),
  ]);
  const { data, number } = await findEvent(
    api, 'marketplace.NoProvider', (e) => e.job === id, { from },
  );
  for (const { block } of gone) {
    const header = await api.rpc.chain.getHeader(block);
    assert.ok(header.number.toNumber() < number, 'it left too late for this test');
  }
  assert.deepEqual(counted(data.rejected), {
    notRegistered: 1, unavailable: 1, busy: 1, standing: 1, bondTooSmall: 1, maintenance: 1,
    class: 3,
  });
  assert.ok(data.redraw > number, 'and it is tried again');
  assert.equal((await readJob(api, id)).state.kind, 'open');
  await withdraw([id]);
});

test('what could cost more than outputs may decide on is drawn by later ones', async () => {
  const { ids, from } = await submit({}, {});
  const [first, second] = ids;
  const drawn = await assigned(first, from);
  const { data, number } = await findEvent(
    api, 'marketplace.DrawPutOff', (e) => e.job === second, { from },
  );
  assert.equal(number, drawn.number, 'by the same outputs');
  const later = await assigned(second, from);
  assert.ok(later.number > data.redraw + api.consts.marketplace.drawWindow.toNumber());
  await withdraw(ids);
});

test('an urgent job is drawn for before a dozen that came earlier', async () => {
  const normal = Array(12).fill({ maxPrice: LEAST });
  const { ids, from } = await submit(
    ...normal, { maxPrice: LEAST, terms: { priority: 'Urgent' } },
  );
  const urgent = ids.at(-1);
  // Together they cost more than is drawn: the last is left over.
  const last = ids.at(-2);
  const { number } = await findEvent(
    api, 'marketplace.DrawPutOff', (e) => e.job === last, { from },
  );
  const served = [];
  for (let each = from; each <= number; each++) {
    const block = (await api.rpc.chain.getBlockHash(each)).toHex();
    for (const { name, data } of await eventsOf(api, block)) {
      if (name === 'marketplace.JobAssigned' && ids.includes(data.job)) served.push(data.job);
    }
  }
  assert.deepEqual(served, [urgent, ...ids.slice(0, 11)]);
  await withdraw(ids);
});

test('under a key that nobody attested, both sides must have chosen each other', async () => {
  const rows = await makeJob(unattested, 1, 82);
  const { plain: refusing, strong } = providers;
  const of = { of: unattested, rows, maxPrice: 2n * UNIT };
  const view = plain(await api.call.swarmworkApi.circuit(unattested.circuit));
  assert.equal(view.info.attested, false);
  assert.equal(BigInt(view.info.macs), MACS);
  await refused('marketplace.UnattestedNeedsDirect', submitAlone(of));
  await refused('marketplace.UnattestedNeedsDirect', submitAlone({
    ...of, assignment: { Auction: { blocks: 15 } },
  }));
  await refused('marketplace.ProviderRefusesUnattested', submitAlone({
    ...of, assignment: { Direct: refusing.address },
  }));
  await refused('marketplace.UnattestedNeedsProofs', submitRootedJob(
    api, requester, unattested, rows, {
      mode: 'Optimistic',
      maxPrice: 2n * UNIT,
      deadline: (await blockNumber(api)) + 12_000,
      assignment: { Direct: strong.address },
    },
  ));

  assert.equal((await readProvider(api, strong)).unattested, true);
  const { events } = await submitAlone({ ...of, assignment: { Direct: strong.address } });
  const { job: id } = event(events, 'marketplace.JobSubmitted');
  const { events: ends } = await finish(id, 'strong', unattested, rows);
  const { provider, paidProvider, refunded } = event(ends, 'marketplace.JobCompleted');
  assert.deepEqual(
    [provider, paidProvider, refunded], [strong.address, (LEAST * 8n) / 10n, 2n * UNIT - LEAST],
  );
  // Whoever made the key can forge under it.
  assert.deepEqual(ends.filter(({ name }) => name === 'swarmWork.Credited'), []);
});

test('governance says how good a record a drawn provider must have', async () => {
  const { plain: newcomer, known } = providers;
  const parameters = { reputation: 2, fit: 1, price: 1, spare: 0, threshold: 600_000 };
  await refused('badorigin', send(api, api.tx.marketplace.setScoring(parameters), proposer));
  assert.equal((await judged({})).plain, 'fits');
  const index = await propose(api, api.tx.marketplace.setScoring(parameters), proposer);
  await carry(api, index);
  assert.deepEqual(await enacted(api, index), { ok: null });
  assert.deepEqual(plain(await api.query.marketplace.scoring()), parameters);

  const answers = await judged({});
  assert.deepEqual(
    [answers.plain, answers.strong, answers.known], ['Reputation', 'Reputation', 'fits'],
  );
  const { ids: [id], from } = await submit({ terms: needs({ gpuMemoryMib: 1 }) });
  const { data } = await findEvent(
    api, 'marketplace.NoProvider', (e) => e.job === id, { from },
  );
  assert.deepEqual([data.rejected.reputation, data.rejected.memory], [2, 1]);
  // Who is named was chosen by somebody.
  const { ids: [named] } = await submit({ assignment: { Direct: newcomer.address } });
  assert.equal((await readJob(api, named)).state.provider, newcomer.address);
  const drawn = await submit({});
  assert.equal((await assigned(drawn.ids[0], drawn.from)).data.provider, known.address);
  await withdraw([id, named, ...drawn.ids]);
});

test('what jobs were settled at is quoted', async () => {
  const before = await quote({});
  assert.deepEqual([before.average, before.atAverage], [null, null]);
  // Whoever was paid until now was named, and by a requester that trusts its key.
  const { ids: [id], from } = await submit({});
  const { data } = await assigned(id, from);
  const { events } = await finish(id, 'known', network, job);
  assert.equal(event(events, 'swarmWork.Credited').provider, providers.known.address);
  assert.equal((await readJob(api, id)).state.kind, 'completed');
  const average = (data.price * GIGA) / MACS;
  const [one, many] = [await quote({}), await quote({ batches: 30 })];
  for (const { average: told } of [one, many]) assert.equal(BigInt(told), average);
  assert.equal(BigInt(one.atAverage), LEAST);
  assert.equal(BigInt(many.macs), 30n * MACS);
  assert.equal(BigInt(many.atAverage), (average * 30n * MACS + GIGA - 1n) / GIGA);
  // Of other classes nothing is known.
  assert.equal((await quote(needs({ class: 'DataCentre' }))).average, null);
});

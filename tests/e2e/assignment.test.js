// How jobs find their providers beyond the default: requirements, fast draws, auctions, priorities,
// starts that are missed and jobs that are given back. Nobody works here: what is tested ends with
// the assignment. Hand-built extrinsics only.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, findEvent, key, plain, refused, send, UNIT,
} from '../lib/chain.js';
import {
  BOND, readJob, readPlacement, registerNetwork, registerProvider, submitOrder,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { binary, must } from '../lib/process.js';
import { developmentState, storageKey } from '../lib/spec.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [strong, weak, owner, requester, other] =
  ['//Charlie', '//Bob', '//Dave', '//Eve', '//Ferdie'].map(key);
const [strongWorker, weakWorker] = ['//Alice//worker', '//Bob//worker'].map(key);
const MEMORY = 24_576;
const MAX_PRICE = UNIT;

let node, api, network, job;

const needs = (hard) => ({ requirements: { hard } });

/** Waits until the chain is at a block. */
async function reach(block) {
  while ((await blockNumber(api)) < block) await new Promise((done) => setTimeout(done, 200));
}

/** Submits an order that lasts for a while. */
async function order(options = {}, by = requester) {
  const deadline = (await blockNumber(api)) + 400;
  const sent = await submitOrder(api, by, network, job, {
    maxPrice: MAX_PRICE, deadline, ...options,
  });
  const { number } = await api.rpc.chain.getHeader(sent.block);
  return { ...sent, from: number.toNumber() };
}

/** The next assignment of a job. */
async function assigned(id, from, timeout = 60_000) {
  const matches = (data) => data.job === id;
  const found = await findEvent(api, 'marketplace.JobAssigned', matches, { from, timeout });
  return { ...found.data, number: found.number };
}

const readRecord = async ({ address }) => plain(await api.call.swarmworkApi.reputation(address));

const enquiry = (hard = {}) => ({
  model: network.model,
  batches: 1,
  mode: 'Proven',
  maxPrice: MAX_PRICE,
  currency: 'Native',
  requirements: { hard, soft: {} },
});

/** A number as so many bytes, the lowest first. */
const bytes = (number, length) =>
  Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex').reverse();

/** That a provider has done two jobs, which burned a token. A score falls from above a newcomer's only. */
const known = ({ publicKey }) => [
  storageKey('Reputation', 'Providers', publicKey),
  Buffer.concat([bytes(UNIT, 16), bytes(0, 16), bytes(2, 4), bytes(0, 4), bytes(0, 4)]),
];

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 21 });
  job = await makeJob(network, 1, 21);
  node = await Node.start({
    chain: [
      '--chain', developmentState([known(strong), known(weak)]), '--alice', '--force-authoring',
      '--node-key', '0b'.repeat(32),
    ],
  });
  ({ api } = node);
  await registerNetwork(api, owner, network);
  // Ten times the least bond: the next tier.
  await registerProvider(api, strong, strongWorker, { bond: 10n * BOND });
  await registerProvider(api, weak, weakWorker);
  await send(api, api.tx.providers.setProfile({
    name: 'Strong',
    website: '',
    capabilities: {
      gpuMemoryMib: MEMORY, backends: 2, circuits: [], class: 'Professional', region: '0x4445',
    },
  }), strong);
});

after(() => node?.stop());

test('a change of what a draw depends on keeps a provider out for a while', async () => {
  const judged = async () => {
    const answers = await api.call.swarmworkApi.eligibleProviders(enquiry(), 0, 10);
    return answers.map((each) => plain(each));
  };
  const now = await blockNumber(api);
  const [, answer] = (await judged()).find(([who]) => who === strong.address);
  assert.equal(answer.err, 'Unsettled');
  const round = api.consts.marketplace.freezeRound.toNumber();
  await reach(now + round + 1);
  const [, later] = (await judged()).find(([who]) => who === strong.address);
  assert.ok(later.ok, 'it has stood for long enough');
});

test('whoever lacks what is asked is not drawn, and readers are told why', async () => {
  const hard = { gpuMemoryMib: MEMORY, class: 'Professional', regions: ['0x4445', '0x4652'] };
  const judge = async (asked) => {
    const answers = (await api.call.swarmworkApi.eligibleProviders(enquiry(asked), 0, 10))
      .map((each) => plain(each));
    return (who) => answers.find(([each]) => each === who.address)[1];
  };
  const answer = await judge(hard);
  assert.ok(answer(strong).ok);
  assert.equal(answer(weak).err, 'Memory');
  const atStake = await judge({ tier: 'Validator' });
  assert.ok(atStake(strong).ok);
  assert.equal(atStake(weak).err, 'Tier');
  assert.equal((await judge({ tier: 'Supernode' }))(strong).err, 'Tier');

  const quote = plain(await api.call.swarmworkApi.quote(enquiry(hard)));
  assert.deepEqual([quote.judged, quote.fitting, quote.rejected.memory], [2, 1, 1]);

  const { id, from } = await order({ terms: needs(hard) });
  assert.equal((await assigned(id, from)).provider, strong.address);

  const tooMuch = await order({ terms: needs({ gpuMemoryMib: MEMORY + 1 }) });
  const { data } = await findEvent(
    api, 'marketplace.NoProvider', (each) => each.job === tooMuch.id, { from: tooMuch.from },
  );
  assert.equal(data.rejected.memory, 2);
  await refused('marketplace.ProviderLacksMemory', order({
    assignment: { Direct: weak.address }, terms: needs(hard),
  }));
  await refused('marketplace.ProviderTierTooLow', order({
    assignment: { Direct: weak.address }, terms: needs({ tier: 'Validator' }),
  }));
  await refused('marketplace.MalformedRequirements', order({
    terms: needs({ regions: ['0x4652', '0x4445'] }),
  }));
});

test('what a job would rather have keeps nobody out', async () => {
  const soft = { gpuMemoryMib: MEMORY + 1, class: 'DataCentre', reputation: 900_000 };
  const { id, from } = await order({ terms: { requirements: { soft } } });
  const { provider } = await assigned(id, from);
  assert.ok([strong.address, weak.address].includes(provider));
  const { requirements } = (await readPlacement(api, id)).terms;
  assert.deepEqual([requirements.soft.gpuMemoryMib, requirements.soft.class], [
    soft.gpuMemoryMib, soft.class,
  ]);
  assert.equal(requirements.hard.gpuMemoryMib, 0);
  await refused('marketplace.MalformedRequirements', order({
    terms: { requirements: { soft: { regions: ['0x4652', '0x4445'] } } },
  }));
});

test('a fast draw takes two blocks', async () => {
  const { id, from } = await order({ terms: { fast: true } });
  const { submitted } = await readJob(api, id);
  const { number } = await assigned(id, from);
  assert.equal(number, submitted + 2);
  await refused('marketplace.FastNeedsDraw', order({
    assignment: { Direct: weak.address }, terms: { fast: true },
  }));
});

test('a priority is burned', async () => {
  const before = await balance(api, requester.address);
  const { events, fee } = await order({ terms: { priority: 'Urgent' } });
  const { burned } = event(events, 'marketplace.PriorityPaid');
  const price = api.consts.marketplace.priorityFee.toBigInt();
  assert.equal(BigInt(burned), 4n * price);
  const after = await balance(api, requester.address);
  assert.equal(before.free - after.free, MAX_PRICE + 4n * price + fee);
  assert.equal(after.held - before.held, MAX_PRICE);
});

test('the lowest of the bids that count gets an auctioned job', async () => {
  const [least] = plain(api.consts.marketplace.auctionBlocks);
  const { id, from } = await order({ assignment: { Auction: { blocks: least } } });
  const bid = (who, price) => send(api, api.tx.marketplace.bid(id, price), who);
  await bid(weak, MAX_PRICE / 2n);
  await refused('marketplace.AlreadyBid', bid(weak, MAX_PRICE / 3n));
  await refused('marketplace.BidTooHigh', bid(strong, MAX_PRICE + 1n));
  await bid(strong, MAX_PRICE / 4n);
  await refused(
    'marketplace.BidsStand', send(api, api.tx.marketplace.cancelJob(id), requester),
  );
  const view = await readPlacement(api, id);
  assert.deepEqual(view.bids.map((each) => each.provider), [weak.address, strong.address]);
  const won = await assigned(id, from);
  assert.equal(won.provider, strong.address);
  assert.equal(BigInt(won.price), MAX_PRICE / 4n);
  const after = await readPlacement(api, id);
  assert.deepEqual([after.bidsUntil, after.assignment, after.won], [null, 'Auction', true]);
});

/** What was learnt of a provider with the event that gave its job back. */
function learnt({ events }, { address }) {
  const changes = events.filter(({ name, data }) =>
    name === 'reputation.ReputationChanged' && data.provider === address);
  assert.equal(changes.length, 1);
  assert.equal(changes[0].data.outcome, 'Failed');
  return changes[0].data;
}

test('whoever declines, or misses its start, loses the job to the other', async () => {
  const within = api.consts.marketplace.minStart.toNumber();
  await refused('marketplace.StartTooSoon', order({ terms: { startWithin: within - 1 } }));
  // One is given back, and of the other nobody says anything. Together they may cost what is drawn.
  const terms = { startWithin: within };
  const { id, from } = await order({ terms, maxPrice: MAX_PRICE / 2n });
  const left = await order({ terms, maxPrice: MAX_PRICE / 2n }, other);
  const first = await assigned(id, from);
  const isStrong = first.provider === strong.address;
  const [one, next] = isStrong ? [strong, weak] : [weak, strong];
  const nextWorker = isStrong ? weakWorker : strongWorker;

  await refused(
    'marketplace.NotTheProvider', send(api, api.tx.marketplace.declineJob(id), next),
  );
  const had = await readRecord(one);
  const { events } = await send(api, api.tx.marketplace.declineJob(id), one);
  const returned = event(events, 'marketplace.JobReturned');
  assert.deepEqual([returned.provider, returned.missed], [one.address, false]);
  // As it is of its requester's first failure: a fifth of a quarter of what the job would have burned.
  const declined = learnt({ events }, one);
  assert.equal(declined.weight, first.price / 20n / 4n / 5n);
  assert.ok(declined.score < had.score, `${had.score} ${declined.score}`);
  const { failed, recent: [past] } = await readRecord(one);
  assert.equal(failed, had.failed + 1);
  assert.deepEqual(
    [past.outcome, BigInt(past.weight), past.score],
    ['Failed', declined.weight, declined.score],
  );

  const second = await assigned(id, first.number + 1);
  assert.equal(second.provider, next.address);
  const { startBy, passed } = await readPlacement(api, id);
  assert.equal(startBy, second.number + within);
  assert.deepEqual(passed, [one.address]);
  const { data } = await findEvent(
    api, 'marketplace.JobReturned', (each) => each.job === id,
    { from: second.number, timeout: 120_000 },
  );
  assert.deepEqual([data.provider, data.missed], [next.address, true]);
  // Whoever gave it back is not drawn again.
  const none = await findEvent(
    api, 'marketplace.NoProvider', (each) => each.job === id, { from: second.number },
  );
  assert.deepEqual(Object.entries(none.data.rejected).filter(([, count]) => count !== 0), [
    ['declined', 2],
  ]);

  const late = await findEvent(
    api, 'marketplace.JobReturned', (each) => each.job === left.id, { from: left.from },
  );
  assert.equal(late.data.missed, true);
  const again = await assigned(left.id, late.number + 1);
  assert.deepEqual(new Set([late.data.provider, again.provider]), new Set([one, next].map(
    ({ address }) => address,
  )));
  // Of another requester, whose first failure it is, too.
  const missed = learnt(late, { address: late.data.provider });
  assert.equal(missed.weight, 4n * declined.weight);

  // Named, and started in time by its worker key.
  const kept = await order({
    assignment: { Direct: next.address }, terms: { startWithin: within },
  });
  const started = await send(api, api.tx.marketplace.startJob(kept.id), nextWorker);
  assert.equal(started.fee, 0n);
  assert.equal(event(started.events, 'marketplace.JobStarted').provider, next.address);
  assert.equal((await readPlacement(api, kept.id)).startBy, null);
  await refused(
    'marketplace.NothingToStart', send(api, api.tx.marketplace.startJob(kept.id), nextWorker),
  );
});

test('the command quotes, bids and declines', async () => {
  const swarm = async (...args) =>
    JSON.parse(await must(binary('swarm'), ['--url', node.url, '--json', 'job', ...args]));
  const quote = await swarm('quote', '--model', network.model, '--rows', '3', '--need', 'memory=24GiB');
  assert.deepEqual([quote.judged, quote.fitting], [2, 1]);
  assert.deepEqual(quote.rejected, [{ reason: 'too little GPU memory', providers: 1 }]);

  const [least] = plain(api.consts.marketplace.auctionBlocks);
  const { id, from } = await order({ assignment: { Auction: { blocks: 2 * least } } });
  const bid = await swarm('bid', id, '--price', '0.5', '--suri', '//Bob');
  assert.equal(BigInt(bid.price), UNIT / 2n);
  const [shown] = (await swarm('show', id)).bids;
  assert.deepEqual([shown.provider, BigInt(shown.price)], [weak.address, UNIT / 2n]);
  const { number } = await assigned(id, from);
  await swarm('decline', id, '--suri', '//Bob');
  const { data } = await findEvent(
    api, 'marketplace.JobReturned', (each) => each.job === id, { from: number },
  );
  // It had bid.
  assert.ok(BigInt(data.forfeited) === UNIT / 20n);
  assert.deepEqual((await swarm('show', id)).gave_it_back, [weak.address]);
});

test('whoever wants may have what is overdue served', async () => {
  const poked = JSON.parse(await must(binary('swarm'), [
    '--url', node.url, '--json', 'network', 'poke', '--suri', '//Eve',
  ]));
  assert.ok(poked.block > 0);
});

test('nobody but governance says what counts in a score', async () => {
  const parameters = { reputation: 1, fit: 1, price: 1, spare: 1, threshold: 0 };
  await refused('badorigin', send(api, api.tx.marketplace.setScoring(parameters), requester));
});

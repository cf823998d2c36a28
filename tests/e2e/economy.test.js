// The token economy over several epochs, on a development chain whose epochs and eras are short: credit
// by what jobs burned, budgets that fall, vesting and claims, a public job that the treasury buys,
// bandwidth that nodes measure, claw-back, a nominator's reward, and books in which every token is
// accounted for. Windows have a file of their own (capacity.test.js), and none opens here.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, findEvent, key, plain, refused, send, treasury, UNIT,
} from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { Executor } from '../lib/executor.js';
import { carry, enacted, propose } from '../lib/governance.js';
import { claimMessage, registerNetwork, registerProvider, submission, submitJob } from '../lib/market.js';
import { Node } from '../lib/node.js';
import { binary, must } from '../lib/process.js';
import { developmentChain } from '../lib/spec.js';
import { waitFor } from '../lib/wait.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

// None of these votes: what voters have is locked.
const [requester, provider, nominator, peer] = [
  '//Eve', '//Ferdie', '//Eve//stash', '//Ferdie//stash',
].map(key);
const [validator, owner] = ['//Alice', '//Dave'].map(key);
const [worker, peerWorker] = ['//Alice//worker', '//Bob//worker'].map(key);

const EPOCH = 30;
const VESTING = 60;
/** Slots of a session, six of which are an era. */
const SESSION = 10;
/** So that two batches cost more than the least price, and less than a newcomer is trusted with. */
const ASK = 500_003n * UNIT;
const MAX_PRICE = 1_000n * UNIT;
const MAX_DRAWN = (5n * UNIT) / 4n;
const YEAR_MS = 31_557_600_000n;

let executor, node, api, network;
/** Number of the proposal for a public job, and that job. */
const bought = {};
/** Jobs credited so far: `{ id, credit, epoch, block, number }`. */
const credited = [];

const swarm = async (...args) =>
  JSON.parse(await must(binary('swarm'), ['--url', node.url, '--json', ...args]));
const rewards = () => swarm('provider', 'rewards', provider.address);
const supplyAt = async (block) => {
  const at = await api.at(block);
  const { issuance, genesis, minted, burned } = await at.call.swarmworkApi.supply();
  const parts = (part) =>
    Object.fromEntries([...part.entries()].map(([name, amount]) => [name, amount.toBigInt()]));
  const total = (await at.query.balances.totalIssuance()).toBigInt();
  return {
    total, issuance: issuance.toBigInt(), genesis: genesis.toBigInt(),
    minted: parts(minted), burned: parts(burned),
  };
};
const sum = (parts) => Object.values(parts).reduce((total, amount) => total + amount, 0n);

/** The books of a block balance. */
async function balanced(block) {
  const supply = await supplyAt(block ?? (await api.rpc.chain.getBlockHash()).toHex());
  assert.equal(supply.issuance, supply.total);
  assert.equal(supply.issuance, supply.genesis + sum(supply.minted) - sum(supply.burned));
  return supply;
}

const epochAt = async (block) => (await (await api.at(block)).query.swarmWork.currentEpoch()).toNumber();

/** An epoch with amounts as bigints. */
async function epochOf(index) {
  const view = plain(await api.call.swarmworkApi.epoch(index));
  assert.ok(view, `epoch ${index} is kept`);
  const amounts = ['budget', 'burned', 'credited', 'paid'].map((name) => [name, BigInt(view[name])]);
  return { ...view, ...Object.fromEntries(amounts) };
}

/** What of an epoch's credit has vested at a block. */
function vested(amount, { ended }, number) {
  if (ended === null || number < ended) return 0n;
  const elapsed = BigInt(Math.min(number - ended, VESTING));
  return (amount * elapsed) / BigInt(VESTING);
}

const passes = (number) =>
  waitFor(`block ${number}`, async () => (await blockNumber(api)) >= number, { timeout: 240_000 });

/** Waits for a job's end; what it burned, and was credited. */
async function settled(id, from) {
  const completed = await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, {
    from, timeout: 180_000,
  });
  const { provider: who, credit, rate } = event(
    completed.events.filter((e) => e.data.job === id), 'swarmWork.Credited',
  );
  assert.equal(who, provider.address);
  const { block, number } = completed;
  const job = { id, credit, epoch: await epochAt(block), block, number };
  credited.push(job);
  return { ...job, rate, burned: completed.data.burned };
}

/** Has a job done by the provider. */
async function work(seed) {
  const job = await makeJob(network, 2, seed);
  await executor.put(job.input);
  const from = await blockNumber(api);
  const { id } = await submitJob(api, requester, network, job, {
    maxPrice: MAX_PRICE, deadline: from + 200, assignment: { Direct: provider.address },
  });
  return settled(id, from);
}

before(async () => {
  network = await makeNetwork({ widths: [12, 9, 5], batch: 4, seed: 81 });
  executor = await Executor.start();
  const chain = developmentChain((genesis) => {
    genesis.swarmWork.pace = { epochBlocks: EPOCH, vestingBlocks: VESTING, windows: 0 };
    genesis.timing.epochSlots = SESSION;
  });
  node = await Node.start({
    executor,
    // Whose story is read from its first block.
    chain: [
      '--chain', chain, '--alice', '--force-authoring', '--node-key', '05'.repeat(32),
      '--state-pruning', 'archive',
    ],
  });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
  await send(api, api.tx.staking.bond(500_000n * UNIT, 'Stash'), nominator);
  await send(api, api.tx.staking.nominate([validator.address]), nominator);
  await registerNetwork(api, owner, network);
  await registerProvider(api, provider, worker, { ask: ASK, endpoint: executor.url });
  for (const blob of [network.keys.proving, network.keys.commitment, network.file]) {
    await executor.put(blob);
  }
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

test('the purchase of a public job is put to the vote', async () => {
  await send(api, api.tx.balances.transferKeepAlive(treasury(api), 1_000n * UNIT), requester);
  const job = await makeJob(network, 2, 90);
  await executor.put(job.input);
  const terms = { maxPrice: MAX_DRAWN, deadline: (await blockNumber(api)) + 600 };
  const purchase = (changed = {}) =>
    api.tx.governance.buyPublic(submission(api, network, job, { ...terms, ...changed }));
  // Nobody buys for the treasury but by proposal.
  await refused('badorigin', send(api, purchase(), requester));
  bought.from = await blockNumber(api);
  bought.proposal = await propose(api, purchase(), requester);
  const { class: asked } = (await api.call.governanceApi.proposal(bought.proposal)).toJSON();
  assert.equal(asked, 'Treasury');
  await carry(api, bought.proposal);
});

test('a job is credited by what it burned', async () => {
  const { burned, credit, rate, epoch, block } = await work(91);
  assert.ok(burned > 0n);
  // Nothing is measured of this provider: the base rate.
  assert.deepEqual([rate, credit], [100_000, burned / 10n]);
  const seen = await swarm('network', 'economy', '--epoch', String(epoch));
  assert.deepEqual([BigInt(seen.epoch.burned), BigInt(seen.epoch.credited)], [burned, credit]);
  assert.equal(BigInt(seen.epoch.paid), 0n);
  const own = await rewards();
  assert.deepEqual([own.provider, BigInt(own.earned)], [provider.address, credit]);
  assert.equal(own.capacity, null);
  await balanced(block);
});

test('a lock-up raises the credit of later jobs', async () => {
  const [first] = credited;
  await waitFor('the next epoch', async () =>
    (await api.query.swarmWork.currentEpoch()).toNumber() > first.epoch, { timeout: 90_000 });
  const before = await balance(api, provider.address);
  const locked = await swarm('provider', 'lock-up', '1000', '--term', '12-months', '--suri', '//Ferdie');
  assert.equal(locked.credit_rate, 0.15);
  assert.equal((await balance(api, provider.address)).held - before.held, 1_000n * UNIT);
  await refused('swarmWork.StillLocked', send(api, api.tx.swarmWork.unlock(), provider));
  const { burned, credit, rate } = await work(92);
  assert.deepEqual([rate, credit], [150_000, (burned * 15n) / 100n]);
});

test('epochs end with what they owe, and budgets fall', async () => {
  const [first, second] = credited;
  assert.ok(second.epoch > first.epoch);
  const ended = await findEvent(api, 'swarmWork.EpochEnded', (e) => e.epoch === second.epoch, {
    from: first.number, timeout: 90_000,
  });
  const { budget, burned, credited: owed, scale } = await epochOf(second.epoch);
  assert.deepEqual([ended.data.burned, ended.data.credited], [burned, owed]);
  assert.ok(owed >= second.credit && owed * 10n <= burned * 9n);
  assert.equal(scale, 1_000_000, 'the budget suffices');
  // A part of 474,646 in 10^9 less, rounded against the budget.
  const next = budget - (budget * 474_646n + 999_999_999n) / 1_000_000_000n;
  assert.equal(ended.data.nextBudget, next);
  assert.equal((await epochOf(second.epoch + 1)).budget, next);
});

test('credit is minted to who fetches it, as it vests', async () => {
  const [first] = credited;
  const epoch = await epochOf(first.epoch);
  await passes(epoch.ended + EPOCH);
  const before = await rewards();
  const claim = await swarm('provider', 'claim-rewards', '--suri', '//Ferdie');
  const now = BigInt(claim.claimed_now);
  assert.ok(now > 0n && now < BigInt(claim.earned));
  const [number] = claim.blocks;
  const of = ({ epochs }, index) => epochs.find((each) => each.epoch === index);
  const { earned } = of(before, first.epoch);
  assert.equal(BigInt(of(claim, first.epoch).claimed), vested(BigInt(earned), epoch, number));
  assert.equal(BigInt(before.claimed), 0n);
  const block = (await api.rpc.chain.getBlockHash(number)).toHex();
  const { minted } = await balanced(block);
  assert.equal(minted.swarmWork, now);
  // The whole of it in the end, and no more.
  const { ended } = await epochOf(credited[1].epoch);
  await passes(ended + VESTING + 1);
  await swarm('provider', 'claim-rewards', '--suri', '//Ferdie');
  const after = await rewards();
  for (const { epoch: index, credit } of credited.slice(0, 2)) {
    assert.ok(BigInt(of(after, index).claimed) >= credit);
    assert.equal(of(after, index).claimed, of(after, index).earned);
  }
  await refused('swarmWork.NothingToClaim', send(
    api, api.tx.swarmWork.claim(first.epoch, credited[1].epoch - first.epoch + 1), provider,
  ));
});

test('nodes measure each other\'s bandwidth and report it', async () => {
  await registerProvider(api, peer, peerWorker, { endpoint: executor.url });
  // Nothing is drawn for it.
  await send(api, api.tx.providers.setAvailable(false), peer);
  await node.insertWorker('//Bob//worker', peerWorker);
  const from = await blockNumber(api);
  for (const who of [provider, peer]) await send(api, api.tx.swarmWork.admit(null), who);
  for (const [of, by] of [[provider, peer], [peer, provider]]) {
    const { data } = await findEvent(api, 'swarmWork.BandwidthReported', (e) => e.provider === of.address, {
      from, timeout: 120_000,
    });
    assert.equal(data.peer, by.address);
    assert.ok(data.rate > 1_024, `${data.rate} KiB/s on one machine`);
  }
});

test('the treasury has bought a public job, which was drawn, proven and credited', async () => {
  assert.deepEqual(await enacted(api, bought.proposal), { ok: null });
  const submitted = await findEvent(
    api, 'marketplace.JobSubmitted', (e) => e.requester === treasury(api), { from: bought.from },
  );
  assert.equal(submitted.data.escrow, MAX_DRAWN);
  const { job } = submitted.data;
  const assigned = await findEvent(api, 'marketplace.JobAssigned', (e) => e.job === job, {
    from: submitted.number,
  });
  assert.equal(assigned.data.provider, provider.address);
  const { burned, credit, block } = await settled(job, submitted.number);
  assert.equal(credit, (burned * 15n) / 100n);
  const month = plain(await api.query.governance.paid());
  assert.equal(BigInt(month.paid), MAX_DRAWN, 'it counts against the month');
  await balanced(block);
  // It was drawn: prices of named providers' jobs are nobody's measure.
  const { prices } = await swarm('network', 'prices');
  const settledAt = prices.filter(({ jobs }) => jobs > 0);
  assert.deepEqual(settledAt.map((each) => each.class), ['basic']);
  assert.ok(BigInt(settledAt[0].average) > 0n);
});

test('a slash takes back what has not vested, and half of it is burned at least', async () => {
  const { id, credit, epoch: index, block: settledIn } = await work(93);
  const claim = (await api.query.marketplace.results(id, 0)).unwrap().commitment.toU8a();
  const wrong = Uint8Array.from(claim);
  wrong[0] ^= 1;
  const message = claimMessage(api.genesisHash.toU8a(), provider.publicKey, id, 0, wrong);
  const about = { provider: provider.address, worker: worker.address, job: id, batch: 0 };
  const signed = { commitment: hex(wrong), signature: { Sr25519: hex(worker.sign(message)) } };
  const { events, block } = await send(
    api, api.tx.providers.reportFalseClaim(about, signed, null), requester,
  );
  const slash = event(events, 'providers.ProviderSlashed');
  const { amount } = event(events, 'swarmWork.ClawedBack');
  const number = (await api.rpc.chain.getHeader(block)).number.toNumber();
  // Whatever was not vested, of each job so far.
  let unvested = 0n;
  for (const job of credited) {
    const epoch = await epochOf(job.epoch);
    unvested += job.credit - vested(job.credit, epoch, number);
  }
  // Jobs that share an epoch are rounded once.
  assert.ok(amount <= unvested && unvested - amount <= BigInt(credited.length), `${amount} ${unvested}`);
  assert.ok(amount >= credit / 2n, 'the last job has hardly vested');
  const [was, is] = [await balanced(settledIn), await balanced(block)];
  assert.equal(is.burned.slashes - was.burned.slashes, slash.burned);
  assert.ok(slash.burned * 2n >= slash.amount);
  assert.ok(is.burned.transactionFees >= was.burned.transactionFees);
  // It never vests.
  await passes((await blockNumber(api)) + EPOCH + 1);
  const { ended } = await epochOf(index);
  await passes(ended + VESTING);
  const later = (await rewards()).epochs.find((each) => each.epoch === index);
  assert.ok(!later || BigInt(later.payable) < credit);
});

test('nominators are paid by the curve, whose remainder is the treasury\'s', async () => {
  const backed = async (era) => {
    const page = await api.query.staking.erasStakersPaged(era, validator.address, 0);
    return page.isSome && page.unwrap().others.some(({ who }) => who.eq(nominator.address));
  };
  const era = await waitFor('an era with the nomination to end', async () => {
    const last = (await api.query.staking.activeEra()).unwrap().index.toNumber() - 1;
    return last >= 0 && (await backed(last)) ? { last } : undefined;
  }, { timeout: 300_000, every: 1_000 });
  const paid = await findEvent(api, 'staking.EraPaid', (e) => e.eraIndex === era.last, { from: 1 });
  const { validatorPayout, remainder } = paid.data;
  // At most a tenth of supply a year for both; an era's part of it is rounded to a billionth.
  const at = await api.at((await api.rpc.chain.getBlockHash(paid.number - 1)).toHex());
  const start = (await at.query.staking.activeEra()).unwrap().start.unwrap().toBigInt();
  // The era ends before the block that ends it says what time it is.
  const now = (await at.query.timestamp.now()).toBigInt();
  const issuance = (await at.query.balances.totalIssuance()).toBigInt();
  const most = (issuance * (now - start)) / (10n * YEAR_MS);
  const total = validatorPayout + remainder;
  assert.ok(total <= (most * 101n) / 100n && total >= (most * 99n) / 100n, `${total} of ${most}`);
  assert.ok(remainder > 0n, 'little is staked');

  const before = (await balanced()).minted.staking;
  const { events, block } = await send(
    api, api.tx.staking.payoutStakers(validator.address, era.last), requester,
  );
  const paidOut = events.filter(({ name }) => name === 'staking.Rewarded').map(({ data }) => data);
  const own = paidOut.find(({ stash }) => stash === nominator.address);
  assert.ok(own.amount > 0n);
  const { minted } = await balanced(block);
  assert.equal(minted.staking - before, paidOut.reduce((all, { amount }) => all + amount, 0n));
  // A provider's bond is no stake, and stake no bond.
  assert.ok((await api.query.staking.ledger(provider.address)).isNone);
});

test('tokens are burned at will, and every source has its book', async () => {
  const { events, block } = await send(api, api.tx.burn.burn(7n * UNIT), requester);
  assert.equal(event(events.filter(({ data }) => data.source === 'Voluntary'), 'burn.Burned').amount, 7n * UNIT);
  const { burned, minted } = await balanced(block);
  assert.equal(burned.voluntary, 7n * UNIT);
  for (const [source, amount] of Object.entries({ ...burned, ...minted })) {
    assert.ok(amount > 0n, source);
  }
  // Nobody is credited for it, nor for fees or slashes: jobs alone.
  let earned = 0n;
  for (let index = 0; index <= credited.at(-1).epoch; index++) earned += (await epochOf(index)).burned;
  assert.equal(earned, burned.jobFees);
  const seen = await swarm('network', 'economy');
  assert.equal(BigInt(seen.supply.burned.job_fees), burned.jobFees);
  assert.equal(BigInt(seen.supply.minted.swarm_work), minted.swarmWork);
});

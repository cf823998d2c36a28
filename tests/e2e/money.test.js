// Money: a stable-coin as job currency from its listing to its claims, tips, what withdrawing a job
// costs, and inputs that are withheld. Hand-built extrinsics only.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, findEvent, key, parentOf, plain, refused, send, treasury,
  UNIT,
} from '../lib/chain.js';
import { hex, unhex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import { carry, enacted, propose } from '../lib/governance.js';
import {
  readBurned, readJob, readProvider, registerNetwork, registerProvider, submission, submitJob,
  submitOrder, submitResult,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { binary, must, temporaryFolder } from '../lib/process.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester, issuer] = ['//Charlie', '//Dave', '//Eve', '//Ferdie'].map(key);
const worker = key('//Alice//worker');
/** A provider without a node: what it does is done by hand. */
const manual = { provider: key('//Bob'), worker: key('//Bob//worker') };
const ASSET = 7;
const STABLE = { WithId: ASSET };
/** The least that an account of it holds. */
const LEAST = 100n;
/** A coin has 10^6 units and is worth 4 SWARM, 4 * 10^12 units. */
const RATE = 4_000_000n;
const FIXED = 10n ** 18n;
/** The least price, 0.1 SWARM. */
const PRICE = 25_000n;
const MOST = 1_000_000n;
/** Room for many days of a slot, of which a test sees little. */
const MUCH = 100n * UNIT;
const LONG = 100_000;

let executor, bench, node, api, network;
/** Jobs that wait while others are tested. */
const idle = {};

const coins = async (address, block) => {
  const at = block ? await api.at(block) : api;
  const account = await at.query.assets.account(ASSET, address);
  return account.isNone ? 0n : account.unwrap().balance.toBigInt();
};
const heldCoins = async (address) => {
  const held = await api.query.assetsHolder.balancesOnHold(ASSET, address);
  return held.isNone ? 0n : held.unwrap().toBigInt();
};
const owed = async (address) =>
  (await api.query.marketplace.claims(address, STABLE, requester.address)).toBigInt();

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 71 });
  [executor, bench] = await Promise.all([Executor.start(), Executor.start()]);
  node = await Node.start({ executor });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await registerProvider(api, provider, worker, { endpoint: executor.url });
  await registerProvider(api, manual.provider, manual.worker);
  await send(api, api.tx.assets.create(ASSET, issuer.address, LEAST), issuer);
  await send(api, api.tx.assets.mint(ASSET, requester.address, 10n * MOST), issuer);
});

after(async () => {
  await node?.stop();
  await Promise.all([executor?.stop(), bench?.stop()]);
});

/** A job for coins, of the provider's unless it says otherwise. */
async function submitForCoins(seed, options = {}) {
  const job = await makeJob(network, 1, seed);
  const from = await blockNumber(api);
  const sent = await submitOrder(api, requester, network, job, {
    currency: STABLE,
    maxPrice: MOST,
    deadline: from + 100,
    assignment: { Direct: provider.address },
    ...options,
  });
  return { job, from, ...sent };
}

/** Gives the executor what it needs for a job, and waits until the job is paid. */
async function done({ id, job, from }) {
  for (const blob of [network.keys.proving, network.keys.commitment, network.file, job.input]) {
    await executor.offer(blob);
  }
  return findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, { from, timeout: 120_000 });
}

/** A job for tokens of the provider that works by hand, and the block of its assignment. */
async function submitManual(batches, seed, options) {
  const job = await makeJob(network, batches, seed);
  const sent = await submitJob(api, requester, network, job, {
    assignment: { Direct: manual.provider.address }, ...options,
  });
  const { number } = await api.rpc.chain.getHeader(sent.block);
  return { job, assigned: number.toNumber(), ...sent };
}

/** What a slot costs from one block to another, both counted. */
const slotCost = (from, to) =>
  api.consts.marketplace.slotPrice.toBigInt() * BigInt(to - from + 1);

/** That a job ended for that reason with so much paid for its provider's slot, divided as any price. */
async function paidForSlot({ events, block }, { id, maxPrice }, paid, why = 'Withdrawn') {
  const part = (percent) => (paid * percent) / 100n;
  const [paidProvider, burned, paidOwner] = [80n, 5n, 5n].map(part);
  assert.deepEqual(event(events.filter((e) => e.data.job === id), 'marketplace.JobCancelled'), {
    job: id,
    provider: manual.provider.address,
    why,
    paid,
    paidProvider,
    paidTreasury: paid - paidProvider - burned - paidOwner,
    burned,
    paidOwner,
    refunded: maxPrice - paid,
  });
  const parent = await parentOf(api, block);
  const [was, is] = await Promise.all(
    [parent, block].map((each) => balance(api, manual.provider.address, each)),
  );
  assert.equal(is.free - was.free, paidProvider);
  assert.equal((await readJob(api, id)).state.kind, 'cancelled');
}

test('an asset is a currency once governance has listed it', async () => {
  await refused('badorigin', send(
    api, api.tx.marketplace.listAsset(ASSET, RATE * FIXED), issuer,
  ));
  await refused('marketplace.AssetNotListed', submitForCoins(710));
  const index = await propose(api, api.tx.marketplace.listAsset(ASSET, RATE * FIXED), issuer);
  assert.equal((await api.call.governanceApi.proposal(index)).toJSON().class, 'Parameter');
  await carry(api, index);
  assert.deepEqual(await enacted(api, index), { ok: null });
  const listing = plain(await api.query.marketplace.listings(ASSET));
  assert.equal(listing.open, true);
  assert.equal(BigInt(listing.rate), RATE * FIXED);
});

test('a provider chooses what it works for', async () => {
  await refused('marketplace.ProviderRefusesAsset', submitForCoins(711));
  const enquiry = {
    model: network.model,
    batches: 1,
    mode: 'Proven',
    maxPrice: MOST,
    currency: STABLE,
    requirements: { hard: {}, soft: {} },
  };
  const judged = async () => Object.fromEntries(
    (await api.call.swarmworkApi.eligibleProviders(enquiry, 0, 10)).map(plain).map(
      ([who, { err }]) => [who, err ?? 'fits'],
    ),
  );
  const refusing = { [provider.address]: 'Currency', [manual.provider.address]: 'Currency' };
  assert.deepEqual(await judged(), refusing);
  const accept = (rate) =>
    send(api, api.tx.marketplace.acceptAsset(ASSET, rate === null ? null : rate * FIXED), provider);
  await accept(RATE - 1n);
  await refused('marketplace.ProviderRefusesAsset', submitForCoins(711));
  const swarm = ['--url', node.url, '--json', 'provider', 'accept-asset', String(ASSET)];
  await must(binary('swarm'), [...swarm, '--up-to', String(RATE), '--suri', '//Charlie']);
  const accepted = await api.query.marketplace.acceptedAssets(provider.address, ASSET);
  assert.equal(accepted.unwrap().toBigInt(), RATE * FIXED);
  assert.deepEqual(await judged(), { ...refusing, [provider.address]: 'fits' });
});

test('a price in coins is divided to the unit, and without a market nothing is burned', async () => {
  const [burned, tokens] = [await readBurned(api), await balance(api, requester.address)];
  const submitted = await submitForCoins(712);
  assert.equal(await heldCoins(requester.address), MOST);
  assert.equal((await balance(api, requester.address)).held, tokens.held);
  const view = await readJob(api, submitted.id);
  assert.deepEqual(view.currency, { withId: ASSET });
  const { data, block } = await done(submitted);
  assert.equal(data.provider, provider.address);
  const { paidProvider, paidTreasury, paidOwner, refunded } = data;
  assert.equal(data.burned, 0n);
  assert.equal(paidProvider, (PRICE * 80n) / 100n);
  assert.equal(paidTreasury, (PRICE * 15n) / 100n);
  assert.equal(paidOwner, (PRICE * 5n) / 100n);
  assert.equal(paidProvider + paidTreasury + paidOwner + refunded, MOST);
  const parent = await parentOf(api, block);
  const gained = async (who) => (await coins(who, block)) - (await coins(who, parent));
  assert.equal(await gained(provider.address), paidProvider);
  assert.equal(await gained(treasury(api)), paidTreasury);
  assert.equal(await gained(owner.address), paidOwner);
  assert.equal(await heldCoins(requester.address), 0n);
  assert.equal((await readBurned(api)).jobFees, burned.jobFees);
  // No tokens were burned for it, so it earns no credit.
  assert.deepEqual(plain(await api.call.swarmworkApi.rewards(provider.address)).epochs, []);
});

test('a frozen asset holds up no job, and what is owed is claimed once it moves', async () => {
  const before = await coins(provider.address);
  const submitted = await submitForCoins(713);
  await send(api, api.tx.assets.freezeAsset(ASSET), issuer);
  const { events } = await done(submitted);
  const claims = events.filter((e) => e.name === 'marketplace.ClaimRecorded');
  assert.equal(claims.length, 4);
  assert.equal(await owed(provider.address), (PRICE * 80n) / 100n);
  assert.equal(await owed(requester.address), MOST - PRICE);
  assert.equal(await heldCoins(requester.address), MOST);
  const shown = JSON.parse(await must(binary('swarm'), [
    '--url', node.url, '--json', 'account', 'show', provider.address,
  ]));
  assert.deepEqual(shown.owed, [
    { asset: ASSET, amount: String((PRICE * 80n) / 100n), payer: requester.address },
  ]);
  const claim = (who) => send(api, api.tx.marketplace.claimAsset(ASSET, who), issuer);
  await refused('marketplace.CannotReceive', claim(provider.address));
  await send(api, api.tx.assets.thawAsset(ASSET), issuer);
  for (const who of [provider.address, owner.address, treasury(api)]) await claim(who);
  await must(binary('swarm'), [
    '--url', node.url, '--json', 'account', 'claim', '--asset', String(ASSET), '--suri', '//Eve',
  ]);
  assert.equal((await coins(provider.address)) - before, (PRICE * 80n) / 100n);
  assert.equal(await heldCoins(requester.address), 0n);
  await refused('marketplace.NothingToClaim', claim(provider.address));
});

test('a tip goes to the provider whole', async () => {
  const submitted = await submitForCoins(714);
  await refused('marketplace.JobNotCompleted', send(
    api, api.tx.marketplace.tip(submitted.id, 1n), requester,
  ));
  await done(submitted);
  const before = await coins(provider.address);
  const { events } = await send(api, api.tx.marketplace.tip(submitted.id, 777n), requester);
  assert.equal(event(events, 'marketplace.Tipped').amount, 777n);
  assert.equal((await coins(provider.address)) - before, 777n);
  await refused('marketplace.NotTheRequester', send(
    api, api.tx.marketplace.tip(submitted.id, 1n), issuer,
  ));
  await must(binary('swarm'), [
    '--url', node.url, '--json', 'job', 'tip', submitted.id, `223@${ASSET}`, '--suri', '//Eve',
  ]);
  assert.equal((await coins(provider.address)) - before, 1_000n);
});

test('where there is a market, coins buy tokens that are burned and credited', async () => {
  // Ten coins and what they are worth, the treasury's for good.
  const side = 10_000_000n;
  await send(api, api.tx.assets.mint(ASSET, issuer.address, 2n * side), issuer);
  await send(api, api.tx.assetConversion.createPool('Native', STABLE), issuer);
  await send(api, api.tx.assetConversion.addLiquidity(
    'Native', STABLE, side * RATE, side, 1, 1, treasury(api),
  ), issuer);
  const burned = (await readBurned(api)).jobFees;
  const submitted = await submitForCoins(719);
  const { data, events } = await done(submitted);
  const own = events.filter((e) => e.data.job === submitted.id);
  const bought = event(own, 'marketplace.TokensBought');
  const part = (PRICE * 5n) / 100n;
  assert.deepEqual([bought.asset, bought.sold], [ASSET, part]);
  // By the constant product, less three thousandths.
  const expected = (part * 997n * side * RATE) / (side * 1_000n + part * 997n);
  const off = bought.burned > expected ? bought.burned - expected : expected - bought.burned;
  assert.ok(off * 1_000n <= expected, `${bought.burned} ${expected}`);
  assert.equal(data.burned, bought.burned);
  assert.equal(data.paidTreasury, (PRICE * 15n) / 100n - part);
  assert.equal((await readBurned(api)).jobFees - burned, bought.burned);
  const { provider: who, credit } = event(own, 'swarmWork.Credited');
  assert.deepEqual([who, credit], [provider.address, bought.burned / 10n]);
  const supply = await api.call.swarmworkApi.supply();
  const sum = (parts) => [...parts.values()].reduce((all, amount) => all + amount.toBigInt(), 0n);
  const { issuance, genesis, minted, burned: all } = supply;
  assert.equal(issuance.toBigInt(), genesis.toBigInt() + sum(minted) - sum(all));
});

test('withdrawing a job costs the time of its slot, divided as any price', async () => {
  const job = await makeJob(network, 1, 715);
  const from = await blockNumber(api);
  const maxPrice = 100n * UNIT;
  const { id } = await submitJob(api, requester, network, job, {
    maxPrice, deadline: from + 1_000, assignment: { Direct: provider.address },
  });
  const { price } = (await readJob(api, id)).state;
  const burned = (await readBurned(api)).jobFees;
  const { events } = await send(api, api.tx.marketplace.cancelJob(id), requester);
  const cancelled = event(events, 'marketplace.JobCancelled');
  assert.equal(cancelled.provider, provider.address);
  assert.equal(cancelled.why, 'Withdrawn');
  assert.equal(cancelled.paid + cancelled.refunded, maxPrice);
  // A few of a thousand blocks: the least part of the price, or little more.
  assert.ok(cancelled.paid >= BigInt(price) / 100n && cancelled.paid < BigInt(price) / 10n);
  assert.equal(cancelled.burned, (cancelled.paid * 5n) / 100n);
  assert.equal(cancelled.paidProvider, (cancelled.paid * 80n) / 100n);
  const { paidProvider, paidTreasury, burned: gone, paidOwner } = cancelled;
  assert.equal(paidProvider + paidTreasury + gone + paidOwner, cancelled.paid);
  assert.equal((await readBurned(api)).jobFees - burned, cancelled.burned);
  const view = await readJob(api, id);
  assert.deepEqual([view.state.kind, view.state.why], ['cancelled', 'Withdrawn']);
  await refused('marketplace.JobEnded', send(api, api.tx.marketplace.cancelJob(id), requester));
});

test('a job is withdrawn once, however the calls are wrapped', async () => {
  const job = await makeJob(network, 1, 716);
  const { id } = await submitJob(api, requester, network, job, {
    deadline: (await blockNumber(api)) + 1_000, assignment: { Direct: provider.address },
  });
  const cancel = api.tx.marketplace.cancelJob(id);
  await refused('marketplace.JobEnded', send(
    api, api.tx.utility.batchAll([cancel, cancel]), requester,
  ));
  const before = await balance(api, requester.address);
  const { events, fee } = await send(api, api.tx.utility.forceBatch([cancel, cancel]), requester);
  const { paid } = event(events, 'marketplace.JobCancelled');
  const now = await balance(api, requester.address);
  assert.equal(now.free + now.held, before.free + before.held - paid - fee);
  assert.equal(events.filter((e) => e.name === 'utility.ItemFailed').length, 1);
});

test('withdrawing a job costs the part of its work that is proven', async () => {
  const { id, job } = await submitManual(2, 732, {
    maxPrice: UNIT, deadline: (await blockNumber(api)) + 1_000,
  });
  const price = BigInt((await readJob(api, id)).state.price);
  for (const blob of [network.keys.proving, network.keys.commitment, network.file, job.input]) {
    await bench.put(blob);
  }
  await bench.post(jobSpec({
    genesis: api.genesisHash.toHex(), id, provider: manual.provider, network, ...job,
  }));
  const { batches: [{ index, proof, output }] } = await bench.until(id, ['done']);
  await submitResult(api, manual.worker, id, index, unhex(proof), output);
  const sent = await send(api, api.tx.marketplace.cancelJob(id), requester);
  await paidForSlot(sent, { id, maxPrice: UNIT }, price / 2n);
});

test('an input is reported as missing, and nobody publishes it', async () => {
  const deadline = (await blockNumber(api)) + LONG;
  idle.cancelled = await submitManual(1, 730, { maxPrice: MUCH, deadline });
  idle.withheld = await submitManual(1, 731, { maxPrice: MUCH, deadline });
  const { id } = idle.withheld;
  const { events } = await send(api, api.tx.marketplace.reportInput(id), manual.worker);
  idle.until = event(events, 'marketplace.InputReported').until;
  assert.equal((await readJob(api, id)).inputDue, idle.until);
});

test('a withheld input is reported by the node, and published or given after all', async () => {
  // A network whose keys the executor does not have: no job of it is done before it gets them.
  const other = await makeNetwork({ widths: [6, 4], batch: 3, seed: 72 });
  await registerNetwork(api, owner, other);
  const jobs = [await makeJob(other, 1, 718), await makeJob(other, 1, 719)];
  const from = await blockNumber(api);
  const begin = async (job) => {
    const { id } = await submitJob(api, requester, other, job, {
      deadline: from + 500, assignment: { Direct: provider.address },
    });
    return { id, job, deadline: (await readJob(api, id)).deadline };
  };
  const [published, given] = [await begin(jobs[0]), await begin(jobs[1])];
  const publish = ({ id }, bytes) =>
    send(api, api.tx.marketplace.publishInput(id, hex(bytes)), requester);
  await refused('marketplace.NothingReported', publish(published, published.job.input));
  // By hand, as whoever has no executor does.
  const report = () => api.tx.marketplace.reportInput(given.id);
  await refused('marketplace.NotTheWorker', send(api, report(), issuer));
  assert.equal((await send(api, report(), worker)).fee, 0n);
  const withdraw = api.tx.marketplace.withdrawReport(given.id);
  await refused('marketplace.NotTheWorker', send(api, withdraw, issuer));

  // By the node, which nobody has told.
  const { data: { provider: reporter, until } } = await findEvent(
    api, 'marketplace.InputReported', (e) => e.job === published.id, { from },
  );
  assert.equal(reporter, provider.address);
  const wrong = Uint8Array.from(published.job.input);
  wrong[0] ^= 1;
  await refused('marketplace.InputMismatch', publish(published, wrong));
  await refused('marketplace.ReportStands', send(
    api, api.tx.marketplace.closeReport(published.id), issuer,
  ));
  await publish(published, published.job.input);
  assert.ok(until < published.deadline);
  assert.ok((await readJob(api, published.id)).deadline > published.deadline);
  const stored = (await api.query.marketplace.published(published.id)).unwrap();
  assert.equal(stored.toHex(), hex(published.job.input));
  const out = join(temporaryFolder(), 'input.safetensors');
  await must(binary('swarm'), [
    '--url', node.url, '--json', 'job', 'fetch-input', published.id, '--out', out,
  ]);
  assert.deepEqual(new Uint8Array(readFileSync(out)), Uint8Array.from(published.job.input));

  // The executor gets the other one as from a requester that was late: no time is given for that.
  await executor.offer(given.job.input);
  const { data } = await findEvent(
    api, 'marketplace.ReportWithdrawn', (e) => e.job === given.id, { from },
  );
  assert.equal(data.provider, provider.address);
  assert.equal((await readJob(api, given.id)).deadline, given.deadline);
  await refused('marketplace.AlreadyReported', send(api, report(), worker));

  // Nobody but the node has handed over the input that was published.
  for (const blob of [other.keys.proving, other.keys.commitment, other.file]) {
    await executor.offer(blob);
  }
  for (const { id } of [published, given]) {
    await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, {
      from, timeout: 120_000,
    });
  }
  assert.ok((await api.query.marketplace.published(published.id)).isNone);
});

test('a job whose input nobody publishes ends by itself, and its slot is paid', async () => {
  const { id, assigned } = idle.withheld;
  const ended = await findEvent(api, 'marketplace.JobCancelled', (e) => e.job === id, {
    from: idle.until, timeout: 120_000,
  });
  assert.equal(ended.extrinsic, null, 'by no transaction');
  assert.equal(ended.number, idle.until + 1);
  await paidForSlot(
    ended, { id, maxPrice: MUCH }, slotCost(assigned, ended.number), 'InputWithheld',
  );
  await refused('marketplace.JobEnded', send(
    api, api.tx.marketplace.closeReport(id), issuer,
  ));
});

test('withdrawing a job costs the price of its slot, block by block', async () => {
  const { id, assigned } = idle.cancelled;
  const { price } = (await readJob(api, id)).state;
  const sent = await send(api, api.tx.marketplace.cancelJob(id), requester);
  const paid = slotCost(assigned, (await api.rpc.chain.getHeader(sent.block)).number.toNumber());
  // Of its time hardly any is over, and the least part of its price is less.
  assert.ok(paid > BigInt(price) / 100n, `${paid}`);
  await paidForSlot(sent, { id, maxPrice: MUCH }, paid);
});

test('dust is refused in coins as in tokens', async () => {
  await refused('marketplace.PriceTooLow', submitForCoins(717, { maxPrice: PRICE - 1n }));
  const job = await makeJob(network, 1, 717);
  const deadline = (await blockNumber(api)) + 100;
  await refused('marketplace.PriceTooLow', send(
    api, submission(api, network, job, { maxPrice: UNIT / 10n - 1n, deadline }), requester,
  ));
  // A slot for days costs more than the least price.
  await refused('marketplace.PriceBelowSlot', send(api, submission(
    api, network, job, { maxPrice: UNIT / 10n, deadline: deadline + 200_000 },
  ), requester));
});

test('nothing is held any more when every job has ended', async () => {
  assert.equal((await api.query.marketplace.totalHeld(STABLE)).toBigInt(), 0n);
  assert.equal((await api.query.marketplace.totalHeld('Native')).toBigInt(), 0n);
  for (const each of [provider, manual.provider]) {
    const { running, reserved } = await readProvider(api, each);
    assert.deepEqual([running, BigInt(reserved)], [0, 0n]);
  }
});

// A provider's life besides its jobs: profile, unbonding queue, maintenance, a lease whose revenue is
// shared at settlement, and evidence of what its worker key signed. Hand-built extrinsics only.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, findEvent, key, plain, refused, send, UNIT,
} from '../lib/chain.js';
import { Executor } from '../lib/executor.js';
import { hex } from '../lib/content.js';
import {
  BOND, claimMessage, consent, readProvider, registerNetwork, registerProvider, submitJob,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { binary, must } from '../lib/process.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [operator, owner, requester, lessor] = ['//Charlie', '//Dave', '//Eve', '//Ferdie'].map(key);
const [worker, lessorWorker, nextWorker] =
  ['//Alice//worker', '//Bob//worker', '//Charlie//worker'].map(key);
const ASK = 1_000_003n * UNIT;
const SHARE = 400_000; // 40 %

let executor, node, api, network, settled;

const details = async (who) => plain(await api.call.swarmworkApi.providerDetails(who.address));
/** What the operator's worker key signs to claim an answer to the only batch of the job that it did. */
const claim = (commitment) => ({
  commitment: hex(commitment),
  signature: {
    Sr25519: hex(worker.sign(claimMessage(
      api.genesisHash.toU8a(), operator.publicKey, settled.id, 0, commitment,
    ))),
  },
});
const answered = () => ({
  provider: operator.address, worker: worker.address, job: settled.id, batch: 0,
});
const outcomes = async () => plain(await api.call.swarmworkApi.outcomes());
const big = (value) => BigInt(value);

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 11 });
  executor = await Executor.start();
  node = await Node.start({ executor });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await registerProvider(api, operator, worker, { ask: ASK, endpoint: executor.url });
  await registerProvider(api, lessor, lessorWorker, { bond: 3n * BOND });
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

test('a profile is stored as programs read it', async () => {
  const profile = {
    name: 'Bench',
    website: 'https://provider.example',
    capabilities: { gpuMemoryMib: 81_920, backends: 3, circuits: [network.circuit] },
  };
  await send(api, api.tx.providers.setProfile(profile), operator);
  const { capabilities } = (await details(operator)).profile;
  assert.equal(capabilities.gpuMemoryMib, 81_920);
  assert.deepEqual(capabilities.circuits, [network.circuit]);
  const unknown = { ...profile.capabilities, circuits: [hex(new Uint8Array(32).fill(7))] };
  await refused('providers.UnknownCircuit', send(
    api, api.tx.providers.setProfile({ ...profile, capabilities: unknown }), operator,
  ));
});

test('a part of a bond waits in the queue, still held', async () => {
  const before = await balance(api, lessor.address);
  const { events } = await send(api, api.tx.providers.unbond(BOND), lessor);
  const { withdrawable } = event(events, 'providers.BondUnbonding');
  const lock = api.consts.providers.unbondingPeriod.toNumber();
  assert.ok(withdrawable > lock, 'the lock is whole');
  assert.equal((await balance(api, lessor.address)).held, before.held);
  assert.equal(big((await readProvider(api, lessor)).bond), 2n * BOND);
  await refused('providers.StillUnbonding', send(api, api.tx.providers.withdrawBond(), lessor));
  // The least bond stays.
  await refused('providers.BondTooSmall', send(api, api.tx.providers.unbond(BOND + 1n), lessor));
  await send(api, api.tx.providers.rebond(BOND), lessor);
  assert.equal(big((await readProvider(api, lessor)).bond), 3n * BOND);
  assert.deepEqual((await details(lessor)).unbonding, []);
});

test('who leaves is drawn no more, and its bond waits as long', async () => {
  const [leaver, leaverWorker] = ['//Bob', '//Dave//worker'].map(key);
  await registerProvider(api, leaver, leaverWorker);
  const { held } = await balance(api, leaver.address);
  const { events } = await send(api, api.tx.providers.unregister(), leaver);
  const { withdrawable } = event(events, 'providers.ProviderLeaving');
  assert.ok(withdrawable > api.consts.providers.unbondingPeriod.toNumber());
  assert.equal((await readProvider(api, leaver)).available, false);
  await refused('providers.StillUnbonding', send(api, api.tx.providers.withdrawBond(), leaver));
  assert.equal((await balance(api, leaver.address)).held, held);
});

test('maintenance is announced in time, and until then jobs come', async () => {
  const now = await blockNumber(api);
  const notice = api.consts.providers.maintenanceNotice.toNumber();
  await refused('providers.MaintenanceTooSoon', send(
    api, api.tx.providers.announceMaintenance(now + 2, now + 10), operator,
  ));
  const from = now + notice + 20;
  await send(api, api.tx.providers.announceMaintenance(from, from + 10), operator);
  assert.deepEqual((await details(operator)).maintenance, [from, from + 10]);
  assert.equal((await readProvider(api, operator)).available, true);
  await send(api, api.tx.providers.endMaintenance(), operator);
  assert.equal((await details(operator)).maintenance, null);
});

test('both sides consent to a lease', async () => {
  await refused('providers.NoLeaseOffer', send(
    api, api.tx.providers.acceptLease(lessor.address, 4, SHARE), operator,
  ));
  await send(api, api.tx.providers.offerLease(operator.address, 4, SHARE), lessor);
  await refused('providers.LeaseOfferChanged', send(
    api, api.tx.providers.acceptLease(lessor.address, 4, SHARE - 1), operator,
  ));
  await send(api, api.tx.providers.acceptLease(lessor.address, 4, SHARE), operator);
  const own = api.consts.providers.maxConcurrentJobs.toNumber();
  assert.equal((await details(operator)).capacity, own + 4);
  assert.equal((await details(lessor)).capacity, own - 4);
});

test('the revenue of a job is shared with the lessor, to the unit', async () => {
  const job = await makeJob(network, 1, 21);
  const from = await blockNumber(api);
  const { id } = await submitJob(api, requester, network, job, {
    maxPrice: 1_000n * UNIT, deadline: from + 100, assignment: { Direct: operator.address },
  });
  for (const blob of [network.keys.proving, network.keys.commitment, network.file, job.input]) {
    await executor.offer(blob);
  }
  const completed = await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, {
    from, timeout: 120_000,
  });
  settled = { id, block: completed.block };
  const { paidProvider } = completed.data;
  const shared = completed.events.find((e) => e.name === 'marketplace.RevenueShared').data;
  const own = api.consts.providers.maxConcurrentJobs.toBigInt();
  const onLeased = (paidProvider * 4n) / (own + 4n);
  assert.equal(shared.lessor, lessor.address);
  assert.equal(shared.amount, (onLeased * BigInt(SHARE)) / 1_000_000n);
  const parent = (await api.rpc.chain.getHeader(completed.block)).parentHash.toHex();
  const change = async (address) => {
    const [was, is] = await Promise.all(
      [parent, completed.block].map((block) => balance(api, address, block)),
    );
    return is.free - was.free;
  };
  assert.equal(await change(lessor.address), shared.amount);
  assert.equal(await change(operator.address), paidProvider - shared.amount);
});

test('two answers to one batch are an offence, whichever is right', async () => {
  const [one, other] = [1, 2].map((tag) => claim(Buffer.alloc(32, tag)));
  const report = (first, second) => send(
    api, api.tx.providers.reportEquivocation(answered(), first, second), requester,
  );
  await refused('providers.NoOffence', report(one, one));
  await refused('providers.ClaimInvalid', report(one, { ...other, signature: one.signature }));
  const before = await balance(api, operator.address);
  const { events, fee } = await report(one, other);
  assert.equal(fee, 0n, 'evidence is free');
  const slashed = event(events, 'providers.ProviderSlashed');
  assert.deepEqual(
    [slashed.provider, slashed.reason, slashed.job], [operator.address, 'Equivocation', settled.id],
  );
  assert.ok(slashed.amount > 0n);
  assert.equal(before.held - (await balance(api, operator.address)).held, slashed.amount);
  await refused('providers.AlreadyJudged', report(other, one));
});

test('a false claim is refuted by what is proven, and costs the one who signed it', async () => {
  const report = (signed) => send(
    api, api.tx.providers.reportFalseClaim(answered(), signed, null), requester,
  );
  const result = (await api.query.marketplace.results(settled.id, 0)).unwrap();
  const right = result.commitment.toU8a();
  const wrong = Uint8Array.from(right);
  wrong[0] ^= 1;
  await refused('providers.NoOffence', report(claim(right)));
  await refused('providers.ClaimInvalid', report({ ...claim(right), commitment: hex(wrong) }));
  const before = await balance(api, operator.address);
  const { events, fee } = await report(claim(wrong));
  assert.equal(fee, 0n, 'evidence is free');
  const slashed = event(events, 'providers.ProviderSlashed');
  assert.equal(slashed.provider, operator.address);
  assert.equal(slashed.reason, 'Forgery');
  const now = await balance(api, operator.address);
  assert.equal(before.held - now.held, slashed.amount);
  assert.ok(slashed.burned * 2n >= slashed.amount);
  const after = await details(operator);
  assert.ok(after.strikes > 0);
  assert.ok(big(after.leastBond) > BOND);
  // Below the least bond it takes no jobs until it adds to it.
  assert.equal((await readProvider(api, operator)).available, false);
  await refused('providers.AlreadyJudged', report(claim(wrong)));
});

test('who has a worker key has nothing but its reports, and those until it is replaced', async () => {
  const before = await Promise.all([details(lessor), readProvider(api, lessor)]);
  const { providers, marketplace, utility } = api.tx;
  const calls = [
    providers.setAvailable(false),
    providers.unbond(BOND),
    providers.withdrawBond(),
    providers.rotateWorker(nextWorker.address, await consent(api, lessorWorker, nextWorker)),
    providers.endLease(operator.address),
    providers.unregister(),
    marketplace.claim(),
  ];
  const { events } = await send(api, utility.forceBatch(calls), lessorWorker);
  assert.equal(events.filter(({ name }) => name === 'utility.ItemFailed').length, calls.length);
  const after = await Promise.all([details(lessor), readProvider(api, lessor)]);
  assert.deepEqual(after, before);

  await send(api, providers.rotateWorker(
    nextWorker.address, await consent(api, lessor, nextWorker),
  ), lessor);
  assert.equal(plain(await api.call.swarmworkApi.controllerOf(lessorWorker.address)), null);
  assert.equal(
    plain(await api.call.swarmworkApi.controllerOf(nextWorker.address)), lessor.address,
  );
  const { id } = await submitJob(api, requester, network, await makeJob(network, 1, 22), {
    deadline: (await blockNumber(api)) + 100, assignment: { Direct: lessor.address },
  });
  await refused(
    'marketplace.NotTheWorker', send(api, marketplace.reportInput(id), lessorWorker),
  );
});

test('a lease ends with notice, and nobody leaves before', async () => {
  await refused('providers.LeaseRunning', send(api, api.tx.providers.unregister(), operator));
  await refused('providers.NotPartyToLease', send(
    api, api.tx.providers.endLease(operator.address), requester,
  ));
  const { events } = await send(api, api.tx.providers.endLease(operator.address), lessor);
  const { ends } = event(events, 'providers.LeaseEnding');
  assert.ok(ends > api.consts.providers.leaseNotice.toNumber());
  await refused('providers.LeaseRunning', send(
    api, api.tx.providers.closeLease(operator.address), requester,
  ));
});

test('the command shows the same', async () => {
  const swarm = async (...args) =>
    JSON.parse(await must(binary('swarm'), ['--url', node.url, '--json', 'provider', ...args]));
  const seen = await swarm('details', operator.address);
  const view = await details(operator);
  assert.equal(seen.strikes, view.strikes);
  assert.equal(BigInt(seen.least_bond), big(view.leastBond));
  assert.equal(seen.lease.lessor, lessor.address);
  assert.equal(seen.lease.share, SHARE / 1e6);
  assert.equal(seen.slashes.at(-1).reason, 'forgery');
  assert.equal(seen.slashes.at(-1).job, settled.id);
  assert.equal((await swarm('history', operator.address)).standing, 'newcomer');
});

test('histories can be read', async () => {
  const view = plain(await api.call.swarmworkApi.reputation(operator.address));
  // A named provider's job is no evidence.
  assert.deepEqual([view.completed, view.failed, view.recent], [0, 0, []]);
  assert.equal(view.standing, 'Newcomer');
  assert.deepEqual(await outcomes(), []);
});

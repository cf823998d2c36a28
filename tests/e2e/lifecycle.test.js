// The whole path by hand-built extrinsics: a job is submitted, drawn, computed, proven, settled and
// scored, and every balance is right to the unit.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  balance, event, eventsOf, findEvent, issuance, key, parentOf, plain, send, treasury, UNIT,
  blockNumber,
} from '../lib/chain.js';
import { Executor } from '../lib/executor.js';
import { unhex } from '../lib/content.js';
import {
  BOND, jobId, readBurned, readJob, readProvider, readScore, registerNetwork, registerProvider, submitJob,
  submitOrder,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import * as safetensors from '../lib/safetensors.js';
import { expectedOutputs, makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester] = ['//Charlie', '//Dave', '//Eve'].map(key);
const worker = key('//Alice//worker');
// What a newcomer is drawn for is less than a token.
const ASK = 400_003n * UNIT;
const MAX_PRICE = 1_000n * UNIT + 7n;

let executor, node, api, network;

before(async () => {
  network = await makeNetwork({ widths: [12, 9, 5], batch: 4, seed: 1 });
  executor = await Executor.start();
  node = await Node.start({ executor });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

test('circuit, model and provider are registered', async () => {
  await registerNetwork(api, owner, network);
  const before = await balance(api, provider.address);
  const { events, fee } = await registerProvider(api, provider, worker, {
    ask: ASK, endpoint: executor.url,
  });
  assert.equal(event(events, 'providers.ProviderRegistered').bond, BOND);
  const now = await balance(api, provider.address);
  assert.equal(now.held - before.held, BOND);
  assert.equal(before.free - now.free, BOND + fee);
  const view = await readProvider(api, provider);
  assert.equal(view.worker, worker.address);
  assert.equal(view.available, true);
});

test('a job is drawn, run, proven and paid', async () => {
  const job = await makeJob(network, 2, 5, 1);
  const before = {
    requester: await balance(api, requester.address),
    score: await readScore(api, provider),
    burned: await readBurned(api),
  };

  const from = await blockNumber(api);
  const nonce = (await api.query.marketplace.nonces(requester.address)).toNumber();
  const { id, events, fee } = await submitJob(api, requester, network, job, {
    maxPrice: MAX_PRICE, deadline: from + 100,
  });
  assert.equal(id, jobId(requester, nonce, network.model, job.input, job.commitments));
  const submitted = event(events, 'marketplace.JobSubmitted');
  assert.equal(submitted.requester, requester.address);
  assert.equal(submitted.batches, 2);
  assert.equal(submitted.escrow, MAX_PRICE);
  const escrowed = await balance(api, requester.address);
  assert.equal(escrowed.held - before.requester.held, MAX_PRICE);
  assert.equal(before.requester.free - escrowed.free, MAX_PRICE + fee);
  assert.equal((await readJob(api, id)).state.kind, 'open');

  // The draw takes the outputs of the blocks after the job's: six of them.
  const assigned = await findEvent(api, 'marketplace.JobAssigned', (e) => e.job === id, { from });
  assert.equal(assigned.data.provider, provider.address);
  const info = (await api.call.swarmworkApi.circuit(network.circuit)).unwrap().info;
  const macs = info.macs.toBigInt() * 2n;
  const price = (ASK * macs + 999_999_999n) / 1_000_000_000n;
  const minimum = api.consts.marketplace.minimumPrice.toBigInt();
  assert.ok(price > minimum, 'the test means the asked price to count');
  const most = api.consts.marketplace.maxDrawn.toBigInt();
  assert.ok(price <= most && most < MAX_PRICE, 'it is drawn because of its price, not of its limit');
  assert.equal(assigned.data.price, price);
  const { submitted: includedIn } = await readJob(api, id);
  assert.equal(assigned.number, includedIn + 7);

  // The executor waits for what nobody has published: the owner and the requester hand it over,
  // without a token.
  for (const blob of [network.keys.proving, network.keys.commitment, network.file, job.input]) {
    await executor.offer(blob);
  }

  const completed = await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, {
    from, timeout: 120_000,
  });
  const { data } = completed;
  const share = (percent) => (price * percent) / 100n;
  assert.equal(data.provider, provider.address);
  assert.equal(data.paidProvider, share(80n));
  assert.equal(data.paidOwner, share(5n));
  assert.equal(data.burned, share(5n), 'a third of fifteen percent');
  assert.equal(data.paidTreasury, price - share(80n) - 2n * share(5n), 'remainders are the treasury\'s');
  assert.equal(data.refunded, MAX_PRICE - price);

  // What moved in the settling block: its only transactions are the worker's, which are free. If
  // an era ends in it, the treasury gets what staking did not pay out.
  const minted = completed.events.find((e) => e.name === 'staking.EraPaid')?.data.remainder ?? 0n;
  const parent = await parentOf(api, completed.block);
  const change = async (address) => {
    const [was, is] = await Promise.all([parent, completed.block].map((b) => balance(api, address, b)));
    return { free: is.free - was.free, held: is.held - was.held };
  };
  assert.deepEqual(await change(provider.address), { free: data.paidProvider, held: 0n });
  assert.deepEqual(await change(owner.address), { free: data.paidOwner, held: 0n });
  assert.deepEqual(await change(treasury(api)), { free: data.paidTreasury + minted, held: 0n });
  assert.deepEqual(await change(requester.address), { free: data.refunded, held: -MAX_PRICE });
  assert.deepEqual(await change(worker.address), { free: 0n, held: 0n });
  const [issuedBefore, issued] = await Promise.all([parent, completed.block].map((b) => issuance(api, b)));
  assert.equal(issuedBefore - issued, data.burned - minted);

  const now = await balance(api, requester.address);
  assert.equal(now.held, before.requester.held);
  assert.equal(before.requester.free - now.free, price + fee);
  const burned = await readBurned(api);
  assert.equal(burned.jobFees - before.burned.jobFees, data.burned);
  assert.ok((await readScore(api, provider)) > before.score, 'reputation rises');

  const names = [];
  for (let number = from; number <= completed.number; number++) {
    const block = (await api.rpc.chain.getBlockHash(number)).toHex();
    const events = await eventsOf(api, block);
    names.push(...events.filter((e) => e.name.startsWith('marketplace.') && e.data.job === id)
      .map((e) => e.name.slice('marketplace.'.length)));
  }
  assert.deepEqual(names, ['JobSubmitted', 'JobAssigned', 'BatchProven', 'BatchProven', 'JobCompleted']);

  const view = await readJob(api, id);
  assert.equal(view.state.kind, 'completed');
  const answers = await Promise.all(view.results.map(async ({ output }) => {
    const { tensors } = safetensors.read(await executor.blob(unhex(output)));
    const { shape, data: values } = tensors.output;
    return Array.from({ length: shape[0] }, (_, i) =>
      Array.from(values.subarray(i * shape[1], (i + 1) * shape[1])));
  }));
  assert.deepEqual(answers, expectedOutputs(network, job));

  const after = await readProvider(api, provider);
  assert.equal(after.running, 0);
  assert.equal(BigInt(after.reserved), 0n);
  assert.deepEqual(after.jobs, [1, 0]);
});

test('an auctioned job is paid at what was bid', async () => {
  const job = await makeJob(network, 1, 7);
  const from = await blockNumber(api);
  const [least] = plain(api.consts.marketplace.auctionBlocks);
  const { id } = await submitOrder(api, requester, network, job, {
    maxPrice: UNIT, deadline: from + 200, assignment: { Auction: { blocks: least } },
  });
  const bid = UNIT / 2n + 10n;
  await send(api, api.tx.marketplace.bid(id, bid), provider);
  const { data: won } = await findEvent(
    api, 'marketplace.JobAssigned', (e) => e.job === id, { from },
  );
  assert.deepEqual([won.provider, won.price], [provider.address, bid]);
  await executor.offer(job.input);
  const { data } = await findEvent(api, 'marketplace.JobCompleted', (e) => e.job === id, {
    from, timeout: 120_000,
  });
  assert.equal(data.paidProvider, (bid * 80n) / 100n);
  assert.equal(data.refunded, UNIT - bid);
});

test('then it fails one, and its score falls', async () => {
  const score = await readScore(api, provider);
  await executor.down();
  const from = await blockNumber(api);
  const deadline = from + api.consts.marketplace.minJobDuration.toNumber() + 10;
  const { id } = await submitJob(api, requester, network, await makeJob(network, 1, 6), {
    maxPrice: MAX_PRICE, deadline,
  });
  await findEvent(api, 'marketplace.JobExpired', (e) => e.job === id, { from, timeout: 90_000 });
  assert.deepEqual((await readProvider(api, provider)).jobs, [1, 1]);
  const now = await readScore(api, provider);
  assert.ok(now < score, `from ${score} to ${now} millionths`);
});

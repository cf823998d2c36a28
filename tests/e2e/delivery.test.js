// Delivery: what was proven and is missed is published on chain, which checks it against the commitment.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, event, findEvent, key, parentOf, plain, refused, send, UNIT,
} from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { Executor } from '../lib/executor.js';
import { readJob, registerNetwork, registerProvider, submitOrder } from '../lib/market.js';
import { Node } from '../lib/node.js';
import { binary, must, temporaryFolder } from '../lib/process.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester, other] = ['//Charlie', '//Dave', '//Eve', '//Ferdie'].map(key);
const worker = key('//Alice//worker');
const MOST = 10n * UNIT;

let executor, node, api, network;

const swarm = async (suri, ...args) => JSON.parse(await must(binary('swarm'), [
  '--url', node.url, '--json', ...args, ...(suri ? ['--suri', suri] : []),
]));

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 91 });
  executor = await Executor.start();
  node = await Node.start({ executor });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
  await registerNetwork(api, owner, network);
  await registerProvider(api, provider, worker, { endpoint: executor.url });
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

/** A job of two batches whose output is to be delivered, of the provider's. */
async function submitDelivered(seed) {
  const job = await makeJob(network, 2, seed);
  const from = await blockNumber(api);
  const sent = await submitOrder(api, requester, network, job, {
    maxPrice: MOST,
    deadline: from + 200,
    assignment: { Direct: provider.address },
    terms: { deliver: true },
  });
  return { job, from, ...sent };
}

/** Gives the executor what it needs for a job, and waits until all of it is proven. */
async function proven({ id, job, from }) {
  for (const blob of [network.keys.proving, network.keys.commitment, network.file, job.input]) {
    await executor.offer(blob);
  }
  return findEvent(api, 'marketplace.DeliveryAwaited', (e) => e.job === id, { from, timeout: 120_000 });
}

test('nothing is promised before the bases are on chain, and the chain knows them', async () => {
  await refused('marketplace.OutputBasesMissing', submitDelivered(910));
  const wrong = Array.from({ length: 3 }, () => [1, hex(new Uint8Array(32))]);
  await refused('circuits.MalformedBase', send(
    api, api.tx.circuits.registerOutputBases(network.circuit, wrong, hex(new Uint8Array(64).fill(255))),
    other,
  ));
  const registered = await swarm(
    '//Ferdie', 'circuit', 'register-outputs', network.circuit, '--keys', network.folder,
  );
  const outputs = plain(await api.query.circuits.outputs(network.circuit));
  assert.equal(outputs.elements, registered.elements);
  assert.equal(outputs.owner, other.address);
});

test('a provider is paid once its requester acknowledges', async () => {
  const before = await balance(api, requester.address);
  const submitted = await submitDelivered(911);
  const { prepaid } = plain(await api.query.marketplace.deliveries(submitted.id));
  const held = (await balance(api, requester.address)).held - before.held;
  assert.equal(held, MOST + BigInt(prepaid));
  await refused('marketplace.NothingDelivered', send(
    api, api.tx.marketplace.acknowledge(submitted.id), requester,
  ));
  await proven(submitted);
  assert.equal((await readJob(api, submitted.id)).state.kind, 'assigned');
  await refused('marketplace.AllProven', send(
    api, api.tx.marketplace.cancelJob(submitted.id), requester,
  ));
  await refused('marketplace.NotTheRequester', send(
    api, api.tx.marketplace.acknowledge(submitted.id), other,
  ));
  await swarm('//Eve', 'job', 'acknowledge', submitted.id);
  const job = await readJob(api, submitted.id);
  assert.equal(job.state.kind, 'completed');
  const after = await balance(api, requester.address);
  assert.equal(after.held, before.held);
});

test('an output that is missed is published, checked and read from the chain', async () => {
  const submitted = await submitDelivered(912);
  const { id } = submitted;
  await proven(submitted);
  const publish = (part, elements, who = worker) =>
    send(api, api.tx.marketplace.publishOutput(id, part, hex(elements)), who);
  const { elements, prepaid } = plain(await api.query.marketplace.deliveries(id));
  const zeros = new Uint8Array(32 * elements);
  await refused('marketplace.DeliveryNotDisputed', publish(0, zeros));
  // Without its executor the node has nothing to publish.
  await executor.down();
  const from = await blockNumber(api);
  await swarm('//Eve', 'job', 'dispute-delivery', id);
  await refused('marketplace.OutputMismatch', publish(0, zeros));
  await refused('marketplace.NotTheProvider', publish(0, zeros, other));
  await executor.up();
  // Then it does so by itself; the worker account pays the fees.
  const completed = await findEvent(
    api, 'marketplace.JobCompleted', (e) => e.job === id, { from, timeout: 60_000 },
  );
  const { data, events, block } = completed;
  assert.equal(event(events, 'marketplace.BytesPaid').amount, BigInt(prepaid));
  const [then, at] = [await balance(api, provider.address, await parentOf(api, block)),
    await balance(api, provider.address, block)];
  assert.equal(at.free - then.free, data.paidProvider + BigInt(prepaid));
  // The requester needs nobody but the chain for it now.
  await executor.stop();
  const out = join(temporaryFolder(), 'output.npy');
  await swarm(null, 'job', 'result', id, '--out', out, '--keys', network.folder, '--rows', '6');
  const part = (await api.query.marketplace.delivered(id, 0)).unwrap();
  assert.equal(part.length, 32 * elements);
});

// What a user gets wrong, and the error that says so. A refused call costs its fee and nothing else.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { balance, blockNumber, key, refused, send, UNIT } from '../lib/chain.js';
import { cid, digest, hex } from '../lib/content.js';
import { Executor } from '../lib/executor.js';
import {
  BOND, consent, ENDPOINT, registerNetwork, registerProvider, submission,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { binary, run, temporaryFolder } from '../lib/process.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester] = ['//Charlie', '//Dave', '//Eve'].map(key);
const worker = key('//Alice//worker');
const UNKNOWN = hex(new Uint8Array(32).fill(7));

let node, api, network, job;

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 3 });
  job = await makeJob(network, 1, 20);
  node = await Node.start();
  ({ api } = node);
  await registerNetwork(api, owner, network);
});

after(async () => {
  await node?.stop();
});

/** Expects a call to fail with that error and to move nothing but its fee. */
async function costsOnlyItsFee(name, tx, signer) {
  const before = await balance(api, signer.address);
  const { fee } = await refused(name, send(api, tx, signer));
  const now = await balance(api, signer.address);
  assert.deepEqual(now, { free: before.free - fee, held: before.held });
}

async function refusedJob(name, options) {
  const deadline = (await blockNumber(api)) + 200;
  await costsOnlyItsFee(name, submission(api, network, job, { deadline, ...options }), requester);
}

test('a job without batches', () => refusedJob('marketplace.NoBatches', { commitments: [] }));

test('a job with more batches than a call takes', async () => {
  const deadline = (await blockNumber(api)) + 200;
  const commitments = Array(65).fill(job.commitments[0]);
  // Not decodable as a call: refused by the pool, before any dispatch.
  await assert.rejects(
    send(api, submission(api, network, job, { deadline, commitments }), requester),
    /1002|decod|runtime/i,
  );
});

test('a deadline in the past', () => refusedJob('marketplace.DeadlinePassed', { deadline: 1 }));

test('a deadline that leaves no time', async () =>
  refusedJob('marketplace.DeadlineTooSoon', { deadline: (await blockNumber(api)) + 4 }));

test('a deadline too far away', () =>
  refusedJob('marketplace.DeadlineTooFar', { deadline: 0xffff_ffff }));

test('a price above the balance', async () => {
  const { free } = await balance(api, requester.address);
  await refusedJob('marketplace.InsufficientBalance', { maxPrice: free + 1n });
});

test('a price below the least', () => refusedJob('marketplace.PriceTooLow', { maxPrice: 0n }));

test('an unknown model', () => refusedJob('marketplace.ModelUnknown', { model: UNKNOWN }));

test('a commitment that is no point', () =>
  refusedJob('marketplace.MalformedCommitment', { commitments: [new Uint8Array(32).fill(0xff)] }));

test('a provider that is not registered', () =>
  refusedJob('marketplace.ProviderNotRegistered', { assignment: { Direct: provider.address } }));

test('a model of an unknown circuit', () =>
  costsOnlyItsFee('models.UnknownCircuit', api.tx.models.registerModel(
    UNKNOWN, hex(network.weights), { content: UNKNOWN, source: '' },
  ), owner));

test('a model whose commitment is no point', () =>
  costsOnlyItsFee('circuits.MalformedCommitment', api.tx.models.registerModel(
    network.circuit, hex(new Uint8Array(32).fill(0xff)), { content: UNKNOWN, source: '' },
  ), owner));

test('a verifying key that is none', () =>
  costsOnlyItsFee('circuits.InvalidKeyLength', api.tx.circuits.registerCircuit(
    '0x0102', { content: UNKNOWN, source: '' }, { content: UNKNOWN, source: '' },
  ), owner));

test('a circuit that is registered already', () =>
  costsOnlyItsFee('circuits.CircuitAlreadyRegistered', api.tx.circuits.registerCircuit(
    hex(network.keys.verifying), { content: UNKNOWN, source: '' }, { content: UNKNOWN, source: '' },
  ), owner));

test('a provider without bond', async () => {
  const given = await consent(api, provider, worker);
  const tx = (bond) =>
    api.tx.providers.registerProvider(worker.address, given, bond, UNIT, ENDPOINT, false);
  await costsOnlyItsFee('providers.BondTooSmall', tx(0n), provider);
  await costsOnlyItsFee('providers.BondTooSmall', tx(BOND - 1n), provider);
});

test('a bond above the balance', async () => {
  const { free } = await balance(api, provider.address);
  const given = await consent(api, provider, worker);
  await costsOnlyItsFee('token.FundsUnavailable', api.tx.providers.registerProvider(
    worker.address, given, free + 1n, UNIT, ENDPOINT, false,
  ), provider);
});

test('an endpoint that is no address', async () =>
  costsOnlyItsFee('providers.InvalidEndpoint', api.tx.providers.registerProvider(
    worker.address, await consent(api, provider, worker), BOND, UNIT, 'nowhere', false,
  ), provider));

test('a worker that is its own controller', async () =>
  costsOnlyItsFee('providers.WorkerIsController', api.tx.providers.registerProvider(
    provider.address, await consent(api, provider, provider), BOND, UNIT, ENDPOINT, false,
  ), provider));

test('a worker key that did not agree, or agreed to something else', async () => {
  const attempt = (given) =>
    api.tx.providers.registerProvider(worker.address, given, BOND, UNIT, ENDPOINT, false);
  const invalid = (given) => costsOnlyItsFee('providers.ConsentInvalid', attempt(given), provider);
  const given = await consent(api, provider, worker);
  await invalid(await consent(api, provider, provider));
  await invalid(await consent(api, owner, worker));
  await invalid({ ...given, until: given.until + 1 });
  await costsOnlyItsFee('providers.ConsentExpired', attempt({ ...given, until: 1 }), provider);
  await costsOnlyItsFee(
    'providers.ConsentTooLong', attempt({ ...given, until: given.until + 50_000 }), provider,
  );
});

test('a job for a provider that asks more, or that is away', async () => {
  const direct = { assignment: { Direct: provider.address } };
  await registerProvider(api, provider, worker, { ask: 10n ** 12n * UNIT });
  await refusedJob('marketplace.ProviderTooExpensive', direct);
  await send(api, api.tx.providers.setAvailable(false), provider);
  await refusedJob('marketplace.ProviderUnavailable', direct);
});

test('only the requester cancels, and pays for the draw', async () => {
  const deadline = (await blockNumber(api)) + 200;
  const sent = await send(api, submission(api, network, job, { deadline }), requester);
  const id = sent.events.find((e) => e.name === 'marketplace.JobSubmitted').data.job;
  await costsOnlyItsFee('marketplace.NotTheRequester', api.tx.marketplace.cancelJob(id), owner);
  const before = await balance(api, requester.address);
  const { fee } = await send(api, api.tx.marketplace.cancelJob(id), requester);
  assert.deepEqual(await balance(api, requester.address), {
    // One percent of it is the treasury's.
    free: before.free + 99n * UNIT - fee,
    held: before.held - 100n * UNIT,
  });
  await costsOnlyItsFee('marketplace.JobEnded', api.tx.marketplace.cancelJob(id), requester);
});

test('an executor wants its token', async () => {
  const executor = await Executor.start();
  try {
    for (const token of [null, 'wrong', `${executor.token}x`]) {
      const answer = await executor.request('/v1/jobs', { token });
      assert.equal(answer.status, 401, `with token ${token}`);
      assert.ok((await answer.json()).error.length > 0);
    }
    assert.equal((await executor.get('/v1/jobs')).status, 200);
    for (const open of ['/healthz', '/metrics']) {
      assert.equal((await executor.request(open, { token: null })).status, 200);
    }
    const bad = await executor.request('/v1/jobs', { method: 'POST', body: { id: '0x12' } });
    assert.ok(bad.status >= 400 && bad.status < 500);
    assert.match((await bad.json()).error, /id|hex/);
    const unasked = Buffer.from('unasked');
    const blob = `/blobs/${cid(digest(unasked))}`;
    const put = await executor.request(blob, { method: 'PUT', body: unasked, token: null });
    assert.equal(put.status, 403, 'no job waits for this blob');
    const other = await executor.request(blob, { method: 'PUT', body: Buffer.from('other') });
    assert.ok(other.status >= 400 && other.status < 500, 'not what the address says');
    assert.equal(await executor.blob(digest(unasked)), undefined);
  } finally {
    await executor.stop();
  }
});

test('a port that is taken', async () => {
  const folder = temporaryFolder();
  const second = await run(binary('swarmwork-node'), [
    '--dev', '--base-path', join(folder, 'chain'), '--port', '0',
    '--prometheus-port', String(node.prometheusPort + 1), '--rpc-port', String(node.rpcPort),
  ], { timeout: 60_000 });
  assert.notEqual(second.code, 0);
  assert.match(second.stderr, new RegExp(`${node.rpcPort}`), 'names the port');

  const executor = await Executor.start();
  try {
    const second = await run(binary('swarm-executor'), [
      '--listen', `127.0.0.1:${executor.port}`, '--data', join(folder, 'data'),
      '--token-file', join(folder, 'token'), '--device', 'cpu',
    ], { timeout: 60_000 });
    assert.notEqual(second.code, 0);
    assert.match(second.stderr, new RegExp(`${executor.port}`), 'names the port');
  } finally {
    await executor.stop();
  }
});

test('a provider without the executor\'s token', async () => {
  const folder = temporaryFolder();
  const token = join(folder, 'nothing-here');
  const { code, stderr } = await run(binary('swarmwork-node'), [
    '--dev', '--base-path', join(folder, 'chain'), '--provider',
    '--executor-url', 'http://127.0.0.1:9', '--executor-token-file', token,
  ], { timeout: 60_000 });
  assert.notEqual(code, 0);
  assert.match(stderr, /nothing-here/, 'names the file');
});

test('the node tells Prometheus how it is', async () => {
  const answer = await fetch(`http://127.0.0.1:${node.prometheusPort}/metrics`);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /substrate_block_height/);
});

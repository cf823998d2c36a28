// The upgrade drill: a proposal authorises code that stores jobs another way, somebody applies it
// while jobs are open, wait for their input and are proven, and a node that only follows is there.
// The code is the same source with the feature `upgrade-drill`; the nodes run the ordinary binary.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  balance, blockNumber, connect, event, eventsOf, findEvent, key, parentOf, refused, send, UNIT,
} from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { Executor } from '../lib/executor.js';
import { acts, carry, enacted } from '../lib/governance.js';
import { readJob, readProvider, registerNetwork, registerProvider, submitJob } from '../lib/market.js';
import { Node } from '../lib/node.js';
import { BIN_DIR, binary, must, run, temporaryFolder } from '../lib/process.js';
import { waitFor } from '../lib/wait.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester, other] = ['//Charlie', '//Dave', '//Eve', '//Ferdie'].map(key);
const worker = key('//Alice//worker');
const MAX_PRICE = 1_000n * UNIT;
/** So much that nobody works for the least price of a job, and a newcomer is trusted with a batch. */
const ASK = 4_000n * UNIT;
/** Enough to be proven before, while and after the code is replaced. */
const BATCHES = 24;
/** What `scripts/test.sh` builds. */
const CODE = join(dirname(BIN_DIR), 'upgrade-drill', 'runtime.wasm');

let executor, node, follower, network, proposal;
/** Jobs by what happens to them: `{ id, job, from }`. */
const jobs = {};
/** The block that replaced the code: `{ number, block }`. */
let replaced;

const nodeKey = (byte) => ['--node-key', byte.repeat(32)];
const swarm = (...args) => [binary('swarm'), ['governance', ...args, '--url', node.url, '--json']];
const version = async (at, block) => (await at.rpc('state_getRuntimeVersion', block)).specVersion;
const hashAt = async (at, number) => (await at.api.rpc.chain.getBlockHash(number)).toHex();
const finalised = async ({ api }) =>
  (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();

async function submit(name, batches, seed, options = {}) {
  const job = await makeJob(network, batches, seed);
  const from = await blockNumber(node.api);
  const { id } = await submitJob(node.api, requester, network, job, {
    maxPrice: MAX_PRICE, deadline: from + 600, assignment: { Direct: provider.address }, ...options,
  });
  jobs[name] = { id, job, from };
}

/** A job as it lies in storage at a block: its fields and how many bytes they take. */
async function stored(api, { id }, block) {
  const at = await api.at(block);
  return {
    fields: (await at.query.marketplace.jobs(id)).unwrap().toJSON(),
    bytes: (await api.rpc.state.getStorageSize(api.query.marketplace.jobs.key(id), block)).toNumber(),
  };
}

before(async () => {
  assert.ok(existsSync(CODE), `${CODE} is not built; run ./scripts/test.sh --e2e`);
  network = await makeNetwork({ widths: [64, 32, 10], batch: 63, seed: 51 });
  executor = await Executor.start();
  node = await Node.start({
    executor, chain: ['--chain', 'dev', '--alice', '--force-authoring', ...nodeKey('01')],
  });
  await node.insertWorker('//Alice//worker', worker);
  const peer = await node.rpc('system_localPeerId');
  follower = await Node.start({
    chain: ['--chain', 'dev', ...nodeKey('02')],
    args: ['--bootnodes', `/ip4/127.0.0.1/tcp/${node.port}/p2p/${peer}`],
  });
  await registerNetwork(node.api, owner, network);
  await registerProvider(node.api, provider, worker, { ask: ASK, endpoint: executor.url });
  for (const blob of [network.keys.proving, network.keys.commitment, network.file]) {
    await executor.put(blob);
  }
});

after(async () => {
  await follower?.stop();
  await node?.stop();
  await executor?.stop();
});

test('a proposal authorises the code by its hash', async () => {
  assert.equal(await version(node), 1);
  assert.equal((await node.api.query.marketplace.palletVersion()).toNumber(), 0);
  const minimum = node.api.consts.marketplace.minimumPrice.toBigInt();
  await submit('open', 1, 61, { assignment: 'Swarm', maxPrice: minimum });

  await refused('system.NothingAuthorized', send(
    node.api, node.api.tx.system.applyAuthorizedUpgrade('0x00'), other,
  ));
  const proposed = JSON.parse(await must(...swarm('propose', 'upgrade', '--code', CODE, '--suri', '//Eve')));
  assert.equal(proposed.class, 'upgrade');
  proposal = proposed.proposal;
  await carry(node.api, proposal);

  // What a voter checks: that it is the code which was built here, and no other.
  const code = JSON.parse(await must(...swarm('code', CODE, '--proposal', String(proposal))));
  assert.equal(code.spec_version, 2);
  const ordinary = join(BIN_DIR, 'wbuild', 'swarmwork-runtime', 'swarmwork_runtime.compact.compressed.wasm');
  const wrong = await run(...swarm('code', ordinary, '--proposal', String(proposal)));
  assert.equal(wrong.code, 6);
  assert.match(wrong.stderr + wrong.stdout, /does not authorise this code/);

  assert.deepEqual(await enacted(node.api, proposal), { ok: null });
  const authorised = (await node.api.query.system.authorizedUpgrade()).unwrap();
  assert.equal(authorised.codeHash.toHex(), code.hash);
  assert.equal(await version(node), 1, 'nothing is replaced yet');
});

test('no other code is applied', async () => {
  const { api } = node;
  await refused('system.Unauthorized', send(api, api.tx.system.applyAuthorizedUpgrade('0x00'), other));
  const code = Buffer.from(readFileSync(CODE));
  code[code.length - 1] ^= 1;
  await assert.rejects(
    api.rpc.author.submitExtrinsic(api.tx.system.applyAuthorizedUpgrade(hex(code))),
    /Invalid Transaction/,
  );
  const path = join(temporaryFolder(), 'changed.wasm');
  writeFileSync(path, code);
  assert.notEqual((await run(...swarm('apply-upgrade', '--code', path))).code, 0);
  assert.equal(await version(node), 1);
});

test('the code is applied while jobs are in flight, and storage is migrated', async () => {
  const { api } = node;
  // Shortly before: a job whose input does not come ends some minutes later.
  await submit('waiting', 1, 62);
  await submit('proving', BATCHES, 63);
  await submit('drawn', 1, 64, { assignment: 'Swarm' });
  await executor.until(jobs.proving.id, ['fetching']);
  const from = await blockNumber(api);
  const applying = must(...swarm('apply-upgrade', '--code', CODE));
  for (const name of ['proving', 'drawn']) await executor.put(jobs[name].job.input);
  const applied = JSON.parse(await applying);
  assert.equal(applied.spec_version, 2);

  // Metadata and all that follows from it is the new one's. Not by the connection of before: while it
  // exchanges its own metadata, it can decode nothing.
  await api.disconnect();
  node.api = await connect(node.url);
  const { number, block } = await findEvent(node.api, 'system.CodeUpdated', () => true, { from });
  replaced = { number, block };
  assert.equal(number, applied.block);
  await waitFor('blocks under the new code', async () => (await blockNumber(node.api)) > number + 2, {
    timeout: 120_000,
  });
  const parent = await parentOf(node.api, block);
  assert.equal(await version(node, parent), 1);
  assert.equal(await version(node), 2);

  const migrated = await findEvent(node.api, 'multiBlockMigrations.UpgradeCompleted', () => true, {
    from: number + 1,
  });
  const names = [];
  for (let at = number + 1; at <= migrated.number; at++) {
    const hash = await hashAt(node, at);
    names.push(...(await eventsOf(node.api, hash)).map((e) => e.name));
    // Nobody's transactions, and none of the market's clockwork.
    const { extrinsics } = (await node.api.rpc.chain.getBlock(hash)).block;
    assert.ok(extrinsics.every((each) => !each.isSigned));
  }
  assert.ok(names.includes('multiBlockMigrations.MigrationCompleted'));
  assert.ok(!names.includes('multiBlockMigrations.MigrationFailed'));
  assert.deepEqual(names.filter((name) => name.startsWith('marketplace.')), []);
  assert.equal((await node.api.query.marketplace.palletVersion()).toNumber(), 1);

  // Three counts in a byte each instead of four; all else is as it was.
  for (const name of ['open', 'waiting']) {
    const was = await stored(node.api, jobs[name], block);
    const is = await stored(node.api, jobs[name], migrated.block);
    assert.deepEqual(is.fields, was.fields, name);
    assert.equal(is.bytes, was.bytes - 9, name);
  }
  const { fields } = await stored(node.api, jobs.open, block);
  assert.ok(fields.draws > 0, 'it was drawn for in vain before');
});

test('the jobs in flight go on and are paid', async () => {
  const { api } = node;
  const completes = (name) => findEvent(api, 'marketplace.JobCompleted', (e) => e.job === jobs[name].id, {
    from: replaced.number + 1, timeout: 180_000,
  });
  // The deadline moved by the blocks that the migration took.
  const waiting = await readJob(api, jobs.waiting.id);
  assert.equal(waiting.state.kind, 'assigned');
  const lost = (await api.query.marketplace.lost()).toNumber();
  assert.ok(lost > 0);
  assert.equal(waiting.deadline, jobs.waiting.from + 600 + lost);
  // The executor was not told to forget it.
  assert.notEqual((await executor.job(jobs.waiting.id)).state, 'cancelled');
  await executor.put(jobs.waiting.job.input);

  for (const name of ['proving', 'drawn', 'waiting']) {
    const { data } = await completes(name);
    assert.equal(data.provider, provider.address);
    assert.ok(data.paidProvider > 0n);
  }
  let proven = 0;
  for (let at = replaced.number + 1; at <= (await blockNumber(api)); at++) {
    proven += (await eventsOf(api, await hashAt(node, at)))
      .filter((e) => e.name === 'marketplace.BatchProven' && e.data.job === jobs.proving.id).length;
  }
  assert.ok(proven > 0, 'it was being proven when the code was replaced');
  // The drawn one; a job to a named provider is no evidence.
  assert.deepEqual((await readProvider(api, provider)).jobs, [1, 0]);

  const { held } = await balance(api, requester.address);
  const escrow = (await readJob(api, jobs.open.id)).maxPrice;
  const { events } = await send(api, api.tx.marketplace.cancelJob(jobs.open.id), requester);
  // A hundredth pays for the draw, if one was to come.
  const { paid, refunded } = event(events, 'marketplace.JobCancelled');
  assert.equal(paid + refunded, BigInt(escrow));
  assert.ok(paid <= BigInt(escrow) / 100n);
  assert.equal((await balance(api, requester.address)).held, held - BigInt(escrow));
});

test('a node of before follows and finalises', async () => {
  const wanted = (await blockNumber(node.api)) + 3;
  for (const each of [node, follower]) {
    await waitFor(`block ${wanted} to be final`, async () => (await finalised(each)) >= wanted, {
      timeout: 90_000,
    });
  }
  assert.equal(await hashAt(follower, wanted), await hashAt(node, wanted));
  assert.equal(await version(follower), 2);
});

test('all of it is on record, and the same code is not taken twice', async () => {
  const ours = (await acts(node.api)).filter(([, { actor, act }]) =>
    actor.proposal?.index === proposal || act.proposed?.index === proposal);
  assert.deepEqual(ours.map(([, { act }]) => Object.keys(act)[0]), ['proposed', 'approved', 'enacted']);
  assert.equal(ours[0][1].act.proposed.class, 'Upgrade');
  const again = await run(...swarm('propose', 'upgrade', '--code', CODE, '--suri', '//Eve'));
  assert.notEqual(again.code, 0);
  assert.match(again.stderr + again.stdout, /runs version 2 already/);
});

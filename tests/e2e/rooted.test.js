// Jobs with a root from end to end: the command stores the inputs in pieces, node and executor of the
// provider commit, and prove what is drawn or challenged; a forger is found, and slashed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { blockNumber, findEvent, key, refused, send, UNIT } from '../lib/chain.js';
import { digest, hex, unhex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import {
  openBatches, readJob, readProvider, registerNetwork, registerProvider,
} from '../lib/market.js';
import { resultLeaf, tree } from '../lib/merkle.js';
import { Node } from '../lib/node.js';
import { binary, run, temporaryFolder } from '../lib/process.js';
import * as safetensors from '../lib/safetensors.js';
import { waitFor } from '../lib/wait.js';
import { expectedOutputs, makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, sceptic, forger] = ['//Charlie', '//Dave', '//Eve', '//Ferdie'].map(key);
const worker = key('//Alice//worker');
// Not in the node's keystore: the test forges with it.
const forgersWorker = key('//Bob//worker');
const BATCHES = 40;
const SAMPLE = 3;

let executor, node, api, network, folder;

before(async () => {
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 16 });
  folder = temporaryFolder();
  executor = await Executor.start();
  node = await Node.start({ executor });
  await node.insertWorker('//Alice//worker', worker);
  ({ api } = node);
  await registerNetwork(api, owner, network, executor.url);
  const { keys, file } = network;
  for (const blob of [keys.proving, keys.commitment, file]) await executor.put(blob);
  await registerProvider(api, provider, worker, { endpoint: executor.url });
  await registerProvider(api, forger, forgersWorker, { endpoint: executor.url });
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

/** Runs the command as somebody; resolves to its exit code and what it printed. */
async function command(suri, ...args) {
  const { code, stdout, stderr } = await run(
    binary('swarm'), ['--url', node.url, '--suri', suri, '--json', ...args],
    { timeout: 300_000, env: { SWARM_DATA_DIR: join(folder, 'data'), SWARM_CACHE_DIR: join(folder, 'cache') } },
  );
  const printed = stdout.trim();
  assert.notEqual(printed, '', stderr);
  return { code, stderr, json: JSON.parse(printed) };
}

async function swarm(suri, ...args) {
  const { code, json, stderr } = await command(suri, ...args);
  assert.equal(code, 0, `${JSON.stringify(json)}\n${stderr}`);
  return json;
}

/** Submits rows of 40 batches; resolves to what the command prints. */
const submit = (job, to, duration, ...args) =>
  swarm('//Dave', 'job', 'submit', '--model', network.model, '--input', job.file,
    '--max-price', '100', '--deadline', String(duration), '--provider', to.address,
    '--keys', network.folder, ...args);

async function makeRows(seed) {
  const job = await makeJob(network, BATCHES, seed);
  return { ...job, file: join(network.folder, `input-${seed}.safetensors`) };
}

const optimisticDuration = () => {
  const { challengePeriod, answerTime } = api.consts.marketplace;
  return challengePeriod.toNumber() + 24 * answerTime.toNumber() + 300;
};

/** What an honest provider would commit to, by the executor; proofs of batches that are asked for. */
async function honest(id, asked = []) {
  const view = await readJob(api, id);
  const spec = jobSpec({
    genesis: api.genesisHash.toHex(), id, provider: forger, network, input: Buffer.alloc(0), commitments: [],
  });
  spec.input = { content: view.input.content, source: executor.url };
  spec.rooted = { batches: view.batches, root: view.inputRoot, asked };
  await executor.post(spec);
  const { results, batches } = await executor.until(id, ['done']);
  return { list: await executor.blob(results.list), batches };
}

/** Commits the forger to a list; it is served like any other. */
async function commit(id, list) {
  await executor.put(list);
  const leaves = Array.from({ length: BATCHES }, (_, n) => {
    const entry = list.subarray(64 * n, 64 * (n + 1));
    return resultLeaf(entry.subarray(0, 32), entry.subarray(32));
  });
  const results = { root: hex(tree(leaves).root), list: hex(digest(list)) };
  await send(api, api.tx.marketplace.commitResults(id, results), forgersWorker);
}

/** Hands the pieces to the store, for whoever fetches them. */
const published = () => ['--no-wait', '--store', executor.url, '--store-token-file', executor.tokenFile];

test('providers opt in by the command', async () => {
  const job = await makeRows(70);
  const { code, json } = await command(
    '//Dave', 'job', 'submit', '--model', network.model, '--input', job.file, '--max-price', '100',
    '--deadline', '300', '--provider', provider.address, '--keys', network.folder,
    '--mode', 'sampled', '--sample', String(SAMPLE), '--no-wait',
  );
  assert.equal(code, 4);
  assert.match(json.pallet_error, /ProviderRefusesMode/);
  for (const suri of ['//Charlie', '//Ferdie']) {
    assert.equal((await swarm(suri, 'provider', 'rooted-work', 'on')).rooted_work, true);
  }
});

let forged;

test('a forger commits to wrong results of a sampled job', async () => {
  const { minJobDuration, drawWindow, answerTime } = api.consts.marketplace;
  const shortest = [minJobDuration, drawWindow, answerTime].reduce((sum, n) => sum + n.toNumber(), 1);
  const job = await makeRows(71);
  const { job: id } = await submit(
    job, forger, shortest + 60, '--mode', 'sampled', '--sample', '1', ...published(),
  );
  const { list } = await honest(id);
  // Every batch has the answer of the next: whatever is drawn is wrong.
  await commit(id, Buffer.concat([list.subarray(64), list.subarray(0, 64)]));
  forged = { id, reserved: BigInt((await readProvider(api, forger)).reserved) };
});

test('a sampled job is stored in pieces, run, committed to, drawn, proven and paid', async () => {
  const job = await makeRows(72);
  const done = await submit(
    job, provider, 300, '--mode', 'sampled', '--sample', String(SAMPLE), '--watch',
  );
  assert.equal(done.state, 'completed');
  assert.equal(done.batches, BATCHES);
  const view = await readJob(api, done.job);
  const drawn = view.stage.drawn.drawn;
  assert.equal(new Set(drawn).size, SAMPLE);
  assert.ok(view.results.every((result) => result !== null));
  // As many proofs as were drawn, and no more.
  const { batches, results } = await executor.job(done.job);
  assert.equal(results.root, view.stage.drawn.results.root);
  assert.ok(batches.length <= SAMPLE);

  const out = join(folder, 'outputs.safetensors');
  const result = await swarm(
    '//Dave', 'job', 'result', done.job, '--out', out, '--keys', network.folder,
  );
  assert.equal(result.batches, BATCHES);
  assert.equal(result.verified_in_blocks.length, SAMPLE);
  const rows = safetensors.read(readFileSync(out)).tensors.output.data;
  assert.deepEqual(Array.from(rows), expectedOutputs(network, job).flat(2));

  const verified = await swarm(
    '//Dave', 'job', 'verify', done.job, '--output', out, '--keys', network.folder,
  );
  assert.deepEqual([...verified.batches_proven].sort(), [...drawn].sort());
  assert.equal(verified.proofs_reverified, SAMPLE);
  assert.equal(verified.input_matches, true);
  assert.equal(verified.file_matches, true);
});

test('a restart of the executor loses nothing that was committed to', async () => {
  const job = await makeRows(73);
  const { job: id } = await submit(job, provider, optimisticDuration(), '--mode', 'optimistic');
  const standing = async () => (await readJob(api, id)).stage?.standing;
  await waitFor('the results to stand', standing, { timeout: 120_000 });
  await executor.down('SIGKILL');
  await executor.up();

  // Whoever looks finds nothing wrong; whoever challenges all the same pays for the proof.
  const looked = await swarm('//Eve', 'job', 'challenge', id, '--keys', network.folder);
  assert.deepEqual([looked.differs, looked.challenged, looked.looked_at], [null, false, BATCHES]);
  const from = await blockNumber(api);
  const challenged = await swarm('//Eve', 'job', 'challenge', id, '33', '--unchecked');
  assert.equal(challenged.batch, 33);
  assert.equal(challenged.answer_until, challenged.block + api.consts.marketplace.answerTime.toNumber());
  const { data } = await findEvent(
    api, 'marketplace.ChallengeAnswered', (e) => e.job === id, { from, timeout: 120_000 },
  );
  assert.equal(data.batch, 33);
  assert.equal(data.challenger, sceptic.address);
  assert.equal(data.burned + data.paid, BigInt(challenged.bond));
  assert.equal((await readJob(api, id)).state.kind, 'assigned');
});

test('a wrong batch is found by computing it anew, named, challenged, and cannot be proven', async () => {
  const job = await makeRows(74);
  const { job: id } = await submit(
    job, forger, optimisticDuration(), '--mode', 'optimistic', ...published(),
  );
  const { list, batches } = await honest(id, [23]);
  const wrong = Buffer.from(list);
  list.copy(wrong, 23 * 64, 24 * 64, 25 * 64);
  await commit(id, wrong);

  const dry = await swarm(
    '//Eve', 'job', 'challenge', id, '--dry-run', '--keys', network.folder,
  );
  assert.deepEqual([dry.differs, dry.challenged], [23, false]);
  assert.match(dry.difference, /the network gives/);
  const right = await swarm(
    '//Eve', 'job', 'challenge', id, '22', '--dry-run', '--keys', network.folder,
  );
  assert.equal(right.differs, null);
  const from = await blockNumber(api);
  const found = await swarm('//Eve', 'job', 'challenge', id, '--keys', network.folder);
  assert.deepEqual([found.differs, found.batch, found.challenged], [23, 23, true]);
  const { data } = await findEvent(
    api, 'marketplace.BatchChallenged', (e) => e.job === id, { from },
  );
  assert.equal(data.batch, 23);
  assert.equal(data.challenger, sceptic.address);

  // The only proof that there is shows another result than the one that was committed to.
  const [{ index, proof, output, opening }] = batches;
  await refused('marketplace.ResultNotInRoot', openBatches(api, forgersWorker, [{
    report: { job: id, batch: index, proof: unhex(proof), output },
    resultPath: opening.result_path.map(unhex),
    input: unhex(opening.input),
    inputPath: opening.input_path.map(unhex),
  }]));
});

test('the forger of the sampled job is slashed, and the requester has its money back', async () => {
  const { data } = await findEvent(
    api, 'marketplace.JobFailed', (e) => e.job === forged.id, { from: 1, timeout: 240_000 },
  );
  assert.equal(data.provider, forger.address);
  assert.equal(data.refunded, 100n * UNIT);
  assert.equal(data.slashed, forged.reserved);
  const { code, json } = await command(
    '//Dave', 'job', 'result', forged.id, '--out', join(folder, 'none.npy'), '--keys', network.folder,
  );
  assert.equal(code, 7);
  assert.match(json.error, /did not prove what was drawn of its results/);
});

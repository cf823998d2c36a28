// Keys and commitments by the project's own tool.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest, hex, unhex } from './content.js';
import { compute, inputFile, randomModel, randomRows } from './network.js';
import { binary, must, temporaryFolder } from './process.js';

const zk = (...args) => must(binary('swarm-zk'), args, { timeout: 300_000 });

/**
 * A random network of these layer widths with development keys for `batch` rows a proof and the
 * commitment to its weights. `circuit` and `model` are filled in by registering it.
 */
export async function makeNetwork({ widths, batch, seed }) {
  const folder = temporaryFolder();
  const model = randomModel(widths, seed);
  const modelFile = join(folder, 'model.safetensors');
  writeFileSync(modelFile, model.file);
  await zk('setup', '--topology', modelFile, '--batch', String(batch), '--out', folder);
  const read = (name) => readFileSync(join(folder, name));
  const network = {
    ...model,
    batch,
    folder,
    keys: {
      verifying: read('verifying.key'),
      proving: read('proving.key'),
      commitment: read('commitment.key'),
    },
  };
  [network.weights] = await commitments(network, '--model', modelFile);
  return network;
}

/** A job of random rows, as many as fill `batches` batches less `missing` rows; `file` is its input's path. */
export async function makeJob(network, batches, seed, missing = 0) {
  const rows = randomRows(network, batches * network.batch - missing, seed);
  const input = inputFile(network, rows, network.batch);
  const file = join(network.folder, `input-${seed}.safetensors`);
  writeFileSync(file, input);
  return { rows, input, file, commitments: await commitments(network, '--input', file) };
}

/** One batch of an input file proven for the provider of a job: what is reported of it. */
export async function prove(network, file, batch, { genesis, job, provider }) {
  const out = (name) => join(network.folder, `${job}-${batch}.${name}`);
  await zk(
    'prove', '--keys', network.folder, '--model', join(network.folder, 'model.safetensors'),
    '--input', file, '--batch-index', String(batch), '--genesis', genesis, '--job', job,
    '--provider', hex(provider.publicKey), '--out', out('proof'), '--output', out('output'), '--force',
  );
  const { proof } = JSON.parse(readFileSync(out('proof'), 'utf8'));
  return { batch, proof: unhex(proof), output: hex(digest(readFileSync(out('output')))) };
}

/** What the network answers to a job, per batch: arrays of rows of integers (padding included). */
export function expectedOutputs(network, job) {
  const width = network.topology.input.shape[0];
  return job.commitments.map((_, index) =>
    Array.from({ length: network.batch }, (_, i) => {
      const at = (index * network.batch + i) * width;
      const row = at < job.rows.length ? job.rows.subarray(at, at + width) : new Uint8Array(width);
      return compute(network, row);
    }),
  );
}

async function commitments(network, ...what) {
  const printed = await zk(
    'commit', '--keys', network.folder, ...what, '--json',
  );
  return JSON.parse(printed).commitments.map((text) => Buffer.from(text.slice(2), 'hex'));
}

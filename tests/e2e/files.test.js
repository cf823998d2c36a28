// Files that are not what they should be: the tools name the tensor, the shape or the range.

import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { binary, run } from '../lib/process.js';
import * as safetensors from '../lib/safetensors.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

let network;

before(async () => {
  network = await makeNetwork({ widths: [6, 5, 4], batch: 3, seed: 6 });
});

const path = (name) => join(network.folder, name);

/** Writes a file, commits to it, and expects to be told what is wrong with it. */
async function refusedFile(kind, name, bytes, ...says) {
  writeFileSync(path(name), bytes);
  const { code, stdout, stderr } = await run(binary('swarm-zk'), [
    'commit', '--keys', network.folder, `--${kind}`, path(name), '--json',
  ]);
  assert.notEqual(code, 0, stdout);
  const { error } = JSON.parse(stdout.trim().split('\n').pop());
  for (const part of says) assert.match(error, part, stderr);
  assert.doesNotMatch(stderr + error, /panicked/);
}

/** The network's model file with one tensor changed. */
function modelWith(name, change) {
  const tensors = { ...network.tensors, [name]: change(network.tensors[name]) };
  if (!tensors[name]) delete tensors[name];
  return safetensors.write(tensors, { 'swarmwork.topology': JSON.stringify(network.topology) });
}

test('a model file that is none', async () => {
  await refusedFile('model', 'text.safetensors', Buffer.from('not a model at all'), /safetensors file/);
  await refusedFile('model', 'empty.safetensors', Buffer.alloc(0), /safetensors file/);
  const cut = network.file.subarray(0, network.file.length - 1);
  await refusedFile('model', 'cut.safetensors', cut, /safetensors file/);
});

test('a model without topology', () =>
  refusedFile('model', 'bare.safetensors', safetensors.write(network.tensors), /swarmwork\.topology/));

test('a tensor of another shape', () =>
  refusedFile('model', 'shape.safetensors', modelWith('layers.2.weight', ({ data }) => ({
    dtype: 'I8', shape: [5, 4], data,
  })), /layers\.2\.weight/, /5, 4/, /4, 5/));

test('a tensor that is missing', () =>
  refusedFile('model', 'missing.safetensors', modelWith('layers.0.bias', () => undefined), /layers\.0\.bias/));

test('weights outside of int8', () =>
  refusedFile('model', 'wide.safetensors', modelWith('layers.0.weight', ({ shape, data }) => ({
    dtype: 'I32', shape, data: Int32Array.from(data, (value, i) => (i === 3 ? 300 : value)),
  })), /layers\.0\.weight/));

test('a bias that no sum can reach', () =>
  refusedFile('model', 'bias.safetensors', modelWith('layers.0.bias', ({ shape, data }) => ({
    dtype: 'I32', shape, data: Int32Array.from(data, (value, i) => (i === 2 ? 2 ** 31 - 1 : value)),
  })), /layers\.0\.bias/, /2147483647/));

test('a model of another network than the key\'s', async () => {
  const other = await makeNetwork({ widths: [6, 4], batch: 3, seed: 7 });
  await refusedFile('model', 'other.safetensors', other.file, /6-4|network|topology/i);
});

test('an input of another width, or that is no whole batch', async () => {
  const input = (shape) => safetensors.write({
    input: { dtype: 'U8', shape, data: new Uint8Array(shape[0] * shape[1]) },
  });
  await refusedFile('input', 'narrow.safetensors', input([3, 5]), /5/, /6/);
  await refusedFile('input', 'odd.safetensors', input([4, 6]), /4/, /3/);
  await refusedFile('input', 'none.safetensors', input([0, 6]), /0|empty|no rows/);
});

test('a key that was cut, or has something after it', async () => {
  const key = readFileSync(path('commitment.key'));
  for (const bytes of [key.subarray(0, key.length - 1), Buffer.concat([key, Buffer.of(0)])]) {
    writeFileSync(path('damaged.key'), bytes);
    const { code, stdout } = await run(binary('swarm-zk'), [
      'commit', '--keys', path('damaged.key'), '--model', path('model.safetensors'), '--json',
    ]);
    assert.notEqual(code, 0);
    assert.match(JSON.parse(stdout.trim().split('\n').pop()).error, /key file/);
  }
});

test('keys that are there are not overwritten', async () => {
  copyFileSync(path('verifying.key'), path('before.key'));
  const { code, stdout } = await run(binary('swarm-zk'), [
    'setup', '--topology', path('model.safetensors'), '--batch', '3', '--out', network.folder, '--json',
  ]);
  assert.notEqual(code, 0);
  assert.match(JSON.parse(stdout.trim().split('\n').pop()).error, /--force/);
  assert.deepEqual(readFileSync(path('verifying.key')), readFileSync(path('before.key')));
});

test('a job of whole batches is committed to batch by batch', async () => {
  const job = await makeJob(network, 3, 50, 2);
  assert.equal(job.commitments.length, 3);
  assert.equal(new Set(job.commitments.map(String)).size, 3);
});

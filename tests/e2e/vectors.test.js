// Golden vectors written by the Rust code, computed here a second time.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { blake2b } from '@noble/hashes/blake2b';
import { keccak_256 } from '@noble/hashes/sha3';
import { CASES } from '../lib/api-cases.js';
import { apiRegistry } from '../lib/api-types.js';
import { cid, digest, hex, unhex } from '../lib/content.js';
import { sealOf, workerMessage } from '../lib/market.js';
import { answerLeaf, inputLeaf, resultLeaf, tree } from '../lib/merkle.js';
import { Node } from '../lib/node.js';
import { ROOT } from '../lib/process.js';

const vectors = (name) => JSON.parse(readFileSync(join(ROOT, 'tests', 'vectors', name), 'utf8'));
const blake2_256 = (bytes) => blake2b(bytes, { dkLen: 32 });

const u32 = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** SCALE's compact length, for lengths below 2^14. */
const compact = (length) =>
  length < 64 ? Buffer.of(length << 2) : Buffer.of(((length << 2) | 1) & 0xff, length >> 6);

/** A domain string padded with zeros to 32 bytes. */
const domain = (text) => Buffer.concat([Buffer.from(text)], 32);

/** A keccak digest as a big-endian integer without its top three bits. */
const masked = (bytes) => BigInt(hex(keccak_256(bytes))) & ((1n << 253n) - 1n);

/** A scalar as 32 bytes, little-endian. */
const scalar = (value) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();

/** The id of a job that has a root. */
function rootedId({ requester, nonce, model, input, batches, root, mode }) {
  return hex(blake2_256(Buffer.concat([
    Buffer.from('swarmwork:rooted-job'), unhex(requester), u32(nonce), unhex(model), unhex(input),
    u32(batches), unhex(root), unhex(mode),
  ])));
}

test('content ids', () => {
  const { content } = vectors('ids.json');
  assert.ok(content.length > 0);
  for (const each of content) {
    assert.equal(hex(digest(unhex(each.blob))), each.digest);
    assert.equal(cid(unhex(each.digest)), each.cid);
  }
});

test('model ids', () => {
  const { model } = vectors('ids.json');
  assert.ok(model.length > 0);
  for (const { owner, circuit, weights, content, id } of model) {
    const fields = [owner, circuit, weights, content].map(unhex);
    assert.equal(hex(blake2_256(Buffer.concat([Buffer.from('swarmwork:model'), ...fields]))), id);
  }
});

test('money', () => {
  const { budget, listing, cancelled } = vectors('money.json');
  const u128 = (value) => Buffer.from(BigInt(value).toString(16).padStart(32, '0'), 'hex').reverse();
  const option = (value) => (value === null ? Buffer.of(0) : Buffer.concat([Buffer.of(1), value]));
  assert.ok(budget.length > 0 && listing.length > 0 && cancelled.length > 0);
  for (const { asset, max_price: price, scale } of budget) {
    // The token, or an asset by its number: encoded as an option is.
    const currency = option(asset === null ? null : u32(asset));
    assert.equal(hex(Buffer.concat([currency, u128(price)])), scale);
  }
  for (const { rate, open, scale } of listing) {
    assert.equal(hex(Buffer.concat([u128(rate), Buffer.of(open ? 1 : 0)])), scale);
  }
  for (const { provider, withheld, paid, at, scale } of cancelled) {
    const who = option(provider === null ? null : unhex(provider));
    const why = Buffer.of(withheld ? 1 : 0);
    assert.equal(hex(Buffer.concat([Buffer.of(4), who, why, u128(paid), u32(at)])), scale);
  }
});

test('job ids', () => {
  const { job } = vectors('ids.json');
  assert.ok(job.length > 0);
  for (const { requester, nonce, model, input, commitments, commitments_scale, id } of job) {
    const list = Buffer.concat([compact(commitments.length), ...commitments.map(unhex)]);
    assert.equal(hex(list), commitments_scale);
    const preimage = Buffer.concat([
      Buffer.from('swarmwork:job'), unhex(requester), u32(nonce), unhex(model), unhex(input), list,
    ]);
    assert.equal(hex(blake2_256(preimage)), id);
  }
});

test('roots of batches, and ids of jobs that have one', () => {
  const { tree: trees, result, job } = vectors('roots.json');
  assert.ok(trees.length > 0 && result.length > 0 && job.length > 0);
  for (const { commitments, leaves, paths, root } of trees) {
    assert.deepEqual(commitments.map((each) => hex(inputLeaf(unhex(each)))), leaves);
    const computed = tree(leaves.map(unhex));
    assert.equal(hex(computed.root), root);
    assert.deepEqual(leaves.map((_, place) => computed.path(place).map(hex)), paths);
  }
  for (const { commitment, output, leaf } of result) {
    assert.equal(hex(resultLeaf(unhex(commitment), unhex(output))), leaf);
  }
  for (const { id, ...each } of job) assert.equal(rootedId(each), id);
});

test('what several providers seal and reveal', () => {
  const { answer, answers, seal, job } = vectors('panels.json');
  assert.ok(answer.length > 0 && answers.length > 0 && seal.length > 0 && job.length > 0);
  for (const { commitment, leaf } of answer) assert.equal(hex(answerLeaf(unhex(commitment))), leaf);
  for (const { batches, digest: expected } of answers) {
    const commitments = [...Array(batches).keys()]
      .map((batch) => Buffer.from([...Array(32).keys()].map((at) => (batch + at) & 0xff)));
    const scale = Buffer.concat([compact(batches), ...commitments]);
    assert.equal(hex(blake2_256(scale)), expected);
  }
  for (const { job: id, provider, root, list, salt, sealed } of seal) {
    const results = { root: unhex(root), list: unhex(list) };
    assert.equal(sealOf(id, { publicKey: unhex(provider) }, results, unhex(salt)), sealed);
  }
  for (const { id, ...each } of job) {
    assert.equal(unhex(each.mode)[0], 3);
    assert.equal(rootedId(each), id);
  }
});

test('what the runtime APIs take and give', () => {
  const { cases } = vectors('api.json');
  const names = (list) => list.map(([type, name]) => `${type} ${name}`).sort();
  assert.deepEqual(
    names(Object.entries(CASES).flatMap(([type, all]) => Object.keys(all).map((name) => [type, name]))),
    names(cases.map((each) => [each.type, each.case])),
    'each side has the cases of the other',
  );
  const registry = apiRegistry();
  for (const { type, case: name, scale } of cases) {
    const value = registry.createType(type, CASES[type][name]);
    assert.equal(hex(value.toU8a()), scale, `${type}, ${name}`);
    const read = registry.createType(type, unhex(scale));
    assert.equal(read.encodedLength, unhex(scale).length, `${type}, ${name}`);
    assert.deepEqual(read.toJSON(), value.toJSON(), `${type}, ${name}`);
  }
});

test('events, by the metadata of a node', async (context) => {
  const { cases } = vectors('events.json');
  assert.ok(cases.length > 0);
  const node = await Node.start();
  context.after(() => node.stop());
  const { registry } = node.api;
  const json = (values) => values.map((each) => each.toJSON());
  for (const { pallet, event: kind, encoded, fields } of cases) {
    const name = `${pallet[0].toLowerCase()}${pallet.slice(1)}.${kind}`;
    const event = registry.createType('Event', unhex(encoded));
    assert.equal(`${event.section}.${event.method}`, name);
    assert.equal(hex(event.toU8a()), encoded, name);
    const names = event.meta.fields.map((field) => field.name.unwrap().toString());
    assert.deepEqual([...names].sort(), Object.keys(fields).sort(), name);
    // The values beside it, encoded by the metadata too.
    const values = event.meta.fields.map(({ type }, place) =>
      registry.createType(registry.createLookupType(type), fields[names[place]]));
    assert.deepEqual(json(event.data), json(values), name);
    assert.equal(hex(Buffer.concat([event.index, ...values].map((each) => each.toU8a()))), encoded, name);
  }
});

test('what a worker key signs', () => {
  const { cases } = vectors('worker.json');
  assert.ok(cases.length > 0);
  for (const { genesis, controller, until, message } of cases) {
    assert.equal(hex(workerMessage(unhex(genesis), unhex(controller), until)), message);
  }
});

test('statement, tag and challenge of a proof', () => {
  const { cases } = vectors('proof.json');
  assert.ok(cases.length > 0);
  for (const each of cases) {
    const [genesis, job, provider, c_w, c_x, vk_id, c_z, c_y] = [
      each.genesis, each.job, each.provider, each.c_w, each.c_x, each.vk_id, each.c_z, each.c_y,
    ].map(unhex);
    const batch = u32(each.batch);
    const statement = Buffer.concat([genesis, job, batch, provider, c_w, c_x]);
    assert.equal(hex(statement), each.statement);

    const tag = masked(Buffer.concat([domain('swarmwork/groth16/tag/1'), statement.subarray(0, 100)]));
    assert.equal(tag.toString(), each.tag);

    const preimage = Buffer.concat([
      domain('swarmwork/groth16/challenge/1'), genesis, vk_id, scalar(tag), batch, c_w, c_x, c_z, c_y,
    ]);
    assert.equal(hex(preimage), each.challenge_preimage);
    assert.equal(masked(preimage).toString(), each.challenge);
  }
});

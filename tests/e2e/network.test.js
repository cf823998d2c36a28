// Two validators on the local test network: they author in turn, agree, and one that fell comes back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { balance, blockNumber, key, send, UNIT } from '../lib/chain.js';
import { Node } from '../lib/node.js';
import { waitFor } from '../lib/wait.js';

const [dave, eve] = ['//Dave', '//Eve'].map(key);

let alice, bob;

const nodeKey = (byte) => ['--node-key', byte.repeat(32)];
const finalised = async ({ api }) =>
  (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
const hashAt = async ({ api }, number) => (await api.rpc.chain.getBlockHash(number)).toHex();

/**
 * Waits until a node has finalised a block of that number or a later one. Two nodes that have lost each
 * other may take minutes to connect again.
 */
const finalises = (node, number) =>
  waitFor(`block ${number} to be final`, async () => (await finalised(node)) >= number, {
    timeout: 400_000,
  });

before(async () => {
  alice = await Node.start({ chain: ['--chain', 'local', '--alice', ...nodeKey('01')] });
  const peer = await alice.rpc('system_localPeerId');
  bob = await Node.start({
    chain: ['--chain', 'local', '--bob', ...nodeKey('02')],
    args: ['--bootnodes', `/ip4/127.0.0.1/tcp/${alice.port}/p2p/${peer}`],
  });
});

after(async () => {
  await bob?.stop();
  await alice?.stop();
});

test('both author, and both finalise the same blocks', async () => {
  assert.equal((await alice.api.query.session.validators()).length, 2);
  const wanted = (await blockNumber(alice.api)) + 6;
  await finalises(alice, wanted);
  await finalises(bob, wanted);
  assert.equal(await hashAt(alice, wanted), await hashAt(bob, wanted));
  // Who authors is drawn slot by slot, so that one of two may well have six in a row.
  const authors = new Set();
  let seen = 0;
  await waitFor('a block of each validator', async () => {
    for (const last = await finalised(alice); seen < last;) {
      seen += 1;
      const { author } = await alice.api.derive.chain.getHeader(await hashAt(alice, seen));
      authors.add(author.toString());
    }
    return authors.size === 2;
  }, { timeout: 90_000 });
  assert.deepEqual(authors, new Set(['//Alice', '//Bob'].map((uri) => key(uri).address)));
});

test('what is sent to one is in the state of the other', async () => {
  const before = await balance(alice.api, eve.address);
  const { block } = await send(bob.api, bob.api.tx.balances.transferKeepAlive(eve.address, UNIT), dave);
  const number = (await bob.api.rpc.chain.getHeader(block)).number.toNumber();
  await finalises(alice, number);
  assert.equal((await balance(alice.api, eve.address)).free - before.free, UNIT);
});

test('one that was killed comes back with its chain, and both go on', async () => {
  const held = await finalised(bob);
  const hash = await hashAt(bob, held);
  await bob.down('SIGKILL');
  await bob.up();
  assert.equal(await hashAt(bob, held), hash, 'the chain on its disk is still there');
  const wanted = (await blockNumber(bob.api)) + 3;
  await finalises(alice, wanted);
  await finalises(bob, wanted);
  assert.equal(await hashAt(alice, wanted), await hashAt(bob, wanted));
});

// Governance on a chain whose days are six blocks: proposals that attest a key and move a price, no
// privilege without one, a stop that ends by itself, the record, the command line. Upgrades have a file of their own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { blockNumber, event, key, refused, send, UNIT } from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { acts, carry, enacted, propose } from '../lib/governance.js';
import { Node } from '../lib/node.js';
import { binary, must, ROOT, temporaryFolder } from '../lib/process.js';
import { waitFor } from '../lib/wait.js';

const [alice, bob, charlie, dave, eve, ferdie] = [
  '//Alice', '//Bob', '//Charlie', '//Dave', '//Eve', '//Ferdie',
].map(key);

let node, api;

/** The development chain, but one that trusts no key that was not attested. */
function specification() {
  const spec = JSON.parse(execFileSync(binary('swarmwork-node'), ['build-spec', '--chain', 'dev', '--disable-default-bootnode'], {
    encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'ignore'],
  }));
  const genesis = spec.genesis.runtimeGenesis;
  (genesis.patch ?? genesis.config).circuits.development = false;
  const path = join(temporaryFolder(), 'spec.json');
  writeFileSync(path, JSON.stringify(spec));
  return path;
}

before(async () => {
  node = await Node.start({
    chain: [
      '--chain', specification(), '--alice', '--force-authoring', '--node-key', '03'.repeat(32),
    ],
  });
  ({ api } = node);
});

after(async () => {
  await node?.stop();
});

test('no account has a privilege of its own', async () => {
  const calls = [
    api.tx.circuits.attestCircuit(`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`),
    api.tx.governance.setPriceFloor(UNIT),
    api.tx.governance.appointTechnical(bob.address),
    api.tx.governance.grantRole('AttestCircuits', bob.address, null, 1_000),
    api.tx.treasury.spend(null, UNIT, bob.address, null),
    api.tx.safeMode.forceEnter(),
  ];
  for (const call of calls) await refused('badorigin', send(api, call, bob));
});

test('a proposal attests a key', async () => {
  const verifyingKey = readFileSync(join(ROOT, 'pallets', 'circuits', 'fixtures', 'verifying-key.bin'));
  const locator = { content: `0x${'03'.repeat(32)}`, source: 'http://127.0.0.1:1' };
  const { events } = await send(
    api, api.tx.circuits.registerCircuit(hex(verifyingKey), locator, locator), dave,
  );
  const { circuit, attested } = event(events, 'circuits.CircuitRegistered');
  assert.equal(attested, false);

  const index = await propose(
    api, api.tx.circuits.attestCircuit(circuit, `0x${'04'.repeat(32)}`), eve,
  );
  const before = (await api.call.governanceApi.proposal(index)).toJSON();
  assert.equal(before.class, 'Attest');
  await carry(api, index);
  assert.deepEqual(await enacted(api, index), { ok: null });
  const { attestation } = (await api.query.circuits.circuits(circuit)).unwrap();
  assert.ok(attestation.isCeremony);
  // From the proposal to the act, all of it is on record.
  const names = (await acts(api)).map(([, { act }]) => Object.keys(act)[0]);
  for (const name of ['proposed', 'approved', 'enacted']) assert.ok(names.includes(name), name);
});

test('a stop ends by itself and stops no vote', async () => {
  await refused('badorigin', send(api, api.tx.governance.stop(), bob));
  const { events } = await send(api, api.tx.governance.stop(), alice);
  const { until } = event(events, 'safeMode.Entered');
  await refused('system.CallFiltered', send(api, api.tx.marketplace.claim(), ferdie));
  await refused('system.CallFiltered', send(
    api, api.tx.balances.transferKeepAlive(bob.address, UNIT), charlie,
  ));
  const index = await propose(api, api.tx.governance.setPriceFloor(UNIT / 2n), ferdie);
  await waitFor('the stop to end', async () => (await blockNumber(api)) > until, { timeout: 60_000 });
  await refused('marketplace.NothingToClaim', send(api, api.tx.marketplace.claim(), ferdie));
  await carry(api, index);
  assert.deepEqual(await enacted(api, index), { ok: null });
  assert.equal((await api.query.governance.priceFloor()).unwrap().toBigInt(), UNIT / 2n);
});

const swarm = async (...args) => JSON.parse(
  await must(binary('swarm'), ['governance', ...args, '--url', node.url, '--json']),
);

test('the command line has a form for what there is to propose, and the chain classes each', async () => {
  const bytes32 = (byte) => `0x${byte.repeat(32)}`;
  const job = api.tx.marketplace.submitJob(
    bytes32('01'), { content: bytes32('02'), source: '' }, [bytes32('03')], UNIT, 1_000, 'Swarm',
  ).method.toHex();
  const role = ['--role', 'draw-audits', '--holder', bob.address];
  const forms = [
    [['revoke-role', ...role], 'cancel'],
    [['resume'], 'cancel'],
    [['resume-call', 'Marketplace', 'claim'], 'cancel'],
    [['void-spend', '0'], 'cancel'],
    [['audit-share', '2.5'], 'parameter'],
    [['list-asset', '1', '--rate', '2'], 'parameter'],
    [['close-asset', '1'], 'parameter'],
    [['scoring', '--price', '1'], 'parameter'],
    [['grant-role', ...role, '--expires', '1000'], 'parameter'],
    [['spend', '--amount', '1', '--to', bob.address], 'treasury'],
    [['buy-public', job], 'treasury'],
    [['slash-provider', bob.address, '--amount', '1'], 'upgrade'],
    [['appoint-technical', bob.address], 'upgrade'],
  ];
  for (const [form, expected] of forms) {
    // Not by a voter: what votes cannot be put up as a deposit.
    const proposed = await swarm('propose', ...form, '--no-deposit', '--suri', '//Ferdie');
    assert.equal(proposed.class, expected, form.join(' '));
  }
});

test('all of it from the command line', async () => {
  const proposed = await swarm('propose', 'price-floor', '0.75', '--no-deposit', '--suri', '//Eve');
  assert.equal(proposed.class, 'parameter');
  const { proposal } = proposed;
  const status = () => swarm('status', String(proposal));
  const ayes = async () => BigInt((await status()).ayes);
  assert.deepEqual([(await status()).stage, await ayes()], ['preparing', 0n]);

  // 500 twice, and 1000 that somebody else lent.
  await swarm('vote', String(proposal), 'aye', '--amount', '500', '--conviction', '2', '--suri', '//Charlie');
  assert.equal(await ayes(), 1_000n * UNIT);
  await swarm(
    'delegate', '--class', 'parameter', '--to', charlie.address, '--amount', '1000', '--suri', '//Ferdie',
  );
  assert.equal(await ayes(), 2_000n * UNIT);
  await swarm('undelegate', '--class', 'parameter', '--suri', '//Ferdie');
  assert.equal(await ayes(), 1_000n * UNIT);
  await swarm('unvote', String(proposal), '--suri', '//Charlie');
  assert.equal(await ayes(), 0n);

  await send(api, api.tx.referenda.placeDecisionDeposit(proposal), eve);
  await carry(api, proposal);
  assert.deepEqual(await enacted(api, proposal), { ok: null });
  const settle = () => swarm('settle', String(proposal), '--suri', '//Ferdie');
  const settled = (outcome) => ({ proposal, submission_deposit: outcome, decision_deposit: outcome });
  assert.deepEqual(await settle(), settled('given back'));
  assert.deepEqual(await settle(), settled('none left'));
  const log = (await swarm('log', '--last', '100')).acts;
  assert.deepEqual(log.map(({ number }) => number), log.map((_, i) => i), 'all there is');
  const made = log.find(({ act, detail }) =>
    act === 'proposed' && detail.startsWith(`proposal ${proposal}:`));
  assert.match(made.detail, /Governance\.set_price_floor, of class parameter/);
  const done = log.filter(({ actor }) => actor === `proposal ${proposal} (parameter)`);
  assert.deepEqual(done.map(({ act }) => act), ['approved', 'price_floor_set', 'enacted']);
  const { proposals, technical } = await swarm('status');
  assert.equal(proposals.at(-1).stage, 'approved');
  assert.equal(technical, alice.address);
});

// Governance on a chain whose days are six blocks: proposals that attest a key, stop the market and
// replace the runtime's code; roles; the technical account; the record.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { balance, blockNumber, event, findEvent, key, refused, send, UNIT } from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { Node } from '../lib/node.js';
import { binary, BIN_DIR, ROOT, temporaryFolder } from '../lib/process.js';
import { waitFor } from '../lib/wait.js';

const [alice, bob, charlie, dave, eve, ferdie] = [
  '//Alice', '//Bob', '//Charlie', '//Dave', '//Eve', '//Ferdie',
].map(key);
/** Enough of all stake for any class at once. */
const voters = [
  '//Alice', '//Bob', '//Charlie', '//Dave', '//Alice//stash', '//Bob//stash', '//Charlie//stash',
  '//Dave//stash',
];
/** Longest way from a proposal to its enactment: 2 + 3 + 14 days of six blocks, and some. */
const LONGEST = 240_000;

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

/** Notes a call, proposes it and places its deposit; the proposal's number. */
async function propose(call, who = eve) {
  const bytes = call.method.toHex();
  const hash = call.method.hash.toHex();
  await send(api, api.tx.preimage.notePreimage(bytes), who, { timeout: 90_000 });
  const { events } = await send(
    api, api.tx.governance.propose({ Lookup: { hash, len: (bytes.length - 2) / 2 } }), who,
  );
  const { index } = event(events, 'referenda.Submitted');
  await send(api, api.tx.referenda.placeDecisionDeposit(index), who);
  return index;
}

/** Votes with most of what each well-known account has. */
async function carry(index) {
  await Promise.all(voters.map(async (path) => {
    const voter = key(path);
    const { free, held } = await balance(api, voter.address);
    const vote = {
      Standard: { vote: { aye: true, conviction: 'Locked1x' }, balance: free + held - 10n * UNIT },
    };
    await send(api, api.tx.convictionVoting.vote(index, vote), voter);
  }));
}

/** The acts on record that a test can read, by one call of the runtime. */
const acts = async () => (await api.call.governanceApi.acts(0, 1_000)).toJSON();

async function enacted(index) {
  let result;
  await waitFor(`proposal ${index} to be enacted`, async () => {
    const found = (await acts()).find(
      ([, { actor, act }]) => actor.proposal?.index === index && act.enacted,
    );
    result = found?.[1].act.enacted.result;
    return found !== undefined;
  }, { timeout: LONGEST });
  return result;
}

before(async () => {
  node = await Node.start({
    chain: ['--chain', specification(), '--alice', '--force-authoring'],
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

  const index = await propose(api.tx.circuits.attestCircuit(circuit, `0x${'04'.repeat(32)}`));
  const before = (await api.call.governanceApi.proposal(index)).toJSON();
  assert.equal(before.class, 'Attest');
  await carry(index);
  assert.deepEqual(await enacted(index), { ok: null });
  const { attestation } = (await api.query.circuits.circuits(circuit)).unwrap();
  assert.ok(attestation.isCeremony);
  // From the proposal to the act, all of it is on record.
  const names = (await acts()).map(([, { act }]) => Object.keys(act)[0]);
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
  const index = await propose(api.tx.governance.setPriceFloor(2n * UNIT), ferdie);
  await waitFor('the stop to end', async () => (await blockNumber(api)) > until, { timeout: 60_000 });
  await refused('marketplace.NothingToClaim', send(api, api.tx.marketplace.claim(), ferdie));
  await carry(index);
  assert.deepEqual(await enacted(index), { ok: null });
  assert.equal((await api.query.governance.priceFloor()).unwrap().toBigInt(), 2n * UNIT);
});

test('a proposal replaces the code of the runtime, and the chain goes on', async () => {
  const path = join(BIN_DIR, 'wbuild', 'swarmwork-runtime', 'swarmwork_runtime.compact.wasm');
  assert.ok(existsSync(path), `the runtime was built at ${path}`);
  // The same runtime with a section that says nothing: other code, which acts alike.
  const section = Buffer.from([0x00, 0x05, 0x04, ...Buffer.from('test')]);
  const code = hex(Buffer.concat([readFileSync(path), section]));
  const index = await propose(api.tx.system.setCodeWithoutChecks(code), bob);
  assert.equal((await api.call.governanceApi.proposal(index)).toJSON().class, 'Upgrade');
  await carry(index);
  const from = await blockNumber(api);
  assert.deepEqual(await enacted(index), { ok: null });
  await findEvent(api, 'system.CodeUpdated', () => true, { from, timeout: LONGEST });
  const stored = await node.rpc('state_getStorage', '0x3a636f6465');
  assert.ok(stored === code, 'the chain runs the new code');
  const at = await blockNumber(api);
  await waitFor('blocks under the new code', async () => (await blockNumber(api)) > at + 2);
  await send(api, api.tx.balances.transferKeepAlive(bob.address, UNIT), charlie);
});

// The command line where a person handles money and keeps an overview: what an account has and is owed,
// claims for who cannot sign, assets, burns, circuits taken out, penalties proposed, one's own jobs, and
// why a job has no provider. The chain begins with a claim and with two listed assets.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { blake2AsU8a, xxhashAsU8a } from '@polkadot/util-crypto';
import { balance, blockNumber, findEvent, key, send, UNIT } from '../lib/chain.js';
import { hex } from '../lib/content.js';
import { readBurned, registerNetwork, registerProvider, submitOrder } from '../lib/market.js';
import { Node } from '../lib/node.js';
import { binary, run, temporaryFolder } from '../lib/process.js';
import { developmentState, storageKey } from '../lib/spec.js';
import { makeJob, makeNetwork } from '../lib/zk.js';

const [provider, owner, requester, issuer] = ['//Charlie', '//Dave', '//Eve', '//Ferdie'].map(key);
const worker = key('//Alice//worker');
/** Has no account, and is owed less than one must have. */
const nobody = key('//Nobody');
const payer = key('//Payer');
const OWED = UNIT / 2_000n;
const [ASSET, CLOSED] = [7, 9];
const RATE = 4_000_000n;
const FIXED = 10n ** 18n;
const COINS = 1_000_000n;

let node, api, network, folder, settled;

/** A number as so many bytes, the lowest first. */
const bytes = (number, length) =>
  Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex').reverse();
const twox = (part) => Buffer.concat([xxhashAsU8a(part, 64), part]);
const blake2 = (part) => Buffer.concat([blake2AsU8a(part, 128), part]);
/** Where the market keeps an entry of a map. */
const entry = (item, ...parts) =>
  hex(Buffer.concat([Buffer.from(storageKey('Marketplace', item).slice(2), 'hex'), ...parts]));

/**
 * What the chain begins with: a share that is held in one account and owed to another, and an asset that
 * jobs may be paid in beside one that none may be paid in any more.
 */
function state() {
  const native = Buffer.of(0);
  // The market's pallet, and its only reason.
  const escrow = Buffer.of(45, 0);
  const [free, frozen, flags] = [10n * UNIT, 0n, 1n << 127n];
  // One reason to be kept, and one to be there.
  const references = [0, 1, 1, 0].map((count) => bytes(count, 4));
  const funds = [free, OWED, frozen, flags].map((amount) => bytes(amount, 16));
  const listing = (rate, open) => Buffer.concat([bytes(rate, 16), Buffer.of(open ? 1 : 0)]);
  return [
    [storageKey('System', 'Account', payer.publicKey), Buffer.concat([...references, ...funds])],
    [storageKey('Balances', 'Holds', payer.publicKey), Buffer.concat([
      Buffer.of(1 << 2), escrow, bytes(OWED, 16),
    ])],
    [entry('Claims', blake2(nobody.publicKey), twox(native), blake2(payer.publicKey)), bytes(OWED, 16)],
    [entry('TotalHeld', twox(native)), bytes(OWED, 16)],
    [entry('Listings', twox(bytes(ASSET, 4))), listing(RATE * FIXED, true)],
    [entry('Listings', twox(bytes(CLOSED, 4))), listing(FIXED / 4n, false)],
    [storageKey('Marketplace', 'CounterForListings'), bytes(2, 4)],
  ];
}

/** Runs the command, as somebody or without a key; resolves to its exit code and what it printed. */
async function command(suri, ...args) {
  const { code, stdout, stderr } = await run(
    binary('swarm'), ['--url', node.url, '--json', ...(suri ? ['--suri', suri] : []), ...args],
    { env: { SWARM_DATA_DIR: join(folder, 'data'), SWARM_CACHE_DIR: join(folder, 'cache') } },
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

/** Expects the chain to refuse what the command asks for. */
async function refusedBy(error, suri, ...args) {
  const { code, json } = await command(suri, ...args);
  assert.deepEqual([code, json.pallet_error], [4, error], json.error);
}

/** Expects the command to say why it does not even ask. */
async function notAsked(reason, suri, ...args) {
  const { code, json } = await command(suri, ...args);
  assert.equal(code, 1);
  assert.match(json.error, reason);
}

async function reach(block) {
  while ((await blockNumber(api)) < block) await new Promise((done) => setTimeout(done, 200));
}

before(async () => {
  folder = temporaryFolder();
  network = await makeNetwork({ widths: [6, 4], batch: 3, seed: 81 });
  node = await Node.start({
    chain: [
      '--chain', developmentState(state()), '--alice', '--force-authoring',
      '--node-key', '07'.repeat(32),
    ],
  });
  ({ api } = node);
  await registerProvider(api, provider, worker);
  // Two rounds without a change, the second while a draw waits for its outputs.
  const window = api.consts.marketplace.drawWindow.toNumber();
  const round = api.consts.marketplace.freezeRound.toNumber();
  settled = (await blockNumber(api)) + round + window + 2;
});

after(() => node?.stop());

test('what an account is owed is seen, and collected for one that cannot sign', async () => {
  const show = () => swarm(null, 'account', 'show', nobody.address);
  const before = await show();
  assert.deepEqual(before.owed, [{
    asset: null, amount: String(OWED), payer: payer.address,
  }]);
  assert.deepEqual([before.free, before.coins], ['0', []]);
  const claim = ['account', 'claim', '--for', nobody.address];
  // Too little for an account to come into being.
  await refusedBy('Marketplace.CannotReceive', '//Eve', ...claim);
  await swarm('//Eve', 'account', 'transfer', '--to', nobody.address, '--amount', '1');
  const claimed = await swarm('//Eve', ...claim);
  assert.deepEqual(
    [claimed.account, claimed.claimed, claimed.left], [nobody.address, String(OWED), '0'],
  );
  const now = await show();
  assert.deepEqual([BigInt(now.free), now.owed], [UNIT + OWED, []]);
  assert.equal((await balance(api, payer.address)).held, 0n);
  await refusedBy('Marketplace.NothingToClaim', '//Eve', ...claim);
});

test('assets, who works for them, and what an account has of them', async () => {
  assert.deepEqual((await swarm(null, 'network', 'assets')).assets, [
    { asset: ASSET, rate: '4000000', open: true },
    { asset: CLOSED, rate: '0.25', open: false },
  ]);
  await send(api, api.tx.assets.create(ASSET, issuer.address, 100n), issuer);
  await send(api, api.tx.assets.mint(ASSET, issuer.address, 2n * COINS), issuer);
  const coins = async () => (await swarm('//Ferdie', 'account', 'show')).coins;
  assert.deepEqual(await coins(), [{ asset: ASSET, free: String(2n * COINS), held: '0' }]);

  const accepts = async () => (await swarm('//Charlie', 'provider', 'details')).accepts;
  assert.deepEqual(await accepts(), []);
  const accept = (rate) =>
    swarm('//Charlie', 'provider', 'accept-asset', String(ASSET), '--up-to', String(rate));
  await accept(RATE - 1n);
  assert.deepEqual(await accepts(), [{ asset: ASSET, up_to: '3999999', now: false }]);
  await accept(RATE);
  assert.deepEqual(await accepts(), [{ asset: ASSET, up_to: '4000000', now: true }]);
});

test('tokens are burned for good', async () => {
  const before = (await readBurned(api)).voluntary;
  const burned = await swarm('//Ferdie', 'account', 'burn', '--amount', '1.5');
  assert.equal(BigInt(burned.amount), (3n * UNIT) / 2n);
  assert.equal((await readBurned(api)).voluntary - before, (3n * UNIT) / 2n);
  await notAsked(/can burn/, '//Ferdie', 'account', 'burn', '--amount', '1_000_000_000');
  await notAsked(/more than nothing/, '//Ferdie', 'account', 'burn', '--amount', '0');
});

test('a circuit is taken out again, and its deposit comes back', async () => {
  const held = async () => (await balance(api, owner.address)).held;
  const before = await held();
  const { circuit } = await swarm('//Dave', 'circuit', 'register', '--keys', network.folder);
  assert.ok((await held()) > before);
  const unregister = ['circuit', 'unregister', circuit];
  await notAsked(/belongs to/, '//Eve', ...unregister);
  await swarm('//Dave', ...unregister);
  assert.equal(await held(), before);
  assert.equal((await command(null, 'circuit', 'show', circuit)).code, 5);

  await registerNetwork(api, owner, network);
  await refusedBy('Circuits.CircuitInUse', '//Dave', ...unregister);
});

test('coins that are held for a job are told apart', async () => {
  const job = await makeJob(network, 1, 811);
  const { id } = await submitOrder(api, issuer, network, job, {
    currency: { WithId: ASSET },
    maxPrice: COINS,
    deadline: (await blockNumber(api)) + 200,
    assignment: { Direct: provider.address },
  });
  const { coins } = await swarm('//Ferdie', 'account', 'show');
  assert.deepEqual(coins, [{ asset: ASSET, free: String(COINS), held: String(COINS) }]);
  await swarm('//Ferdie', 'job', 'cancel', id);
});

test('a penalty is proposed to the part, and an offence that nobody committed is not forgotten', async () => {
  const penalty = ['governance', 'propose', 'penalty', 'forgery', '--stake', '2.5', '--price', '50'];
  const proposed = await swarm('//Ferdie', ...penalty, '--strikes', '2', '--capped', '--no-deposit');
  const parts = { stake: 25_000_000, price: 500_000_000, strikes: 2, capped: true };
  const { hash } = api.tx.providers.setPenalty('Forgery', parts).method;
  assert.deepEqual([proposed.class, proposed.call], ['upgrade', hash.toHex()]);
  await notAsked(/more than count/, '//Ferdie', ...penalty, '--strikes', '200', '--no-deposit');

  await refusedBy(
    'Providers.NotJudged', '//Eve', 'provider', 'forget-offence', provider.address,
    '--job', `0x${'01'.repeat(32)}`, '--offence', 'forgery',
  );
});

test('a job that is put off says so', async () => {
  await reach(settled);
  const from = await blockNumber(api);
  const jobs = [await makeJob(network, 1, 812), await makeJob(network, 1, 813)];
  const order = (who, job) => submitOrder(api, who, network, job, {
    maxPrice: 100n * UNIT, deadline: from + 200,
  });
  // Each may cost as much as one window may decide on, whatever it does cost.
  const requesters = [requester, issuer];
  const sent = await Promise.all(requesters.map((who, i) => order(who, jobs[i])));
  const ids = sent.map(({ id }) => id);
  const { data, number } = await findEvent(
    api, 'marketplace.DrawPutOff', (e) => ids.includes(e.job), { from },
  );
  const { state: stage, last_draw: draw } = await swarm(null, 'job', 'show', data.job);
  assert.equal(stage, 'open');
  assert.deepEqual(draw, {
    block: number, put_off: true, rejected: [], redraw: data.redraw,
  });
  // Nobody is to be busy with them.
  await Promise.all(requesters.map((who, i) =>
    send(api, api.tx.marketplace.cancelJob(ids[i]), who)));
});

test('the jobs of this machine are listed, and one that found nobody says why to its end', async () => {
  const job = await makeJob(network, 1, 814);
  assert.deepEqual(await swarm(null, 'job', 'list'), { known: 0, jobs: [] });
  const file = join(network.folder, 'input-814.safetensors');
  // There is no time for a second draw.
  const { job: id } = await swarm(
    '//Eve', 'job', 'submit', '--model', network.model, '--input', file, '--keys', network.folder,
    '--max-price', '1', '--deadline', '40', '--need', 'memory=24GiB', '--no-wait',
  );
  const { data, number } = await findEvent(api, 'marketplace.NoProvider', (e) => e.job === id, {
    from: (await blockNumber(api)) - 1,
  });
  assert.equal(data.rejected.memory, 1);
  const found = {
    block: number,
    put_off: false,
    rejected: [{ reason: 'too little GPU memory', providers: 1 }],
    redraw: null,
  };
  assert.equal(data.redraw, null);
  const listed = await swarm(null, 'job', 'list');
  assert.equal(listed.known, 1);
  const [{ job: first, state: stage, rows, max_price: most, requester: who }] = listed.jobs;
  assert.deepEqual(
    [first, stage, rows, BigInt(most), who],
    [id, 'open', job.commitments.length * network.batch, UNIT, requester.address],
  );
  assert.deepEqual((await swarm(null, 'job', 'show', id)).last_draw, found);

  // Ended without a result.
  const watched = await command(null, 'job', 'watch', id);
  assert.equal(watched.code, 7, watched.stderr);
  const [ended] = watched.json.jobs;
  assert.deepEqual([ended.state, ended.last_draw], ['expired', found]);
  assert.match(watched.stderr, /found nobody: 1 too little GPU memory/);
  const [over] = (await swarm(null, 'job', 'list', '--last', '1')).jobs;
  assert.deepEqual([over.state, over.ended], ['expired', ended.expired_at]);
  assert.deepEqual((await swarm(null, 'job', 'list', '--last', '0')).jobs, []);
});

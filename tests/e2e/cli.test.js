// The commands of a provider's life and of a requester's orders that no other test gives, and what each
// of them has done according to the chain. Nobody works by itself here: the one job that is done is
// proven by an executor that this test drives.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { xxhashAsU8a } from '@polkadot/util-crypto';
import {
  balance, event, eventsOf, findEvent, key, plain, send, UNIT,
} from '../lib/chain.js';
import { hex, unhex } from '../lib/content.js';
import { Executor, jobSpec } from '../lib/executor.js';
import {
  ENDPOINT, readJob, readPlacement, readProvider, registerNetwork, submitResult,
} from '../lib/market.js';
import { Node } from '../lib/node.js';
import { binary, run, temporaryFolder } from '../lib/process.js';
import * as safetensors from '../lib/safetensors.js';
import { developmentState, storageKey } from '../lib/spec.js';
import { expectedOutputs, makeJob, makeNetwork } from '../lib/zk.js';

/** Who gives commands: who leaves again, who lets capacity, who works, and who pays. */
const [LEAVER, LESSOR, OPERATOR, REQUESTER] = ['//Bob', '//Ferdie', '//Charlie', '//Eve'];
const [leaver, lessor, operator, requester] = [LEAVER, LESSOR, OPERATOR, REQUESTER].map(key);
const WORKER = '//Alice//worker';
const owner = key('//Dave');
const SLOT_MILLIS = 500;
const ASSET = 7;
/** What the asset's unit is worth in the token's. */
const RATE = 4_000_000n;
const FIXED = 10n ** 18n;
const COINS = 1_000_000n;
/** What jobs may cost unless they are paid in coins. */
const MAX_PRICE = UNIT / 2n;

let executor, node, api, network, folder, job;

const details = async (who) => plain(await api.call.swarmworkApi.providerDetails(who.address));
const controllerOf = async (suri) =>
  plain(await api.call.swarmworkApi.controllerOf(key(suri).address));
const blocks = (seconds) => (seconds * 1_000) / SLOT_MILLIS;

/** A number, little-endian, in so many bytes. */
const bytes = (number, length) =>
  Buffer.from(BigInt(number).toString(16).padStart(2 * length, '0'), 'hex').reverse();

/** What the chain begins with: short slots, and an asset that jobs may be paid in. */
function begins() {
  const listed = Buffer.concat([xxhashAsU8a(bytes(ASSET, 4), 64), bytes(ASSET, 4)]);
  return [
    [storageKey('Timing', 'SlotMillis'), bytes(SLOT_MILLIS, 8)],
    [storageKey('Marketplace', 'Listings') + listed.toString('hex'),
      Buffer.concat([bytes(RATE * FIXED, 16), bytes(1, 1)])],
    [storageKey('Marketplace', 'CounterForListings'), bytes(1, 4)],
  ];
}

before(async () => {
  folder = temporaryFolder();
  [network, executor, node] = await Promise.all([
    makeNetwork({ widths: [6, 4], batch: 3, seed: 51 }),
    Executor.start(),
    Node.start({
      chain: [
        '--chain', developmentState(begins()), '--alice', '--force-authoring',
        '--node-key', '0f'.repeat(32),
      ],
    }),
  ]);
  ({ api } = node);
  await registerNetwork(api, owner, network);
  job = await makeJob(network, 2, 51);
});

after(async () => {
  await node?.stop();
  await executor?.stop();
});

/** Runs a command line, its last arguments as they are, as somebody on a machine of its own. */
function command(suri, [line, ...rest], machine = suri) {
  const own = join(folder, machine.replaceAll('/', ''));
  const args = ['--url', node.url, '--suri', suri, '--json', ...line.split(' '), ...rest];
  return run(binary('swarm'), args, {
    env: { SWARM_DATA_DIR: join(own, 'data'), SWARM_CACHE_DIR: join(own, 'cache') },
  });
}

/** What a command tells. */
async function swarm(suri, ...args) {
  const { code, stdout, stderr } = await command(suri, args);
  assert.equal(code, 0, `${args.join(' ')}\n${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

/** What a command tells, and its event of this name in the block that it tells of. */
async function does(name, suri, ...args) {
  const told = await swarm(suri, ...args);
  const block = (await api.rpc.chain.getBlockHash(told.block)).toHex();
  const events = (await eventsOf(api, block)).filter((each) => each.extrinsic !== null);
  return { told, data: event(events, name) };
}

/** How a command fails, with this exit code: what it tells, or says of wrong arguments. */
async function fails(code, suri, ...args) {
  const ended = await command(suri, args);
  assert.equal(ended.code, code, `${args.join(' ')}\n${ended.stdout}\n${ended.stderr}`);
  return code === 2 ? ended.stderr : JSON.parse(ended.stdout).error;
}

/** Expects the chain to refuse a command, and the command to name the error and say it in words. */
async function refuses(name, suri, ...args) {
  const message = await fails(4, suri, ...args);
  assert.ok(message.includes(name), message);
  const [pallet, variant] = name.split('.');
  const { docs } = api.errors[pallet.toLowerCase()][variant].meta;
  const spaced = (text) => text.replaceAll(/\s+/g, ' ').trim();
  assert.ok(spaced(message).includes(spaced(docs.join(' '))), message);
}

/** The file of a worker's secret. */
function secret(suri) {
  const file = join(folder, suri.replaceAll('/', '-'));
  writeFileSync(file, suri, { mode: 0o600 });
  return file;
}

/** The arguments that submit the job and leave it alone. */
const order = (options) => [
  `job submit --no-wait --deadline 600 --model ${network.model} ${options}`,
  '--keys', network.folder, '--input', join(network.folder, 'input-51.safetensors'),
];

/** Submits the job; what the command and the chain tell of it. */
const submit = (options) => does('marketplace.JobSubmitted', REQUESTER, ...order(options));

/** Where the operator gets a job. */
async function assigned({ job: id, block }) {
  const { number, data } = await findEvent(
    api, 'marketplace.JobAssigned', (each) => each.job === id, { from: block },
  );
  assert.equal(data.provider, operator.address);
  return number;
}

test('a provider registers by what a worker key has signed on another machine', async () => {
  const { consent, worker } = await swarm(
    LEAVER, `provider consent --controller ${leaver.address} --file`, secret('//Dave//worker'),
  );
  assert.equal(worker, key('//Dave//worker').address);
  const register = `provider register --bond 12000 --ask 1 --endpoint ${ENDPOINT} --consent`;
  await refuses('Providers.ConsentInvalid', LESSOR, register, consent);
  const { data } = await does('providers.ProviderRegistered', LEAVER, register, consent);
  assert.deepEqual([data.provider, data.worker, data.bond], [leaver.address, worker, 12_000n * UNIT]);
  assert.equal(await controllerOf('//Dave//worker'), leaver.address);
  assert.match(await fails(2, LEAVER, register, '0x00'), /this is no consent/);
});

test('it says what it is, what it asks, and whether it takes jobs', async () => {
  await does(
    'providers.ProfileSet', LEAVER,
    'provider profile --name Prüfstand --website https://provider.example --gpu-memory-mib 81920 ' +
    `--backend cuda --backend cpu --circuit ${network.circuit} --class professional --region DE ` +
    '--enclave tdx',
  );
  const { profile } = await details(leaver);
  assert.deepEqual(profile, {
    name: hex(Buffer.from('Prüfstand')),
    website: hex(Buffer.from('https://provider.example')),
    capabilities: {
      gpuMemoryMib: 81_920, backends: 3, circuits: [network.circuit], class: 'Professional',
      region: '0x4445', enclaves: 4,
    },
  });
  const wrong = await fails(2, LEAVER, 'provider profile --region Germany');
  assert.match(wrong, /`Germany` is no region/);

  const { data: terms } = await does(
    'providers.ProviderUpdated', LEAVER, 'provider update --ask 2.5 --unattested on --slots 6',
  );
  const endpoint = hex(Buffer.from(ENDPOINT));
  assert.deepEqual(terms, {
    provider: leaver.address, ask: (5n * UNIT) / 2n, endpoint, unattested: true, slots: 6,
  });
  for (const [said, available] of [['off', false], ['on', true]]) {
    const { data } = await does(
      'providers.AvailabilityChanged', LEAVER, `provider available ${said}`,
    );
    assert.equal(data.available, available);
    assert.equal((await readProvider(api, leaver)).available, available);
  }
});

test('its worker key is replaced', async () => {
  const { data } = await does(
    'providers.WorkerRotated', LEAVER, 'provider rotate-worker --worker-file',
    secret('//Eve//worker'),
  );
  assert.deepEqual(data, { provider: leaver.address, worker: key('//Eve//worker').address });
  assert.equal(await controllerOf('//Dave//worker'), null);
  assert.equal(await controllerOf('//Eve//worker'), leaver.address);
});

test('a bond grows, waits in part, and is not withdrawn before its time', async () => {
  const bond = async (name, line) => (await does(`providers.${name}`, LEAVER, line)).data;
  assert.equal((await bond('BondIncreased', 'provider bond-extra 3000')).bond, 15_000n * UNIT);
  const waits = await bond('BondUnbonding', 'provider unbond 5000');
  assert.deepEqual([waits.amount, waits.bond], [5_000n * UNIT, 10_000n * UNIT]);
  await refuses('Providers.BondTooSmall', LEAVER, 'provider unbond 0.5');
  await refuses('Providers.StillUnbonding', LEAVER, 'provider withdraw-bond');
  assert.equal((await bond('BondIncreased', 'provider rebond 2000')).bond, 12_000n * UNIT);
  const [[amount, at], ...others] = (await details(leaver)).unbonding;
  assert.deepEqual([BigInt(amount), at, others], [3_000n * UNIT, waits.withdrawable, []]);
  assert.equal((await balance(api, leaver.address)).held, 15_000n * UNIT);
});

test('maintenance is announced with notice, and called off', async () => {
  await refuses(
    'Providers.MaintenanceTooSoon', LEAVER, 'provider maintenance announce --in 1m --for 30m',
  );
  const { data, told } = await does(
    'providers.MaintenanceAnnounced', LEAVER, 'provider maintenance announce --in 2h --for 30m',
  );
  assert.equal(data.until - data.from, blocks(1_800));
  // The command does not know which block it will be in.
  const off = data.from - told.block - blocks(7_200);
  assert.ok(off <= 0 && off > -10, `${off}`);
  assert.deepEqual((await details(leaver)).maintenance, [data.from, data.until]);
  await does('providers.MaintenanceEnded', LEAVER, 'provider maintenance end');
  assert.equal((await details(leaver)).maintenance, null);
});

test('capacity is let by both sides, and given notice of', async () => {
  for (const [suri, worker, terms] of [
    [LESSOR, '//Bob//worker', `--bond 10000 --endpoint ${ENDPOINT}`],
    [OPERATOR, WORKER, `--bond 50000 --endpoint ${executor.url}`],
  ]) {
    const { data } = await does(
      'providers.ProviderRegistered', suri,
      `provider register --ask 1 ${terms} --worker-file`, secret(worker),
    );
    assert.equal(data.worker, key(worker).address);
  }
  // Whatever is drawn is the operator's.
  await does('providers.AvailabilityChanged', LESSOR, 'provider available off');

  const offer = `provider lease offer ${operator.address} --slots 3 --share 12.5`;
  const accept = `provider lease accept ${lessor.address} --slots 3 --share`;
  await does('providers.LeaseOffered', LESSOR, offer);
  await does('providers.LeaseOfferWithdrawn', LESSOR, 'provider lease withdraw');
  assert.equal((await details(lessor)).offered, null);
  await refuses('Providers.NoLeaseOffer', OPERATOR, accept, '12.5');
  const terms = { lessor: lessor.address, operator: operator.address, slots: 3, share: 125_000 };
  assert.deepEqual((await does('providers.LeaseOffered', LESSOR, offer)).data, terms);
  await refuses('Providers.LeaseOfferChanged', OPERATOR, accept, '12');
  assert.deepEqual((await does('providers.LeaseBegun', OPERATOR, accept, '12.5')).data, terms);
  const own = api.consts.providers.maxConcurrentJobs.toNumber();
  assert.equal((await details(operator)).capacity, own + 3);

  await refuses('Providers.LeaseRunning', OPERATOR, 'provider unregister');
  const { data: ending } = await does('providers.LeaseEnding', OPERATOR, 'provider lease end');
  assert.equal((await details(operator)).lease.ends, ending.ends);
  await refuses('Providers.LeaseRunning', LESSOR, `provider lease close ${operator.address}`);
});

test('a provider that leaves waits for its bond', async () => {
  const { data, told } = await does('providers.ProviderLeaving', LEAVER, 'provider unregister');
  assert.equal(data.withdrawable, told.block + api.consts.providers.unbondingPeriod.toNumber());
  assert.equal((await details(leaver)).leaving, data.withdrawable);
  await refuses('Providers.StillUnbonding', LEAVER, 'provider withdraw-bond');
  // Nobody who has left is told that it is registered.
  const again = await fails(
    1, LEAVER, `provider register --bond 12000 --ask 1 --endpoint ${ENDPOINT} --worker-file`,
    secret('//Dave//worker'),
  );
  assert.match(again, new RegExp(`has unregistered.*block ${data.withdrawable}`));
});

test('an auction lasts as long as is said, and all comes back but what the draw costs', async () => {
  await swarm('//Dave', `circuit register-outputs ${network.circuit} --keys`, network.folder);
  const { told, data } = await submit('--max-price 0.5 --auction 30s --deliver');
  const prepaid = data.escrow - MAX_PRICE;
  assert.ok(prepaid > 0n, 'the bytes are prepaid');
  const { bidsUntil, terms } = await readPlacement(api, told.job);
  assert.deepEqual([bidsUntil, terms.deliver], [told.block + blocks(30), true]);
  assert.equal((await swarm(REQUESTER, `job show ${told.job}`)).bids_until, bidsUntil);

  const cancel = `job cancel ${told.job}`;
  assert.match(
    await fails(1, LESSOR, cancel), new RegExp(`belongs to ${requester.address}.*cannot cancel`),
  );
  const cancelled = await does('marketplace.JobCancelled', REQUESTER, cancel);
  const { paid, refunded, provider } = cancelled.data;
  assert.deepEqual([provider, paid], [null, MAX_PRICE / 100n]);
  assert.equal(refunded, MAX_PRICE - paid + prepaid);
  assert.deepEqual([cancelled.told.paid, cancelled.told.refunded].map(BigInt), [paid, refunded]);
  const { state, commitments } = await readJob(api, told.job);
  assert.equal(state.kind, 'cancelled');
  assert.deepEqual(commitments, job.commitments.map(hex));
  assert.equal((await balance(api, requester.address)).held, 0n);
});

test('a job is drawn at once, says what it prefers, and is started in time', async () => {
  await refuses(
    'Marketplace.StartTooSoon', REQUESTER, ...order('--max-price 0.3 --start-within 5s'),
  );
  const { told } = await submit(
    '--max-price 0.3 --fast --start-within 60s ' +
    '--prefer memory=24GiB,region=FR+DE,class=consumer,reputation=60%',
  );
  const { terms } = await readPlacement(api, told.job);
  assert.deepEqual([terms.fast, terms.startWithin, terms.priority], [true, blocks(60), 'Normal']);
  const { gpuMemoryMib, regions, reputation, class: least } = terms.requirements.soft;
  assert.deepEqual(
    [gpuMemoryMib, regions, reputation, least],
    [24_576, ['0x4445', '0x4652'], 600_000, 'Consumer'],
  );
  const at = await assigned(told);
  assert.equal(at, told.block + 2);
  assert.equal((await readPlacement(api, told.job)).startBy, at + blocks(60));

  const start = `job start ${told.job}`;
  const { data } = await does('marketplace.JobStarted', WORKER, start);
  assert.deepEqual(data, { job: told.job, provider: operator.address });
  assert.equal((await readPlacement(api, told.job)).startBy, null);
  await refuses('Marketplace.NothingToStart', WORKER, start);
});

test('a job is paid in coins, where its provider works for them', async () => {
  await send(api, api.tx.assets.create(ASSET, lessor.address, 1), lessor);
  await send(api, api.tx.assets.mint(ASSET, requester.address, 10n * COINS), lessor);
  const coins = async (who) =>
    plain(await api.query.assets.account(ASSET, who.address))?.balance ?? 0;
  const held = async () =>
    plain(await api.query.assetsHolder.balancesOnHold(ASSET, requester.address)) ?? 0n;
  const wrong = await fails(2, REQUESTER, ...order('--max-price 12@stable'));
  assert.match(wrong, /`12@stable` is no price/);
  const options = `--max-price ${COINS}@${ASSET} --provider ${operator.address}`;
  await refuses('Marketplace.ProviderRefusesAsset', REQUESTER, ...order(options));
  const accept = `provider accept-asset ${ASSET}`;
  await does('marketplace.AssetAccepted', OPERATOR, `${accept} --up-to ${RATE}`);

  const { told, data } = await submit(options);
  assert.deepEqual([data.escrow, data.currency], [COINS, { withId: ASSET }]);
  assert.equal(await held(), COINS);
  assert.equal((await swarm(REQUESTER, `job show ${told.job}`)).asset, ASSET);
  const cancelled = await does('marketplace.JobCancelled', REQUESTER, `job cancel ${told.job}`);
  const { paid, refunded, provider } = cancelled.data;
  assert.deepEqual([provider, paid + refunded], [operator.address, COINS]);
  assert.deepEqual([cancelled.told.paid, cancelled.told.refunded].map(BigInt), [paid, refunded]);
  assert.equal(await held(), 0n);
  assert.equal(BigInt(await coins(requester)), 10n * COINS - paid);
  assert.ok((await coins(operator)) > 0);
  await does('marketplace.AssetAccepted', OPERATOR, accept);
  assert.ok((await api.query.marketplace.acceptedAssets(operator.address, ASSET)).isNone);
});

/** A job whose provider waits. */
let waiting;

test('an input is reported, and published or there after all', async () => {
  const direct = async () => {
    const { told } = await submit(`--max-price 0.5 --provider ${operator.address}`);
    return told.job;
  };
  const published = await direct();
  const { data } = await does('marketplace.InputReported', WORKER, `job report-input ${published}`);
  assert.equal((await readJob(api, published)).inputDue, data.until);
  const publish = `job publish-input ${published}`;
  const elsewhere = await command(REQUESTER, [publish], 'another');
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.stderr, /publish it from where it was submitted/);
  const { told } = await does('marketplace.InputPublished', REQUESTER, publish);
  const file = (await api.query.marketplace.published(published)).unwrap();
  assert.equal(file.length, told.bytes);
  const { inputDue, inputPublished } = await readJob(api, published);
  assert.deepEqual([inputDue, inputPublished], [null, true]);

  waiting = await direct();
  await refuses('Marketplace.NothingReported', LESSOR, `job close-report ${waiting}`);
  await refuses('Marketplace.NotTheWorker', OPERATOR, `job report-input ${waiting}`);
  await does('marketplace.InputReported', WORKER, `job report-input ${waiting}`);
  await refuses('Marketplace.ReportStands', LESSOR, `job close-report ${waiting}`);
  const { data: withdrawn } = await does(
    'marketplace.ReportWithdrawn', WORKER, `job withdraw-report ${waiting}`,
  );
  assert.deepEqual(withdrawn, { job: waiting, provider: operator.address });
  assert.equal((await readJob(api, waiting)).inputDue, null);
  await refuses('Marketplace.AlreadyReported', WORKER, `job report-input ${waiting}`);
});

/** What the operator's worker key signs to claim an answer. */
async function claim(id, batch, commitment) {
  const told = await swarm(
    OPERATOR,
    `provider claim --controller ${operator.address} --job ${id} --batch ${batch} ` +
    `--commitment ${hex(commitment)} --file`, secret(WORKER),
  );
  assert.equal(told.worker, key(WORKER).address);
  return told.claim;
}

/** Brings evidence against the operator, which loses what the command tells. */
async function convict(reason, evidence) {
  const before = (await balance(api, operator.address)).held;
  const { told, data } = await does(
    'providers.ProviderSlashed', REQUESTER, `provider report ${evidence}`,
  );
  assert.deepEqual([data.provider, data.reason], [operator.address, reason]);
  assert.ok(data.amount > 0n);
  assert.equal(BigInt(told.slashed), data.amount);
  assert.equal(before - (await balance(api, operator.address)).held, data.amount);
}

test('a worker key that claims two answers is convicted of it', async () => {
  const answer = (batch, tag) => claim(waiting, batch, Buffer.alloc(32, tag));
  const [one, other, next] = [await answer(0, 1), await answer(0, 2), await answer(1, 2)];
  assert.match(await fails(2, REQUESTER, 'provider report 0x12'), /this is no claim/);
  const apart = await fails(1, REQUESTER, `provider report ${one} --and ${next}`);
  assert.match(apart, /not of the same batch/);
  await refuses('Providers.NoOffence', REQUESTER, `provider report ${one} --and ${one}`);
  await refuses('Providers.ProofNeeded', REQUESTER, `provider report ${one}`);
  await convict('Equivocation', `${one} --and ${other}`);
  const { slashes } = await swarm(OPERATOR, 'provider details');
  assert.equal(slashes.at(-1).reason, 'equivocation');
});

test('a hidden output that is missed is published, and read from the chain', async () => {
  const { told, data } = await submit(
    '--max-price 0.5 --hide --deliver --priority urgent ' +
    `--store ${executor.url} --store-token-file ${executor.tokenFile}`,
  );
  const id = told.job;
  const about = (each) => each.job === id;
  const { number, data: priority } = await findEvent(
    api, 'marketplace.PriorityPaid', about, { from: told.block },
  );
  const fee = api.consts.marketplace.priorityFee.toBigInt();
  assert.deepEqual([number, priority.burned], [told.block, 4n * fee]);
  const { commitments, input } = await readJob(api, id);
  // Blinds are in them: nobody finds by trying what is committed to.
  assert.equal(commitments.length, 2);
  assert.ok(job.commitments.every((each) => !commitments.includes(hex(each))));

  await assigned(told);
  for (const blob of [network.keys.proving, network.keys.commitment, network.file]) {
    await executor.put(blob);
  }
  const genesis = api.genesisHash.toHex();
  const spec = jobSpec({ genesis, id, provider: operator, network, ...job });
  await executor.post({ ...spec, commitments, input: { content: input.content, source: '' } });
  const { batches } = await executor.until(id, ['done']);
  for (const { index, proof, output } of batches) {
    await submitResult(api, key(WORKER), id, index, unhex(proof), output);
  }
  const publish = [`job publish-output ${id} --keys`, network.folder];
  assert.match(await fails(1, WORKER, ...publish), /nobody misses the output/);
  await does('marketplace.DeliveryDisputed', REQUESTER, `job dispute-delivery ${id}`);
  const done = await does('marketplace.JobCompleted', WORKER, ...publish);
  assert.deepEqual([done.data.job, done.data.provider], [id, operator.address]);
  assert.equal(done.told.parts, 2);
  const from = done.told.block;
  const { data: bytesPaid } = await findEvent(api, 'marketplace.BytesPaid', about, { from });
  assert.equal(bytesPaid.amount, data.escrow - MAX_PRICE);

  await executor.stop();
  const out = join(folder, 'output.safetensors');
  await swarm(REQUESTER, `job result ${id} --keys`, network.folder, '--out', out);
  const rows = safetensors.read(readFileSync(out)).tensors.output.data;
  assert.deepEqual(Array.from(rows), expectedOutputs(network, job).flat(2));

  // It was drawn: it counts for all providers' record.
  const [epoch, ...others] = (await swarm(LESSOR, 'provider outcomes')).epochs;
  assert.deepEqual([epoch.completed, epoch.failed, others], [1, 0, []]);
  const [kept] = plain(await api.call.swarmworkApi.outcomes());
  assert.deepEqual([kept.epoch, kept.completed], [epoch.epoch, 1]);

  // And what was proven refutes what its worker key claims.
  const wrong = unhex((await readJob(api, id)).results[0].commitment);
  wrong[0] ^= 1;
  await convict('Forgery', await claim(id, 0, wrong));
});

// The market as its users see it: registering, submitting, reading. Hand-built extrinsics only.

import { blake2b } from '@noble/hashes/blake2b';
import { blockNumber, event, plain, send, UNIT } from './chain.js';
import { digest, hex } from './content.js';
import { inputLeaf, tree } from './merkle.js';

export const BOND = 10_000n * UNIT;
/** An address at which nobody answers. */
export const ENDPOINT = 'http://127.0.0.1:9';

const locator = (bytes, source = '') => ({ content: hex(digest(bytes)), source });

/** Registers a network's circuit and model for `owner`; fills in `circuit` and `model`. */
export async function registerNetwork(api, owner, network, source = '') {
  const { keys } = network;
  const circuit = await send(api, api.tx.circuits.registerCircuit(
    hex(keys.verifying), locator(keys.proving, source), locator(keys.commitment, source),
  ), owner);
  network.circuit = event(circuit.events, 'circuits.CircuitRegistered').circuit;
  await registerModel(api, owner, network, source);
}

/** Registers the model of a network whose circuit is known to the chain. */
export async function registerModel(api, owner, network, source = '') {
  const model = await send(api, api.tx.models.registerModel(
    network.circuit, hex(network.weights), locator(network.file, source),
  ), owner);
  network.model = event(model.events, 'models.ModelRegistered').model;
}

/** What a worker key signs to report for a controller. */
export function workerMessage(genesis, controller, until) {
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(BigInt(until));
  return Buffer.concat([Buffer.from('swarmwork:worker'), genesis, controller, number]);
}

/** What a worker key signs to claim the answer to a batch. */
export function claimMessage(genesis, controller, job, batch, commitment) {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(batch);
  return Buffer.concat([
    Buffer.from('swarmwork:claim'), genesis, controller, Buffer.from(job.slice(2), 'hex'), number,
    commitment,
  ]);
}

/** The worker key's consent to report for a controller, for a while. */
export async function consent(api, controller, worker) {
  const until = (await blockNumber(api)) + 100;
  const message = workerMessage(api.genesisHash.toU8a(), controller.publicKey, until);
  return { until, signature: { Sr25519: hex(worker.sign(message)) } };
}

export async function registerProvider(api, controller, worker, options = {}) {
  const { bond = BOND, ask = UNIT, endpoint = ENDPOINT, unattested = false } = options;
  const given = await consent(api, controller, worker);
  return send(api, api.tx.providers.registerProvider(
    worker.address, given, bond, ask, endpoint, unattested,
  ), controller);
}

/** The extrinsic that submits a job; what is not given is taken from the network and job. */
export function submission(api, network, job, options = {}) {
  const {
    model = network.model,
    commitments = job.commitments,
    maxPrice = 100n * UNIT,
    deadline,
    assignment = 'Swarm',
    source = '',
  } = options;
  return api.tx.marketplace.submitJob(
    model, locator(job.input, source), commitments.map(hex), maxPrice, deadline, assignment,
  );
}

/** Submits a job; resolves to its id, and what `send` gives. */
export async function submitJob(api, requester, network, job, options = {}) {
  const sent = await send(api, submission(api, network, job, options), requester);
  return { id: event(sent.events, 'marketplace.JobSubmitted').job, ...sent };
}

/**
 * Submits a job whose batches are committed to by a root; resolves as `submitJob`. Instead of all of its
 * commitments the job may have how many `batches` there are and their `root`.
 */
export async function submitRootedJob(api, requester, network, job, options) {
  const { mode, maxPrice, deadline, assignment } = options;
  const {
    batches = job.commitments.length, root = tree(job.commitments.map(inputLeaf)).root,
  } = job;
  const input = { locator: locator(job.input), batches, root: hex(root) };
  const sent = await send(api, api.tx.marketplace.submitRootedJob(
    network.model, input, mode, maxPrice, deadline, assignment,
  ), requester);
  return { id: event(sent.events, 'marketplace.JobSubmitted').job, ...sent };
}

/** Proves batches with their paths, `{ report, resultPath, input, inputPath }` each, in one call. */
export const openBatches = (api, worker, openings, submit = send) =>
  submit(api, api.tx.marketplace.openBatches(openings.map(({ report, resultPath, input, inputPath }) => ({
    report: { ...report, proof: hex(report.proof) },
    resultPath: resultPath.map(hex),
    input: hex(input),
    inputPath: inputPath.map(hex),
  }))), worker);

/** What a provider seals: bound to the job, to itself and to a salt. */
export const sealOf = (job, provider, { root, list }, salt) => hex(blake2b(Buffer.concat([
  Buffer.from('swarmwork:seal'), Buffer.from(job.slice(2), 'hex'), provider.publicKey, root, list,
  salt,
]), { dkLen: 32 }));

/** Seals results, `{ root, list }`, for a provider. */
export const sealResults = (api, worker, job, provider, results, salt) =>
  send(api, api.tx.marketplace.sealResults(job, sealOf(job, provider, results, salt)), worker);

/** Reveals the answers that were sealed. */
export const revealResults = (api, worker, job, answers, list, salt) =>
  send(api, api.tx.marketplace.revealResults(job, answers.map(hex), hex(list), hex(salt)), worker);

/** Proves a batch of which somebody has another answer, `{ job, batch, input, inputPath, proof }`. */
export const disputeResults = (api, worker, dispute) =>
  send(api, api.tx.marketplace.disputeResults({
    ...dispute,
    input: hex(dispute.input),
    inputPath: dispute.inputPath.map(hex),
    proof: hex(dispute.proof),
  }), worker);

/** The providers of a job that is given to several, through the runtime API. */
export const readPanel = async (api, id) => plain(await api.call.swarmworkApi.panel(id));

/** The id that a job must get, computed here. */
export function jobId(requester, nonce, model, input, commitments) {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(nonce);
  const count = commitments.length;
  const length = count < 64 ? [count << 2] : [((count << 2) | 1) & 0xff, count >> 6];
  return hex(blake2b(Buffer.concat([
    Buffer.from('swarmwork:job'), requester.publicKey, number, Buffer.from(model.slice(2), 'hex'),
    digest(input), Buffer.from(length), ...commitments,
  ]), { dkLen: 32 }));
}

export const submitResult = (api, worker, job, batch, proof, output, submit = send) =>
  submit(api, api.tx.marketplace.submitResult(job, batch, hex(proof), output), worker);

/** Submits several results, `{ job, batch, proof, output }` each, in one call. */
export const submitResults = (api, worker, results, submit = send) =>
  submit(api, api.tx.marketplace.submitResults(
    results.map((each) => ({ ...each, proof: hex(each.proof) })),
  ), worker);

/** A job through the runtime API: plain values, `state` as `{ kind, ... }`. */
export async function readJob(api, id) {
  const view = plain(await api.call.swarmworkApi.job(id));
  if (view === null) return null;
  const [[kind, fields]] = typeof view.state === 'string'
    ? [[view.state, {}]]
    : Object.entries(view.state);
  return { ...view, state: { kind: kind.toLowerCase(), ...fields } };
}

export const readProvider = async (api, who) => plain(await api.call.swarmworkApi.provider(who.address));

/** Parts per million. */
export const readScore = async (api, who) => (await api.call.swarmworkApi.score(who.address)).toNumber();

/** What has left supply by source, as bigints. */
export async function readBurned(api) {
  const totals = await api.call.swarmworkApi.burned();
  return Object.fromEntries([...totals.entries()].map(([source, amount]) => [source, amount.toBigInt()]));
}

/**
 * Submits a job of which every batch is proven, in any currency, with requirements, a fast draw, a
 * priority, a time to start or an auction; resolves as `submitJob`.
 */
export async function submitOrder(api, requester, network, job, options) {
  const { currency = 'Native', maxPrice, deadline, assignment = 'Swarm', terms = {} } = options;
  const input = {
    locator: locator(job.input),
    commitments: { Listed: job.commitments.map(hex) },
  };
  const sent = await send(api, api.tx.marketplace.submitOrder(
    network.model, input, 'Proven', { currency, maxPrice }, deadline, { assignment, terms },
  ), requester);
  return { id: event(sent.events, 'marketplace.JobSubmitted').job, ...sent };
}

/** How a job finds its provider. */
export const readPlacement = async (api, id) => plain(await api.call.swarmworkApi.placement(id));

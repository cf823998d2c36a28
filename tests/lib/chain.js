// Talking to a node: transactions with named errors, balances, events, blocks.

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { within } from './wait.js';

/** 1 SWARM in its smallest unit. */
export const UNIT = 10n ** 12n;

const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });

/** A key pair of the development phrase, `//Alice` for example. */
export const key = (path) => keyring.addFromUri(path);

export async function connect(url) {
  // No reconnecting behind the tests' back: a test that restarts the node connects again.
  const provider = new WsProvider(url, 500);
  // It carries nothing: the library is told so that it does not wonder.
  const signedExtensions = { CheckResults: { extrinsic: {}, payload: {} } };
  const api = new ApiPromise({ provider, noInitWarn: true, signedExtensions });
  try {
    await within(`the API of ${url}`, 60_000, api.isReadyOrError);
  } catch (error) {
    await api.disconnect().catch(() => {});
    throw error;
  }
  return api;
}

/** A transaction that the chain included and that failed; `name` is like `marketplace.JobEnded`. */
export class DispatchFailure extends Error {
  constructor(name, docs) {
    super(docs ? `${name}: ${docs}` : name);
    this.name = name;
  }
}

function failure(api, error) {
  if (error.isModule) {
    const { section, name, docs } = api.registry.findMetaError(error.asModule);
    const named = new DispatchFailure(`${section}.${name}`, docs.join(' '));
    if (named.name === 'marketplace.ResultRefused') {
      // Which of the results, and the error that it gets alone.
      const [, entry, ...own] = error.asModule.error;
      const cause = api.registry.findMetaError(Uint8Array.from(own));
      Object.assign(named, { entry, reason: `${cause.section}.${cause.name}` });
    }
    return named;
  }
  // Token, Arithmetic and the like carry their cause; the rest is named by its kind.
  const inner = error.isToken || error.isArithmetic ? `.${error.value.type ?? error.value}` : '';
  return new DispatchFailure(`${error.type.toLowerCase()}${inner}`);
}

/** The market's error, where the pool gives its index as the reason for not taking a result. */
function poolFailure(api, tx, error) {
  const [, code] = /Custom error: (\d+)/.exec(error.message) ?? [];
  if (code === undefined || tx.method.section !== 'marketplace') return error;
  const at = Uint8Array.of(tx.method.callIndex[0], Number(code));
  const { section, name, docs } = api.registry.findMetaError(at);
  return Object.assign(new DispatchFailure(`${section}.${name}`, docs.join(' ')), { pool: true });
}

/**
 * Signs, submits and waits for inclusion. Resolves to the transaction's events (plain values), the
 * block that holds it and the fee paid; rejects with a DispatchFailure if the call failed, or would
 * have (`pool` is set then), or with the pool's own words if it was not accepted.
 */
export async function send(api, tx, signer, { timeout = 40_000 } = {}) {
  let unsubscribe = () => {};
  const included = new Promise((resolve, reject) => {
    tx.signAndSend(signer, { nonce: -1 }, (result) => {
      if (result.isInBlock) resolve(result);
      else if (result.isError) reject(new Error(`not included: ${result.status.type}`));
    }).then((stop) => (unsubscribe = stop), (error) => reject(poolFailure(api, tx, error)));
  });
  const { section, method } = tx.method;
  const result = await within(`${section}.${method} in a block`, timeout, included);
  unsubscribe();
  const events = result.events.map(plainEvent);
  const paid = events.find((e) => e.name === 'transactionPayment.TransactionFeePaid');
  if (result.dispatchError) {
    const error = failure(api, result.dispatchError);
    error.fee = paid ? paid.data.actualFee : 0n;
    throw error;
  }
  return {
    events,
    block: result.status.asInBlock.toHex(),
    fee: paid ? paid.data.actualFee : 0n,
  };
}

/** As `send`, in a batch: a result that the pool would not take gets into a block, and fails there. */
export const wrapped = (api, tx, signer) => send(api, api.tx.utility.batchAll([tx]), signer);

/** `{ name: 'pallet.Event', data: { field: value } }` with balances as bigints. */
export function plainEvent({ event }) {
  const data = {};
  event.data.forEach((value, i) => {
    data[event.data.names?.[i] ?? i] = plain(value);
  });
  return { name: `${event.section}.${event.method}`, data };
}

/** A codec value as bigint (balances and other large numbers), string, number, array or object. */
export function plain(value) {
  if (value === null || value === undefined) return value;
  if (value.toRawType?.() === 'u128' || value.toRawType?.() === 'u64') return value.toBigInt();
  // Not isNone: an enum's variants without a field have it too.
  if (value.isSome === false) return null;
  if (value.isSome) return plain(value.unwrap());
  return value.toJSON?.() ?? value;
}

/** The one event of that name among a transaction's or a block's. */
export function event(events, name) {
  const found = events.filter((each) => each.name === name);
  if (found.length !== 1) {
    throw new Error(`expected one ${name}, found ${found.length} in ${events.map((e) => e.name)}`);
  }
  return found[0].data;
}

/** Expects a promise of `send` to fail with that error; returns the failure. */
export async function refused(name, promise) {
  let outcome;
  try {
    outcome = await promise;
  } catch (error) {
    if (error.name === name) return error;
    throw new Error(`expected ${name}, but it failed with: ${error.message}`);
  }
  throw new Error(`expected ${name}, but it succeeded: ${outcome.events.map((e) => e.name)}`);
}

/** Free and held balance of an account, now or at a block. */
export async function balance(api, address, block) {
  const at = block ? await api.at(block) : api;
  const { data } = await at.query.system.account(address);
  return { free: data.free.toBigInt(), held: data.reserved.toBigInt() };
}

/** Total issuance, now or at a block. */
export async function issuance(api, block) {
  const at = block ? await api.at(block) : api;
  return (await at.query.balances.totalIssuance()).toBigInt();
}

export const blockNumber = async (api) => (await api.rpc.chain.getHeader()).number.toNumber();

/** All events of a block, each with the index of the extrinsic that it belongs to (or null). */
export async function eventsOf(api, block) {
  const at = await api.at(block);
  return (await at.query.system.events()).map((record) => ({
    ...plainEvent(record),
    extrinsic: record.phase.isApplyExtrinsic ? record.phase.asApplyExtrinsic.toNumber() : null,
  }));
}

/**
 * Looks through blocks, from number `from` on and as they come, for an event; resolves to the
 * event, its block's hash and number, and the block's events.
 */
export async function findEvent(api, name, matches, { from, timeout = 60_000 } = {}) {
  let next = from ?? (await blockNumber(api));
  let stopped = false;
  const search = async () => {
    while (!stopped) {
      const best = await blockNumber(api);
      for (; next <= best; next++) {
        const block = (await api.rpc.chain.getBlockHash(next)).toHex();
        const events = await eventsOf(api, block);
        const found = events.find((each) => each.name === name && matches(each.data));
        if (found) return { ...found, block, number: next, events };
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  try {
    return await within(`event ${name}`, timeout, search());
  } finally {
    stopped = true;
  }
}

/** The parent of a block, by hash. */
export const parentOf = async (api, block) => (await api.rpc.chain.getHeader(block)).parentHash.toHex();

/** The address of the treasury's account. */
export const treasury = (api) => {
  const id = Buffer.concat([Buffer.from('modlpy/trsry'), Buffer.alloc(20)]);
  return api.registry.createType('AccountId', id).toString();
};

// Waiting with a limit: what was waited for and the tail of the logs go into the error.

import { logTails } from './process.js';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls `probe` until it returns something other than undefined, null or false, and returns that.
 * What `probe` throws counts as "not yet" and is told if the time runs out.
 */
export async function waitFor(what, probe, { timeout = 60_000, every = 250, give_up } = {}) {
  const end = Date.now() + timeout;
  let last;
  while (Date.now() < end) {
    const reason = give_up?.();
    if (reason) throw new Error(`gave up waiting for ${what}: ${reason}\n${logTails()}`);
    try {
      const found = await probe();
      if (found !== undefined && found !== null && found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(every);
  }
  throw new Error(
    `waited ${timeout / 1000} s in vain for ${what}` +
      (last ? ` (last: ${last.message ?? last})` : '') +
      `\n${logTails()}`,
  );
}

/** Gives a promise a limit. */
export async function within(what, timeout, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`waited ${timeout / 1000} s in vain for ${what}\n${logTails()}`)),
      timeout,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

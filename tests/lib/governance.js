// Proposals on a chain whose days are six blocks: putting calls to the vote, carrying them, and the
// record of what was done.

import { balance, event, key, send, UNIT } from './chain.js';
import { waitFor } from './wait.js';

/** Enough of all stake for any class at once. */
const voters = [
  '//Alice', '//Bob', '//Charlie', '//Dave', '//Alice//stash', '//Bob//stash', '//Charlie//stash',
  '//Dave//stash',
];
/** Longest way from a proposal to its enactment: 2 + 3 + 14 days of six blocks, and some. */
const LONGEST = 240_000;

/** Notes a call, proposes it and places its deposit; the proposal's number. */
export async function propose(api, call, who) {
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
export async function carry(api, index) {
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
export const acts = async (api) => (await api.call.governanceApi.acts(0, 1_000)).toJSON();

/** Waits for a proposal's enactment; how that ended. */
export async function enacted(api, index) {
  const [, { act }] = await waitFor(`proposal ${index} to be enacted`, async () =>
    (await acts(api)).find(([, entry]) => entry.actor.proposal?.index === index && entry.act.enacted),
  { timeout: LONGEST });
  return act.enacted.result;
}

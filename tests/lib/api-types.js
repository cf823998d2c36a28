// The types of the runtime APIs (docs/api.md), written by hand for a registry of @polkadot/types.
//
// Whoever is connected to a node has them from its metadata. These are a second reading of the same
// encodings, for the golden vectors.

import { TypeRegistry } from '@polkadot/types';

/** The fields of a variant. */
const fields = (named) => JSON.stringify(named);
const plain = (...names) => ({ _enum: names });

const OWN = {
  Commitment: '[u8; 32]',
  ContentId: '[u8; 32]',
  Url: 'Vec<u8>',
  Locator: { content: 'ContentId', source: 'Url' },
  CallName: '(Vec<u8>, Vec<u8>)',

  Mode: { _enum: { Proven: null, Sampled: fields({ samples: 'u32' }), Optimistic: null } },
  ResultRoot: { root: 'H256', list: 'ContentId' },
  ResultView: { commitment: 'Commitment', output: 'ContentId', at: 'u32' },
  JobState: {
    _enum: {
      Open: null,
      Assigned: fields({ provider: 'AccountId', price: 'u128', collateral: 'u128', at: 'u32' }),
      Completed: fields({ provider: 'AccountId', price: 'u128', at: 'u32' }),
      Expired: fields({ provider: 'Option<AccountId>', at: 'u32' }),
      Cancelled: fields({ at: 'u32' }),
      Failed: fields({ provider: 'AccountId', slashed: 'u128', at: 'u32' }),
    },
  },
  JobStage: {
    _enum: {
      Committed: fields({ results: 'ResultRoot', at: 'u32' }),
      Drawn: fields({ results: 'ResultRoot', drawn: 'Vec<u32>', until: 'u32' }),
      Standing: fields({
        results: 'ResultRoot', challenged: 'Vec<u32>', open_until: 'u32', until: 'u32',
      }),
    },
  },
  JobView: {
    requester: 'AccountId',
    model: 'H256',
    circuit: 'H256',
    input: 'Locator',
    batches: 'u32',
    mode: 'Mode',
    commitments: 'Vec<Commitment>',
    input_root: 'Option<H256>',
    max_price: 'u128',
    submitted: 'u32',
    deadline: 'u32',
    state: 'JobState',
    stage: 'Option<JobStage>',
    results: 'Vec<Option<ResultView>>',
    endpoint: 'Option<Url>',
  },

  CircuitInfo: { attested: 'bool', batch: 'u32', input_len: 'u32', output_len: 'u32', macs: 'u64' },
  CircuitView: {
    owner: 'AccountId',
    info: 'CircuitInfo',
    verifying_key: 'Vec<u8>',
    proving_key: 'Locator',
    commitment_key: 'Locator',
  },
  ModelInfo: { owner: 'AccountId', circuit: 'H256', weights: 'Commitment', content: 'Locator' },

  Backends: 'u8',
  Capabilities: { gpu_memory_mib: 'u32', backends: 'Backends', circuits: 'Vec<H256>' },
  Profile: { name: 'Vec<u8>', website: 'Url', capabilities: 'Capabilities' },
  LeaseView: { lessor: 'AccountId', slots: 'u32', share: 'Permill', ends: 'Option<u32>' },
  LeaseOfferView: { operator: 'AccountId', slots: 'u32', share: 'Permill' },
  SlashReason: plain('Governance', 'Forgery', 'Equivocation', 'Unproven'),
  PastSlash: { at: 'u32', reason: 'SlashReason', amount: 'u128', job: 'Option<H256>' },
  ProviderView: {
    worker: 'AccountId',
    ask: 'u128',
    bond: 'u128',
    reserved: 'u128',
    running: 'u32',
    available: 'bool',
    unattested: 'bool',
    endpoint: 'Url',
    score: 'Permill',
    jobs: '(u32, u32)',
  },
  ProviderDetails: {
    profile: 'Option<Profile>',
    capacity: 'u32',
    unbonding: 'Vec<(u128, u32)>',
    leaving: 'Option<u32>',
    owed: 'u128',
    strikes: 'u32',
    least_bond: 'u128',
    maintenance: 'Option<(u32, u32)>',
    lent: 'u32',
    lease: 'Option<LeaseView>',
    offered: 'Option<LeaseOfferView>',
    slashes: 'Vec<PastSlash>',
  },
  Offer: { price: 'u128', collateral: 'u128' },
  Rejection: plain(
    'NotRegistered', 'Unavailable', 'Busy', 'TooExpensive', 'BondTooSmall', 'Unattested',
    'Maintenance', 'Mode', 'Standing',
  ),

  Outcome: plain('Succeeded', 'Failed'),
  ProviderStanding: plain('Newcomer', 'Reliable', 'Trusted', 'Distinguished'),
  PastOutcome: { at: 'u32', outcome: 'Outcome', weight: 'u128', score: 'Permill' },
  EpochOutcomes: { epoch: 'u32', completed: 'u32', failed: 'u32', good: 'u128', bad: 'u128' },
  ReputationView: {
    score: 'Permill',
    standing: 'ProviderStanding',
    good: 'u128',
    bad: 'u128',
    completed: 'u32',
    failed: 'u32',
    recent: 'Vec<PastOutcome>',
    epochs: 'Vec<EpochOutcomes>',
  },

  BurnTotals: { job_fees: 'u128', transaction_fees: 'u128', slashes: 'u128', voluntary: 'u128' },
  MintTotals: { staking: 'u128', staking_remainder: 'u128', swarm_work: 'u128' },
  SupplyView: { issuance: 'u128', genesis: 'u128', minted: 'MintTotals', burned: 'BurnTotals' },
  EpochView: {
    index: 'u32',
    started: 'u32',
    ended: 'Option<u32>',
    budget: 'u128',
    burned: 'u128',
    credited: 'u128',
    paid: 'u128',
    scale: 'Permill',
  },
  RewardView: { epoch: 'u32', earned: 'u128', payable: 'u128', vested: 'u128', claimed: 'u128' },
  CapacityView: {
    rows: 'u32',
    streak: 'u32',
    windows: 'u32',
    missed: 'u32',
    latency: 'u32',
    bandwidth: 'Option<u32>',
  },
  RewardsView: { rate: 'Permill', capacity: 'Option<CapacityView>', epochs: 'Vec<RewardView>' },

  Class: plain('Cancel', 'Parameter', 'Treasury', 'Attest', 'Upgrade'),
  Role: plain('AttestCircuits', 'AdjustPrices', 'ListAssets', 'DrawAudits'),
  Grant: { holder: 'AccountId', scope: 'Option<H256>', expires: 'u32' },
  Actor: {
    _enum: {
      Proposal: fields({ index: 'u32', class: 'Class' }),
      Root: null,
      Holder: 'AccountId',
      Technical: 'AccountId',
      Account: 'AccountId',
      Clock: null,
    },
  },
  Act: {
    _enum: {
      Proposed: fields({ index: 'u32', class: 'Class', name: 'CallName', call: 'H256' }),
      Approved: fields({ call: 'H256', enacted_at: 'u32' }),
      Enacted: fields({ call: 'H256', result: 'Result<Null, DispatchError>' }),
      Cancelled: fields({ index: 'u32' }),
      RoleUsed: fields({ role: 'Role', scope: 'Option<H256>' }),
      RoleGranted: fields({ role: 'Role', grant: 'Grant' }),
      RoleRevoked: fields({ role: 'Role', holder: 'AccountId' }),
      Stopped: fields({ until: 'u32' }),
      Resumed: null,
      CallPaused: fields({ call: 'CallName', until: 'u32' }),
      CallResumed: fields({ call: 'CallName' }),
      TechnicalAppointed: fields({ who: 'AccountId' }),
      TechnicalDismissed: null,
      PriceFloorSet: fields({ price: 'u128' }),
    },
  },
  Entry: { at: 'u32', actor: 'Actor', act: 'Act' },
  Stage: {
    _enum: {
      Preparing: fields({ deposit: 'bool', until: 'u32' }),
      Queued: null,
      Deciding: fields({ ends: 'u32', confirmed: 'Option<u32>' }),
      Waiting: fields({ enacted_at: 'u32' }),
      Approved: null,
      Rejected: null,
      Cancelled: null,
      TimedOut: null,
      Killed: null,
    },
  },
  Standing: {
    ayes: 'u128',
    nays: 'u128',
    approval: 'Perbill',
    approval_needed: 'Perbill',
    support: 'Perbill',
    support_needed: 'Perbill',
  },
  ProposalView: {
    index: 'u32',
    class: 'Option<Class>',
    call: 'Option<H256>',
    stage: 'Stage',
    standing: 'Option<Standing>',
  },
};

/** A registry that knows the types of the runtime APIs. */
export function apiRegistry() {
  const registry = new TypeRegistry();
  registry.register(OWN);
  return registry;
}

// Values of every type of the runtime APIs, as tests/vectors/src/api.rs makes them: by type, by case.

import { hex } from './content.js';

/** 32 bytes that differ from one another. */
const bytes32 = (seed) => hex(Buffer.from(Array.from({ length: 32 }, (_, i) => (seed + i) & 0xff)));
const bytes = (text) => hex(Buffer.from(text));
const PERCENT = 10_000;

/** More than 64 bits. */
const LARGE = 0x0102_0304_0506_0708_090a_0b0cn;

const locator = { content: bytes32(20), source: bytes('http://a.example') };
const bare = { content: hex(Buffer.alloc(32)), source: '0x' };
const info = { attested: true, batch: 63, input_len: 784, output_len: 10, macs: 0x0102_0304_0506_0708n };
const root = { root: bytes32(30), list: bytes32(31) };
const result = { commitment: bytes32(32), output: bytes32(33), at: 77 };
const standingStage = {
  Standing: { results: root, challenged: [3, 1_048_575], open_until: 88, until: 99 },
};
const assigned = { Assigned: { provider: bytes32(1), price: LARGE, collateral: 7, at: 8 } };
const disputed = { Disputed: { proven: 7, until: 8, parts: 1, sum: bytes32(46) } };
const delivery = { prepaid: LARGE, elements: 66, stage: disputed };
const job = {
  requester: bytes32(2), model: bytes32(3), circuit: bytes32(4), input: locator, batches: 2,
  mode: 'Proven', commitments: [bytes32(40), bytes32(41)], input_root: null, max_price: LARGE,
  currency: { WithId: 7 }, submitted: 5, deadline: 6, state: 'Open', stage: null, results: [null, null], endpoint: null,
  delivery,
  input_due: 18,
  input_published: true,
};

const capabilities = {
  gpu_memory_mib: 24_576, backends: 3, circuits: [bytes32(4)], class: 'DataCentre',
  region: bytes('NZ'), enclaves: 8,
};
const profile = { name: bytes('Zoë'), website: bytes('https://c.example'), capabilities };
const lease = { lessor: bytes32(7), slots: 2, share: 25 * PERCENT, ends: 1_000 };
const leaseOffer = { operator: bytes32(8), slots: 3, share: 5 * PERCENT };
const slash = { at: 500, reason: 'Equivocation', amount: 12, job: bytes32(9) };
const pastOutcome = { at: 600, outcome: 'Failed', weight: LARGE, score: 714_285 };
const epochOutcomes = { epoch: 4, completed: 3, failed: 1, good: LARGE, bad: 2 };
const nothing = {
  profile: null, capacity: 4, slots: 6, unbonding: [], leaving: null, owed: 0, strikes: 0, least_bond: 10,
  maintenance: null, lent: 0, lease: null, offered: null, slashes: [],
};

const noNeeds = {
  gpu_memory_mib: 0, class: 'Basic', regions: [], tier: 'Entry', enclaves: 0, reputation: 0,
};
const needs = {
  gpu_memory_mib: 24_576, class: 'Professional', regions: [bytes('DE'), bytes('FR')],
  tier: 'Validator', enclaves: 6, reputation: 60 * PERCENT,
};
const requirements = { hard: needs, soft: noNeeds };
const noTerms = {
  requirements: { hard: noNeeds, soft: noNeeds }, fast: false, priority: 'Normal',
  start_within: null, deliver: false,
};
const terms = { requirements, fast: true, priority: 'Urgent', start_within: 30, deliver: true };
const counts = {
  not_registered: 1, unavailable: 2, busy: 3, too_expensive: 4, bond_too_small: 5, unattested: 6,
  maintenance: 7, mode: 8, standing: 9, currency: 10, memory: 11, class: 12, region: 13, tier: 14,
  enclave: 15, reputation: 16, unsettled: 17, declined: 18,
};
const bid = { provider: bytes32(60), price: LARGE, at: 61 };
const judged = { Judged: { agreed: bytes32(63), shown: true, done: 2 } };
const newMember = {
  provider: bytes32(64), auditor: false, price: LARGE, collateral: 65, sealed: null, revealed: null,
  refuted_by: null,
};
const refuted = {
  provider: bytes32(70), auditor: true, price: 71, collateral: 72, sealed: bytes32(66),
  revealed: { root: bytes32(67), list: bytes32(68) }, refuted_by: bytes32(69),
};

const burned = { job_fees: 1, transaction_fees: 2, slashes: 3, voluntary: LARGE };
const minted = { staking: 4, staking_remainder: 5, swarm_work: LARGE };
const reward = { epoch: 3, earned: 100, payable: 90, vested: 80, claimed: 70 };
const capacity = {
  rows: 1_000, streak: 10, windows: 12, missed: 1, latency: 1_500, bandwidth: 2_000,
};

const call = bytes32(14);
const name = [bytes('Marketplace'), bytes('submit_job')];
const grant = { holder: bytes32(11), scope: bytes32(12), expires: 13 };
const tally = {
  ayes: LARGE, nays: 1, approval: 600_000_000, approval_needed: 500_000_000, support: 100_000_000,
  support_needed: 50_000_000,
};

export const CASES = {
  JobView: {
    open: job,
    proven: { ...job, state: assigned, results: [result, null], endpoint: bytes('http://b.example') },
    rooted: {
      ...job,
      mode: 'Optimistic',
      commitments: [],
      input_root: bytes32(42),
      state: assigned,
      stage: standingStage,
      results: [null],
    },
  },
  JobState: {
    open: 'Open',
    assigned,
    completed: { Completed: { provider: bytes32(1), price: 9, at: 10 } },
    expired: { Expired: { provider: bytes32(1), at: 11 } },
    cancelled: { Cancelled: { provider: null, why: 'Withdrawn', paid: LARGE, at: 12 } },
    withheld: { Cancelled: { provider: bytes32(1), why: 'InputWithheld', paid: 15, at: 16 } },
    shared: { Shared: { price: LARGE, at: 17 } },
    agreed: { Agreed: { price: 18, at: 19 } },
    undecided: { Undecided: { at: 20 } },
    failed: {
      Failed: { provider: bytes32(1), why: 'ChallengeUnanswered', slashed: 13, at: 14 },
    },
  },
  CancellationReason: { withdrawn: 'Withdrawn', 'input withheld': 'InputWithheld' },
  FailureReason: {
    'proofs refused': 'ProofsRefused', 'sample unproven': 'SampleUnproven',
    'challenge unanswered': 'ChallengeUnanswered',
  },
  JobStage: {
    committed: { Committed: { results: root, at: 66 } },
    drawn: { Drawn: { results: root, drawn: [0, 5], until: 67 } },
    standing: standingStage,
  },
  Delivery: { disputed: delivery },
  DeliveryStage: {
    asked: 'Asked', waiting: { Waiting: { proven: 7, until: 8 } }, disputed,
    over: { Over: { parts: 3 } },
  },
  Mode: {
    proven: 'Proven', sampled: { Sampled: { samples: 64 } }, optimistic: 'Optimistic',
    redundant: { Redundant: { providers: 5 } },
  },
  ResultRoot: { root },
  ResultView: { result },
  ContentId: { id: bytes32(50) },
  Locator: { sourced: locator, bare },
  CircuitInfo: { info },
  CircuitView: {
    circuit: {
      owner: bytes32(5), info, verifying_key: '0x010203', proving_key: locator, commitment_key: bare,
    },
  },
  ModelInfo: {
    model: { owner: bytes32(5), circuit: bytes32(4), weights: bytes32(6), content: locator },
  },
  ProviderView: {
    provider: {
      worker: bytes32(10), ask: LARGE, bond: 11, reserved: 12, running: 1, available: true,
      unattested: false, endpoint: bytes('http://d.example'), score: 50 * PERCENT, jobs: [13, 14],
    },
  },
  ProviderDetails: {
    nothing,
    everything: {
      ...nothing,
      profile,
      unbonding: [[5, 50], [LARGE, 60]],
      leaving: 70,
      owed: 8,
      strikes: 2,
      maintenance: [80, 90],
      lent: 1,
      lease,
      offered: leaseOffer,
      slashes: [slash],
    },
  },
  Profile: { profile },
  Capabilities: { capabilities },
  Backends: { 'cpu and cuda': 3 },
  LeaseView: { lease },
  LeaseOfferView: { offer: leaseOffer },
  PastSlash: { slash },
  SlashReason: {
    governance: 'Governance', forgery: 'Forgery', equivocation: 'Equivocation', unproven: 'Unproven',
    withdrawn: 'Withdrawn',
  },
  Offer: { offer: { price: LARGE, collateral: 3 } },
  Rejection: {
    'not registered': 'NotRegistered',
    unavailable: 'Unavailable',
    busy: 'Busy',
    'too expensive': 'TooExpensive',
    'bond too small': 'BondTooSmall',
    unattested: 'Unattested',
    maintenance: 'Maintenance',
    mode: 'Mode',
    standing: 'Standing',
    currency: 'Currency',
    memory: 'Memory',
    class: 'Class',
    region: 'Region',
    tier: 'Tier',
    enclave: 'Enclave',
    reputation: 'Reputation',
    unsettled: 'Unsettled',
    declined: 'Declined',
  },
  ComputeClass: {
    basic: 'Basic', consumer: 'Consumer', professional: 'Professional', 'data centre': 'DataCentre',
  },
  Region: { germany: bytes('DE') },
  Enclaves: { 'sev-snp and tdx': 6 },
  Tier: { entry: 'Entry', validator: 'Validator', supernode: 'Supernode' },
  Needs: { none: noNeeds, all: needs },
  Requirements: { requirements },
  Priority: { normal: 'Normal', high: 'High', urgent: 'Urgent' },
  Terms: { none: noTerms, all: terms },
  Enquiry: {
    enquiry: {
      model: bytes32(3), batches: 84, mode: { Redundant: { providers: 3 } }, max_price: LARGE,
      currency: { WithId: 7 }, requirements,
    },
  },
  RejectionCounts: { counts },
  Quote: {
    quote: {
      macs: LARGE, judged: 79, fitting: 80, rejected: counts, prices: [81, 82, LARGE], average: 83,
      at_average: null,
    },
  },
  ClearingPrice: { clearing: { average: LARGE, jobs: 89 } },
  BidView: { bid },
  PlacementView: {
    placement: {
      assignment: 'Auction', terms, won: true, draws: 85, bids_until: 86, bids: [bid], start_by: 87,
      passed: [bytes32(88)],
    },
  },
  Assignment: {
    swarm: 'Swarm',
    direct: { Direct: bytes32(95) },
    auction: { Auction: { blocks: 96 } },
  },
  AssignmentKind: { swarm: 'Swarm', direct: 'Direct', auction: 'Auction' },
  Placement: { placement: { assignment: { Auction: { blocks: 96 } }, terms } },
  PanelStage: {
    sealing: { Sealing: { until: 62 } },
    drawing: { Drawing: { since: 74 } },
    auditing: { Auditing: { until: 75 } },
    revealing: { Revealing: { opens: 76, until: 77 } },
    disputed: { Disputed: { until: 78 } },
    judged,
  },
  Member: { new: newMember, refuted },
  Panel: {
    panel: { stage: judged, members: [newMember, refuted], spent: LARGE, burned: 73 },
  },
  ReputationView: {
    reputation: {
      score: 909_090, standing: 'Trusted', good: LARGE, bad: 1, completed: 20, failed: 2,
      recent: [pastOutcome], epochs: [epochOutcomes],
    },
  },
  PastOutcome: { outcome: pastOutcome },
  EpochOutcomes: { epoch: epochOutcomes },
  Outcome: { succeeded: 'Succeeded', failed: 'Failed' },
  ProviderStanding: {
    newcomer: 'Newcomer', reliable: 'Reliable', trusted: 'Trusted', distinguished: 'Distinguished',
  },
  BurnTotals: { burned },
  MintTotals: { minted },
  SupplyView: { supply: { issuance: LARGE, genesis: 6, minted, burned } },
  EpochView: {
    epoch: {
      index: 7, started: 8, ended: 9, budget: LARGE, burned: 10, credited: 11, paid: 12,
      scale: 99 * PERCENT,
    },
  },
  RewardView: { reward },
  CapacityView: { capacity },
  RewardsView: { rewards: { rate: 30 * PERCENT, capacity, epochs: [reward] } },
  Act: {
    proposed: { Proposed: { index: 1, class: 'Treasury', name, call } },
    approved: { Approved: { call, enacted_at: 2 } },
    enacted: { Enacted: { call, result: { Ok: null } } },
    refused: { Enacted: { call, result: { Err: 'BadOrigin' } } },
    cancelled: { Cancelled: { index: 3 } },
    'role used': { RoleUsed: { role: 'AttestCircuits', scope: null } },
    'role granted': { RoleGranted: { role: 'ListAssets', grant } },
    'role revoked': { RoleRevoked: { role: 'DrawAudits', holder: bytes32(15) } },
    stopped: { Stopped: { until: 4 } },
    resumed: 'Resumed',
    'call paused': { CallPaused: { call: name, until: 5 } },
    'call resumed': { CallResumed: { call: name } },
    'technical appointed': { TechnicalAppointed: { who: bytes32(16) } },
    'technical dismissed': 'TechnicalDismissed',
    'price floor set': { PriceFloorSet: { price: LARGE } },
  },
  Entry: { entry: { at: 17, actor: { Holder: bytes32(18) }, act: 'Resumed' } },
  Actor: {
    proposal: { Proposal: { index: 22, class: 'Attest' } },
    root: 'Root',
    holder: { Holder: bytes32(18) },
    technical: { Technical: bytes32(19) },
    account: { Account: bytes32(20) },
    clock: 'Clock',
  },
  Class: {
    cancel: 'Cancel', parameter: 'Parameter', treasury: 'Treasury', attest: 'Attest',
    upgrade: 'Upgrade',
  },
  Role: {
    'attest circuits': 'AttestCircuits',
    'adjust prices': 'AdjustPrices',
    'list assets': 'ListAssets',
    'draw audits': 'DrawAudits',
  },
  Grant: { grant },
  ProposalView: {
    proposal: {
      index: 19, class: 'Upgrade', call, stage: { Deciding: { ends: 20, confirmed: 21 } },
      standing: tally,
    },
  },
  Standing: { tally },
  Stage: {
    preparing: { Preparing: { deposit: true, until: 23 } },
    queued: 'Queued',
    deciding: { Deciding: { ends: 20, confirmed: null } },
    waiting: { Waiting: { enacted_at: 24 } },
    approved: 'Approved',
    rejected: 'Rejected',
    cancelled: 'Cancelled',
    'timed out': 'TimedOut',
    killed: 'Killed',
  },
};

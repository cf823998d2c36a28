//! Jobs that several providers do, each by itself, and how far those have come.

use alloc::collections::BTreeMap;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

use crate::{Commitment, JobId, ResultRoot, SlashReason};

/// Most providers that a job is given to for its own sake.
pub const MAX_REDUNDANCY: u32 = 5;
/// Most that work on one job: one more may be drawn to audit it.
pub const MAX_MEMBERS: u32 = MAX_REDUNDANCY + 1;

/// Most batches of a job that is given to several: the answers of each are stored until it is settled,
/// so that everybody can find where they differ.
pub const MAX_ANSWERS: u32 = 256;

/// The commitments to the outputs of all batches, in their order.
pub type Answers = BoundedVec<Commitment, ConstU32<MAX_ANSWERS>>;

/// What a provider names before it shows its results: blake2-256 over `"swarmwork:seal"`, job,
/// controller account, results and salt. Bound to both, so that nobody can show another's.
pub fn seal<AccountId: Encode>(
    job: &JobId,
    provider: &AccountId,
    results: &ResultRoot,
    salt: &[u8; 32],
) -> H256 {
    (b"swarmwork:seal", job, provider, results, salt)
        .using_encoded(blake2_256)
        .into()
}

/// One of the providers that work on a job.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Member<AccountId, Balance> {
    /// Its controller account.
    pub provider: AccountId,
    /// Whether it audits the others: then it does not count for a majority.
    pub auditor: bool,
    /// What it gets if it is right, before its shares are taken off: of what the job is paid in, but
    /// tokens where it audits.
    pub price: Balance,
    /// What it has reserved.
    pub collateral: Balance,
    /// What it has sealed: see [`seal`].
    pub sealed: Option<H256>,
    /// What it has shown to have sealed.
    pub revealed: Option<ResultRoot>,
    /// Who has proven that one of its answers is wrong.
    pub refuted_by: Option<AccountId>,
}

impl<AccountId, Balance> Member<AccountId, Balance> {
    /// One that has done nothing yet.
    pub fn new(provider: AccountId, auditor: bool, price: Balance, collateral: Balance) -> Self {
        Self {
            provider,
            auditor,
            price,
            collateral,
            sealed: None,
            revealed: None,
            refuted_by: None,
        }
    }

    /// The root that it has shown.
    pub fn root(&self) -> Option<H256> {
        self.revealed.map(|results| results.root)
    }
}

/// The providers that work on a job.
pub type Members<AccountId, Balance> =
    BoundedVec<Member<AccountId, Balance>, ConstU32<MAX_MEMBERS>>;

/// How far they have come.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub enum PanelStage<BlockNumber> {
    /// They work, and seal their results.
    Sealing {
        /// Last block in which that counts.
        until: BlockNumber,
    },
    /// It is drawn by the blocks after this whether the job is audited, and by whom.
    Drawing {
        /// The block in which the last results were sealed.
        since: BlockNumber,
    },
    /// The auditor works, and seals its results.
    Auditing {
        /// Last block in which that counts.
        until: BlockNumber,
    },
    /// Who has sealed results shows them.
    Revealing {
        /// First block in which that counts: by then what was sealed is final.
        opens: BlockNumber,
        /// Last block in which it does.
        until: BlockNumber,
    },
    /// Whoever proves a batch shows that all with another answer to it were wrong.
    Disputed {
        /// Last block in which that counts.
        until: BlockNumber,
    },
    /// It is settled with one member after the other.
    Judged {
        /// The root that most of them agreed on, if they did.
        agreed: Option<H256>,
        /// Whether what was sealed was to be revealed: not where too few had sealed anything.
        shown: bool,
        /// With how many it is settled.
        done: u32,
    },
}

/// What becomes of a member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It agreed with the majority: it is paid.
    Right,
    /// Nobody can tell: it is neither paid nor slashed.
    Unclear,
    /// It has sealed nothing: that counts as any missed deadline.
    Missed,
    /// It loses its collateral, for this.
    Wrong(SlashReason),
}

/// Why one of several providers is not paid, and loses nothing of its bond either.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub enum UnpaidReason {
    /// It has sealed nothing, which is held against it.
    Missed,
    /// It has sealed nothing of an input that was reported as missing: that is held against nobody.
    InputMissing,
    /// It has sealed results of which nobody can tell whether they are right.
    Unclear,
}

/// A job's providers, and how far they have come.
#[derive(
    Clone, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug,
)]
pub struct Panel<AccountId, Balance, BlockNumber> {
    /// How far they have come.
    pub stage: PanelStage<BlockNumber>,
    /// Who they are.
    pub members: Members<AccountId, Balance>,
    /// What of the job's money is distributed.
    pub spent: Balance,
    /// What of that was burned, in tokens whatever it was paid in.
    pub burned: Balance,
}

impl<AccountId, Balance, BlockNumber> Panel<AccountId, Balance, BlockNumber> {
    /// How many of those that the job was given to for its own sake make a majority. Who is silent
    /// counts: else silencing some would make one of few.
    pub fn quorum(&self) -> usize {
        self.members.iter().filter(|each| !each.auditor).count() / 2 + 1
    }

    /// Whether anybody has sealed results.
    pub fn has_seals(&self) -> bool {
        self.members.iter().any(|member| member.sealed.is_some())
    }

    /// The root that a majority has shown, if no proof shows that it is wrong.
    pub fn majority(&self) -> Option<H256> {
        let mut votes = BTreeMap::<H256, usize>::new();
        for member in self.members.iter().filter(|each| !each.auditor) {
            if let Some(root) = member.root().filter(|_| member.refuted_by.is_none()) {
                let count = votes.entry(root).or_default();
                // One for each of the few members.
                *count = count.saturating_add(1);
            }
        }
        votes
            .into_iter()
            .find(|(_, count)| *count >= self.quorum())
            .map(|(root, _)| root)
    }

    /// What becomes of a member, now that all is said.
    pub fn verdict(
        member: &Member<AccountId, Balance>,
        agreed: Option<H256>,
        shown: bool,
    ) -> Verdict {
        if member.refuted_by.is_some() {
            return Verdict::Wrong(SlashReason::Forgery);
        }
        let unproven = Verdict::Wrong(SlashReason::Unproven);
        match (member.sealed, member.root(), agreed) {
            (None, ..) => Verdict::Missed,
            (Some(_), None, _) if shown => unproven,
            (Some(_), None, _) => Verdict::Unclear,
            (Some(_), Some(root), Some(agreed)) if root == agreed => Verdict::Right,
            (Some(_), Some(_), Some(_)) => unproven,
            (Some(_), Some(_), None) => Verdict::Unclear,
        }
    }

    /// The same, with its blocks counted otherwise.
    pub fn with_blocks(mut self, count: impl Fn(BlockNumber) -> BlockNumber) -> Self {
        self.stage = match self.stage {
            PanelStage::Sealing { until } => PanelStage::Sealing {
                until: count(until),
            },
            PanelStage::Drawing { since } => PanelStage::Drawing {
                since: count(since),
            },
            PanelStage::Auditing { until } => PanelStage::Auditing {
                until: count(until),
            },
            PanelStage::Revealing { opens, until } => PanelStage::Revealing {
                opens: count(opens),
                until: count(until),
            },
            PanelStage::Disputed { until } => PanelStage::Disputed {
                until: count(until),
            },
            judged @ PanelStage::Judged { .. } => judged,
        };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContentId;

    type TestPanel = Panel<u64, u128, u32>;

    fn results(tag: u8) -> ResultRoot {
        ResultRoot {
            root: H256::repeat_byte(tag),
            list: ContentId([tag; 32]),
        }
    }

    /// A panel whose members have shown these roots, or sealed only (0), or nothing (`None`).
    fn panel(roots: &[Option<u8>]) -> TestPanel {
        let members = (0u64..)
            .zip(roots)
            .map(|(provider, root)| {
                let mut member = Member::new(provider, false, 10, 20);
                member.sealed = root.map(|_| H256::zero());
                member.revealed = root.filter(|tag| *tag > 0).map(results);
                member
            })
            .collect::<alloc::vec::Vec<_>>();
        Panel {
            stage: PanelStage::Judged {
                agreed: None,
                shown: true,
                done: 0,
            },
            members: members.try_into().expect("few"),
            spent: 0,
            burned: 0,
        }
    }

    fn verdicts(panel: &TestPanel) -> alloc::vec::Vec<Verdict> {
        let agreed = panel.majority();
        panel
            .members
            .iter()
            .map(|member| TestPanel::verdict(member, agreed, true))
            .collect()
    }

    const UNPROVEN: Verdict = Verdict::Wrong(SlashReason::Unproven);

    #[test]
    fn a_seal_is_bound_to_everything() {
        let (job, salt) = (H256::repeat_byte(1), [2; 32]);
        let base = seal(&job, &3u64, &results(4), &salt);
        assert_eq!(base, seal(&job, &3u64, &results(4), &salt));
        let mut list = results(4);
        list.list = ContentId([9; 32]);
        for other in [
            seal(&H256::repeat_byte(9), &3u64, &results(4), &salt),
            seal(&job, &9u64, &results(4), &salt),
            seal(&job, &3u64, &results(9), &salt),
            seal(&job, &3u64, &list, &salt),
            seal(&job, &3u64, &results(4), &[9; 32]),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn the_majority_is_of_the_assigned() {
        assert_eq!(
            panel(&[Some(1), Some(1), Some(2)]).majority(),
            Some(H256::repeat_byte(1))
        );
        // Not of those that were not silenced.
        assert_eq!(panel(&[Some(1), Some(0), None]).majority(), None);
        assert_eq!(panel(&[Some(1), Some(2), Some(3)]).majority(), None);
        assert_eq!(
            panel(&[Some(1), Some(1), Some(2), Some(2), None]).majority(),
            None
        );
    }

    #[test]
    fn who_differs_or_does_not_show_loses_and_who_is_silent_misses() {
        assert_eq!(
            verdicts(&panel(&[Some(1), Some(1), Some(1), Some(2), Some(0)])),
            [
                Verdict::Right,
                Verdict::Right,
                Verdict::Right,
                UNPROVEN,
                UNPROVEN
            ]
        );
        assert_eq!(
            verdicts(&panel(&[Some(1), Some(2), None])),
            [Verdict::Unclear, Verdict::Unclear, Verdict::Missed]
        );
    }

    #[test]
    fn nobody_loses_for_not_showing_what_nobody_asked_for() {
        let panel = panel(&[Some(0), None, None]);
        let verdict = |shown| TestPanel::verdict(&panel.members[0], None, shown);
        assert_eq!(
            (verdict(true), verdict(false)),
            (UNPROVEN, Verdict::Unclear)
        );
    }

    #[test]
    fn a_proof_overturns_a_majority() {
        let mut panel = panel(&[Some(1), Some(1), Some(2)]);
        panel.members[0].refuted_by = Some(9);
        let forged = Verdict::Wrong(SlashReason::Forgery);
        assert_eq!(panel.majority(), None);
        assert_eq!(
            verdicts(&panel),
            [forged, Verdict::Unclear, Verdict::Unclear]
        );
        panel.members[1].refuted_by = Some(9);
        assert_eq!(verdicts(&panel), [forged, forged, Verdict::Unclear]);
    }

    #[test]
    fn an_auditor_makes_no_majority() {
        let mut panel = panel(&[Some(1), Some(2), Some(3), Some(1)]);
        panel.members[3].auditor = true;
        assert_eq!(panel.quorum(), 2);
        assert_eq!(panel.majority(), None);
        panel.members[1].revealed = Some(results(1));
        assert_eq!(
            verdicts(&panel),
            [Verdict::Right, Verdict::Right, UNPROVEN, Verdict::Right]
        );
    }
}

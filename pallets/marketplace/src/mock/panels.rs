//! Jobs that several providers do.

use super::{
    dispatch, doubles, events, next_block, provider, rooted, run_to, worker, AccountId, Balance,
    RuntimeOrigin, System, Test,
};
use crate::{Call, Dispute, Event, PanelOf};
use alloc::vec::Vec;
use frame_support::{assert_ok, dispatch::DispatchResultWithPostInfo};
use rooted::{batch_input, inputs, register_rooted, submit_rooted};
use sp_core::H256;
use sp_runtime::Permill;
use swarm_merkle::{answer_leaf, Tree};
use swarmwork_primitives::{
    seal, Answers, Assignment, Commitment, ContentId, JobId, JobState, Mode, PanelStage,
    ProviderStanding, ResultRoot, UnpaidReason,
};

/// Batches of the jobs here: unproven, they cost what one proven batch does.
pub const BATCHES: u32 = 100;
/// What each provider asks for.
pub const ASK: Balance = 300;
/// Blocks until a draw is made.
pub const DRAW: u64 = 7;

/// The right answer to a batch, as the double of the circuits proves it.
pub fn right(batch: u32) -> Commitment {
    [0xc0u8.wrapping_add(batch as u8); 32]
}

/// The right answers.
pub fn answers() -> Answers {
    wrong_answers(BATCHES, 0)
}

/// Answers of which that to one batch is another.
pub fn wrong_answers(wrong: u32, tag: u8) -> Answers {
    let answer = |batch| {
        if batch == wrong {
            [tag; 32]
        } else {
            right(batch)
        }
    };
    let answers: Vec<_> = (0..BATCHES).map(answer).collect();
    answers.try_into().expect("few")
}

/// The list that everybody names here.
pub const LIST: ContentId = ContentId([0x77; 32]);

pub fn results_of(answers: &Answers) -> ResultRoot {
    let tree = Tree::new(answers.iter().map(answer_leaf).collect()).expect("few");
    ResultRoot {
        root: H256(tree.root()),
        list: LIST,
    }
}

/// The salt of a provider.
pub fn salt(number: u8) -> [u8; 32] {
    [number ^ 0x5a; 32]
}

/// Submits a job for so many providers, and returns its id.
pub fn submit_redundant(providers: u32, max_price: Balance, duration: u64) -> JobId {
    let mode = Mode::Redundant { providers };
    submit_rooted(BATCHES, mode, max_price, duration, Assignment::Swarm)
}

/// A job of three that is drawn in the next blocks, among the providers 0 to 2.
pub fn shared() -> JobId {
    for number in 0..3 {
        register_rooted(number, ASK);
    }
    drawn_of_three()
}

/// A job of three, drawn among all that are registered.
pub fn drawn_of_three() -> JobId {
    let id = submit_redundant(3, 1_000, 200);
    run_to(System::block_number() + DRAW);
    assert!(matches!(super::job(id).state, JobState::Shared { .. }));
    events();
    id
}

/// Has every job audited; the providers 0 to 3 may do so.
pub fn audit_all() {
    super::MaxAuditShare::set(Permill::one());
    crate::AuditShare::<Test>::put(Permill::one());
    for number in 0..4 {
        register_rooted(number, ASK);
        doubles::Standings::<Test>::insert(provider(number), ProviderStanding::Trusted);
    }
}

pub fn panel(id: JobId) -> PanelOf<Test> {
    crate::Panels::<Test>::get(id).expect("the job has a panel")
}

/// The numbers of a job's members, and then of its auditor, if it has one.
pub fn numbers(id: JobId) -> Vec<u8> {
    let members = panel(id).members;
    members
        .iter()
        .map(|member| number(&member.provider))
        .collect()
}

pub fn seal_hash(id: JobId, hash: H256, number: u8) -> DispatchResultWithPostInfo {
    let call = Call::seal_results {
        job: id,
        sealed: hash,
    };
    dispatch(worker(number), call)
}

/// What a provider seals for these answers.
pub fn sealed(id: JobId, number: u8, answers: &Answers) -> H256 {
    seal(&id, &provider(number), &results_of(answers), &salt(number))
}

pub fn seal_as(id: JobId, number: u8, answers: &Answers) -> DispatchResultWithPostInfo {
    seal_hash(id, sealed(id, number, answers), number)
}

pub fn reveal_as(id: JobId, number: u8, answers: &Answers) -> DispatchResultWithPostInfo {
    let call = Call::reveal_results {
        job: id,
        answers: answers.clone(),
        list: LIST,
        salt: salt(number),
    };
    dispatch(worker(number), call)
}

/// Goes on to the first block in which results may be revealed.
pub fn run_to_reveals(id: JobId) {
    loop {
        match panel(id).stage {
            PanelStage::Revealing { opens, .. } => return run_to(opens),
            PanelStage::Sealing { .. }
            | PanelStage::Drawing { .. }
            | PanelStage::Auditing { .. } => next_block(),
            other => panic!("nothing is revealed any more: {other:?}"),
        }
    }
}

/// Every provider seals the answers beside its number, and reveals them as soon as it may.
pub fn answer_all(id: JobId, said: &[(u8, &Answers)]) {
    for (number, answers) in said {
        assert_ok!(seal_as(id, *number, answers));
    }
    run_to_reveals(id);
    for (number, answers) in said {
        assert_ok!(reveal_as(id, *number, answers));
    }
    assert!(matches!(panel(id).stage, PanelStage::Disputed { .. }));
}

/// A good proof of a batch by a provider.
pub fn dispute_of(id: JobId, batch: u32, number: u8) -> Dispute {
    let proof = doubles::proof(
        &id,
        batch,
        &provider(number),
        &[0x55; 32],
        &batch_input(batch),
    );
    let input_path = inputs(BATCHES).path(batch).expect("it is in range");
    Dispute {
        job: id,
        batch,
        input: batch_input(batch),
        input_path: input_path.try_into().expect("the tree is not too deep"),
        proof: proof.try_into().expect("short"),
    }
}

pub fn dispute(dispute: Dispute, number: u8) -> DispatchResultWithPostInfo {
    dispatch(worker(number), Call::dispute_results { dispute })
}

/// Goes on until the job has ended.
pub fn run_to_end(id: JobId) -> JobState<AccountId, Balance, u64> {
    while super::job(id).ended().is_none() {
        next_block();
    }
    super::job(id).state
}

/// The number of a provider.
fn number(who: &AccountId) -> u8 {
    (0..10)
        .find(|number| provider(*number) == *who)
        .expect("it is registered by number")
}

/// Which members of a job were neither paid nor slashed, by number, and why.
pub fn unpaid() -> Vec<(u8, UnpaidReason)> {
    let mut unpaid: Vec<_> = events()
        .into_iter()
        .filter_map(|event| match event {
            Event::MemberUnpaid { provider, why, .. } => Some((number(&provider), why)),
            _ => None,
        })
        .collect();
    unpaid.sort_unstable_by_key(|(number, _)| *number);
    unpaid
}

/// How the members of a job ended, by number: what each was paid, and what it lost.
pub fn ends() -> Vec<(u8, Balance, Balance)> {
    let mut ends: Vec<_> = events()
        .into_iter()
        .filter_map(|event| match event {
            Event::MemberPaid {
                provider,
                paid_provider,
                ..
            } => Some((number(&provider), paid_provider, 0)),
            Event::MemberSlashed {
                provider, slashed, ..
            } => Some((number(&provider), 0, slashed)),
            Event::AuditorPaid {
                auditor, amount, ..
            } => Some((number(&auditor), amount, 0)),
            _ => None,
        })
        .collect();
    ends.sort_unstable();
    ends
}

/// Sets the share of jobs that is audited.
pub fn set_share(origin: RuntimeOrigin, share: Permill) -> sp_runtime::DispatchResult {
    super::Marketplace::set_audit_share(origin, share)
}

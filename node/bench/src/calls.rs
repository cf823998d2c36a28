//! The measured transactions.

use anyhow::{anyhow, Result};
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo},
    weights::Weight,
};
use pallet_marketplace::{Call, Report};
use sp_core::sr25519;
use sp_runtime::OpaqueExtrinsic;
use swarmwork_primitives::{Assignment, UNIT};
use swarmwork_runtime::{
    configs::system::RuntimeBlockWeights, AccountId, Balance, BlockNumber, Hash, Nonce,
    RuntimeCall, UncheckedExtrinsic,
};

use crate::people::{account, pair, sign, Role};
use crate::population::{DIRECT, MAX_PRICE};
use crate::work::Work;

/// What is transferred.
const AMOUNT: u128 = UNIT / 100;

/// Makes transactions of a population's accounts. Each account is taken to have sent nothing yet,
/// unless a nonce is asked for.
pub struct Calls {
    pub genesis: Hash,
}

impl Calls {
    fn first(&self, signer: &sr25519::Pair, call: RuntimeCall) -> UncheckedExtrinsic {
        sign(self.genesis, signer, 0, call)
    }

    /// A job of so many batches, for whoever is drawn.
    pub fn submit(
        &self,
        work: &Work,
        cell: u32,
        batches: u32,
        deadline: BlockNumber,
    ) -> UncheckedExtrinsic {
        let assignment = Assignment::Swarm;
        self.submit_for(work, cell, batches, deadline, MAX_PRICE, assignment)
    }

    /// A job of so many batches, for at most so much.
    pub fn submit_for(
        &self,
        work: &Work,
        cell: u32,
        batches: u32,
        deadline: BlockNumber,
        max_price: Balance,
        assignment: Assignment<AccountId>,
    ) -> UncheckedExtrinsic {
        self.first(
            &pair(Role::Requester, cell),
            RuntimeCall::Marketplace(Call::submit_job {
                model: work.model(),
                input: work.input(),
                commitments: work.commitments(batches),
                max_price,
                deadline,
                assignment,
            }),
        )
    }

    /// The only result, with its proof, of the first job that a cell's own provider works on.
    pub fn settle(&self, work: &mut Work, cell: u32) -> Result<UncheckedExtrinsic> {
        let report = self.report(work, cell, 0, Role::Controller)?;
        Ok(self.result(cell, 0, report))
    }

    /// As [`Self::settle`], with the proof of another: it is well formed, and holds for its maker alone.
    pub fn refuse(&self, work: &mut Work, cell: u32) -> Result<UncheckedExtrinsic> {
        let report = self.report(work, cell, 0, Role::Requester)?;
        Ok(self.result(cell, 0, report))
    }

    /// The results of all jobs that a cell's own provider works on, in one call.
    pub fn settle_together(&self, work: &mut Work, cell: u32) -> Result<UncheckedExtrinsic> {
        self.together(work, cell, Role::Controller)
    }

    /// As [`Self::settle_together`], the last of them with the proof of another: the one that is found
    /// last.
    pub fn refuse_together(&self, work: &mut Work, cell: u32) -> Result<UncheckedExtrinsic> {
        self.together(work, cell, Role::Requester)
    }

    /// A result of each job that a cell's own provider works on, the last of them proven by the account
    /// of this role.
    fn together(&self, work: &mut Work, cell: u32, last: Role) -> Result<UncheckedExtrinsic> {
        let reports = (0..DIRECT).map(|index| {
            let prover = if index + 1 == DIRECT {
                last
            } else {
                Role::Controller
            };
            self.report(work, cell, index, prover)
        });
        let reports = reports.collect::<Result<Vec<_>>>()?;
        Ok(self.first(
            &pair(Role::Worker, cell),
            RuntimeCall::Marketplace(Call::submit_results {
                results: reports
                    .try_into()
                    .map_err(|_| anyhow!("a call does not take {DIRECT} results"))?,
            }),
        ))
    }

    /// A result from the provider of a cell, whose worker key has sent so many transactions.
    pub fn result(&self, cell: u32, nonce: Nonce, report: Report) -> UncheckedExtrinsic {
        sign(
            self.genesis,
            &pair(Role::Worker, cell),
            nonce,
            RuntimeCall::Marketplace(Call::submit_result {
                job: report.job,
                batch: report.batch,
                proof: report.proof,
                output: report.output,
            }),
        )
    }

    /// A result of a cell's `index`-th job, proven by the cell's account of this role: only the
    /// controller's is its provider.
    pub fn report(&self, work: &mut Work, cell: u32, index: u32, prover: Role) -> Result<Report> {
        let job = work.job(&account(&pair(Role::Requester, cell)), index);
        Ok(Report {
            job,
            batch: 0,
            proof: work.prove(job, &account(&pair(prover, cell)))?,
            output: work.result(),
        })
    }

    /// Serves one step of each agenda that has something due.
    pub fn poke(&self, cell: u32) -> UncheckedExtrinsic {
        self.first(
            &pair(Role::Requester, cell),
            RuntimeCall::Marketplace(Call::poke { limit: 1 }),
        )
    }

    /// Between two accounts that exist, and stay.
    pub fn transfer(&self, cell: u32) -> UncheckedExtrinsic {
        self.first(
            &pair(Role::Requester, cell),
            RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
                dest: account(&pair(Role::Controller, cell)).into(),
                value: AMOUNT,
            }),
        )
    }

    /// What every transaction costs before it does anything.
    pub fn remark(&self, cell: u32) -> UncheckedExtrinsic {
        self.first(
            &pair(Role::Requester, cell),
            RuntimeCall::System(frame_system::Call::remark { remark: Vec::new() }),
        )
    }
}

/// As it goes into a block.
pub fn opaque(extrinsic: UncheckedExtrinsic) -> OpaqueExtrinsic {
    extrinsic.into()
}

/// Share of a block's weight that a transaction may take, by what is declared before it runs.
pub fn share_of_block(extrinsic: &UncheckedExtrinsic) -> f64 {
    let info = extrinsic.get_dispatch_info();
    let class = RuntimeBlockWeights::get().get(info.class).clone();
    let weight = info.total_weight().saturating_add(class.base_extrinsic);
    share_of_class(info.class, weight)
}

/// Share of what a block takes of a class that so much is.
pub fn share_of_class(class: DispatchClass, weight: Weight) -> f64 {
    let weights = RuntimeBlockWeights::get();
    let most = weights.get(class).max_total.unwrap_or(weights.max_block);
    weight.ref_time() as f64 / most.ref_time().max(1) as f64
}

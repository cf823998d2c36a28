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
    configs::system::RuntimeBlockWeights, BlockNumber, Hash, Nonce, RuntimeCall, UncheckedExtrinsic,
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
        self.first(
            &pair(Role::Requester, cell),
            RuntimeCall::Marketplace(Call::submit_job {
                model: work.model(),
                input: work.input(),
                commitments: work.commitments(batches),
                max_price: MAX_PRICE,
                deadline,
                assignment: Assignment::Swarm,
            }),
        )
    }

    /// The only result, with its proof, of the first job that a cell's own provider works on.
    pub fn settle(&self, work: &mut Work, cell: u32) -> Result<UncheckedExtrinsic> {
        let report = self.report(work, cell, 0)?;
        Ok(self.first(
            &pair(Role::Worker, cell),
            RuntimeCall::Marketplace(Call::submit_result {
                job: report.job,
                batch: report.batch,
                proof: report.proof,
                output: report.output,
            }),
        ))
    }

    /// The results of all jobs that a cell's own provider works on, in one call.
    pub fn settle_together(&self, work: &mut Work, cell: u32) -> Result<UncheckedExtrinsic> {
        let reports = (0..DIRECT).map(|index| self.report(work, cell, index));
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

    /// A result of a job that was drawn for the provider of a cell.
    pub fn report_drawn(&self, cell: u32, nonce: Nonce, report: Report) -> UncheckedExtrinsic {
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

    fn report(&self, work: &mut Work, cell: u32, index: u32) -> Result<Report> {
        let job = work.job(&account(&pair(Role::Requester, cell)), index);
        Ok(Report {
            job,
            batch: 0,
            proof: work.prove(job, &account(&pair(Role::Controller, cell)))?,
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

//! A block under construction, and one that is finished.

use std::time::{Duration, Instant};

use anyhow::{anyhow, bail, Result};
use codec::Decode;
use frame_support::dispatch::{DispatchClass, PerDispatchClass};
use frame_system::{EventRecord, Phase};
use sp_api::{ApiExt, ApiRef, Core, ProvideRuntimeApi, TransactionOutcome};
use sp_block_builder::BlockBuilder;
use sp_io::hashing::twox_128;
use sp_runtime::{
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    DispatchOutcome, OpaqueExtrinsic, Weight,
};
use swarmwork_runtime::{
    opaque::Block, Hash, Header, RuntimeCall, RuntimeEvent, UncheckedExtrinsic,
};

use self::kinds::Kind;
use crate::chain::{chain_error, Chain, Client};

type Api<'a> = ApiRef<'a, <Client as ProvideRuntimeApi<Block>>::Api>;

/// What became of a transaction.
pub enum Applied {
    /// It is in the block and did what it was to do; how long it took.
    Included(Duration),
    /// The block has no room for it.
    Full,
}

/// A block under construction. Only the runtime's work is timed, not the making of transactions.
pub struct Open<'a> {
    api: Api<'a>,
    parent: Hash,
    body: Vec<OpaqueExtrinsic>,
    spent: Duration,
}

/// A finished block.
pub struct Built {
    pub header: Header,
    pub body: Vec<OpaqueExtrinsic>,
    /// How long the runtime took to make it.
    pub took: Duration,
    /// Weight by the runtime's books, hooks included.
    pub weight: Weight,
    events: Vec<(Phase, RuntimeEvent)>,
}

impl<'a> Open<'a> {
    /// Initialises a block, whose clock stands at `now` (milliseconds).
    pub(crate) fn new(api: Api<'a>, parent: Hash, header: Header, now: u64) -> Result<Self> {
        let began = Instant::now();
        api.initialize_block(parent, &header).map_err(chain_error)?;
        let mut open = Self {
            api,
            parent,
            body: Vec::new(),
            spent: began.elapsed(),
        };
        let time =
            UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(pallet_timestamp::Call::set {
                now,
            }));
        match open.apply(time.into())? {
            Applied::Included(_) => Ok(open),
            Applied::Full => bail!("an empty block has no room for its timestamp"),
        }
    }

    pub(crate) fn api(&self) -> &Api<'a> {
        &self.api
    }

    /// Executes a transaction, which must succeed if there is room for it.
    pub fn apply(&mut self, extrinsic: OpaqueExtrinsic) -> Result<Applied> {
        self.apply_expecting(extrinsic, Ok(()))
    }

    /// Executes a transaction whose call must come to this if there is room for it. One that fails as it
    /// should is in the block like any other.
    pub fn apply_expecting(
        &mut self,
        extrinsic: OpaqueExtrinsic,
        expected: DispatchOutcome,
    ) -> Result<Applied> {
        let parent = self.parent;
        let copy = extrinsic.clone();
        let began = Instant::now();
        let outcome = self.api.execute_in_transaction(|api| {
            let outcome = api.apply_extrinsic(parent, copy);
            if matches!(&outcome, Ok(Ok(dispatched)) if *dispatched == expected) {
                TransactionOutcome::Commit(outcome)
            } else {
                TransactionOutcome::Rollback(outcome)
            }
        });
        let took = began.elapsed();
        self.spent += took;
        match outcome.map_err(chain_error)? {
            Ok(dispatched) if dispatched == expected => {
                self.body.push(extrinsic);
                Ok(Applied::Included(took))
            }
            Ok(Ok(())) => bail!("a call succeeded that was to fail: {expected:?}"),
            Ok(Err(error)) => bail!("a call failed: {error:?}"),
            Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => {
                Ok(Applied::Full)
            }
            Err(error) => bail!("a transaction is refused: {error:?}"),
        }
    }

    /// Finishes the block.
    pub fn finish(self, chain: &Chain) -> Result<Built> {
        let began = Instant::now();
        let header = self.api.finalize_block(self.parent).map_err(chain_error)?;
        let changes = chain.changes(&self)?;
        let took = self.spent + began.elapsed();
        let written = |item: &str| {
            let key = [twox_128(b"System"), twox_128(item.as_bytes())].concat();
            let change = changes.main_storage_changes.iter().find(|c| c.0 == key);
            change
                .and_then(|(_, value)| value.clone())
                .ok_or_else(|| anyhow!("the block left no System.{item}"))
        };
        let weights = PerDispatchClass::<Weight>::decode(&mut &written("BlockWeight")?[..])?;
        let events = Vec::<EventRecord<RuntimeEvent, Hash>>::decode(&mut &written("Events")?[..])?;
        Ok(Built {
            header,
            body: self.body,
            took,
            weight: weights.total(),
            events: events
                .into_iter()
                .map(|record| (record.phase, record.event))
                .collect(),
        })
    }
}

impl Built {
    /// What ordinary transactions have weighed together, without what was given back.
    pub fn spent(&self) -> Weight {
        let each = self.events.iter().filter_map(|(_, event)| match event {
            RuntimeEvent::System(frame_system::Event::ExtrinsicSuccess { dispatch_info })
                if dispatch_info.class == DispatchClass::Normal =>
            {
                Some(dispatch_info.weight)
            }
            _ => None,
        });
        each.fold(Weight::zero(), Weight::saturating_add)
    }

    /// How many events of a kind the block had, hooks included.
    pub fn count(&self, kind: Kind) -> u32 {
        self.events.iter().filter(|(_, event)| kind(event)).count() as u32
    }

    /// How many events of a kind the block's transactions had.
    pub fn count_in_calls(&self, kind: Kind) -> u32 {
        let in_call = |phase: &Phase| matches!(phase, Phase::ApplyExtrinsic(_));
        let events = self.events.iter();
        events
            .filter(|(phase, event)| in_call(phase) && kind(event))
            .count() as u32
    }
}

/// Events, by what they say has happened.
pub mod kinds {
    use pallet_marketplace::Event;
    use swarmwork_runtime::RuntimeEvent;

    /// Whether an event is of a kind.
    pub type Kind = fn(&RuntimeEvent) -> bool;

    /// A job came in.
    pub fn submitted(event: &RuntimeEvent) -> bool {
        matches!(event, RuntimeEvent::Marketplace(Event::JobSubmitted { .. }))
    }

    /// A job found its provider.
    pub fn assigned(event: &RuntimeEvent) -> bool {
        matches!(event, RuntimeEvent::Marketplace(Event::JobAssigned { .. }))
    }

    /// A job was proven and paid.
    pub fn completed(event: &RuntimeEvent) -> bool {
        matches!(event, RuntimeEvent::Marketplace(Event::JobCompleted { .. }))
    }

    /// A proof of a job was refused.
    pub fn refused(event: &RuntimeEvent) -> bool {
        matches!(event, RuntimeEvent::Marketplace(Event::ProofRefused { .. }))
    }

    /// A job's time ran out.
    pub fn expired(event: &RuntimeEvent) -> bool {
        matches!(event, RuntimeEvent::Marketplace(Event::JobExpired { .. }))
    }

    /// An ended job was forgotten.
    pub fn pruned(event: &RuntimeEvent) -> bool {
        matches!(event, RuntimeEvent::Marketplace(Event::JobPruned { .. }))
    }

    /// Tokens were transferred.
    pub fn transferred(event: &RuntimeEvent) -> bool {
        matches!(
            event,
            RuntimeEvent::Balances(pallet_balances::Event::Transfer { .. })
        )
    }

    /// A transaction's fee was paid, and was not nothing: results that are accepted are free.
    pub fn fee_kept(event: &RuntimeEvent) -> bool {
        matches!(
            event,
            RuntimeEvent::TransactionPayment(
                pallet_transaction_payment::Event::TransactionFeePaid { actual_fee, .. }
            ) if *actual_fee > 0
        )
    }

    /// A transaction's fee was paid.
    pub fn charged(event: &RuntimeEvent) -> bool {
        matches!(
            event,
            RuntimeEvent::TransactionPayment(
                pallet_transaction_payment::Event::TransactionFeePaid { .. }
            )
        )
    }
}

//! The runtime API for readers.

use crate::{
    BurnTotals, CircuitId, CircuitView, ClearingPrice, ComputeClass, Enquiry, EpochOutcomes,
    EpochView, JobId, JobView, ModelId, ModelInfo, Offer, Panel, PlacementView, ProviderDetails,
    ProviderView, Quote, Rejection, ReputationView, RewardsView, SupplyView,
};
use alloc::vec::Vec;
use codec::Codec;
use sp_arithmetic::Permill;

sp_api::decl_runtime_apis! {
    /// Reads of the market's state.
    pub trait SwarmworkApi<AccountId, Balance, BlockNumber>
    where
        AccountId: Codec,
        Balance: Codec,
        BlockNumber: Codec,
    {
        /// A circuit by id.
        fn circuit(id: CircuitId) -> Option<CircuitView<AccountId>>;
        /// A model by id.
        fn model(id: ModelId) -> Option<ModelInfo<AccountId>>;
        /// A job by id, also after it ended (until pruned).
        fn job(id: JobId) -> Option<JobView<AccountId, Balance, BlockNumber>>;
        /// A provider by controller account.
        fn provider(who: AccountId) -> Option<ProviderView<AccountId, Balance>>;
        /// The provider that a worker key reports for.
        fn controller_of(worker: AccountId) -> Option<AccountId>;
        /// Every candidate of a job as it would be judged now, and why it would not be drawn: at
        /// most `limit` from index `start`.
        fn eligible_providers(
            enquiry: Enquiry<Balance>,
            start: u32,
            limit: u32,
        ) -> Vec<(AccountId, Result<Offer<Balance>, Rejection>)>;
        /// What a job would cost now; nothing for a model that is not registered, or an asset that
        /// no jobs may be paid in.
        fn quote(enquiry: Enquiry<Balance>) -> Option<Quote<Balance>>;
        /// What jobs of each compute class were settled at lately.
        fn clearing_prices() -> Vec<(ComputeClass, ClearingPrice<Balance>)>;
        /// How a job finds its provider, until it is pruned.
        fn placement(job: JobId) -> Option<PlacementView<AccountId, Balance, BlockNumber>>;
        /// Current reputation.
        fn score(who: AccountId) -> Permill;
        /// What has left supply.
        fn burned() -> BurnTotals<Balance>;
        /// Supply, what was minted and what was burned.
        fn supply() -> SupplyView<Balance>;
        /// An epoch of swarm work; without a number, the running one.
        fn epoch(index: Option<u32>) -> Option<EpochView<Balance, BlockNumber>>;
        /// What a provider has earned by swarm work.
        fn rewards(who: AccountId) -> RewardsView<Balance>;
        /// What else there is to know of a provider, by controller account.
        fn provider_details(
            who: AccountId,
        ) -> Option<ProviderDetails<AccountId, Balance, BlockNumber>>;
        /// A provider's reputation and what it rests on.
        fn reputation(who: AccountId) -> ReputationView<BlockNumber>;
        /// The last epochs of all providers together, oldest first.
        fn outcomes() -> Vec<EpochOutcomes>;
        /// The providers of a job that is given to several, and how far they have come, until the
        /// job is pruned.
        fn panel(job: JobId) -> Option<Panel<AccountId, Balance, BlockNumber>>;
        /// The part of the jobs given to several providers that is audited.
        fn audit_share() -> Permill;
    }
}

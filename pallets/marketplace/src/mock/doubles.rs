//! Doubles of the other pallets. Their state lies in storage, so a refused call leaves none.

use super::{assets, AccountId, Assets, Balance, Balances, Test};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
    traits::{
        fungible::{Credit, Mutate},
        fungibles,
        tokens::Preservation,
        Imbalance, Randomness,
    },
    weights::Weight,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_io::hashing::blake2_256;
use sp_runtime::{DispatchError, DispatchResult, Perbill, Permill};
use swarmwork_primitives::{
    AssetId, BurnLedger, BurnSource, CircuitId, CircuitInfo, Circuits, Commitment, Demand,
    Exchange, Features, JobId, Locator, ModelId, ModelInfo, Models, Offer, OnEscrow, Outcome,
    OutputBases, ProofContext, ProofRefusal, ProviderStanding, Providers, Region, Rejection,
    Reputation, Settlement, SlashReason, SwarmWork, Url, ELEMENT_BYTES, PART_ELEMENTS,
};

pub use pallet::*;

/// Slots of a provider, unless it has others.
const CAPACITY: u32 = 3;
/// What the marketplace must ask the randomness about.
pub const OUTPUT_DOMAIN: [u8; 13] = *b"swarmwork:vrf";

/// A provider as the double knows it.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Provider {
    /// Reports.
    pub worker: AccountId,
    /// Price of a batch of 10^9 multiply-accumulates.
    pub ask: Balance,
    /// Covers collateral.
    pub bond: Balance,
    /// Of it, reserved.
    pub reserved: Balance,
    /// Jobs it has.
    pub running: u32,
    /// Jobs it may have.
    pub capacity: u32,
    /// Takes jobs.
    pub available: bool,
    /// Takes unattested work.
    pub unattested: bool,
    /// Fits every demand but can never be reserved.
    pub slippery: bool,
    /// Is in maintenance.
    pub maintenance: bool,
    /// Blocks since it changed anything.
    pub settled: u32,
    /// Memory of its GPUs.
    pub gpu_memory_mib: u32,
    /// Where it computes.
    pub region: Option<Region>,
}

impl Default for Provider {
    fn default() -> Self {
        Self {
            worker: AccountId::new([0; 32]),
            ask: 0,
            bond: 0,
            reserved: 0,
            running: 0,
            capacity: CAPACITY,
            available: true,
            unattested: false,
            slippery: false,
            maintenance: false,
            settled: u32::MAX,
            gpu_memory_mib: 0,
            region: None,
        }
    }
}

/// A settlement as it was reported: job, providers, burned, attested, work, blocks.
pub type Settled = (H256, Vec<AccountId>, Balance, bool, u128, u64);

/// What the double says that telling of a slash weighs.
pub const SLASHED_WEIGHT: Weight = Weight::from_parts(66_000_000, 6_000);

/// What the double says a settlement weighs.
pub const SETTLED_WEIGHT: Weight = Weight::from_parts(77_000_000, 7_000);

/// What the double says a sale weighs.
pub const SOLD_WEIGHT: Weight = Weight::from_parts(55_000_000, 5_000);

/// Evidence as it was recorded.
pub type Evidence = (AccountId, AccountId, Outcome, Balance);

#[frame_support::pallet(dev_mode)]
pub mod pallet {
    use super::*;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;

    #[pallet::config]
    pub trait Config: frame_system::Config {}

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    #[pallet::storage]
    pub type CircuitsById<T> = StorageMap<_, Identity, CircuitId, CircuitInfo>;
    #[pallet::storage]
    pub type ModelsById<T> = StorageMap<_, Identity, ModelId, ModelInfo<AccountId>>;
    #[pallet::storage]
    pub type ProvidersById<T> = StorageMap<_, Identity, AccountId, Provider>;
    #[pallet::storage]
    #[pallet::unbounded]
    pub type Active<T> = StorageValue<_, Vec<AccountId>, ValueQuery>;
    /// How many blocks ago an index was another's, and whose.
    #[pallet::storage]
    pub type Before<T> = StorageMap<_, Identity, u32, (u32, AccountId)>;
    /// Who lets capacity to a provider, and for what part.
    #[pallet::storage]
    pub type Lessors<T> = StorageMap<_, Identity, AccountId, (AccountId, Perbill)>;
    #[pallet::storage]
    pub type Scores<T> = StorageMap<_, Identity, AccountId, Permill, ValueQuery>;
    #[pallet::storage]
    pub type Standings<T> = StorageMap<_, Identity, AccountId, ProviderStanding, ValueQuery>;
    #[pallet::storage]
    #[pallet::unbounded]
    pub type Recorded<T> = StorageValue<_, Vec<Evidence>, ValueQuery>;
    /// The jobs that those are of.
    #[pallet::storage]
    #[pallet::unbounded]
    pub type RecordedFor<T> = StorageValue<_, Vec<JobId>, ValueQuery>;
    /// Who was said to have how much in escrow, oldest first.
    #[pallet::storage]
    #[pallet::unbounded]
    pub type Escrowed<T> = StorageValue<_, Vec<(AccountId, Balance)>, ValueQuery>;
    #[pallet::storage]
    #[pallet::unbounded]
    pub type Settlements<T> = StorageValue<_, Vec<Settled>, ValueQuery>;
    /// Who was said to have proven how much, oldest first.
    #[pallet::storage]
    #[pallet::unbounded]
    pub type ProvenWork<T> = StorageValue<_, Vec<(AccountId, u128)>, ValueQuery>;
    #[pallet::storage]
    pub type Burned<T> = StorageValue<_, Balance, ValueQuery>;
    #[pallet::storage]
    #[pallet::unbounded]
    pub type Slashed<T> = StorageValue<_, Vec<(AccountId, Balance, SlashReason)>, ValueQuery>;
    /// The jobs that those are for.
    #[pallet::storage]
    #[pallet::unbounded]
    pub type SlashedFor<T> = StorageValue<_, Vec<JobId>, ValueQuery>;
    /// What the treasury has on the market for coins.
    #[pallet::storage]
    pub type Liquidity<T> = StorageValue<_, Balance, ValueQuery>;
    #[pallet::storage]
    pub type Minted<T> = StorageValue<_, Balance, ValueQuery>;
    #[pallet::storage]
    pub type Output<T> = StorageValue<_, H256>;
    /// Elements of a batch's output, where outputs can be published.
    #[pallet::storage]
    pub type OutputElements<T> = StorageValue<_, u32>;
    #[pallet::storage]
    pub type NoOutput<T> = StorageValue<_, bool, ValueQuery>;

    #[pallet::error]
    pub enum Error<T> {
        /// A proof has 192 bytes.
        ProofLength,
        /// The proof is of something else.
        EquationFailed,
        /// A part has another length.
        PartLength,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        /// As BABE does, a block's output is stored when the block ends.
        fn on_finalize(now: BlockNumberFor<T>) {
            use sp_runtime::traits::UniqueSaturatedInto;
            if NoOutput::<T>::get() {
                Output::<T>::kill();
            } else {
                Output::<T>::put(raw_output(now.unique_saturated_into()));
            }
        }
    }
}

/// The VRF output of a block, before the subject is mixed in.
pub fn raw_output(block: u64) -> H256 {
    ("output", block).using_encoded(blake2_256).into()
}

impl Pallet<Test> {
    /// Registers or replaces a provider.
    pub fn register(who: AccountId, provider: Provider) {
        Active::<Test>::mutate(|active| {
            if !active.contains(&who) {
                active.push(who.clone());
            }
        });
        ProvidersById::<Test>::insert(who, provider);
    }

    /// Changes a provider.
    pub fn change(who: &AccountId, change: impl FnOnce(&mut Provider)) {
        ProvidersById::<Test>::mutate(who, |provider| {
            change(provider.as_mut().expect("it is registered"))
        });
    }

    /// Gives somebody money from nowhere, on the books.
    pub fn mint(who: &AccountId, amount: Balance) {
        Balances::mint_into(who, amount).expect("the deposit suffices");
        Minted::<Test>::mutate(|minted| *minted += amount);
    }

    /// Slots and collateral agree with the marketplace's jobs.
    pub fn check() {
        for (who, provider) in ProvidersById::<Test>::iter() {
            let jobs = crate::Running::<Test>::get(&who);
            let bids: Vec<Balance> = crate::Auctions::<Test>::iter_values()
                .flat_map(|auction| auction.bids.into_inner())
                .filter(|bid| bid.provider == who)
                .map(|bid| bid.collateral)
                .collect();
            assert_eq!(
                provider.running as usize,
                jobs.len() + bids.len(),
                "slots of {who}"
            );
            let collateral: Balance = jobs
                .iter()
                .map(|id| match super::job(*id).state {
                    swarmwork_primitives::JobState::Assigned { collateral, .. } => collateral,
                    swarmwork_primitives::JobState::Shared { .. } => crate::Panels::<Test>::get(id)
                        .into_iter()
                        .flat_map(|panel| panel.members)
                        .filter(|member| member.provider == who)
                        .map(|member| member.collateral)
                        .sum::<Balance>(),
                    other => panic!("a running job is {other:?}"),
                })
                .sum();
            let reserved = collateral + bids.iter().sum::<Balance>();
            assert_eq!(provider.reserved, reserved, "collateral of {who}");
        }
    }
}

/// A proof that [`Circuits::verify`] accepts: the hash of what it is bound to, padding, and an
/// output commitment that tells batches apart.
pub fn proof(
    job: &H256,
    batch: u32,
    provider: &AccountId,
    weights: &Commitment,
    input: &Commitment,
) -> Vec<u8> {
    let mut proof = alloc::vec![0; 192];
    proof[..32].copy_from_slice(&(job, batch, provider, weights, input).using_encoded(blake2_256));
    proof[160..].fill(0xc0u8.wrapping_add(batch as u8));
    proof
}

impl Circuits<AccountId> for Pallet<Test> {
    fn info(id: &CircuitId) -> Option<CircuitInfo> {
        CircuitsById::<Test>::get(id)
    }
    fn keys(id: &CircuitId) -> Option<(Vec<u8>, Locator, Locator)> {
        CircuitsById::<Test>::get(id)
            .map(|_| (alloc::vec![1, 2, 3], Locator::default(), Locator::default()))
    }
    fn check_commitment(point: &Commitment) -> DispatchResult {
        if point[31] == 0xff {
            return Err(DispatchError::Other("not a point"));
        }
        Ok(())
    }
    fn verify(_: &CircuitId, context: ProofContext<AccountId>, given: &[u8]) -> DispatchResult {
        let expected = proof(
            context.job,
            context.batch,
            context.provider,
            context.weights,
            context.input,
        );
        if given.len() != expected.len() {
            return Err(Error::<Test>::ProofLength.into());
        }
        if given[..32] != expected[..32] {
            return Err(Error::<Test>::EquationFailed.into());
        }
        Ok(())
    }
    fn verify_weight() -> Weight {
        Weight::from_parts(2_000_000_000, 0)
    }
    fn verify_batch(
        id: &CircuitId,
        batch: &[(ProofContext<AccountId>, &[u8])],
    ) -> Result<(), ProofRefusal> {
        batch
            .iter()
            .enumerate()
            .try_for_each(|(index, (context, proof))| {
                Self::verify(id, context.clone(), proof)
                    .map_err(|error| ProofRefusal { index, error })
            })
    }
    fn verify_batch_weight(proofs: u32) -> Weight {
        Weight::from_parts(1_500_000_000 + 700_000_000 * u64::from(proofs), 0)
    }
    fn refuse_batch_weight(proofs: u32) -> Weight {
        Weight::from_parts(1_900_000_000 + 1_100_000_000 * u64::from(proofs), 0)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_circuit(_: &AccountId) -> CircuitId {
        H256::repeat_byte(1)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_proof() -> swarmwork_primitives::BenchmarkProof<AccountId> {
        let (job, provider) = (H256::zero(), super::provider(0));
        swarmwork_primitives::BenchmarkProof {
            proof: proof(&job, 0, &provider, &[0; 32], &[0; 32]),
            job,
            batch: 0,
            provider,
            weights: [0; 32],
            input: [0; 32],
        }
    }
}

/// What opens the output commitment of [`proof`] for a batch, in parts.
pub fn opening(batch: u32, elements: u32) -> Vec<Vec<u8>> {
    let mut bytes = alloc::vec![0; (elements * ELEMENT_BYTES) as usize];
    bytes[..32].fill(0xc0u8.wrapping_add(batch as u8));
    bytes
        .chunks((PART_ELEMENTS * ELEMENT_BYTES) as usize)
        .map(<[u8]>::to_vec)
        .collect()
}

/// A commitment is the sum of the elements, byte by byte, each times a number of its place.
impl OutputBases for Pallet<Test> {
    fn elements(_: &CircuitId) -> Option<u32> {
        OutputElements::<Test>::get()
    }
    fn commit_part(
        _: &CircuitId,
        part: u32,
        before: Option<&Commitment>,
        elements: &[u8],
    ) -> Result<Commitment, DispatchError> {
        let all = OutputElements::<Test>::get().unwrap_or_default();
        let here = all.saturating_sub(part * PART_ELEMENTS).min(PART_ELEMENTS);
        if elements.len() != (here * ELEMENT_BYTES) as usize {
            return Err(Error::<Test>::PartLength.into());
        }
        let mut sum = before.copied().unwrap_or_default();
        for (place, element) in (part * PART_ELEMENTS..).zip(elements.chunks(32)) {
            let factor = (2 * (place % 127) + 1) as u8;
            for (sum, byte) in sum.iter_mut().zip(element) {
                *sum = sum.wrapping_add(byte.wrapping_mul(factor));
            }
        }
        Ok(sum)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_bases(_: &CircuitId, elements: u32) {
        OutputElements::<Test>::put(elements);
    }
}

impl Models<AccountId> for Pallet<Test> {
    fn info(id: &ModelId) -> Option<ModelInfo<AccountId>> {
        ModelsById::<Test>::get(id)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_model(_: &AccountId, _: CircuitId) -> ModelId {
        super::model()
    }
}

impl Providers<AccountId, Balance> for Pallet<Test> {
    fn active_count() -> u32 {
        Active::<Test>::get().len() as u32
    }
    fn active_at(index: u32) -> Option<AccountId> {
        Active::<Test>::get().get(index as usize).cloned()
    }
    fn active_before(index: u32, since: u32) -> Option<AccountId> {
        Before::<Test>::get(index)
            .filter(|(blocks, _)| *blocks <= since)
            .map(|(_, who)| who)
            .or_else(|| Self::active_at(index))
    }
    fn offer(who: &AccountId, demand: &Demand<Balance>) -> Result<Offer<Balance>, Rejection> {
        let provider = ProvidersById::<Test>::get(who).ok_or(Rejection::NotRegistered)?;
        let price = demand
            .agreed
            .unwrap_or_else(|| (provider.ask * demand.macs).div_ceil(1_000_000_000));
        let collateral = price * 2;
        if !provider.available {
            Err(Rejection::Unavailable)
        } else if provider.maintenance {
            Err(Rejection::Maintenance)
        } else if provider.running >= provider.capacity {
            Err(Rejection::Busy)
        } else if !demand.attested && !provider.unattested {
            Err(Rejection::Unattested)
        } else if price > demand.max_price {
            Err(Rejection::TooExpensive)
        } else if provider.bond - provider.reserved < collateral {
            Err(Rejection::BondTooSmall)
        } else {
            Ok(Offer { price, collateral })
        }
    }
    fn features(who: &AccountId) -> Features {
        let provider = ProvidersById::<Test>::get(who).unwrap_or_default();
        Features {
            gpu_memory_mib: provider.gpu_memory_mib,
            region: provider.region,
            ..Default::default()
        }
    }
    fn settled(who: &AccountId) -> u32 {
        ProvidersById::<Test>::get(who).map_or(u32::MAX, |provider| provider.settled)
    }
    fn load(who: &AccountId) -> (u32, u32) {
        let provider = ProvidersById::<Test>::get(who).unwrap_or_default();
        (provider.running, provider.capacity)
    }
    fn reserve(who: &AccountId, collateral: Balance) -> DispatchResult {
        ProvidersById::<Test>::try_mutate(who, |provider| {
            let provider = provider.as_mut().ok_or(DispatchError::Unavailable)?;
            provider.running += 1;
            provider.reserved += collateral;
            if provider.slippery {
                return Err(DispatchError::Exhausted);
            }
            Ok(())
        })
    }
    fn release(who: &AccountId, collateral: Balance) -> DispatchResult {
        ProvidersById::<Test>::try_mutate(who, |provider| {
            let provider = provider.as_mut().ok_or(DispatchError::Unavailable)?;
            provider.running = provider.running.checked_sub(1).ok_or("no slot")?;
            provider.reserved = provider.reserved.checked_sub(collateral).ok_or("no bond")?;
            Ok(())
        })
    }
    fn slash_informed(
        who: &AccountId,
        amount: Balance,
        reason: SlashReason,
        job: JobId,
        informer: &AccountId,
        share: Permill,
    ) -> (Balance, Balance) {
        let slashed = Self::slash(who, amount, reason, job);
        // Bonds are no balances here: what is not burned of one becomes one.
        let reward = share.mul_floor(slashed / 2);
        Self::mint(informer, reward);
        (slashed, reward)
    }
    fn slashed_weight() -> Weight {
        SLASHED_WEIGHT
    }
    fn slash(who: &AccountId, amount: Balance, reason: SlashReason, job: JobId) -> Balance {
        let slashed = ProvidersById::<Test>::mutate(who, |provider| {
            provider.as_mut().map_or(0, |provider| {
                let slashed = amount.min(provider.bond - provider.reserved);
                provider.bond -= slashed;
                slashed
            })
        });
        Slashed::<Test>::append((who, slashed, reason));
        SlashedFor::<Test>::append(job);
        slashed
    }
    fn controller_of(worker: &AccountId) -> Option<AccountId> {
        ProvidersById::<Test>::iter()
            .find(|(_, provider)| provider.worker == *worker)
            .map(|(who, _)| who)
    }
    fn worker_of(controller: &AccountId) -> Option<AccountId> {
        ProvidersById::<Test>::get(controller).map(|provider| provider.worker)
    }
    fn endpoint(controller: &AccountId) -> Option<Url> {
        ProvidersById::<Test>::get(controller)
            .map(|_| b"http://provider".to_vec().try_into().expect("short"))
    }
    fn lessor_share(who: &AccountId, earned: Balance) -> Option<(AccountId, Balance)> {
        Lessors::<Test>::get(who).map(|(lessor, share)| {
            // Of a lessor whose part is all, the double says that it is even more.
            let more = Balance::from(share == Perbill::one());
            (lessor, share.mul_floor(earned) + more)
        })
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_provider(controller: &AccountId, worker: &AccountId) {
        Self::register(
            controller.clone(),
            Provider {
                worker: worker.clone(),
                bond: Balance::MAX / 2,
                ask: 50,
                ..Default::default()
            },
        );
    }
}

impl Reputation<AccountId, Balance> for Pallet<Test> {
    fn record(
        provider: &AccountId,
        requester: &AccountId,
        job: JobId,
        outcome: Outcome,
        burned: Balance,
    ) {
        Recorded::<Test>::append((provider, requester, outcome, burned));
        RecordedFor::<Test>::append(job);
    }
    fn score(provider: &AccountId) -> Permill {
        Scores::<Test>::get(provider)
    }
    fn standing(provider: &AccountId) -> ProviderStanding {
        Standings::<Test>::get(provider)
    }
    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_standing(provider: &AccountId) {
        Standings::<Test>::insert(provider, ProviderStanding::Distinguished);
    }
}

impl OnEscrow<AccountId> for Pallet<Test> {
    fn escrowed(who: &AccountId) {
        Escrowed::<Test>::append((who, super::held(who)));
    }
}

impl SwarmWork<AccountId, Balance, u64> for Pallet<Test> {
    fn proven(provider: &AccountId, macs: u128) {
        ProvenWork::<Test>::append((provider, macs));
    }
    fn settled(settlement: Settlement<AccountId, Balance, u64>) {
        Settlements::<Test>::append((
            *settlement.job,
            settlement.providers.to_vec(),
            settlement.burned,
            settlement.attested,
            settlement.macs,
            settlement.blocks,
        ));
    }
    fn settled_weight(providers: u32) -> Weight {
        SETTLED_WEIGHT.saturating_mul(providers.into())
    }
}

impl BurnLedger<Credit<AccountId, Balances>> for Pallet<Test> {
    fn burn(source: BurnSource, credit: Credit<AccountId, Balances>) {
        assert!(matches!(source, BurnSource::JobFee | BurnSource::Slash));
        Burned::<Test>::mutate(|burned| *burned += credit.peek());
        drop(credit);
    }
}

/// Sells at the rate of [`assets::RATE`], as long as the market has tokens.
impl Exchange<AccountId, Balance> for Pallet<Test> {
    fn liquidity(_: AssetId) -> Balance {
        Liquidity::<Test>::get()
    }
    fn sell(seller: &AccountId, asset: AssetId, amount: Balance) -> Result<Balance, DispatchError> {
        let (market, all) = (assets::market(), Preservation::Expendable);
        <Assets as fungibles::Mutate<AccountId>>::transfer(asset, seller, &market, amount, all)?;
        let bought = amount * Balance::from(assets::RATE);
        <Balances as Mutate<AccountId>>::transfer(&market, seller, bought, Preservation::Preserve)
    }
    fn weight() -> Weight {
        SOLD_WEIGHT
    }
}

impl Randomness<Option<H256>, u64> for Pallet<Test> {
    fn random(subject: &[u8]) -> (Option<H256>, u64) {
        let output = Output::<Test>::get().map(|output| {
            let mut bytes = subject.to_vec();
            bytes.extend_from_slice(output.as_bytes());
            blake2_256(&bytes).into()
        });
        (
            output,
            frame_system::Pallet::<Test>::block_number().saturating_sub(1),
        )
    }
}

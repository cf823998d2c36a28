//! pallet-treasury: common funds, spent by proposal, within a limit for each and a share a month.

use crate::{AccountId, Balances, BlockNumber, Burn, Runtime, RuntimeEvent, System, Treasury};
use frame_support::{
    parameter_types,
    traits::{
        fungible::Credit,
        tokens::{imbalance::OnUnbalanced, PayFromAccount, UnityAssetBalanceConversion},
        ConstU32,
    },
    PalletId,
};
use pallet_governance::{class, Budgeted, EnsureClass, EnsureSpend};
use sp_runtime::{traits::IdentityLookup, Permill};
use swarmwork_primitives::{BurnLedger, BurnSource};

parameter_types! {
    pub const TreasuryPalletId: PalletId = PalletId(*b"py/trsry");
    pub TreasuryAccount: AccountId = Treasury::account_id();
    /// One day of 2 s slots.
    pub const SpendPeriod: BlockNumber = 43_200;
    /// Nothing is burned for not being spent.
    pub const NoBurn: Permill = Permill::zero();
    /// Thirty days of 2 s slots to claim an approved spend.
    pub const PayoutPeriod: BlockNumber = 30 * 43_200;
}

impl pallet_treasury::Config for Runtime {
    type Currency = Balances;
    type RejectOrigin = EnsureClass<Runtime, class::Cancel>;
    type RuntimeEvent = RuntimeEvent;
    type SpendPeriod = SpendPeriod;
    type Burn = NoBurn;
    type PalletId = TreasuryPalletId;
    type BurnDestination = ();
    type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
    type SpendFunds = ();
    // No queue of spends beside those of the month's share, which the pallet's older calls fill.
    #[cfg(not(feature = "runtime-benchmarks"))]
    type MaxApprovals = ConstU32<0>;
    #[cfg(feature = "runtime-benchmarks")]
    type MaxApprovals = ConstU32<100>;
    type SpendOrigin = EnsureSpend<Runtime>;
    type AssetKind = ();
    type Beneficiary = AccountId;
    type BeneficiaryLookup = IdentityLookup<AccountId>;
    type Paymaster = Budgeted<Runtime, PayFromAccount<Balances, TreasuryAccount>>;
    type BalanceConverter = UnityAssetBalanceConversion;
    type PayoutPeriod = PayoutPeriod;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = BenchmarkHelper;
    type BlockNumberProvider = System;
}

/// Puts tokens into the treasury. Its account exists from genesis on, so this fails only if its
/// balance would overflow; then the tokens leave supply on the record.
pub struct ToTreasury;
impl OnUnbalanced<Credit<AccountId, Balances>> for ToTreasury {
    fn on_nonzero_unbalanced(credit: Credit<AccountId, Balances>) {
        use frame_support::traits::fungible::Balanced;
        if let Err(credit) = Balances::resolve(&TreasuryAccount::get(), credit) {
            <Burn as BurnLedger<_>>::burn(BurnSource::Voluntary, credit);
        }
    }
}

/// Arguments for the pallet's benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct BenchmarkHelper;
#[cfg(feature = "runtime-benchmarks")]
impl pallet_treasury::ArgumentsFactory<(), AccountId> for BenchmarkHelper {
    fn create_asset_kind(_seed: u32) {}

    fn create_beneficiary(seed: [u8; 32]) -> AccountId {
        use frame_support::traits::fungible::Mutate;
        let account = AccountId::from(seed);
        Balances::set_balance(&account, crate::currency::EXISTENTIAL_DEPOSIT);
        account
    }
}

//! pallet-burn: the ledger of every burned token.

use crate::{weights, Balances, Runtime};

impl pallet_burn::Config for Runtime {
    type Currency = Balances;
    type WeightInfo = weights::pallet_burn::WeightInfo<Runtime>;
}

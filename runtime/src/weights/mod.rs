//! What the calls of our pallets weigh, measured by `scripts/weights.sh`.

pub mod pallet_burn;
pub mod pallet_circuits;
pub mod pallet_governance;
pub mod pallet_marketplace;
pub mod pallet_models;
pub mod pallet_providers;

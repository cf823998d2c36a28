//! What is stored of a model.

use crate::Config;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::traits::fungible;
use scale_info::TypeInfo;
use swarmwork_primitives::ModelInfo;

/// Amounts of the token.
pub type BalanceOf<T> =
    <<T as Config>::Currency as fungible::Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A registered model.
#[derive(Clone, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo, Debug)]
pub struct Registration<AccountId, Balance> {
    /// The model.
    pub info: ModelInfo<AccountId>,
    /// Held from its owner.
    pub deposit: Balance,
}

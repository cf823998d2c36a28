//! The runtime's concrete types: accounts, blocks, transactions.

use crate::{AllPalletsWithSystem, Runtime, RuntimeCall};
use sp_runtime::{
    generic,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiAddress, MultiSignature,
};

/// What signs a transaction: sr25519, ed25519 or ecdsa.
pub type Signature = MultiSignature;
/// 32 bytes: the public key (or its hash) behind a [`Signature`].
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Amounts in 10^-12 SWARM.
pub type Balance = u128;
/// Index of a transaction of an account.
pub type Nonce = u32;
/// Blake2b-256.
pub type Hash = sp_core::H256;
/// Height of a block.
pub type BlockNumber = u32;
/// Milliseconds since the Unix epoch.
pub type Moment = u64;
/// How a transaction names an account.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// What a transaction carries and is checked by, beside its call; in order.
pub type TxExtension = (
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckMortality<Runtime>,
    frame_system::CheckNonce<Runtime>,
    frame_system::CheckWeight<Runtime>,
    pallet_marketplace::CheckResults<Runtime>,
    pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);
/// A transaction or inherent as it stands in a block.
pub type UncheckedExtrinsic =
    generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What is signed.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;
/// Runs blocks.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

/// Types for a node, which handles transactions as opaque bytes.
pub mod opaque {
    use super::Header;
    pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

    /// A block whose extrinsics are bytes.
    pub type Block = sp_runtime::generic::Block<Header, UncheckedExtrinsic>;
}

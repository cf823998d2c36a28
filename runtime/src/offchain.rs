//! Transactions made by the runtime itself, off the chain: the provider's reports, signed with its
//! worker key, and unsigned equivocation reports.

use crate::{
    AccountId, Address, Nonce, Runtime, RuntimeCall, Signature, SignedPayload, System, TxExtension,
    UncheckedExtrinsic,
};
use codec::Encode;
use frame_system::offchain::{
    AppCrypto, CreateBare, CreateSignedTransaction, CreateTransaction, CreateTransactionBase,
    SigningTypes,
};
use sp_runtime::{generic::Era, traits::Verify, SaturatedConversion};

/// Blocks for which a transaction made here stays valid: two minutes at 2 s slots. Long enough for
/// a full pool, short enough that a report of a lost fork dies instead of surprising later.
pub const MORTALITY: u64 = 64;

// The chain must still know the hash of the block that a transaction is anchored at.
const _: () = assert!(MORTALITY <= crate::configs::system::BLOCK_HASH_COUNT as u64);

impl SigningTypes for Runtime {
    type Public = <Signature as Verify>::Signer;
    type Signature = Signature;
}

impl<C> CreateTransactionBase<C> for Runtime
where
    RuntimeCall: From<C>,
{
    type Extrinsic = UncheckedExtrinsic;
    type RuntimeCall = RuntimeCall;
}

impl<C> CreateTransaction<C> for Runtime
where
    RuntimeCall: From<C>,
{
    type Extension = TxExtension;

    fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_transaction(call, extension)
    }
}

impl<C> CreateBare<C> for Runtime
where
    RuntimeCall: From<C>,
{
    fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_bare(call)
    }
}

impl<C> CreateSignedTransaction<C> for Runtime
where
    RuntimeCall: From<C>,
{
    fn create_signed_transaction<K: AppCrypto<Self::Public, Self::Signature>>(
        call: RuntimeCall,
        public: <Signature as Verify>::Signer,
        account: AccountId,
        nonce: Nonce,
    ) -> Option<UncheckedExtrinsic> {
        // The offchain worker runs on the state of block `n`, whose own hash only `n + 1` knows.
        let anchor = System::block_number()
            .saturated_into::<u64>()
            .saturating_sub(1);
        let extension = transaction_extension(Era::mortal(MORTALITY, anchor), nonce);
        let payload = SignedPayload::new(call, extension)
            .inspect_err(|error| {
                log::error!(target: "runtime::offchain", "cannot make a transaction: {error:?}")
            })
            .ok()?;
        let signature = payload.using_encoded(|bytes| K::sign(bytes, public))?;
        let (call, extension, _) = payload.deconstruct();
        Some(UncheckedExtrinsic::new_signed(
            call,
            Address::Id(account),
            signature,
            extension,
        ))
    }
}

/// The extension of a transaction without a tip.
pub fn transaction_extension(era: Era, nonce: Nonce) -> TxExtension {
    (
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckMortality::from(era),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_marketplace::CheckResults::default(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        frame_system::WeightReclaim::new(),
    )
}

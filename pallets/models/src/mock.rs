//! A runtime with balances, models and a circuit pallet that knows one circuit.

use crate as pallet_models;
use frame_support::{derive_impl, parameter_types, weights::Weight};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError, DispatchResult};
use swarmwork_primitives::{
    CircuitId, CircuitInfo, Circuits, Commitment, Locator, ProofContext, ProofRefusal,
};

pub type Balance = u64;
pub const ENDOWMENT: Balance = 1_000;
pub const DEPOSIT: Balance = 100;
pub const ACCOUNTS: u64 = 4;
/// The registered circuit.
pub const CIRCUIT: CircuitId = H256([7; 32]);
/// Another registered circuit.
pub const OTHER_CIRCUIT: CircuitId = H256([8; 32]);
/// What the mocked circuits take for a malformed commitment.
pub const MALFORMED: Commitment = [0xff; 32];
/// Their answer to it.
pub const MALFORMED_COMMITMENT: DispatchError = DispatchError::Other("malformed commitment");

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Test>;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances::Pallet<Test>;
    #[runtime::pallet_index(2)]
    pub type Models = pallet_models::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
}

parameter_types! {
    pub static CurrentDeposit: Balance = DEPOSIT;
}

/// Knows [`CIRCUIT`] and [`OTHER_CIRCUIT`].
pub struct KnownCircuits;

impl Circuits<u64> for KnownCircuits {
    fn info(id: &CircuitId) -> Option<CircuitInfo> {
        [CIRCUIT, OTHER_CIRCUIT]
            .contains(id)
            .then_some(CircuitInfo {
                attested: true,
                batch: 1,
                input_len: 1,
                output_len: 1,
                macs: 1,
            })
    }

    fn keys(_: &CircuitId) -> Option<(Vec<u8>, Locator, Locator)> {
        None
    }

    fn check_commitment(point: &Commitment) -> DispatchResult {
        if *point == MALFORMED {
            Err(MALFORMED_COMMITMENT)
        } else {
            Ok(())
        }
    }

    fn verify(_: &CircuitId, _: ProofContext<u64>, _: &[u8]) -> DispatchResult {
        Ok(())
    }

    fn verify_weight() -> Weight {
        Weight::zero()
    }

    fn verify_batch(_: &CircuitId, _: &[(ProofContext<u64>, &[u8])]) -> Result<(), ProofRefusal> {
        Ok(())
    }

    fn verify_batch_weight(_: u32) -> Weight {
        Weight::zero()
    }

    fn refuse_batch_weight(_: u32) -> Weight {
        Weight::zero()
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_circuit(_: &u64) -> CircuitId {
        CIRCUIT
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_proof() -> swarmwork_primitives::BenchmarkProof<u64> {
        swarmwork_primitives::BenchmarkProof {
            job: H256::zero(),
            batch: 0,
            provider: 1,
            weights: [1; 32],
            input: [2; 32],
            proof: Vec::new(),
        }
    }
}

impl pallet_models::Config for Test {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Circuits = KnownCircuits;
    type Deposit = CurrentDeposit;
    type WeightInfo = ();
}

pub fn new_test_ext() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Test>::default()
        .build_storage()
        .unwrap();
    pallet_balances::GenesisConfig::<Test> {
        balances: (1..=ACCOUNTS).map(|who| (who, ENDOWMENT)).collect(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .unwrap();
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| System::set_block_number(1));
    ext
}

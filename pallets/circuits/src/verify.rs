//! Proof checks, and what other pallets and readers see of circuits.

use crate::{Circuits, Config, Error, Pallet, VerifyingKeys, WeightInfo};
use alloc::vec::Vec;
use frame_support::weights::Weight;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, DispatchResult};
use swarm_groth16::Statement;
use swarm_zk_host::bn254;
use swarmwork_primitives::{
    CircuitId, CircuitInfo, CircuitView, Commitment, Locator, ProofContext,
};

impl<T: Config> Pallet<T> {
    /// A circuit as readers see it.
    pub fn view(id: &CircuitId) -> Option<CircuitView<T::AccountId>> {
        let info = <Self as swarmwork_primitives::Circuits<T::AccountId>>::info(id)?;
        let registration = Circuits::<T>::get(id)?;
        Some(CircuitView {
            owner: registration.owner,
            info,
            verifying_key: VerifyingKeys::<T>::get(id)?.into_inner(),
            proving_key: registration.proving_key,
            commitment_key: registration.commitment_key,
        })
    }

    /// What a proof must prove: the context, bound to this chain.
    pub(crate) fn statement(context: &ProofContext<T::AccountId>) -> Statement {
        Statement {
            genesis: frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).into(),
            job: context.job.0,
            batch: context.batch,
            provider: context.provider.clone().into(),
            c_w: *context.weights,
            c_x: *context.input,
        }
    }
}

impl<T: Config> swarmwork_primitives::Circuits<T::AccountId> for Pallet<T> {
    fn info(id: &CircuitId) -> Option<CircuitInfo> {
        Circuits::<T>::get(id).map(|registration| CircuitInfo {
            attested: Self::is_attested(registration.attestation),
            batch: registration.batch,
            input_len: registration.input_len,
            output_len: registration.output_len,
            macs: registration.macs,
        })
    }

    fn keys(id: &CircuitId) -> Option<(Vec<u8>, Locator, Locator)> {
        let registration = Circuits::<T>::get(id)?;
        let vk = VerifyingKeys::<T>::get(id)?.into_inner();
        Some((vk, registration.proving_key, registration.commitment_key))
    }

    fn check_commitment(point: &Commitment) -> DispatchResult {
        bn254::check_commitment(point).map_err(|_| Error::<T>::MalformedCommitment.into())
    }

    fn verify(id: &CircuitId, context: ProofContext<T::AccountId>, proof: &[u8]) -> DispatchResult {
        let vk = VerifyingKeys::<T>::get(id).ok_or(Error::<T>::UnknownCircuit)?;
        let statement = Self::statement(&context).to_bytes();
        bn254::verify(&vk, &statement, proof).map_err(|error| Error::<T>::from(error).into())
    }

    fn verify_weight() -> Weight {
        T::WeightInfo::verify_proof()
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_circuit(owner: &T::AccountId) -> CircuitId {
        crate::benchmarking::insert_circuit::<T>(owner, crate::fixture::VERIFYING_KEY)
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_proof() -> swarmwork_primitives::BenchmarkProof<T::AccountId> {
        crate::benchmarking::proof::<T>()
    }
}

//! Proof checks, and what other pallets and readers see of circuits.

use crate::{Circuits, Config, Error, Pallet, VerifyingKeys, WeightInfo};
use alloc::vec::Vec;
use frame_support::weights::Weight;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::{traits::Zero, DispatchResult};
use swarm_groth16::{BatchError, Statement, VerifyError, MAX_BATCH, PROOF_BYTES, STATEMENT_BYTES};
use swarm_zk_host::bn254;
use swarmwork_primitives::{
    CircuitId, CircuitInfo, CircuitView, Commitment, Locator, ProofContext, ProofRefusal,
    MAX_RESULTS,
};

// What weights are measured for is also what the host function takes.
const _: () = assert!(MAX_RESULTS as usize <= MAX_BATCH);

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

    /// Order of checks: lengths of all proofs; points and challenges, proof by proof; the equations
    /// together.
    fn verify_batch(
        id: &CircuitId,
        batch: &[(ProofContext<T::AccountId>, &[u8])],
    ) -> Result<(), ProofRefusal> {
        let refuse = |index: usize, error: Error<T>| ProofRefusal {
            index,
            error: error.into(),
        };
        let vk = VerifyingKeys::<T>::get(id).ok_or_else(|| refuse(0, Error::UnknownCircuit))?;
        // The host takes whole proofs without separators: a wrong length would shift all others.
        if let Some(index) = batch.iter().position(|(_, p)| p.len() != PROOF_BYTES) {
            return Err(refuse(index, Error::InvalidProofLength));
        }
        let mut statements = Vec::with_capacity(batch.len() * STATEMENT_BYTES);
        let mut proofs = Vec::with_capacity(batch.len() * PROOF_BYTES);
        for (context, proof) in batch {
            statements.extend_from_slice(&Self::statement(context).to_bytes());
            proofs.extend_from_slice(proof);
        }
        bn254::verify_batch(&vk, &statements, &proofs).map_err(|error| match error {
            BatchError::Proof { index, error } => refuse(index as usize, error.into()),
            BatchError::TooManyProofs => refuse(MAX_BATCH, Error::TooManyProofs),
            BatchError::Length => refuse(0, VerifyError::ProofLength.into()),
            BatchError::MalformedKey => refuse(0, VerifyError::MalformedKey.into()),
        })
    }

    fn verify_batch_weight(proofs: u32) -> Weight {
        T::WeightInfo::verify_batch(proofs)
    }

    fn refuse_batch_weight(proofs: u32) -> Weight {
        T::WeightInfo::refuse_batch(proofs)
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

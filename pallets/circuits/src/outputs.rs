//! The bases of commitments to outputs, with which the chain computes such a commitment itself.
//!
//! A verifying key names the bases by a digest over all of them, so whoever has a circuit's
//! commitment key can put them on chain, once, and nobody has to be trusted about them.

use crate::{
    BalanceOf, BaseBytes, Bases, Circuits, Config, Error, Event, HoldReason, OutputRegistration,
    Outputs, Pallet, VerifyingKeys, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
    ensure,
    traits::{fungible::MutateHold, tokens::Precision, Get},
    weights::Weight,
};
use sp_core::H256;
use sp_runtime::{traits::CheckedMul, ArithmeticError, DispatchError, DispatchResult};
use swarm_zk_host::bn254;
use swarmwork_primitives::{
    CircuitId, Commitment, OutputBases, OutputPart, ELEMENT_BYTES, MAX_OUTPUT_ELEMENTS,
    PART_ELEMENTS,
};

/// What is held from whom.
#[cfg(any(feature = "try-runtime", feature = "std"))]
type Deposits<T> = Vec<(<T as frame_system::Config>::AccountId, BalanceOf<T>)>;

/// Bytes of a part of the bases.
const PART_BYTES: usize = (PART_ELEMENTS * ELEMENT_BYTES) as usize;
/// Most parts of a circuit's bases.
const MAX_PARTS: u32 = MAX_OUTPUT_ELEMENTS / PART_ELEMENTS;

impl<T: Config> Pallet<T> {
    /// See [`crate::Call::register_output_bases`].
    pub(crate) fn store_bases(
        owner: T::AccountId,
        circuit: CircuitId,
        others: &[(u64, H256); 3],
        bases: &BaseBytes,
    ) -> DispatchResult {
        ensure!(
            Circuits::<T>::contains_key(circuit),
            Error::<T>::UnknownCircuit
        );
        ensure!(
            !Outputs::<T>::contains_key(circuit),
            Error::<T>::BasesAlreadyRegistered
        );
        let vk = VerifyingKeys::<T>::get(circuit).ok_or(Error::<T>::UnknownCircuit)?;
        Self::check_bases(&vk, others, bases)?;
        // At most 2^18.
        let bytes = bases.len() as u32;
        let deposit = T::ByteDeposit::get()
            .checked_mul(&BalanceOf::<T>::from(bytes))
            .ok_or(ArithmeticError::Overflow)?;
        T::Currency::hold(&HoldReason::Deposit.into(), &owner, deposit)?;
        for (part, bases) in (0..).zip(bases.chunks(PART_BYTES)) {
            // No chunk is longer.
            Bases::<T>::insert(circuit, part, OutputPart::truncate_from(bases.to_vec()));
        }
        let elements = bytes / ELEMENT_BYTES;
        Outputs::<T>::insert(
            circuit,
            OutputRegistration {
                owner: owner.clone(),
                deposit,
                elements,
            },
        );
        Self::deposit_event(Event::OutputBasesRegistered {
            circuit,
            owner,
            elements,
        });
        Ok(())
    }

    /// Whether a verifying key names these bases.
    pub(crate) fn check_bases(
        vk: &[u8],
        others: &[(u64, H256); 3],
        bases: &[u8],
    ) -> Result<(), Error<T>> {
        let mut segments = Vec::new();
        for (length, digest) in others {
            segments.extend_from_slice(&length.to_le_bytes());
            segments.extend_from_slice(&digest.0);
        }
        bn254::check_output_bases(vk, &segments, bases).map_err(Error::from)
    }

    /// Returns the deposit for a circuit's bases and forgets them.
    pub(crate) fn forget_bases(circuit: &CircuitId) -> DispatchResult {
        let Some(registration) = Outputs::<T>::take(circuit) else {
            return Ok(());
        };
        T::Currency::release(
            &HoldReason::Deposit.into(),
            &registration.owner,
            registration.deposit,
            Precision::Exact,
        )?;
        for part in 0..registration.elements.div_ceil(PART_ELEMENTS) {
            Bases::<T>::remove(circuit, part);
        }
        Ok(())
    }

    /// What registering so many bytes of bases weighs.
    pub(crate) fn register_bases_weight(bytes: u32) -> Weight {
        T::WeightInfo::check_output_bases(bytes / ELEMENT_BYTES)
            .saturating_add(T::DbWeight::get().reads_writes(4, 2 + u64::from(MAX_PARTS)))
    }

    /// What taking a circuit out weighs that has the most bases.
    pub(crate) fn unregister_weight() -> Weight {
        T::WeightInfo::unregister_circuit()
            .saturating_add(T::DbWeight::get().reads_writes(2, 2 + u64::from(MAX_PARTS)))
    }

    /// Bases belong to circuits and are as many as is said of them; what is held for each.
    #[cfg(any(feature = "try-runtime", feature = "std"))]
    pub(crate) fn try_bases() -> Result<Deposits<T>, sp_runtime::TryRuntimeError> {
        let mut parts = 0usize;
        let mut held = Vec::new();
        for (circuit, registration) in Outputs::<T>::iter() {
            ensure!(
                Circuits::<T>::contains_key(circuit),
                "bases are kept of no circuit"
            );
            let mut bytes = 0u64;
            for part in 0..registration.elements.div_ceil(PART_ELEMENTS) {
                let bases = Bases::<T>::get(circuit, part).ok_or("a part of the bases is gone")?;
                bytes += bases.len() as u64;
                parts += 1;
            }
            ensure!(
                bytes == u64::from(registration.elements) * u64::from(ELEMENT_BYTES),
                "a circuit has not as many bases as is said"
            );
            held.push((registration.owner, registration.deposit));
        }
        ensure!(
            Bases::<T>::iter_keys().count() == parts,
            "bases are kept of no output"
        );
        Ok(held)
    }
}

impl<T: Config> OutputBases for Pallet<T> {
    fn elements(circuit: &CircuitId) -> Option<u32> {
        Outputs::<T>::get(circuit).map(|registration| registration.elements)
    }

    fn commit_part(
        circuit: &CircuitId,
        part: u32,
        before: Option<&Commitment>,
        elements: &[u8],
    ) -> Result<Commitment, DispatchError> {
        let bases = Bases::<T>::get(circuit, part).ok_or(Error::<T>::BasesNotRegistered)?;
        let before = before.map_or(&[][..], |commitment| &commitment[..]);
        bn254::commit_part(before, &bases, elements).map_err(|error| Error::<T>::from(error).into())
    }

    #[cfg(feature = "runtime-benchmarks")]
    fn benchmark_bases(circuit: &CircuitId, elements: u32) {
        crate::benchmarking::insert_bases::<T>(circuit, elements);
    }
}

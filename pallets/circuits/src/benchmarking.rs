//! Benchmarks of the calls and of one proof check.

use super::*;
use codec::{Decode, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
    assert_ok,
    traits::{
        fungible::{Inspect, Mutate},
        EnsureOriginWithArg, Get,
    },
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_core::H256;
use sp_runtime::traits::Zero;
use swarm_groth16::{Statement, VerifyError};
use swarm_zk_host::bn254;
use swarmwork_primitives::{
    BenchmarkProof, CircuitId, Circuits as _, Locator, OutputPart, ProofContext, ProofRefusal, Url,
    ELEMENT_BYTES, MAX_OUTPUT_ELEMENTS, MAX_RESULTS, MAX_URL_BYTES, PART_ELEMENTS,
};

/// Where a verifying key's circuit digest starts, after magic, version and stamp.
const DIGEST_AT: usize = 10;
/// Where element C of a proof lies.
const C: core::ops::Range<usize> = 96..128;

/// The fixture's key with another circuit digest: an equally valid key that no host function has
/// prepared before. No proof is valid under it, which costs as much to find out.
fn fresh_key() -> VerifyingKeyBytes {
    let mut vk = fixture::VERIFYING_KEY.to_vec();
    vk[DIGEST_AT..DIGEST_AT + 16].copy_from_slice(&current_time().to_le_bytes());
    vk.try_into().expect("as long as the fixture")
}

/// What the fixture's proof proves.
fn statement() -> Statement {
    Statement::from_bytes(fixture::STATEMENT).expect("the fixture is a statement")
}

/// A locator as large as may be.
fn longest_locator() -> Locator {
    let mut source = b"http://".to_vec();
    source.resize(MAX_URL_BYTES as usize, b'a');
    Locator {
        source: Url::try_from(source).expect("resized to the bound"),
        ..Default::default()
    }
}

/// Gives an account enough for a deposit.
fn fund<T: Config>(who: &T::AccountId) {
    let minimum = T::Currency::minimum_balance();
    T::Currency::set_balance(who, minimum + T::Deposit::get() + T::Deposit::get());
}

/// Stores an attested circuit without deposit, on a chain that is the fixture's.
pub(crate) fn insert_circuit<T: Config>(owner: &T::AccountId, vk: &[u8]) -> CircuitId {
    let key = bn254::inspect_key(vk).expect("a valid key");
    let circuit = H256(key.id);
    Circuits::<T>::insert(
        circuit,
        Registration {
            owner: owner.clone(),
            deposit: Zero::zero(),
            attestation: Attestation::Ceremony(H256::repeat_byte(1)),
            batch: key.batch,
            input_len: key.input_len,
            output_len: key.output_len,
            macs: key.macs,
            proving_key: longest_locator(),
            commitment_key: longest_locator(),
        },
    );
    VerifyingKeys::<T>::insert(circuit, VerifyingKeyBytes::truncate_from(vk.to_vec()));
    frame_system::BlockHash::<T>::insert(
        BlockNumberFor::<T>::zero(),
        decode::<T::Hash>(&statement().genesis),
    );
    circuit
}

/// A canonical point so many times.
fn points(count: u32) -> alloc::vec::Vec<u8> {
    statement().c_w.repeat(count as usize)
}

/// Stores so many bases of a circuit's outputs, none of them its own.
pub(crate) fn insert_bases<T: Config>(circuit: &CircuitId, elements: u32) {
    let owner = Circuits::<T>::get(circuit).expect("it was inserted").owner;
    let part_bytes = (PART_ELEMENTS * ELEMENT_BYTES) as usize;
    for (part, bases) in (0..).zip(points(elements).chunks(part_bytes)) {
        Bases::<T>::insert(circuit, part, OutputPart::truncate_from(bases.to_vec()));
    }
    Outputs::<T>::insert(
        circuit,
        OutputRegistration {
            owner,
            deposit: Zero::zero(),
            elements,
        },
    );
}

fn decode<A: Decode>(bytes: &[u8; 32]) -> A {
    bytes
        .using_encoded(|mut bytes| A::decode(&mut bytes))
        .expect("32 bytes are an account, or a hash")
}

/// The fixture's proof with what it proves.
pub(crate) fn proof<T: Config>() -> BenchmarkProof<T::AccountId> {
    let statement = statement();
    BenchmarkProof {
        job: H256(statement.job),
        batch: statement.batch,
        provider: decode(&statement.provider),
        weights: statement.c_w,
        input: statement.c_x,
        proof: fixture::PROOF.to_vec(),
    }
}

/// Registers a fresh key without attestation.
fn register<T: Config>(caller: &T::AccountId) -> CircuitId {
    Development::<T>::put(false);
    fund::<T>(caller);
    let vk = fresh_key();
    let circuit = H256(bn254::inspect_key(&vk).expect("a valid key").id);
    assert_ok!(Pallet::<T>::register_circuit(
        RawOrigin::Signed(caller.clone()).into(),
        vk,
        longest_locator(),
        longest_locator(),
    ));
    circuit
}

/// Has the host prepare a key, as the first check under it does: the key is prepared before the
/// proof's length is looked at.
fn prepare(vk: &[u8]) {
    let refused = bn254::verify(vk, &statement().to_bytes(), &[]);
    assert_eq!(refused, Err(VerifyError::ProofLength));
}

/// Checks the fixture's proof so many times together, the last time with this C.
fn verify_batch<T: Config>(
    circuit: &CircuitId,
    count: u32,
    last_c: &[u8],
) -> Result<(), ProofRefusal> {
    let proof = proof::<T>();
    let context = ProofContext {
        job: &proof.job,
        batch: proof.batch,
        provider: &proof.provider,
        weights: &proof.weights,
        input: &proof.input,
    };
    let mut last = proof.proof.clone();
    last[C].copy_from_slice(last_c);
    let mut batch = alloc::vec![(context, &proof.proof[..]); count as usize];
    batch[count as usize - 1].1 = &last;
    Pallet::<T>::verify_batch(circuit, &batch)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register_circuit() {
        let caller: T::AccountId = whitelisted_caller();
        fund::<T>(&caller);
        let vk = fresh_key();

        #[extrinsic_call]
        _(
            RawOrigin::Signed(caller),
            vk,
            longest_locator(),
            longest_locator(),
        );

        assert_eq!(Circuits::<T>::iter_keys().count(), 1);
    }

    #[benchmark]
    fn attest_circuit() -> Result<(), BenchmarkError> {
        let circuit = register::<T>(&whitelisted_caller());
        let origin = T::AttestOrigin::try_successful_origin(&circuit)
            .map_err(|_| BenchmarkError::Weightless)?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, circuit, H256::repeat_byte(1));

        assert!(Pallet::<T>::info(&circuit).is_some_and(|info| info.attested));
        Ok(())
    }

    #[benchmark]
    fn unregister_circuit() {
        let caller: T::AccountId = whitelisted_caller();
        let circuit = register::<T>(&caller);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), circuit);

        assert!(!Circuits::<T>::contains_key(circuit));
    }

    #[benchmark]
    fn verify_proof() {
        let owner: T::AccountId = whitelisted_caller();
        let circuit = insert_circuit::<T>(&owner, &fresh_key());
        let proof = proof::<T>();
        let result;

        #[block]
        {
            result = Pallet::<T>::verify(
                &circuit,
                ProofContext {
                    job: &proof.job,
                    batch: proof.batch,
                    provider: &proof.provider,
                    weights: &proof.weights,
                    input: &proof.input,
                },
                &proof.proof,
            );
        }

        assert_eq!(result, Err(Error::<T>::EquationFailed.into()));
    }

    // The bases are compared with those that the key names at last, so it takes as long to refuse
    // others. Storing them is counted apart.

    #[benchmark]
    fn check_output_bases(n: Linear<1, MAX_OUTPUT_ELEMENTS>) {
        let vk = fresh_key();
        let bases = points(n);
        let others = [(u64::from(n), H256::zero()); 3];
        let result;

        #[block]
        {
            result = Pallet::<T>::check_bases(&vk, &others, &bases);
        }

        assert!(matches!(result, Err(Error::OtherBases)));
    }

    // No proof is valid under a fresh key, so what preparing one takes is measured beside the check
    // of proofs under the fixture's, which is prepared before.

    #[benchmark]
    fn verify_batch(n: Linear<1, MAX_RESULTS>) {
        let owner: T::AccountId = whitelisted_caller();
        let circuit = insert_circuit::<T>(&owner, fixture::VERIFYING_KEY);
        prepare(fixture::VERIFYING_KEY);
        let fresh = fresh_key();
        let result;

        #[block]
        {
            prepare(&fresh);
            result = super::verify_batch::<T>(&circuit, n, &fixture::PROOF[C]);
        }

        assert_eq!(result, Ok(()));
    }

    #[benchmark]
    fn refuse_batch(n: Linear<1, MAX_RESULTS>) {
        let owner: T::AccountId = whitelisted_caller();
        let circuit = insert_circuit::<T>(&owner, fixture::VERIFYING_KEY);
        prepare(fixture::VERIFYING_KEY);
        let fresh = fresh_key();
        let result;

        // The last proof is the one that takes the most halvings to find.
        #[block]
        {
            prepare(&fresh);
            result = super::verify_batch::<T>(&circuit, n, &statement().c_w);
        }

        assert_eq!(
            result,
            Err(ProofRefusal {
                index: n as usize - 1,
                error: Error::<T>::EquationFailed.into()
            })
        );
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}

//! Verifying keys by their hash, and the one call that checks a proof.
//!
//! Anyone may register a key for a held deposit, but whoever made a key alone can forge under it. A
//! key is attested only by the privileged origin, which names the transcript of its ceremony, or by
//! a development chain. The checks of points and pairings run in versioned host functions.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod errors;
#[cfg(any(feature = "runtime-benchmarks", test))]
mod fixture;
#[cfg(test)]
mod mock;
mod outputs;
#[cfg(test)]
mod tests;
mod types;
mod verify;
pub mod weights;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use frame_support::{
        pallet_prelude::*,
        traits::{
            fungible::{self, MutateHold},
            tokens::Precision,
            Contains, EnsureOriginWithArg, Get,
        },
    };
    use frame_system::pallet_prelude::*;
    use sp_core::H256;
    use swarm_zk_host::bn254;
    use swarmwork_primitives::{CircuitId, Locator, OutputPart};

    /// Accounts and block hashes go into statements as 32 bytes.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<AccountId: Into<[u8; 32]>, Hash: Into<[u8; 32]>>
    {
        /// The token.
        type Currency: fungible::Mutate<Self::AccountId>
            + fungible::MutateHold<Self::AccountId, Reason = <Self as Config>::RuntimeHoldReason>;
        /// The runtime's hold reasons.
        type RuntimeHoldReason: From<HoldReason>;
        /// Who may attest the key of a circuit.
        type AttestOrigin: EnsureOriginWithArg<Self::RuntimeOrigin, CircuitId>;
        /// Held from the owner of a circuit.
        #[pallet::constant]
        type Deposit: Get<BalanceOf<Self>>;
        /// Held for each byte of a circuit's bases, from whoever registers them.
        #[pallet::constant]
        type ByteDeposit: Get<BalanceOf<Self>>;
        /// The circuits that something on chain refers to, and that must stay.
        type InUse: Contains<CircuitId>;
        /// Benchmarked weights.
        type WeightInfo: WeightInfo;
    }

    /// How this pallet lays out its storage; raised with every change, by a migration.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// Why this pallet holds funds.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// The deposit for registered circuits.
        Deposit,
    }

    /// Registered circuits.
    #[pallet::storage]
    pub type Circuits<T: Config> =
        StorageMap<_, Identity, CircuitId, Registration<T::AccountId, BalanceOf<T>>>;

    /// Their verifying keys.
    #[pallet::storage]
    pub type VerifyingKeys<T: Config> = StorageMap<_, Identity, CircuitId, VerifyingKeyBytes>;

    /// Circuits whose bases of commitments to outputs are on chain.
    #[pallet::storage]
    pub type Outputs<T: Config> =
        StorageMap<_, Identity, CircuitId, OutputRegistration<T::AccountId, BalanceOf<T>>>;

    /// These bases, compressed, in parts of as many as an output is published in.
    #[pallet::storage]
    pub type Bases<T: Config> =
        StorageDoubleMap<_, Identity, CircuitId, Twox64Concat, u32, OutputPart>;

    /// Whether this is a development chain: it takes keys made by one party and trusts every key.
    /// Fixed at genesis.
    #[pallet::storage]
    pub type Development<T: Config> = StorageValue<_, bool, ValueQuery>;

    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Whether this is a development chain, which takes keys made by one party and trusts
        /// every key.
        pub development: bool,
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            Development::<T>::put(self.development);
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A circuit has been registered.
        CircuitRegistered {
            /// Hash of its verifying key.
            circuit: CircuitId,
            /// Who registered it.
            owner: T::AccountId,
            /// Whether its key is trusted.
            attested: bool,
        },
        /// A circuit's key is trusted from now on.
        CircuitAttested {
            /// Hash of its verifying key.
            circuit: CircuitId,
            /// The transcript of the ceremony that made the key.
            transcript: H256,
        },
        /// Outputs under a circuit can be checked by the chain from now on.
        OutputBasesRegistered {
            /// Hash of its verifying key.
            circuit: CircuitId,
            /// Who registered them.
            owner: T::AccountId,
            /// How many elements an output of a batch has.
            elements: u32,
        },
        /// A circuit has been taken out and its deposit returned.
        CircuitUnregistered {
            /// Hash of its verifying key.
            circuit: CircuitId,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No circuit is registered under this id.
        UnknownCircuit,
        /// This verifying key is registered already.
        CircuitAlreadyRegistered,
        /// The circuit's key is trusted already.
        AlreadyAttested,
        /// A zero hash names no transcript.
        MissingTranscript,
        /// A key cannot be trusted while nobody can fetch its proving key: the locator has no
        /// source.
        ProvingKeyNotRetrievable,
        /// Only the owner of a circuit may take it out.
        NotOwner,
        /// Models run under the circuit.
        CircuitInUse,
        /// A source is neither empty nor an http(s) base URL without trailing slash.
        InvalidSource,
        /// The key was made by one party, who can forge under it; only development chains take it.
        DevelopmentKeyRefused,
        /// The bytes are not as long as a verifying key.
        InvalidKeyLength,
        /// The bytes do not start as a verifying key does.
        NotAVerifyingKey,
        /// The verifying key has a format version that this chain does not know.
        UnknownKeyVersion,
        /// The verifying key does not say how it was made.
        UnknownKeyOrigin,
        /// The verifying key has no batch, input, output, work or rows.
        EmptyKeyDescriptor,
        /// A point of the verifying key is not canonical, or of the wrong group.
        MalformedVerifyingKey,
        /// The verifying key gives a trapdoor away: a zero point, a generator, or two that share
        /// one.
        WeakVerifyingKey,
        /// The commitment is no canonical point.
        MalformedCommitment,
        /// A statement is exactly 164 bytes long.
        InvalidStatementLength,
        /// A proof is exactly 192 bytes long.
        InvalidProofLength,
        /// Proof element A is no canonical point.
        MalformedA,
        /// Proof element B is no canonical point of the right subgroup.
        MalformedB,
        /// Proof element C is no canonical point.
        MalformedC,
        /// The commitment to the intermediate values is no canonical point.
        MalformedCz,
        /// The commitment to the output is no canonical point.
        MalformedCy,
        /// The model's commitment to its weights is no canonical point.
        MalformedCw,
        /// The job's commitment to its input is no canonical point.
        MalformedCx,
        /// The challenge is zero; commit again.
        ZeroChallenge,
        /// The proof proves another statement, or none.
        EquationFailed,
        /// More proofs than are ever checked together.
        TooManyProofs,
        /// The bases of the circuit's outputs are registered already.
        BasesAlreadyRegistered,
        /// The bases of the circuit's outputs are not registered.
        BasesNotRegistered,
        /// Bases and elements are 32 bytes each, equally many, and one at least.
        InvalidOpeningLength,
        /// These are not the bases that the circuit's verifying key names.
        OtherBases,
        /// A base is no canonical point other than zero.
        MalformedBase,
        /// The commitment to the parts before is no canonical point.
        MalformedSum,
        /// An element is not below the order of the group.
        MalformedElement,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Registers a verifying key, whose hash becomes the circuit's id.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_circuit())]
        pub fn register_circuit(
            origin: OriginFor<T>,
            vk: VerifyingKeyBytes,
            proving_key: Locator,
            commitment_key: Locator,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            ensure!(
                proving_key.is_well_formed() && commitment_key.is_well_formed(),
                Error::<T>::InvalidSource
            );
            let key = bn254::inspect_key(&vk).map_err(Error::<T>::from)?;
            let circuit = H256(key.id);
            ensure!(
                !Circuits::<T>::contains_key(circuit),
                Error::<T>::CircuitAlreadyRegistered
            );
            let development = Development::<T>::get();
            ensure!(
                development || !key.development,
                Error::<T>::DevelopmentKeyRefused
            );
            let deposit = T::Deposit::get();
            T::Currency::hold(&HoldReason::Deposit.into(), &owner, deposit)?;
            Circuits::<T>::insert(
                circuit,
                Registration {
                    owner: owner.clone(),
                    deposit,
                    attestation: if development {
                        Attestation::Development
                    } else {
                        Attestation::None
                    },
                    batch: key.batch,
                    input_len: key.input_len,
                    output_len: key.output_len,
                    macs: key.macs,
                    proving_key,
                    commitment_key,
                },
            );
            VerifyingKeys::<T>::insert(circuit, vk);
            Self::deposit_event(Event::CircuitRegistered {
                circuit,
                owner,
                attested: development,
            });
            Ok(())
        }

        /// Declares a circuit's key trusted, naming the verified transcript of the ceremony that
        /// made it.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::attest_circuit())]
        pub fn attest_circuit(
            origin: OriginFor<T>,
            circuit: CircuitId,
            transcript: H256,
        ) -> DispatchResult {
            T::AttestOrigin::ensure_origin(origin, &circuit)?;
            ensure!(!transcript.is_zero(), Error::<T>::MissingTranscript);
            Circuits::<T>::try_mutate(circuit, |registration| {
                let registration = registration.as_mut().ok_or(Error::<T>::UnknownCircuit)?;
                ensure!(
                    !Self::is_attested(registration.attestation),
                    Error::<T>::AlreadyAttested
                );
                ensure!(
                    !registration.proving_key.source.is_empty(),
                    Error::<T>::ProvingKeyNotRetrievable
                );
                registration.attestation = Attestation::Ceremony(transcript);
                Ok::<_, DispatchError>(())
            })?;
            Self::deposit_event(Event::CircuitAttested {
                circuit,
                transcript,
            });
            Ok(())
        }

        /// Takes a circuit of the caller's out, which nothing refers to, and returns its deposit.
        #[pallet::call_index(2)]
        #[pallet::weight(Pallet::<T>::unregister_weight())]
        pub fn unregister_circuit(origin: OriginFor<T>, circuit: CircuitId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            let registration = Circuits::<T>::get(circuit).ok_or(Error::<T>::UnknownCircuit)?;
            ensure!(registration.owner == who, Error::<T>::NotOwner);
            ensure!(!T::InUse::contains(&circuit), Error::<T>::CircuitInUse);
            T::Currency::release(
                &HoldReason::Deposit.into(),
                &who,
                registration.deposit,
                Precision::Exact,
            )?;
            Self::forget_bases(&circuit)?;
            Circuits::<T>::remove(circuit);
            VerifyingKeys::<T>::remove(circuit);
            Self::deposit_event(Event::CircuitUnregistered { circuit });
            Ok(())
        }

        /// Registers the bases of a circuit's commitments to outputs, so that outputs under it can
        /// be published: compressed points, as its commitment key has them. They are checked against
        /// the verifying key, with the number and the digest of the bases of the segments w, x and z
        /// in `others`. Anyone may; a deposit by the byte is held until the circuit is taken out.
        #[pallet::call_index(3)]
        #[pallet::weight(Pallet::<T>::register_bases_weight(bases.len() as u32))]
        pub fn register_output_bases(
            origin: OriginFor<T>,
            circuit: CircuitId,
            others: [(u64, H256); 3],
            bases: BaseBytes,
        ) -> DispatchResult {
            let owner = ensure_signed(origin)?;
            Self::store_bases(owner, circuit, &others, &bases)
        }
    }

    impl<T: Config> Pallet<T> {
        pub(crate) fn is_attested(attestation: Attestation) -> bool {
            match attestation {
                Attestation::None => false,
                Attestation::Development => Development::<T>::get(),
                Attestation::Ceremony(_) => true,
            }
        }

        /// Every circuit has the key it is named after, and the held deposits add up.
        #[cfg(any(feature = "try-runtime", feature = "std"))]
        pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
            use alloc::collections::BTreeMap;
            use frame_support::traits::fungible::InspectHold;
            use sp_runtime::traits::{CheckedAdd, Zero};

            let mut held = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
            let mut circuits = 0usize;
            for (circuit, registration) in Circuits::<T>::iter() {
                circuits += 1;
                let vk = VerifyingKeys::<T>::get(circuit).ok_or("a circuit has no key")?;
                let key = bn254::inspect_key(&vk).map_err(|_| "a stored key is not valid")?;
                ensure!(
                    H256(key.id) == circuit,
                    "a circuit is not named after its key"
                );
                ensure!(
                    (key.batch, key.input_len, key.output_len, key.macs)
                        == (
                            registration.batch,
                            registration.input_len,
                            registration.output_len,
                            registration.macs
                        ),
                    "a circuit's sizes are not those of its key"
                );
                ensure!(
                    !key.development || Development::<T>::get(),
                    "a development key on another chain"
                );
                let sum = held.entry(registration.owner).or_insert_with(Zero::zero);
                *sum = sum
                    .checked_add(&registration.deposit)
                    .ok_or("the deposits overflow")?;
            }
            for (owner, deposit) in Self::try_bases()? {
                let sum = held.entry(owner).or_insert_with(Zero::zero);
                *sum = sum.checked_add(&deposit).ok_or("the deposits overflow")?;
            }
            ensure!(
                VerifyingKeys::<T>::iter_keys().count() == circuits,
                "keys without circuit"
            );
            for (owner, deposits) in held {
                ensure!(
                    T::Currency::balance_on_hold(&HoldReason::Deposit.into(), &owner) == deposits,
                    "an owner's held deposits do not add up to those of its circuits"
                );
            }
            Ok(())
        }
    }
}

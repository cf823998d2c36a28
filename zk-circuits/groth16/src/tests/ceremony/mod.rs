//! Ceremonies that go well: their keys are those of the product of all factors.

mod phase1;
mod records;
mod snarkjs;
mod state;

use std::io::Cursor;

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, UniformRand};

use self::phase1::ptau;
use super::toy::*;
use crate::{
    ceremony::{Ceremony, CeremonyError, Factors, Initial, Phase1, Trapdoor},
    generate_with, inspect_key, CircuitDescriptor, PreparedKey, ProvingKey, Qap, Trapdoors,
    Validation,
};

pub const BEACON: [u8; 32] = [42; 32];
pub const LOG2: u8 = 4;

/// The secrets of phase 1 in these tests, with the other trapdoors one.
pub fn phase1_secrets() -> Trapdoors {
    let mut secrets = Trapdoors::random(&mut rng(21));
    secrets.gamma = Fr::one();
    secrets.delta = Fr::one();
    secrets.segments = [Fr::one(); 4];
    secrets
}

pub fn qap() -> Qap {
    Qap::new(matrices()).unwrap()
}

pub fn development_phase1(size: usize) -> Phase1 {
    let secrets = phase1_secrets();
    Phase1::of_secrets(size, secrets.tau, secrets.alpha, secrets.beta)
}

/// The same powers as they come from a ceremony: without the stamp.
pub fn phase1() -> Phase1 {
    let size = qap().domain_size();
    let powers = size.next_power_of_two();
    Phase1::read(Cursor::new(ptau(&development_phase1(powers))), size).unwrap()
}

fn initial_of(
    phase1: Phase1,
    qap: &Qap,
    descriptor: CircuitDescriptor,
    seed: u64,
) -> Result<Initial, CeremonyError> {
    Initial::new(phase1, qap, descriptor, &mut rng(seed), &mut |_| ())
}

pub fn initial() -> Initial {
    initial_of(phase1(), &qap(), descriptor(), 22).unwrap()
}

pub fn factors(seed: u64) -> Factors {
    Factors::random(&mut rng(seed))
}

/// A contribution by given factors, whatever they are, on top of sound records.
pub fn append(ceremony: &mut Ceremony, factors: &Factors) {
    let before = ceremony.replay().unwrap();
    ceremony.append(&before, factors, &mut rng(30));
}

/// Three contributors; `factors(31)`, `factors(32)` and `factors(33)`.
pub fn contributed(initial: &Initial) -> Ceremony {
    let mut ceremony = Ceremony::new(initial);
    for seed in 31..34 {
        append(&mut ceremony, &factors(seed));
    }
    ceremony
}

pub fn finished(initial: &Initial) -> Ceremony {
    let mut ceremony = contributed(initial);
    ceremony.finish(BEACON, LOG2).unwrap();
    ceremony
}

pub fn to_bytes(ceremony: &Ceremony) -> Vec<u8> {
    let mut bytes = Vec::new();
    ceremony.write(&mut bytes).unwrap();
    bytes
}

fn refused(ceremony: &Ceremony, initial: &Initial) -> CeremonyError {
    // What is refused in memory is refused from the file.
    let read = Ceremony::from_bytes(&to_bytes(ceremony)).unwrap();
    let error = read.verify(initial, &mut rng(1)).unwrap_err();
    assert_eq!(ceremony.verify(initial, &mut rng(2)).unwrap_err(), error);
    error
}

fn changed(ceremony: &Ceremony, change: impl FnOnce(&mut Ceremony)) -> Ceremony {
    let mut changed = ceremony.clone();
    change(&mut changed);
    assert_ne!(&changed, ceremony);
    changed
}

fn twice(point: &mut G1Affine) {
    *point = (*point + *point).into_affine();
}

fn twice_g2(point: &mut G2Affine) {
    *point = (*point + *point).into_affine();
}

/// The factors of [`finished`], those of the beacon last.
fn steps(initial: &Initial) -> Vec<Factors> {
    let before = contributed(initial);
    let transcript = before.verify(initial, &mut rng(23)).unwrap().hash();
    let mut seed = BEACON;
    for _ in 0..1 << LOG2 {
        seed = crate::challenge::keccak256(&seed);
    }
    let mut steps: Vec<Factors> = (31..34).map(factors).collect();
    steps.push(Factors::of_beacon(&transcript, &seed));
    steps
}

/// Phase 1's secrets times all factors of [`finished`].
fn product(initial: &Initial) -> Trapdoors {
    let mut secrets = phase1_secrets();
    for step in steps(initial) {
        secrets.delta *= step.of(Trapdoor::Delta);
        secrets.gamma *= step.of(Trapdoor::Gamma);
        for (secret, factor) in secrets.segments.iter_mut().zip(&step.0[2..]) {
            *secret *= factor;
        }
    }
    secrets
}

#[test]
fn keys_are_those_of_the_product_of_all_factors() {
    let initial = initial();
    let ceremony = finished(&initial);
    let key = ceremony
        .verify(&initial, &mut rng(24))
        .unwrap()
        .proving_key()
        .unwrap();
    let (mut expected, vk) = generate_with(&qap(), descriptor(), &product(&initial)).unwrap();
    assert!(vk.development);
    expected.commitments.vk.development = false;
    assert_eq!(key, expected);
}

#[test]
fn a_proof_under_the_keys_of_a_ceremony_verifies() {
    let initial = initial();
    let ceremony = finished(&initial);
    let verified = ceremony.verify(&initial, &mut rng(24)).unwrap();
    proves(verified.proving_key().unwrap());
}

fn proves(pk: ProvingKey) {
    // Through the files, as in life.
    let mut bytes = Vec::new();
    pk.write(&mut bytes).unwrap();
    let pk = ProvingKey::from_bytes(&bytes, Validation::Full).unwrap();
    let vk = *pk.verifying_key();
    assert!(!inspect_key(&vk.to_bytes()).unwrap().development);
    let setup = Setup {
        trapdoors: phase1_secrets(),
        qap: qap(),
        prepared: PreparedKey::new(&vk),
        pk,
        vk,
    };
    let values = Values::random(25);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    assert!(setup.verifies(&statement, &proof));
    let mut other = proof;
    other.c_y = plus(other.c_y, other.a, Fr::one());
    assert!(!setup.verifies(&statement, &other));
}

#[test]
fn files_round_trip_and_every_contributor_is_in_the_transcript() {
    let initial = initial();
    let mut ceremony = Ceremony::new(&initial);
    let mut hashes = Vec::new();
    for _ in 0..3 {
        hashes.push(ceremony.contribute(&initial, &mut rng(26)).unwrap());
        ceremony = Ceremony::from_bytes(&to_bytes(&ceremony)).unwrap();
        let verified = ceremony.verify(&initial, &mut rng(27)).unwrap();
        assert_eq!(Some(&verified.hash()), hashes.last());
        assert_eq!(verified.proving_key(), Err(CeremonyError::Unfinished));
    }
    ceremony.finish(BEACON, LOG2).unwrap();
    let read = Ceremony::from_bytes(&to_bytes(&ceremony)).unwrap();
    assert_eq!(read, ceremony);
    assert_eq!(read.hashes(), hashes);
    assert_eq!(read.contributions(), 3);
    assert_eq!(read.beacon(), Some((BEACON, LOG2)));
    let verified = read.verify(&initial, &mut rng(28)).unwrap();
    assert!(!hashes.contains(&verified.hash()));
}

#[test]
fn a_larger_phase_1_gives_the_same_state() {
    let size = qap().domain_size();
    let four = (4 * size).next_power_of_two();
    let larger = Phase1::read(Cursor::new(ptau(&development_phase1(four))), size).unwrap();
    let initial = initial_of(larger, &qap(), descriptor(), 29).unwrap();
    assert_eq!(Ceremony::new(&initial), Ceremony::new(&self::initial()));
    let untruncated = Phase1::read(Cursor::new(ptau(&development_phase1(four))), four);
    let initial = initial_of(untruncated.unwrap(), &qap(), descriptor(), 29).unwrap();
    assert_eq!(Ceremony::new(&initial), Ceremony::new(&self::initial()));
}

#[test]
fn a_phase_1_of_one_party_leaves_its_stamp_on_the_keys() {
    let phase1 = development_phase1(qap().domain_size());
    assert!(phase1.development());
    let initial = initial_of(phase1, &qap(), descriptor(), 22).unwrap();
    assert!(initial.development());
    let ceremony = finished(&initial);
    let verified = ceremony.verify(&initial, &mut rng(24)).unwrap();
    let key = verified.proving_key().unwrap();
    assert!(key.verifying_key().development);
    // The two may not be taken for each other.
    assert_eq!(
        ceremony.verify(&self::initial(), &mut rng(24)).unwrap_err(),
        CeremonyError::OtherPhase1
    );
}

#[test]
fn contributions_are_fresh() {
    let initial = initial();
    let contribution = |seed| {
        let mut ceremony = Ceremony::new(&initial);
        ceremony.contribute(&initial, &mut rng(seed)).unwrap()
    };
    assert_ne!(contribution(1), contribution(2));
    let mut rng = rng(3);
    let factors = Factors::random(&mut rng);
    assert_ne!(factors.0, Factors::random(&mut rng).0);
    assert_ne!(factors.0[0], Fr::rand(&mut rng));
}

/// With a segment's trapdoor, or one over it, in G1 value could be moved between segments: neither
/// those of the key nor anybody's factors are there.
#[test]
fn no_trapdoor_but_delta_is_in_g1() {
    let initial = initial();
    let ceremony = finished(&initial);
    let mut points = ceremony.queries.0.concat();
    let records = ceremony.contributions.iter().map(|record| &record.after);
    for state in records.chain(ceremony.beacon.iter().map(|beacon| &beacon.after)) {
        points.push(state.delta_g1);
        points.extend(state.bases);
    }
    let published = |secret: Fr| {
        let point = (G1Affine::generator() * secret).into_affine();
        points.contains(&point) || points.contains(&-point)
    };
    let mut totals = [Fr::one(); 6];
    for step in steps(&initial) {
        for (total, factor) in totals.iter_mut().zip(&step.0) {
            *total *= factor;
        }
        for secret in totals[1..].iter().chain(&step.0[1..]) {
            assert!(!published(*secret));
            assert!(!published(secret.inverse().unwrap()));
        }
        assert!(published(totals[0]));
    }
}

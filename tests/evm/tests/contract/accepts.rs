//! What the Rust verifier accepts, the contract accepts.

use std::io::Write;

use ark_bn254::{Fq, Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{MontFp, PrimeField, UniformRand};
use rand::{rngs::StdRng, Rng, SeedableRng};
use revm::primitives::keccak256;
use swarm_evm::{calldata, solidity, CALLDATA_BYTES, VERIFY_SIGNATURE};
use swarm_evm_tests::{compile, statement, Chain, Commitments, Sample, Secrets, Verdict};
use swarm_groth16::{challenge, encode_g1, tag, PreparedKey, Statement};

/// Gas of the precompiles by EIP-1108: a pairing of eight pairs, two products and two sums.
const PRECOMPILES: u64 = 45_000 + 8 * 34_000 + 2 * 6_000 + 2 * 150;
/// Gas that every transaction takes.
const TRANSACTION: u64 = 21_000;

fn gas(verdict: Verdict) -> u64 {
    match verdict {
        Verdict::Accepted { gas, output } => {
            assert!(output.is_empty(), "verify returns nothing");
            gas
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_real_proof_is_accepted() {
    let sample = Sample::new(1);
    let mut chain = Chain::new(&sample.source());
    let data = sample.calldata();
    let gas = gas(chain.call(&data));
    let zeros = data.iter().filter(|byte| **byte == 0).count() as u64;
    let input = 16 * (data.len() as u64 - zeros) + 4 * zeros;
    let own = gas - PRECOMPILES - TRANSACTION - input;
    // Past the harness, which keeps what a passing test prints to itself.
    writeln!(
        std::io::stderr(),
        "EVM: a valid proof takes {gas} gas: {PRECOMPILES} in precompiles, {own} in the contract, \
         {input} for {} bytes of calldata, {TRANSACTION} for the transaction",
        data.len()
    )
    .unwrap();
    assert!(own < 15_000, "{own}");
}

#[test]
fn the_abi_is_the_one_that_calldata_follows() {
    let sample = Sample::new(1);
    let contract = compile(&sample.source());
    let selector = sample.calldata()[..4].to_vec();
    assert_eq!(keccak256(VERIFY_SIGNATURE)[..4], selector);
    let hex: String = selector.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(contract.methods[VERIFY_SIGNATURE], hex);
    assert_eq!(sample.calldata().len(), CALLDATA_BYTES);
}

#[test]
fn the_contract_names_its_key() {
    let sample = Sample::new(1);
    for development in [true, false] {
        let mut key = sample.key();
        key.development = development;
        let mut chain = Chain::new(&solidity(&key));
        let mut ask = |signature: &str| match chain.call(&keccak256(signature)[..4]) {
            Verdict::Accepted { output, .. } => output,
            other => panic!("{other:?}"),
        };
        assert_eq!(ask("verifyingKeyHash()"), key.id());
        let mut expected = [0u8; 32];
        expected[31] = development.into();
        assert_eq!(ask("isDevelopmentKey()"), expected);
    }
}

/// A key whose secrets are known, its contract, and the verifier that the contract must agree with.
struct Case {
    rng: StdRng,
    secrets: Secrets,
    prepared: PreparedKey,
    chain: Chain,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let secrets = Secrets::random(&mut rng);
        let key = secrets.key(&Sample::new(1).key());
        Self {
            chain: Chain::new(&solidity(&key)),
            prepared: PreparedKey::from_bytes(&key.to_bytes()).unwrap(),
            secrets,
            rng,
        }
    }

    fn commitments(&mut self) -> Commitments {
        [0; 4].map(|_| G1Affine::rand(&mut self.rng))
    }

    /// A proof about these commitments is accepted, one for another challenge refused, by both.
    fn check(&mut self, of: &Commitments, batch: u32, what: &str) {
        let job = Statement {
            genesis: self.rng.gen(),
            job: self.rng.gen(),
            batch,
            provider: self.rng.gen(),
            c_w: [0; 32],
            c_x: [0; 32],
        };
        let statement = statement(&job, of);
        let tag = tag(&statement);
        let id = self.prepared.info().id;
        let rho = challenge(&id, &statement, &encode_g1(&of[2]), &encode_g1(&of[3])).unwrap();
        for (rho, valid) in [(rho, true), (rho + Fr::from(1u64), false)] {
            let proof = self.secrets.prove(of, rho, tag, &mut self.rng).to_bytes();
            let theirs = match self.prepared.verify(&statement, &proof) {
                Ok(()) => "accepted".to_owned(),
                Err(error) => format!("{error:?}"),
            };
            assert_eq!(theirs == "accepted", valid, "{what}: {theirs}");
            let ours = self.chain.call(&calldata(&statement, &proof).unwrap());
            assert_eq!(ours.error(), theirs, "{what}");
        }
    }
}

/// Points with the larger and the smaller y, batch indices that fill one to four bytes.
#[test]
fn proofs_under_random_keys_have_the_same_verdict() {
    for seed in 0..3 {
        let mut case = Case::new(seed);
        for round in 0..12 {
            let batch = case.rng.gen::<u32>() >> (8 * (round % 4));
            let of = case.commitments();
            case.check(&of, batch, &format!("{seed} {round}"));
        }
    }
}

#[test]
fn commitments_to_zero_have_the_same_verdict() {
    let mut case = Case::new(4);
    for zeros in 0..16 {
        let mut of = case.commitments();
        for (i, point) in of.iter_mut().enumerate() {
            if zeros >> i & 1 == 1 {
                *point = G1Affine::zero();
            }
        }
        case.check(&of, 0, &format!("{zeros:04b}"));
    }
}

/// The flag of a compressed point says whether y is above (q - 1) / 2. Nearest to that, no point
/// has it or (q - 3) / 2 as its y, is this one with (q - 5) / 2, and its opposite.
#[test]
fn the_sign_of_y_has_its_place() {
    let half = Fq::from(Fq::MODULUS_MINUS_ONE_DIV_TWO);
    let x =
        MontFp!("14728527407881090238323986595278567220739994864510431550269790848542957828296");
    let near = G1Affine::new(x, half - Fq::from(2u64));
    assert_eq!(encode_g1(&near)[31] & 0x80, 0);
    assert_eq!(encode_g1(&-near)[31] & 0x80, 0x80);
    let mut case = Case::new(5);
    for signs in 0..16 {
        let of = [0, 1, 2, 3].map(|i| if signs >> i & 1 == 1 { -near } else { near });
        case.check(&of, 1, &format!("{signs:04b}"));
    }
}

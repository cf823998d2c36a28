//! A proof belongs to one statement, and the challenge to everything that it is hashed from.

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::UniformRand;
use rand::{rngs::StdRng, SeedableRng};
use swarm_evm::{calldata, solidity};
use swarm_evm_tests::{g1, hashed, statement, Chain, Commitments, Sample, Secrets};
use swarm_groth16::{
    challenge, challenge_preimage, encode_g1, tag, verify, Proof, Statement, VerifyError,
    VerifyingKey,
};

/// What is changed, and how.
type Change = (&'static str, fn(&mut Statement));

/// A key whose secrets are known, and a contract for it.
struct Case {
    rng: StdRng,
    secrets: Secrets,
    key: VerifyingKey,
    chain: Chain,
    of: Commitments,
    statement: Statement,
    c_z: [u8; 32],
    c_y: [u8; 32],
}

impl Case {
    fn new(spoil: impl FnOnce(&mut Secrets)) -> Self {
        let mut rng = StdRng::seed_from_u64(5);
        let mut secrets = Secrets::random(&mut rng);
        spoil(&mut secrets);
        let key = secrets.key(&Sample::new(1).key());
        let of: Commitments = [0; 4].map(|_| G1Affine::rand(&mut rng));
        let job = Statement {
            genesis: [1; 32],
            job: [2; 32],
            batch: 3,
            provider: [4; 32],
            c_w: [0; 32],
            c_x: [0; 32],
        };
        Self {
            chain: Chain::new(&solidity(&key)),
            statement: statement(&job, &of),
            c_z: encode_g1(&of[2]),
            c_y: encode_g1(&of[3]),
            rng,
            secrets,
            key,
            of,
        }
    }

    fn rho(&self) -> Fr {
        challenge(&self.key.id(), &self.statement, &self.c_z, &self.c_y).unwrap()
    }

    fn prove(&mut self, rho: Fr, tag: Fr) -> Proof {
        self.secrets.prove(&self.of, rho, tag, &mut self.rng)
    }

    /// What the contract says, which is what the Rust verifier says of the same key.
    fn verdict(&mut self, statement: &Statement, proof: &Proof, what: &str) -> String {
        let bytes = proof.to_bytes();
        let verdict = self.chain.call(&calldata(statement, &bytes).unwrap());
        let theirs = match verify(&self.key.to_bytes(), statement, &bytes) {
            Ok(()) => "accepted".to_owned(),
            // The deliberately bad keys of these tests, which a reader refuses.
            Err(VerifyError::MalformedKey) => return verdict.error().to_owned(),
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(verdict.error(), theirs, "{what}");
        theirs
    }
}

#[test]
fn a_proof_of_one_statement_proves_no_other() {
    let sample = Sample::new(1);
    let mut chain = Chain::new(&sample.source());
    let statement = sample.proof.statement;
    let changes: [Change; 7] = [
        ("genesis", |s| s.genesis[31] ^= 1),
        ("job", |s| s.job[0] ^= 1),
        ("provider", |s| s.provider[16] ^= 1),
        ("next batch", |s| s.batch += 1),
        ("batch with its bytes reversed", |s| {
            s.batch = s.batch.swap_bytes()
        }),
        ("weights", |s| s.c_w = s.c_x),
        ("input", |s| s.c_x = s.c_w),
    ];
    for (what, change) in changes {
        let mut other = statement;
        change(&mut other);
        assert_ne!(other, statement);
        let data = calldata(&other, &sample.proof.bytes).unwrap();
        assert_eq!(chain.call(&data).error(), "EquationFailed", "{what}");
    }
}

/// Each field of the challenge's preimage in turn is left out of the hash by the forger, who could
/// choose it afterwards.
#[test]
fn the_challenge_covers_each_of_its_fields() {
    let mut case = Case::new(|_| ());
    let tag = tag(&case.statement);
    let preimage = challenge_preimage(&case.key.id(), &case.statement, &case.c_z, &case.c_y);
    let fields = [
        ("domain", 0..28),
        ("version", 28..29),
        ("padding", 29..32),
        ("genesis", 32..64),
        ("key", 64..96),
        ("tag", 96..128),
        ("batch", 128..132),
        ("weights", 132..164),
        ("input", 164..196),
        ("intermediate", 196..228),
        ("output", 228..260),
    ];
    for (what, field) in fields {
        let mut without = preimage;
        without[field].iter_mut().for_each(|byte| *byte ^= 0xff);
        let proof = case.prove(hashed(&without), tag);
        let statement = case.statement;
        assert_eq!(case.verdict(&statement, &proof, what), "EquationFailed");
    }
    let proof = case.prove(hashed(&preimage), tag);
    let statement = case.statement;
    assert_eq!(case.verdict(&statement, &proof, "whole"), "accepted");
}

/// The tag is the verifier's own: the right challenge with another provider's tag fails.
#[test]
fn the_tag_covers_chain_job_batch_and_provider() {
    let mut case = Case::new(|_| ());
    let statement = case.statement;
    let changes: [Change; 4] = [
        ("genesis", |s| s.genesis[0] ^= 1),
        ("job", |s| s.job[0] ^= 1),
        ("batch", |s| s.batch ^= 1),
        ("provider", |s| s.provider[0] ^= 1),
    ];
    for (what, change) in changes {
        let mut other = statement;
        change(&mut other);
        let rho = case.rho();
        let proof = case.prove(rho, tag(&other));
        assert_eq!(case.verdict(&statement, &proof, what), "EquationFailed");
    }
    let rho = case.rho();
    let proof = case.prove(rho, tag(&statement));
    assert_eq!(case.verdict(&statement, &proof, "own"), "accepted");
}

fn plus(p: G1Affine, q: G1Affine) -> G1Affine {
    (p + q).into_affine()
}

/// `C_z - delta`, `C_y + delta`: the equation would hold if the two shared a trapdoor and the
/// challenge did not cover them.
#[test]
fn value_cannot_shift_between_commitments() {
    for shared in [true, false] {
        let mut case = Case::new(|secrets| {
            if shared {
                secrets.segments[3] = secrets.segments[2];
            }
        });
        let (rho, tag) = (case.rho(), tag(&case.statement));
        let honest = case.prove(rho, tag);
        let statement = case.statement;
        assert_eq!(case.verdict(&statement, &honest, "honest"), "accepted");
        let delta = Fr::rand(&mut case.rng);
        let mut shifted = honest;
        shifted.c_z = plus(honest.c_z, g1(-delta));
        shifted.c_y = plus(honest.c_y, g1(delta));
        assert_eq!(
            case.verdict(&statement, &shifted, "shifted"),
            "EquationFailed"
        );

        // The challenge drawn anew for what was shifted: only the trapdoors are left to stop it.
        case.c_z = encode_g1(&shifted.c_z);
        case.c_y = encode_g1(&shifted.c_y);
        let rho = case.rho();
        let mut drawn = case.prove(rho, tag);
        drawn.c_z = shifted.c_z;
        drawn.c_y = shifted.c_y;
        let expected = if shared { "accepted" } else { "EquationFailed" };
        assert_eq!(case.verdict(&statement, &drawn, "drawn anew"), expected);
    }
}

/// `C_s + k A` with `B + k gamma_s` satisfies the equation for the old challenge.
#[test]
fn a_cannot_be_added_to_a_commitment() {
    let mut case = Case::new(|_| ());
    let (rho, tag) = (case.rho(), tag(&case.statement));
    let honest = case.prove(rho, tag);
    let k = Fr::rand(&mut case.rng);
    for segment in 0..4 {
        let mut proof = honest;
        let mut statement = case.statement;
        let moved = plus(case.of[segment], (honest.a * k).into_affine());
        match segment {
            0 => statement.c_w = encode_g1(&moved),
            1 => statement.c_x = encode_g1(&moved),
            2 => proof.c_z = moved,
            _ => proof.c_y = moved,
        }
        proof.b = (case.key.points.segments[segment] * k + honest.b).into_affine();
        assert_eq!(
            case.verdict(&statement, &proof, "moved"),
            "EquationFailed",
            "{segment}"
        );
    }
}

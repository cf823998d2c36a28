//! Attacks. Each runs first where the thing that stops it is missing, and succeeds there.

use ark_bn254::{Fr, G1Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, UniformRand, Zero};
use tiny_keccak::{Hasher, Keccak};

use super::toy::*;
use crate::{
    encode_g1, encode_scalar, tag, PreparedKey, Proof, ProverError, Segment, Statement, Trapdoors,
    VerifyError, VerifyingKey,
};

const W: usize = 0;
const X: usize = 1;
const Z: usize = 2;
const Y: usize = 3;

fn share_w_x_with_gamma(t: &mut Trapdoors) {
    t.segments[W] = t.gamma;
    t.segments[X] = t.gamma;
}

/// With weights and input under gamma, the poster of `C_x` cancels the constant, the tag and the
/// weights, and proves the homogeneous system with any output, for an honestly drawn challenge.
fn total_forgery(setup: &Setup) -> (Statement, Proof) {
    let honest = Values::random(5);
    let mut statement = setup.statement(&honest);
    let ic = setup.vk.points.ic;
    let c_w = setup.commit(Segment::Weights, &honest);
    let c_x = (-(ic[0].into_group() + ic[2] * tag(&statement) + c_w)).into_affine();
    statement.c_x = encode_g1(&c_x);

    let zeros = |n: usize| vec![Fr::zero(); n];
    let mut rng = rng(6);
    let forged = Values {
        w: zeros(N + 1),
        x: zeros(N + 2),
        z: zeros(N + 1),
        y: vec![Fr::rand(&mut rng), Fr::rand(&mut rng)],
    };
    let c_z = G1Affine::zero();
    let c_y = setup.commit(Segment::Output, &forged);
    let rho = setup.rho(&statement, &c_z, &c_y);
    let assignment = forged.assignment(Fr::zero(), rho, Fr::zero());
    (statement, setup.prove_raw(&assignment, c_z, c_y))
}

#[test]
fn shared_trapdoor_gives_total_forgery_and_own_trapdoors_stop_it() {
    let shared = Setup::new(share_w_x_with_gamma);
    let (statement, proof) = total_forgery(&shared);
    assert!(shared.verifies(&statement, &proof));
    // Such a key is refused, so the forgery never reaches the equation.
    assert_eq!(
        crate::verify(&shared.vk.to_bytes(), &statement, &proof.to_bytes()),
        Err(VerifyError::MalformedKey)
    );

    let real = Setup::honest();
    let (statement, proof) = total_forgery(&real);
    assert_eq!(
        real.prepared.verify(&statement, &proof.to_bytes()),
        Err(VerifyError::EquationFailed)
    );
}

#[test]
fn honest_proofs_verify_under_real_keys() {
    let setup = Setup::honest();
    for seed in 0..3 {
        let values = Values::random(seed);
        let statement = setup.statement(&values);
        let proof = setup.prove(&statement, &values);
        assert_eq!(
            crate::verify(&setup.vk.to_bytes(), &statement, &proof.to_bytes()),
            Ok(())
        );
    }
}

/// Runs other weights than the registered ones and hides the difference in `C_x`.
fn swap_weights_through_input(setup: &Setup) -> (Statement, Proof) {
    let registered = Values::random(5);
    let mut other_w = registered.w.clone();
    other_w[0] += Fr::from(1u64);
    let other = Values::compute(other_w, registered.x.clone(), Fr::from(9u64));
    let mut statement = setup.statement(&registered);
    let c_x = setup.commit(Segment::Input, &other);
    let basis = setup.pk.commitment_key().weights[0];
    statement.c_x = encode_g1(&plus(c_x, basis, Fr::one()));
    let proof = setup.prove(&statement, &other);
    (statement, proof)
}

#[test]
fn other_weights_cannot_hide_in_the_input() {
    let shared = Setup::new(|t| t.segments[X] = t.segments[W]);
    let (statement, proof) = swap_weights_through_input(&shared);
    assert!(shared.verifies(&statement, &proof));
    let real = Setup::honest();
    let (statement, proof) = swap_weights_through_input(&real);
    assert!(!real.verifies(&statement, &proof));
}

/// `C_z + delta`, `C_y - delta` with the challenge drawn from the shifted commitments: under one
/// trapdoor the requester would open another output than the proven one.
fn shift_z_y(setup: &Setup) -> (Statement, Proof) {
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let basis = setup.pk.commitment_key().output[0];
    let k = Fr::from(3u64);
    let c_z = plus(setup.commit(Segment::Intermediate, &values), basis, k);
    let c_y = plus(setup.commit(Segment::Output, &values), basis, -k);
    let rho = setup.rho(&statement, &c_z, &c_y);
    let assignment = values.assignment(Fr::one(), rho, tag(&statement));
    (statement, setup.prove_raw(&assignment, c_z, c_y))
}

#[test]
fn value_cannot_shift_between_intermediate_and_output() {
    let shared = Setup::new(|t| t.segments[Y] = t.segments[Z]);
    let (statement, proof) = shift_z_y(&shared);
    assert!(shared.verifies(&statement, &proof));
    let real = Setup::honest();
    let (statement, proof) = shift_z_y(&real);
    assert!(!real.verifies(&statement, &proof));
}

/// Adds a multiple of a weight's base to `C_z`, and proves with that weight changed.
fn weight_base_in_z(setup: &Setup) -> (Statement, Proof) {
    let registered = Values::random(5);
    let statement = setup.statement(&registered);
    let mut other_w = registered.w.clone();
    other_w[1] += Fr::from(4u64);
    let other = Values::compute(other_w, registered.x.clone(), Fr::from(9u64));
    let basis = setup.pk.commitment_key().weights[1];
    let c_z = plus(
        setup.commit(Segment::Intermediate, &other),
        basis,
        Fr::from(4u64),
    );
    let c_y = setup.commit(Segment::Output, &other);
    let rho = setup.rho(&statement, &c_z, &c_y);
    let assignment = other.assignment(Fr::one(), rho, tag(&statement));
    (statement, setup.prove_raw(&assignment, c_z, c_y))
}

#[test]
fn a_weight_base_in_the_intermediate_commitment_fails() {
    let shared = Setup::new(|t| t.segments[Z] = t.segments[W]);
    let (statement, proof) = weight_base_in_z(&shared);
    assert!(shared.verifies(&statement, &proof));
    let real = Setup::honest();
    let (statement, proof) = weight_base_in_z(&real);
    assert!(!real.verifies(&statement, &proof));
}

/// `C_s + k A` with `B + k gamma_s` satisfies the equation for the old challenge: only hashing the
/// commitments, and requesters opening `C_y`, stand against it.
#[test]
fn adding_a_to_a_commitment_and_gamma_to_b_fails() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    let rho = setup.rho(&statement, &proof.c_z, &proof.c_y);
    let k = Fr::from(6u64);
    let c_w = setup.commit(Segment::Weights, &values);
    let c_x = setup.commit(Segment::Input, &values);
    for segment in Segment::ALL {
        let mut forged = proof;
        let mut statement = statement;
        let (mut w, mut x) = (c_w, c_x);
        let gamma = setup.vk.points.segments[segment.index()];
        forged.b = (gamma * k + forged.b).into_affine();
        let target = match segment {
            Segment::Weights => &mut w,
            Segment::Input => &mut x,
            Segment::Intermediate => &mut forged.c_z,
            Segment::Output => &mut forged.c_y,
        };
        *target = plus(*target, proof.a, k);
        assert!(setup
            .prepared
            .equation_holds(&forged, &w, &x, rho, tag(&statement)));
        statement.c_w = encode_g1(&w);
        statement.c_x = encode_g1(&x);
        assert!(!setup.verifies(&statement, &forged), "{segment:?}");
    }
}

/// Whoever knows `[gamma_y]_1` submits an output commitment that opens to nothing it proved.
#[test]
fn knowing_a_segment_trapdoor_in_g1_breaks_binding() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let k = Fr::from(8u64);
    let c_z = setup.commit(Segment::Intermediate, &values);
    let c_y = plus(setup.commit(Segment::Output, &values), setup.pk.delta_g1, k);
    let rho = setup.rho(&statement, &c_z, &c_y);
    let assignment = values.assignment(Fr::one(), rho, tag(&statement));
    let mut proof = setup.prove_raw(&assignment, c_z, c_y);
    assert!(!setup.verifies(&statement, &proof));
    let gamma_y = (G1Affine::generator() * setup.trapdoors.segments[Y]).into_affine();
    proof.c = plus(proof.c, gamma_y, -k);
    assert!(setup.verifies(&statement, &proof));
}

#[test]
fn keys_never_hold_a_segment_trapdoor_in_g1() {
    let setup = Setup::honest();
    let pk = &setup.pk;
    let ck = pk.commitment_key();
    let single = [setup.vk.points.alpha, pk.beta_g1, pk.delta_g1];
    let published: Vec<G1Affine> = [
        &single[..],
        &setup.vk.points.ic,
        &ck.weights,
        &ck.input,
        &ck.output,
        &pk.intermediate,
        &pk.a_query,
        &pk.b_g1_query,
        &pk.h_query,
        &pk.l_query,
    ]
    .concat();
    let mut secrets = setup.trapdoors.segments.to_vec();
    secrets.push(setup.trapdoors.gamma);
    for secret in secrets {
        let point = (G1Affine::generator() * secret).into_affine();
        assert!(!published.contains(&point) && !published.contains(&-point));
    }
    // The file holds these vectors, eight counts and a digest, and nothing else.
    let points = published.len() - 4 - pk.num_witness.saturating_sub(pk.l_query.len());
    let bytes = {
        let mut bytes = vec![];
        pk.write(&mut bytes).unwrap();
        bytes
    };
    let header = 12 + crate::VERIFYING_KEY_BYTES + 8 * 8 + 32;
    let columns = 4 * (pk.a_columns.len() + pk.b_columns.len());
    assert_eq!(
        bytes.len(),
        header + columns + 64 * points + 128 * pk.b_g2_query.len()
    );
}

/// What the challenge must hash, written out here on its own.
#[derive(Clone)]
struct Fields(Vec<(&'static str, Vec<u8>)>);

impl Fields {
    fn of(vk: &VerifyingKey, statement: &Statement, c_z: &G1Affine, c_y: &G1Affine) -> Self {
        let mut domain = b"swarmwork/groth16/challenge/".to_vec();
        domain.extend_from_slice(b"1\0\0\0");
        Self(vec![
            ("domain", domain[..28].to_vec()),
            ("version", domain[28..].to_vec()),
            ("genesis", statement.genesis.to_vec()),
            ("key", vk.id().to_vec()),
            ("tag", encode_scalar(&tag(statement)).to_vec()),
            ("batch", statement.batch.to_le_bytes().to_vec()),
            ("C_w", statement.c_w.to_vec()),
            ("C_x", statement.c_x.to_vec()),
            ("C_z", encode_g1(c_z).to_vec()),
            ("C_y", encode_g1(c_y).to_vec()),
        ])
    }

    fn rho(&self) -> Fr {
        let mut hasher = Keccak::v256();
        for (_, bytes) in &self.0 {
            hasher.update(bytes);
        }
        let mut digest = [0u8; 32];
        hasher.finalize(&mut digest);
        digest[0] &= 0x1f;
        digest.reverse();
        crate::decode_scalar(&digest).unwrap()
    }

    /// The challenge of somebody who leaves one input out.
    fn without(&self, name: &str) -> Fr {
        let mut fields = self.clone();
        let field = fields.0.iter_mut().find(|(n, _)| *n == name).unwrap();
        field.1.fill(0);
        fields.rho()
    }
}

/// Proves with a challenge that leaves one input out: the verifier must refuse, although the proof
/// satisfies the equation for that challenge.
fn challenge_without(name: &str) {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let c_z = setup.commit(Segment::Intermediate, &values);
    let c_y = setup.commit(Segment::Output, &values);
    let fields = Fields::of(&setup.vk, &statement, &c_z, &c_y);
    assert_eq!(fields.rho(), setup.rho(&statement, &c_z, &c_y));
    let rho = fields.without(name);
    let assignment = values.assignment(Fr::one(), rho, tag(&statement));
    let proof = setup.prove_raw(&assignment, c_z, c_y);
    let c_w = setup.commit(Segment::Weights, &values);
    let c_x = setup.commit(Segment::Input, &values);
    assert!(setup
        .prepared
        .equation_holds(&proof, &c_w, &c_x, rho, tag(&statement)));
    assert_eq!(
        setup.prepared.verify(&statement, &proof.to_bytes()),
        Err(VerifyError::EquationFailed)
    );
}

macro_rules! challenge_without {
    ($($test:ident: $name:literal,)*) => {$(
        #[test]
        fn $test() {
            challenge_without($name);
        }
    )*};
}

challenge_without! {
    challenge_without_domain: "domain",
    challenge_without_version: "version",
    challenge_without_genesis: "genesis",
    challenge_without_key: "key",
    challenge_without_tag: "tag",
    challenge_without_batch: "batch",
    challenge_without_weights: "C_w",
    challenge_without_input: "C_x",
    challenge_without_intermediate: "C_z",
    challenge_without_output: "C_y",
}

/// A challenge known before the commitments lets the prover commit to what suits it: here to
/// products that are wrong but agree under the polynomial in `rho`.
#[test]
fn challenge_known_before_committing_is_refused() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    let old = setup.rho(&statement, &proof.c_z, &proof.c_y);
    let mut blinded = values.clone();
    blinded.z[N] += Fr::one();
    let c_z = setup.commit(Segment::Intermediate, &blinded);
    let assignment = blinded.assignment(Fr::one(), old, tag(&statement));
    let reused = setup.prove_raw(&assignment, c_z, proof.c_y);
    assert!(!setup.verifies(&statement, &reused));
    assert!(setup.verifies(&statement, &setup.prove(&statement, &blinded)));
}

#[test]
fn a_proof_is_bound_to_its_job_batch_provider_chain_and_commitments() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    assert!(setup.verifies(&statement, &proof));
    let other = setup.statement(&Values::random(6));
    type Change<'a> = &'a dyn Fn(&mut Statement);
    let changes: [(&str, Change); 6] = [
        ("genesis", &|s| s.genesis[0] ^= 1),
        ("job", &|s| s.job[0] ^= 1),
        ("batch", &|s| s.batch += 1),
        ("provider", &|s| s.provider[0] ^= 1),
        ("C_w", &|s| s.c_w = other.c_w),
        ("C_x", &|s| s.c_x = other.c_x),
    ];
    for (name, change) in changes {
        let mut changed = statement;
        change(&mut changed);
        assert_eq!(
            setup.prepared.verify(&changed, &proof.to_bytes()),
            Err(VerifyError::EquationFailed),
            "{name}"
        );
    }
}

/// The tag alone separates providers: even with the right challenge, another's tag fails.
#[test]
fn a_proof_under_another_providers_tag_fails() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let thief = Statement {
        provider: [99; 32],
        ..statement
    };
    let c_z = setup.commit(Segment::Intermediate, &values);
    let c_y = setup.commit(Segment::Output, &values);
    let rho = setup.rho(&thief, &c_z, &c_y);
    // Proven with the thief's challenge but the owner's tag, and the other way round.
    for (rho, tag) in [
        (rho, tag(&statement)),
        (setup.rho(&statement, &c_z, &c_y), tag(&thief)),
    ] {
        let assignment = values.assignment(Fr::one(), rho, tag);
        let proof = setup.prove_raw(&assignment, c_z, c_y);
        assert!(!setup.verifies(&thief, &proof));
        assert!(!setup.verifies(&statement, &proof));
    }
}

/// Groth16 proofs can be re-randomised by anyone: other bytes, same statement, same tag.
#[test]
fn a_rerandomised_proof_still_belongs_to_its_provider() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    let factor = Fr::from(2u64);
    let mut copy = proof;
    copy.a = (proof.a * (Fr::one() / factor)).into_affine();
    copy.b = (proof.b * factor).into_affine();
    assert_ne!(copy.to_bytes(), proof.to_bytes());
    assert!(setup.verifies(&statement, &copy));
    let thief = Statement {
        provider: [99; 32],
        ..statement
    };
    assert!(!setup.verifies(&thief, &copy));
}

#[test]
fn wrong_values_are_refused_by_the_prover() {
    let setup = Setup::honest();
    let mut values = Values::random(5);
    let statement = setup.statement(&values);
    values.y[0] += Fr::one();
    let c_z = setup.commit(Segment::Intermediate, &values);
    let c_y = setup.commit(Segment::Output, &values);
    let rho = setup.rho(&statement, &c_z, &c_y);
    let good = values.assignment(Fr::one(), rho, tag(&statement));
    let prove = |assignment: &[Fr]| {
        setup
            .pk
            .prove(&setup.qap, assignment, c_z, c_y, &mut rng(3))
            .unwrap_err()
    };
    assert_eq!(prove(&good), ProverError::Unsatisfied { row: N });
    let mut zero = good.clone();
    zero[0] = Fr::zero();
    assert_eq!(prove(&zero), ProverError::ConstantOne);
    let expected = good.len();
    assert_eq!(
        prove(&good[..expected - 1]),
        ProverError::AssignmentLength {
            expected,
            found: expected - 1
        }
    );
    let mut long = good.clone();
    long.push(Fr::zero());
    assert_eq!(
        prove(&long),
        ProverError::AssignmentLength {
            expected,
            found: expected + 1
        }
    );
}

#[test]
fn each_changed_element_of_a_proof_fails() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    let g = G1Affine::generator();
    let changes: [&dyn Fn(&mut Proof); 5] = [
        &|p| p.a = plus(p.a, g, Fr::one()),
        &|p| p.b = (p.b + ark_bn254::G2Affine::generator()).into_affine(),
        &|p| p.c = plus(p.c, g, Fr::one()),
        &|p| p.c_z = plus(p.c_z, g, Fr::one()),
        &|p| p.c_y = plus(p.c_y, g, Fr::one()),
    ];
    for change in changes {
        let mut changed = proof;
        change(&mut changed);
        assert!(!setup.verifies(&statement, &changed));
    }
}

#[test]
fn a_proof_under_another_key_fails() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    // Same secrets, another descriptor: only the key's id differs.
    let mut vk = setup.vk;
    vk.descriptor.macs += 1;
    assert_eq!(
        PreparedKey::new(&vk).verify(&statement, &proof.to_bytes()),
        Err(VerifyError::EquationFailed)
    );
}

//! Attacks on what a key is made from: consistency rows, and trapdoors that only look independent.
//!
//! As in `forgeries`, each succeeds first where the thing that stops it is missing.

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{Field, One, Zero};

use super::toy::*;
use crate::{
    consistency, encode_g1, inspect_key, tag, ConstraintMatrices, Proof, Qap, Segment, SetupError,
    Statement, Trapdoors,
};

const Z: usize = 2;
const Y: usize = 3;

/// With the consistency rows the circuit needs, and with all of those but one.
fn with_and_without(matrices: &ConstraintMatrices, lost: usize) -> [Setup; 2] {
    let mut rows = consistency::needed(matrices);
    assert!(rows.contains(&lost), "column {lost} needs its row");
    let full = Qap::with_consistency(matrices.clone(), rows.clone()).unwrap();
    rows.retain(|column| *column != lost);
    let short = Qap::with_consistency(matrices.clone(), rows).unwrap();
    assert_eq!(full.unsettled(), None);
    assert_eq!(short.unsettled(), Some(lost));
    let refused = crate::generate_development(&short, descriptor(), &mut rng(1));
    assert_eq!(refused.unwrap_err(), SetupError::Unsettled { column: lost });
    [full, short].map(|qap| Setup::of(qap, |_| ()))
}

/// The toy circuit whose output is two variables of which only the sum is constrained: the blind of
/// the output moves up by one.
fn split_output() -> ConstraintMatrices {
    let mut matrices = matrices();
    let second = matrices.layout.columns(Segment::Output).start + 1;
    matrices.layout.output += 1;
    for rows in [&mut matrices.a, &mut matrices.b, &mut matrices.c] {
        for term in rows.iter_mut().flatten().filter(|t| t.1 >= second) {
            term.1 += 1;
        }
    }
    matrices.a[N].push((-Fr::one(), second));
    matrices
}

/// Two variables with one base open a commitment twice: the requester would read either output.
#[test]
fn a_commitment_opens_twice_where_a_consistency_row_is_missing() {
    let matrices = split_output();
    let first = matrices.layout.columns(Segment::Output).start;
    let [full, short] = with_and_without(&matrices, first);
    let commit = |setup: &Setup, y: [u64; 3]| {
        let y = y.map(Fr::from);
        setup.pk.commit(Segment::Output, &y).unwrap()
    };
    let (one, other) = ([30, 12, 5], [2, 40, 5]);
    assert_eq!(commit(&short, one), commit(&short, other));
    assert_ne!(commit(&full, one), commit(&full, other));
}

/// The toy circuit with one more input and one more witness variable that occur only as their sum:
/// the vector (1, -1) on them is in the kernel of A, B and C.
fn with_a_kernel_vector() -> (ConstraintMatrices, usize) {
    let mut matrices = matrices();
    let added = matrices.layout.columns(Segment::Input).start;
    matrices.layout.input += 1;
    for rows in [&mut matrices.a, &mut matrices.b, &mut matrices.c] {
        for term in rows.iter_mut().flatten().filter(|t| t.1 >= added) {
            term.1 += 1;
        }
    }
    let witness = matrices.num_columns();
    matrices.num_witness += 1;
    matrices
        .a
        .push(vec![(Fr::one(), added), (Fr::one(), witness)]);
    matrices.b.push(vec![(Fr::one(), 0)]);
    matrices.c.push(vec![]);
    (matrices, added)
}

/// With a kernel vector that reaches the instance, anybody turns a proof for one statement into a
/// proof for another under the same challenge, knowing no witness. That the challenge hashes the
/// commitments stands against it a second time.
#[test]
fn a_kernel_vector_carries_a_proof_to_another_statement() {
    let (matrices, added) = with_a_kernel_vector();
    for (setup, forged) in with_and_without(&matrices, added)
        .into_iter()
        .zip([false, true])
    {
        let values = Values::random(5);
        let mut x = values.x.clone();
        x.insert(0, Fr::from(17u64));
        let c_x = setup.pk.commit(Segment::Input, &x).unwrap();
        let mut statement = setup.statement_with(&values, &c_x);
        let c_z = setup.commit(Segment::Intermediate, &values);
        let c_y = setup.commit(Segment::Output, &values);
        let rho = setup.rho(&statement, &c_z, &c_y);
        let mut assignment = values.assignment(Fr::one(), rho, tag(&statement));
        assignment.insert(added, Fr::from(17u64));
        assignment.push(-Fr::from(17u64));
        let mut proof = setup.prove_raw(&assignment, c_z, c_y);
        assert!(setup.verifies(&statement, &proof));

        // One more in the input, one less in the witness.
        let base = setup.pk.commitment_key().input[0];
        let other_x = plus(c_x, base, Fr::one());
        proof.c = plus(proof.c, *setup.pk.l_query.last().unwrap(), -Fr::one());
        let c_w = setup.commit(Segment::Weights, &values);
        let holds = setup
            .prepared
            .equation_holds(&proof, &c_w, &other_x, rho, tag(&statement));
        assert_eq!(holds, forged);
        statement.c_x = encode_g1(&other_x);
        assert!(!setup.verifies(&statement, &proof));
    }
}

/// The toy circuit with `t_i = z_i · rho`: apart from its own consistency row the challenge is in no
/// row of A.
fn challenge_only_in_b() -> ConstraintMatrices {
    let mut matrices = matrices();
    for i in 0..N {
        matrices.a[N + 2 + i].truncate(1);
    }
    matrices
}

/// `C_y + k A` with `B + k gamma_y`, and the challenge hashed from the result: possible only if A is
/// known before the challenge. The consistency row of the challenge puts it into A.
#[test]
fn a_commitment_holds_no_part_of_a() {
    let matrices = challenge_only_in_b();
    for (setup, forged) in with_and_without(&matrices, 1)
        .into_iter()
        .zip([false, true])
    {
        let values = Values::random(5);
        let statement = setup.statement(&values);
        let assignment = |rho: Fr| {
            let mut all = values.assignment(Fr::one(), rho, tag(&statement));
            let start = all.len() - N;
            for (t, z) in all[start..].iter_mut().zip(&values.z) {
                *t = *z * rho;
            }
            all
        };
        let honest_y = setup.commit(Segment::Output, &values);
        let c_z = setup.commit(Segment::Intermediate, &values);
        let k = Fr::from(6u64);
        // `prove_raw` uses the same randomness each time: A as it would be for some challenge.
        let early = setup.prove_raw(&assignment(Fr::from(99u64)), c_z, honest_y);
        let c_y = plus(honest_y, early.a, k);
        let rho = setup.rho(&statement, &c_z, &c_y);
        let mut proof = setup.prove_raw(&assignment(rho), c_z, c_y);
        assert_eq!(proof.a == early.a, forged);
        proof.b = (setup.vk.points.segments[Y] * k + proof.b).into_affine();
        assert_eq!(setup.verifies(&statement, &proof), forged);
        // The honest way works under both.
        let rho = setup.rho(&statement, &c_z, &honest_y);
        let honest = setup.prove_raw(&assignment(rho), c_z, honest_y);
        assert!(setup.verifies(&statement, &honest));
    }
}

/// Moves `k` times the first output from `C_y` into `C_z`, whose trapdoor is `factor` times the
/// other's.
fn move_output(setup: &Setup, factor: Fr) -> (Statement, Proof) {
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let basis = setup.pk.commitment_key().output[0];
    let k = Fr::from(3u64);
    let c_y = plus(setup.commit(Segment::Output, &values), basis, k * factor);
    let c_z = plus(setup.commit(Segment::Intermediate, &values), basis, -k);
    let rho = setup.rho(&statement, &c_z, &c_y);
    let assignment = values.assignment(Fr::one(), rho, tag(&statement));
    (statement, setup.prove_raw(&assignment, c_z, c_y))
}

/// `gamma_z = 2 gamma_y` passes every check that looks at points, and lets any output be opened.
/// Only a verified ceremony rules it out.
#[test]
fn related_trapdoors_pass_all_checks_of_points_and_give_a_forgery() {
    let two = Fr::from(2u64);
    let related = Setup::new(|t| t.segments[Z] = t.segments[Y] * two);
    assert!(inspect_key(&related.vk.to_bytes()).is_ok());
    let (statement, proof) = move_output(&related, two);
    let bytes = related.vk.to_bytes();
    assert_eq!(crate::verify(&bytes, &statement, &proof.to_bytes()), Ok(()));

    let real = Setup::honest();
    let (statement, proof) = move_output(&real, two);
    assert!(!real.verifies(&statement, &proof));
}

/// With one trapdoor for the witness and the output, C takes up what `C_y` should not hold.
fn output_in_the_witness(setup: &Setup) -> (Statement, Proof) {
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let basis = setup.pk.commitment_key().output[0];
    let k = Fr::from(3u64);
    let c_z = setup.commit(Segment::Intermediate, &values);
    let c_y = plus(setup.commit(Segment::Output, &values), basis, k);
    let rho = setup.rho(&statement, &c_z, &c_y);
    let assignment = values.assignment(Fr::one(), rho, tag(&statement));
    let mut proof = setup.prove_raw(&assignment, c_z, c_y);
    proof.c = plus(proof.c, basis, -k);
    (statement, proof)
}

#[test]
fn an_output_cannot_hide_in_the_witness() {
    let share = |t: &mut Trapdoors| t.segments[Y] = t.delta;
    let shared = Setup::new(share);
    let (statement, proof) = output_in_the_witness(&shared);
    assert!(shared.verifies(&statement, &proof));
    assert!(inspect_key(&shared.vk.to_bytes()).is_err());
    let real = Setup::honest();
    let (statement, proof) = output_in_the_witness(&real);
    assert!(!real.verifies(&statement, &proof));
}

/// A commitment made for one segment says nothing in the place of another.
#[test]
fn a_commitment_stays_in_its_segment() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    let swapped = Proof {
        c_z: proof.c_y,
        c_y: proof.c_z,
        ..proof
    };
    assert!(!setup.verifies(&statement, &swapped));
    let exchanged = Statement {
        c_w: statement.c_x,
        c_x: statement.c_w,
        ..statement
    };
    assert!(!setup.verifies(&exchanged, &proof));
    // With the challenge of the exchanged commitments, too.
    let rho = setup.rho(&statement, &proof.c_y, &proof.c_z);
    let assignment = values.assignment(Fr::one(), rho, tag(&statement));
    let again = setup.prove_raw(&assignment, proof.c_y, proof.c_z);
    assert!(!setup.verifies(&statement, &again));
}

/// Elements of two valid proofs of one statement, mixed in every way.
#[test]
fn parts_of_two_proofs_do_not_mix() {
    let setup = Setup::honest();
    let mut values = Values::random(5);
    let statement = setup.statement(&values);
    let first = setup.prove(&statement, &values);
    values.z[N] += Fr::one();
    let second = setup.prove(&statement, &values);
    for choice in 0..32u32 {
        let from = |bit: u32| {
            if choice >> bit & 1 == 0 {
                &first
            } else {
                &second
            }
        };
        let mixed = Proof {
            a: from(0).a,
            b: from(1).b,
            c: from(2).c,
            c_z: from(3).c_z,
            c_y: from(4).c_y,
        };
        // `C_y` is a function of weights and input: the same in both.
        let whole = matches!(choice & 15, 0 | 15);
        assert_eq!(setup.verifies(&statement, &mixed), whole, "{choice:05b}");
    }
}

/// Two valid proofs do not add up to a third: the equation is quadratic.
#[test]
fn proofs_do_not_combine() {
    let setup = Setup::honest();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let proof = setup.prove(&statement, &values);
    let half = Fr::from(2u64).inverse().unwrap();
    let mean = |p: G1Affine, q: G1Affine| ((p + q) * half).into_affine();
    let mut other = values.clone();
    other.z[N] += Fr::one();
    let second = setup.prove(&statement, &other);
    let combined = Proof {
        a: mean(proof.a, second.a),
        b: ((proof.b + second.b) * half).into_affine(),
        c: mean(proof.c, second.c),
        c_z: mean(proof.c_z, second.c_z),
        c_y: mean(proof.c_y, second.c_y),
    };
    assert!(!setup.verifies(&statement, &combined));
}

/// The honest assignment times a constant, or with another constant: the constant's base is fixed by
/// the verifier.
#[test]
fn the_constant_cannot_be_scaled() {
    let setup = Setup::honest();
    let values = Values::compute(vec![Fr::zero(); N + 1], Values::random(5).x, Fr::from(9u64));
    // Without weights every product is zero: the assignment fits whatever the constant.
    let statement = setup.statement(&values);
    let c_z = setup.commit(Segment::Intermediate, &values);
    let c_y = setup.commit(Segment::Output, &values);
    let rho = setup.rho(&statement, &c_z, &c_y);
    for (one, accepted) in [(1u64, true), (0, false), (2, false)] {
        let assignment = values.assignment(Fr::from(one), rho, tag(&statement));
        let proof = setup.prove_raw(&assignment, c_z, c_y);
        assert_eq!(setup.verifies(&statement, &proof), accepted, "{one}");
    }
}

//! Ceremonies whose bases, header or file were tampered with, each refused with an error of its own.

use ark_bn254::G1Affine;
use ark_ec::AffineRepr;
use ark_ff::One;

use super::*;
use crate::KeyFileError;

#[test]
fn a_changed_base_is_found_in_every_query_at_every_place() {
    let initial = initial();
    let good = finished(&initial);
    let names = [
        "ic query",
        "weights",
        "input",
        "intermediate",
        "output",
        "h query",
        "l query",
    ];
    for (query, name) in names.into_iter().enumerate() {
        let length = good.queries.0[query].len();
        for at in [0, length / 2, length - 1] {
            let bad = changed(&good, |c| twice(&mut c.queries.0[query][at]));
            assert_eq!(refused(&bad, &initial), CeremonyError::Query(name));
        }
        // Two errors that cancel without random coefficients.
        let bad = changed(&good, |c| {
            let bases = &mut c.queries.0[query];
            bases.swap(0, length - 1);
        });
        assert_eq!(refused(&bad, &initial), CeremonyError::Query(name));
        // Zeros.
        let bad = changed(&good, |c| c.queries.0[query].fill(G1Affine::zero()));
        assert_eq!(refused(&bad, &initial), CeremonyError::Query(name));
    }
}

#[test]
fn bases_of_an_earlier_state_are_refused() {
    let initial = initial();
    let mut ceremony = contributed(&initial);
    let before = ceremony.queries.clone();
    ceremony.contribute(&initial, &mut rng(3)).unwrap();
    ceremony.queries = before;
    assert_eq!(
        refused(&ceremony, &initial),
        CeremonyError::Query("ic query")
    );
    // So is the last record left out with the bases of the whole.
    let mut ceremony = contributed(&initial);
    ceremony.contributions.pop();
    assert_eq!(
        refused(&ceremony, &initial),
        CeremonyError::Query("ic query")
    );
}

#[test]
fn another_circuit_or_phase_1_is_refused() {
    let initial = initial();
    let ceremony = finished(&initial);
    let with = |phase1: Phase1, matrices, descriptor| {
        let qap = Qap::new(matrices).unwrap();
        let other = initial_of(phase1, &qap, descriptor, 7).unwrap();
        refused(&ceremony, &other)
    };
    // One coefficient of one constraint; the descriptor claims the same circuit.
    let mut other = matrices();
    other.a[0][0].0 += Fr::one();
    assert_eq!(
        with(phase1(), other, descriptor()),
        CeremonyError::OtherMatrices
    );
    let mut other = matrices();
    other.num_witness += 1;
    assert_eq!(
        with(phase1(), other, descriptor()),
        CeremonyError::OtherCircuit("witness sizes")
    );
    let mut other = descriptor();
    other.digest[0] ^= 1;
    assert_eq!(
        with(phase1(), matrices(), other),
        CeremonyError::OtherCircuit("descriptors")
    );
    let size = qap().domain_size();
    let other = Phase1::generate_development(size, &mut rng(8));
    assert_eq!(
        with(other, matrices(), descriptor()),
        CeremonyError::OtherPhase1
    );
}

#[test]
fn a_header_that_claims_what_is_not_so_is_refused() {
    let initial = initial();
    let good = finished(&initial);
    let header = |change: &dyn Fn(&mut Ceremony)| refused(&changed(&good, change), &initial);
    assert_eq!(
        header(&|c| c.header.phase1[0] ^= 1),
        CeremonyError::OtherPhase1
    );
    assert_eq!(
        header(&|c| c.header.development = true),
        CeremonyError::OtherPhase1
    );
    assert_eq!(
        header(&|c| c.header.state[0] ^= 1),
        CeremonyError::OtherMatrices
    );
    assert_eq!(
        header(&|c| twice(&mut c.header.bases[2])),
        CeremonyError::OtherMatrices
    );
    assert_eq!(
        header(&|c| c.header.descriptor.macs += 1),
        CeremonyError::OtherCircuit("descriptors")
    );
    assert_eq!(
        header(&|c| c.header.rows += 1),
        CeremonyError::OtherCircuit("row counts")
    );
}

#[test]
fn nobody_contributes_to_a_broken_ceremony() {
    let initial = initial();
    let good = contributed(&initial);
    let order = CeremonyError::Order {
        expected: 1,
        found: 2,
    };
    let mut bad = changed(&good, |c| c.contributions.swap(0, 1));
    let before = bad.clone();
    assert_eq!(bad.contribute(&initial, &mut rng(9)), Err(order.clone()));
    assert_eq!(bad.finish(BEACON, LOG2), Err(order));
    assert_eq!(bad, before);

    // A generator in place of a base would come back divided by the contributor's secret.
    let mut bad = changed(&good, |c| c.queries.0[1][0] = G1Affine::generator());
    let before = bad.clone();
    assert_eq!(
        bad.contribute(&initial, &mut rng(9)),
        Err(CeremonyError::Query("weights"))
    );
    assert_eq!(bad, before);
}

#[test]
fn truncated_overlong_and_foreign_files_are_refused() {
    let bytes = to_bytes(&finished(&initial()));
    let file = |bytes: &[u8]| Ceremony::from_bytes(bytes).unwrap_err();
    for length in (0..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
        file(&bytes[..length]);
    }
    assert_eq!(
        file(&bytes[..bytes.len() - 1]),
        KeyFileError::Truncated("l query")
    );
    assert_eq!(
        file(&[&bytes[..], &[0]].concat()),
        KeyFileError::Trailing(1)
    );
    let magic = KeyFileError::Magic {
        expected: "ceremony",
    };
    assert_eq!(file(b"swarm-pk\x01\0\0\0"), magic);
    let mut other = bytes.clone();
    other[8] = 9;
    assert_eq!(file(&other), KeyFileError::Version(9));
}

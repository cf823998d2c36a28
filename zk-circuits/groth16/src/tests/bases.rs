//! Commitment keys and proving keys with other bases than their verifying key names.

use ark_bn254::Fr;

use super::toy::*;
use crate::{
    bases::{digest, segment_digest},
    CommitmentKey, KeyFileError, ProvingKey, Segment, Validation,
};

/// Whoever commits under bases in another order commits to, and opens, other values than it means.
/// The verifying key names its bases by their digest, so no reader takes them.
#[test]
fn exchanged_commitment_bases_are_refused() {
    let setup = Setup::honest();
    let meant = Values::random(5);
    let mut fake = setup.pk.commitment_key().clone();
    fake.input.swap(0, 1);

    let c_x = fake.commit(Segment::Input, &meant.x).unwrap();
    let mut exchanged = meant.x.clone();
    exchanged.swap(0, 1);
    let proven = Values::compute(meant.w.clone(), exchanged, Fr::from(9u64));
    assert_eq!(setup.commit(Segment::Input, &proven), c_x);
    let statement = setup.statement_with(&meant, &c_x);
    assert!(setup.verifies(&statement, &setup.prove(&statement, &proven)));
    assert_ne!(proven.y[0], meant.y[0]);

    let read = |key: &CommitmentKey| CommitmentKey::from_bytes(&key.to_bytes());
    assert_eq!(read(&fake), Err(KeyFileError::Bases));
    // A verifying key that names these bases is another one: proofs and chain do not know it.
    let other = [&fake.weights, &fake.input, &fake.output].map(|bases| segment_digest(bases));
    fake.vk.bases = digest(
        fake.layout,
        &[other[0], other[1], fake.intermediate, other[2]],
    );
    assert_ne!(read(&fake).unwrap().verifying_key().id(), setup.vk.id());
}

/// Every segment's bases are those that the verifying key names, in both files.
#[test]
fn other_commitment_bases_are_refused_in_every_segment() {
    let setup = Setup::honest();
    let commitments: [fn(&mut CommitmentKey); 8] = [
        |key| key.weights.swap(1, 2),
        |key| key.input.swap(1, 2),
        |key| key.output.swap(0, 1),
        |key| key.weights[0] = -key.weights[0],
        |key| std::mem::swap(&mut key.input, &mut key.weights),
        // A base that moves on to the next segment.
        |key| {
            key.layout.weights -= 1;
            key.layout.input += 1;
            let moved = key.weights.pop().unwrap();
            key.input.insert(0, moved);
        },
        |key| key.layout.intermediate += 1,
        |key| key.intermediate[0] ^= 1,
    ];
    for (case, change) in commitments.into_iter().enumerate() {
        let mut pk = setup.pk.clone();
        change(&mut pk.commitments);
        let commitment = CommitmentKey::from_bytes(&pk.commitments.to_bytes());
        assert_eq!(commitment, Err(KeyFileError::Bases), "{case}");
        assert_eq!(reread(&pk), Err(KeyFileError::Bases), "{case}");
    }
    let mut pk = setup.pk.clone();
    pk.intermediate.swap(0, 1);
    assert_eq!(reread(&pk), Err(KeyFileError::Bases));
    assert_eq!(reread(&setup.pk).as_ref(), Ok(&setup.pk));
}

fn reread(pk: &ProvingKey) -> Result<ProvingKey, KeyFileError> {
    let mut bytes = vec![];
    pk.write(&mut bytes).unwrap();
    ProvingKey::from_bytes(&bytes, Validation::Full)
}

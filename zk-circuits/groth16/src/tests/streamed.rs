//! A key whose queries stay in the file proves what one in memory proves, and refuses what that
//! refuses.

use std::{fs::File, io::Write};

use ark_ff::One;

use super::toy::*;
use crate::{tag, KeyFileError, ProverError, ProvingKey, Segment, StreamedKey, Validation};

/// Bytes in front of the key, which are not its own.
const FRONT: &[u8] = b"front";

fn file(name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let name = format!("swarm-streamed-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let mut file = File::create(&path).unwrap();
    file.write_all(FRONT).unwrap();
    file.write_all(bytes).unwrap();
    path
}

fn open(name: &str, bytes: &[u8]) -> Result<StreamedKey, KeyFileError> {
    let path = file(name, bytes);
    let key = StreamedKey::open(
        File::open(&path).unwrap(),
        FRONT.len() as u64,
        Validation::Full,
    );
    std::fs::remove_file(path).unwrap();
    key
}

fn written(key: &ProvingKey) -> Vec<u8> {
    let mut bytes = Vec::new();
    key.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_streamed_key_proves_and_commits() {
    let setup = Setup::honest();
    let key = open("proves", &written(&setup.pk)).unwrap();
    assert_eq!(key.verifying_key(), setup.pk.verifying_key());
    assert_eq!(key.commitment_key(), setup.pk.commitment_key());
    assert_eq!(key.layout(), setup.pk.layout());
    let mut copy = Vec::new();
    key.write(&mut copy).unwrap();
    assert_eq!(copy, written(&setup.pk));
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let c_z = key.commit(Segment::Intermediate, &values.z).unwrap();
    let c_y = key.commit(Segment::Output, &values.y).unwrap();
    assert_eq!(c_z, setup.commit(Segment::Intermediate, &values));
    let rho = setup.rho(&statement, &c_z, &c_y);
    let assignment = values.assignment(ark_bn254::Fr::one(), rho, tag(&statement));
    let proof = key
        .prove(&setup.qap, &assignment, c_z, c_y, &mut rng(9))
        .unwrap();
    let same = setup
        .pk
        .prove(&setup.qap, &assignment, c_z, c_y, &mut rng(9))
        .unwrap();
    assert_eq!(proof, same);
    assert!(setup.verifies(&statement, &proof));
}

#[test]
fn a_streamed_key_is_refused_as_one_in_memory() {
    let pk = Setup::honest().pk;
    let bytes = written(&pk);
    // Some bytes of every section, and some lengths.
    let places = (0..bytes.len()).step_by(7);
    for at in places {
        let mut changed = bytes.clone();
        changed[at] ^= 0x80;
        let whole = ProvingKey::from_bytes(&changed, Validation::Full);
        let streamed = open("changed", &changed);
        assert_eq!(whole.is_ok(), streamed.is_ok(), "byte {at}");
        if let (Err(KeyFileError::Point { section, index }), Err(error)) = (whole, streamed) {
            assert_eq!(error, KeyFileError::Point { section, index }, "byte {at}");
        }
    }
    for length in (0..bytes.len()).step_by(37) {
        assert!(open("short", &bytes[..length]).is_err(), "{length} bytes");
    }
    let mut long = bytes;
    long.push(0);
    assert_eq!(open("long", &long).unwrap_err(), KeyFileError::Trailing(1));
}

#[test]
fn zero_points_of_the_queries_are_refused() {
    let mut pk = Setup::honest().pk;
    let last = pk.h_query.len() - 1;
    pk.h_query[last] = ark_bn254::G1Affine::identity();
    assert_eq!(
        open("zero", &written(&pk)).unwrap_err(),
        KeyFileError::Point {
            section: "h query",
            index: last
        }
    );
}

#[test]
fn a_file_that_shrinks_is_an_error() {
    let setup = Setup::honest();
    let bytes = written(&setup.pk);
    let path = file("shrinks", &bytes);
    let key = StreamedKey::open(
        File::open(&path).unwrap(),
        FRONT.len() as u64,
        Validation::Full,
    )
    .unwrap();
    let values = Values::random(5);
    let statement = setup.statement(&values);
    let c_z = setup.commit(Segment::Intermediate, &values);
    let c_y = setup.commit(Segment::Output, &values);
    let rho = setup.rho(&statement, &c_z, &c_y);
    let assignment = values.assignment(ark_bn254::Fr::one(), rho, tag(&statement));
    let shorter = File::options().write(true).open(&path).unwrap();
    shorter.set_len(bytes.len() as u64 - 1).unwrap();
    let error = key.prove(&setup.qap, &assignment, c_z, c_y, &mut rng(9));
    assert!(matches!(
        error,
        Err(ProverError::KeyFile(KeyFileError::Read(_)))
    ));
    std::fs::remove_file(path).unwrap();
}

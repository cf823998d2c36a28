//! Openings in parts: what a chain takes for the bases and for the output, and what not.

use ark_bn254::Fr;

use super::toy::*;
use crate::{check_output_bases, commit_part, encode_g1, encode_scalar, OpeningError, Segment};

/// What a chain is told of a key: its bytes, the other segments and the bases of y.
fn told(setup: &Setup) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let key = setup.pk.commitment_key();
    let others = key
        .other_segments()
        .iter()
        .flat_map(|(length, digest)| [&length.to_le_bytes()[..], digest].concat())
        .collect();
    (setup.vk.to_bytes(), others, key.output_bases())
}

fn bytes_of(values: &[Fr]) -> Vec<u8> {
    values.iter().flat_map(encode_scalar).collect()
}

#[test]
fn only_the_bases_that_the_key_names_are_taken() {
    let setup = Setup::honest();
    let (vk, others, bases) = told(&setup);
    assert_eq!(check_output_bases(&vk, &others, &bases), Ok(()));
    // Exchanged, of another segment, one fewer, one twice.
    let (first, rest) = bases.split_at(32);
    let (second, tail) = rest.split_at(32);
    let exchanged = [second, first, tail].concat();
    let mut negated = bases.clone();
    negated[31] ^= 0x80;
    let inputs: Vec<u8> = setup
        .pk
        .commitment_key()
        .input
        .iter()
        .flat_map(encode_g1)
        .collect();
    for other in [
        exchanged,
        negated,
        inputs,
        rest.to_vec(),
        [&bases[..], first].concat(),
    ] {
        let checked = check_output_bases(&vk, &others, &other);
        assert_eq!(checked, Err(OpeningError::Bases));
    }
    // Another key's bases under this one, and every byte about the other segments counts.
    let (foreign, ..) = told(&Setup::new(|secrets| secrets.tau += Fr::from(1u64)));
    let checked = check_output_bases(&foreign, &others, &bases);
    assert_eq!(checked, Err(OpeningError::Bases));
    for at in 0..others.len() {
        let mut other = others.clone();
        other[at] ^= 1;
        let checked = check_output_bases(&vk, &other, &bases);
        assert_eq!(checked, Err(OpeningError::Bases), "{at}");
    }
}

#[test]
fn malformed_bases_have_their_errors() {
    let setup = Setup::honest();
    let (vk, others, bases) = told(&setup);
    let check = |vk: &[u8], others: &[u8], bases: &[u8]| check_output_bases(vk, others, bases);
    for (others, bases) in [
        (&others[1..], &bases[..]),
        (&others[..], &bases[1..]),
        (&others[..], &[][..]),
    ] {
        assert_eq!(check(&vk, others, bases), Err(OpeningError::Length));
    }
    let malformed = check(&vk[1..], &others, &bases);
    assert_eq!(malformed, Err(OpeningError::MalformedKey));
    let mut zero = bases.clone();
    zero[..32].fill(0);
    zero[31] = 0x40;
    let mut beyond = bases.clone();
    beyond[..32].fill(0xff);
    for bases in [zero, beyond] {
        let checked = check(&vk, &others, &bases);
        assert_eq!(checked, Err(OpeningError::MalformedBase));
        let committed = commit_part(&[], &bases, &vec![0; bases.len()]);
        assert_eq!(committed, Err(OpeningError::MalformedBase));
    }
}

#[test]
fn the_parts_of_an_output_add_up_to_its_commitment_and_nothing_else_does() {
    let setup = Setup::honest();
    let (_, _, bases) = told(&setup);
    let y = Values::random(5).y;
    let whole = encode_g1(&setup.pk.commit(Segment::Output, &y).unwrap());
    let elements = bytes_of(&y);
    assert_eq!(commit_part(&[], &bases, &elements), Ok(whole));
    for at in (32..elements.len()).step_by(32) {
        let first = commit_part(&[], &bases[..at], &elements[..at]).unwrap();
        let sum = commit_part(&first, &bases[at..], &elements[at..]);
        assert_eq!(sum, Ok(whole));
        // The parts of each other's places, one part twice, one missing.
        let swapped = [&elements[at..], &elements[..at]].concat();
        assert_ne!(commit_part(&[], &bases, &swapped), Ok(whole));
        let twice = commit_part(&first, &bases[..at], &elements[..at]);
        assert_ne!(twice, Ok(whole));
        assert_ne!(first, whole);
    }
    for at in 0..y.len() {
        let mut other = y.clone();
        other[at] += Fr::from(1u64);
        assert_ne!(commit_part(&[], &bases, &bytes_of(&other)), Ok(whole));
    }
}

#[test]
fn malformed_parts_have_their_errors() {
    let setup = Setup::honest();
    let (_, _, bases) = told(&setup);
    let elements = bytes_of(&Values::random(5).y);
    for (bases, elements) in [
        (&bases[..32], &elements[..]),
        (&bases[..], &elements[..32]),
        (&bases[1..], &elements[1..]),
        (&[][..], &[][..]),
    ] {
        let committed = commit_part(&[], bases, elements);
        assert_eq!(committed, Err(OpeningError::Length));
    }
    for before in [&[0xff; 32][..], &[0; 31], &[0; 33]] {
        let committed = commit_part(before, &bases, &elements);
        assert_eq!(committed, Err(OpeningError::MalformedSum));
    }
    // r itself would be a second opening with zero.
    let mut beyond = elements.clone();
    beyond[..32].fill(0xff);
    let committed = commit_part(&[], &bases, &beyond);
    assert_eq!(committed, Err(OpeningError::MalformedElement));
}

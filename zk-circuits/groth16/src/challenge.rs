//! The two hashed scalars of a proof: the tag of its job and the verifier's challenge.
//!
//! Both are keccak256 over fixed-length fields, read big-endian and masked to 253 bits. 2^253 is
//! below r, so nothing is reduced and each scalar has one preimage form; keccak and the byte order
//! keep an EVM verifier cheap.

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField, Zero};
use tiny_keccak::{Hasher, Keccak};

use crate::{encoding::encode_scalar, Statement, VerifyError};

/// Domain of the tag, padded with zeros to 32 bytes; the digit is the version.
const TAG_DOMAIN: [u8; 32] = padded(b"swarmwork/groth16/tag/1");
/// Domain of the challenge, padded with zeros to 32 bytes; the digit is the version.
const CHALLENGE_DOMAIN: [u8; 32] = padded(b"swarmwork/groth16/challenge/1");

/// Length of what the challenge hashes: domain, genesis, key, tag, batch, C_w, C_x, C_z, C_y.
pub const CHALLENGE_BYTES: usize = 32 * 4 + 4 + 32 * 4;

pub(crate) const fn padded(text: &[u8]) -> [u8; 32] {
    let mut field = [0u8; 32];
    let mut i = 0;
    while i < text.len() {
        field[i] = text[i];
        i += 1;
    }
    field
}

pub(crate) fn keccak256(bytes: &[u8]) -> [u8; 32] {
    let mut hasher = Keccak::v256();
    hasher.update(bytes);
    let mut digest = [0u8; 32];
    hasher.finalize(&mut digest);
    digest
}

/// A digest as a big-endian integer with its top three bits cleared.
pub(crate) fn masked(mut digest: [u8; 32]) -> Fr {
    digest[0] &= 0x1f;
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().rev().zip(digest.chunks_exact(8)) {
        let mut word = [0u8; 8];
        word.copy_from_slice(chunk);
        *limb = u64::from_be_bytes(word);
    }
    Fr::from_bigint(BigInt::new(limbs)).expect("a 253-bit integer is below r; qed")
}

/// The public scalar that binds a proof to genesis, job, batch and provider.
pub fn tag(statement: &Statement) -> Fr {
    let mut bytes = [0u8; 32 + 100];
    bytes[..32].copy_from_slice(&TAG_DOMAIN);
    bytes[32..].copy_from_slice(&statement.to_bytes()[..100]);
    masked(keccak256(&bytes))
}

/// What [`challenge`] hashes, in order: domain with version, genesis hash, id of the verifying key,
/// tag (little-endian), batch index (little-endian), `C_w`, `C_x`, `C_z`, `C_y`.
pub fn challenge_preimage(
    vk_id: &[u8; 32],
    statement: &Statement,
    c_z: &[u8; 32],
    c_y: &[u8; 32],
) -> [u8; CHALLENGE_BYTES] {
    let mut bytes = [0u8; CHALLENGE_BYTES];
    bytes[..32].copy_from_slice(&CHALLENGE_DOMAIN);
    bytes[32..64].copy_from_slice(&statement.genesis);
    bytes[64..96].copy_from_slice(vk_id);
    bytes[96..128].copy_from_slice(&encode_scalar(&tag(statement)));
    bytes[128..132].copy_from_slice(&statement.batch.to_le_bytes());
    bytes[132..164].copy_from_slice(&statement.c_w);
    bytes[164..196].copy_from_slice(&statement.c_x);
    bytes[196..228].copy_from_slice(c_z);
    bytes[228..].copy_from_slice(c_y);
    bytes
}

/// The verifier's challenge `rho`: commitments first, challenge after.
///
/// `vk_id` is the hash of the key's canonical bytes, which cover the circuit; the points are
/// canonically compressed. Fails with `ZeroChallenge` if the masked hash is zero.
pub fn challenge(
    vk_id: &[u8; 32],
    statement: &Statement,
    c_z: &[u8; 32],
    c_y: &[u8; 32],
) -> Result<Fr, VerifyError> {
    non_zero(masked(keccak256(&challenge_preimage(
        vk_id, statement, c_z, c_y,
    ))))
}

fn non_zero(rho: Fr) -> Result<Fr, VerifyError> {
    if rho.is_zero() {
        Err(VerifyError::ZeroChallenge)
    } else {
        Ok(rho)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Field;

    #[test]
    fn keccak_is_the_one_of_the_evm() {
        // keccak256("") as every Solidity contract knows it, not SHA3-256.
        assert_eq!(
            keccak256(b"")[..8],
            [0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c]
        );
    }

    #[test]
    fn masking_keeps_exactly_253_bits() {
        let two = Fr::from(2u64);
        assert_eq!(masked([0xff; 32]) + Fr::from(1u64), two.pow([253u64]));
        let mut one = [0u8; 32];
        one[31] = 1;
        assert_eq!(masked(one), Fr::from(1u64));
        let mut top = [0u8; 32];
        top[0] = 0xe0;
        assert!(masked(top).is_zero());
    }

    #[test]
    fn zero_is_refused() {
        assert_eq!(non_zero(Fr::zero()), Err(VerifyError::ZeroChallenge));
        assert_eq!(non_zero(Fr::from(7u64)), Ok(Fr::from(7u64)));
    }

    #[test]
    fn tag_depends_on_every_field_it_binds_and_on_nothing_else() {
        let statement = Statement {
            genesis: [1; 32],
            job: [2; 32],
            batch: 3,
            provider: [4; 32],
            c_w: [5; 32],
            c_x: [6; 32],
        };
        let base = tag(&statement);
        let change = |f: &dyn Fn(&mut Statement)| {
            let mut changed = statement;
            f(&mut changed);
            tag(&changed)
        };
        assert_ne!(base, change(&|s| s.genesis[31] ^= 1));
        assert_ne!(base, change(&|s| s.job[31] ^= 1));
        assert_ne!(base, change(&|s| s.batch ^= 1));
        assert_ne!(base, change(&|s| s.provider[31] ^= 1));
        assert_eq!(base, change(&|s| s.c_w[31] ^= 1));
        assert_eq!(base, change(&|s| s.c_x[31] ^= 1));
    }
}

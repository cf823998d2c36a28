//! A call of the contract's `verify`, by the contract ABI.

use swarm_groth16::{decode_g1, G1Affine, G2Affine, Proof, Statement, VerifyError};
use tiny_keccak::{Hasher, Keccak};

use crate::word;

/// The function's signature, whose hash begins the calldata.
pub const VERIFY_SIGNATURE: &str = "verify(\
    (bytes32,bytes32,uint32,bytes32,(uint256,uint256),(uint256,uint256)),\
    ((uint256,uint256),(uint256,uint256,uint256,uint256),(uint256,uint256),(uint256,uint256),\
    (uint256,uint256)))";

/// Length of a call in bytes: the selector, 8 words of statement, 12 of proof.
pub const CALLDATA_BYTES: usize = 4 + (8 + 12) * 32;

/// Calldata that asks the contract to check a proof of a statement.
///
/// Fails with the error of `swarm_groth16::verify` if a point is malformed: it has no coordinates.
/// Whether the equation holds is for the contract to say.
pub fn calldata(statement: &Statement, proof: &[u8]) -> Result<Vec<u8>, VerifyError> {
    let proof = Proof::from_bytes(proof)?;
    let c_w = decode_g1(&statement.c_w).ok_or(VerifyError::MalformedCw)?;
    let c_x = decode_g1(&statement.c_x).ok_or(VerifyError::MalformedCx)?;
    let mut batch = [0u8; 32];
    batch[28..].copy_from_slice(&statement.batch.to_be_bytes());

    let mut data = Vec::with_capacity(CALLDATA_BYTES);
    data.extend_from_slice(&selector());
    for field in [
        &statement.genesis,
        &statement.job,
        &batch,
        &statement.provider,
    ] {
        data.extend_from_slice(field);
    }
    push_g1(&mut data, &c_w);
    push_g1(&mut data, &c_x);
    push_g1(&mut data, &proof.a);
    push_g2(&mut data, &proof.b);
    push_g1(&mut data, &proof.c);
    push_g1(&mut data, &proof.c_z);
    push_g1(&mut data, &proof.c_y);
    Ok(data)
}

fn selector() -> [u8; 4] {
    let mut hasher = Keccak::v256();
    hasher.update(VERIFY_SIGNATURE.as_bytes());
    let mut selector = [0u8; 4];
    hasher.finalize(&mut selector);
    selector
}

/// Infinity's coordinates are zero for arkworks, as they are for the EVM.
fn push_g1(data: &mut Vec<u8>, point: &G1Affine) {
    data.extend_from_slice(&word(&point.x));
    data.extend_from_slice(&word(&point.y));
}

fn push_g2(data: &mut Vec<u8>, point: &G2Affine) {
    for part in [&point.x.c1, &point.x.c0, &point.y.c1, &point.y.c0] {
        data.extend_from_slice(&word(part));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::AffineRepr;
    use swarm_groth16::encode_g1;

    fn statement() -> Statement {
        Statement {
            genesis: [1; 32],
            job: [2; 32],
            batch: 0x0a0b_0c0d,
            provider: [3; 32],
            c_w: encode_g1(&G1Affine::generator()),
            c_x: encode_g1(&G1Affine::zero()),
        }
    }

    fn proof() -> Proof {
        Proof {
            a: G1Affine::generator(),
            b: G2Affine::generator(),
            c: -G1Affine::generator(),
            c_z: G1Affine::zero(),
            c_y: G1Affine::generator(),
        }
    }

    #[test]
    fn words_follow_the_abi() {
        let data = calldata(&statement(), &proof().to_bytes()).unwrap();
        assert_eq!(data.len(), CALLDATA_BYTES);
        let words: Vec<String> = data[4..].chunks(32).map(hex::encode).collect();
        let number = |n: u64| format!("{n:064x}");
        assert_eq!(words[0], "01".repeat(32));
        assert_eq!(words[1], "02".repeat(32));
        assert_eq!(words[2], number(0x0a0b_0c0d));
        assert_eq!(words[3], "03".repeat(32));
        // C_w is the generator (1, 2), C_x infinity, A the generator again.
        assert_eq!(words[4..10], [1, 2, 0, 0, 1, 2].map(number));
        // EIP-197 gives the generator of G2, imaginary parts first.
        assert_eq!(
            words[10..14],
            [
                "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2",
                "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed",
                "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b",
                "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
            ]
        );
        // C is (1, q - 2), C_z infinity, C_y the generator.
        assert_eq!(words[14], number(1));
        assert_eq!(
            words[15],
            "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd45"
        );
        assert_eq!(words[16..], [0, 0, 1, 2].map(number));
    }

    #[test]
    fn points_without_coordinates_are_refused_by_name() {
        let proof = proof().to_bytes();
        let bad = [0xff; 32];
        let with = |at: usize| {
            let mut proof = proof;
            proof[at..at + 32].copy_from_slice(&bad);
            calldata(&statement(), &proof).unwrap_err()
        };
        assert_eq!(with(0), VerifyError::MalformedA);
        assert_eq!(with(64), VerifyError::MalformedB);
        assert_eq!(with(96), VerifyError::MalformedC);
        assert_eq!(with(128), VerifyError::MalformedCz);
        assert_eq!(with(160), VerifyError::MalformedCy);
        let mut other = statement();
        other.c_w = bad;
        assert_eq!(calldata(&other, &proof), Err(VerifyError::MalformedCw));
        other = statement();
        other.c_x = bad;
        assert_eq!(calldata(&other, &proof), Err(VerifyError::MalformedCx));
        assert_eq!(
            calldata(&statement(), &proof[1..]),
            Err(VerifyError::ProofLength)
        );
    }
}

//! The host function through which the runtime recomputes rows of a capacity window.
//!
//! In the runtime the call crosses to the host; in native code (tests, tools) it runs in place.
//! It reads and writes no storage. It is part of consensus: a change of what it returns is a new
//! `#[version]`, never an edit.

#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(not(substrate_runtime))]
mod cache;

use sp_runtime_interface::{
    pass_by::{AllocateAndReturnPointer, PassPointerAndReadCopy},
    runtime_interface,
};

pub use swarm_capacity_rows as rows;
#[cfg(not(substrate_runtime))]
pub use swarm_capacity_rows::HostFunctions;

/// Rows of capacity windows.
#[runtime_interface]
pub trait SwarmCapacityRows {
    /// The fingerprints, 16 bytes each, of two rows of an identity in the window of a seed.
    ///
    /// 8.4 million multiply-accumulates. The matrices of the seeds used last are kept; making them
    /// takes about as long as a few checks.
    #[version(1)]
    fn fingerprints(
        seed: PassPointerAndReadCopy<[u8; 32], 32>,
        identity: PassPointerAndReadCopy<[u8; 32], 32>,
        first: u32,
        second: u32,
    ) -> AllocateAndReturnPointer<[u8; 32], 32> {
        let stream = swarm_capacity::Stream::rows(&seed, &identity);
        let [first, second] = cache::matrices(&seed).fingerprints(
            &stream,
            (first, second),
            swarm_capacity::Method::detect(),
        );
        let mut both = [0; 32];
        both[..16].copy_from_slice(&first);
        both[16..].copy_from_slice(&second);
        both
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use swarm_capacity::{Matrices, Method, Stream};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn the_host_computes_the_reference(
            seed: [u8; 32], identity: [u8; 32], first: u32, second: u32,
        ) {
            let matrices = Matrices::new(&seed);
            let stream = Stream::rows(&seed, &identity);
            let expected = [first, second]
                .map(|row| matrices.fingerprint(&stream, row, Method::Scalar))
                .concat();
            prop_assert_eq!(rows::fingerprints(seed, identity, first, second).to_vec(), expected);
        }
    }
}

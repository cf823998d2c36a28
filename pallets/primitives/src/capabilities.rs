//! What a provider says of itself and of what it computes with, in a form that programs read.

use crate::{CircuitId, ComputeClass, Enclaves, Region, Url};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;

/// Longest name of a provider, in bytes.
pub const MAX_PROFILE_NAME_BYTES: u32 = 64;
/// Most circuits whose keys a provider says that it holds.
pub const MAX_HELD_CIRCUITS: u32 = 32;

/// What a provider runs networks on: one bit per backend.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
    Default,
)]
pub struct Backends(pub u8);

impl Backends {
    /// Each backend and its name.
    pub const NAMES: [(Self, &'static str); 5] = [
        (Self(1), "cpu"),
        (Self(2), "cuda"),
        (Self(4), "rocm"),
        (Self(8), "vulkan"),
        (Self(16), "metal"),
    ];

    /// Whether every bit stands for a backend.
    pub fn is_known(self) -> bool {
        let known = Self::NAMES.iter().fold(0, |all, (each, _)| all | each.0);
        self.0 & !known == 0
    }

    /// Whether a backend is among them.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both together.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a provider computes with. Declared, not measured.
#[derive(
    Clone,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
    Default,
)]
pub struct Capabilities {
    /// Memory of its GPUs in all, in MiB.
    pub gpu_memory_mib: u32,
    /// What it runs networks on.
    pub backends: Backends,
    /// Circuits whose proving keys it holds, ascending: it starts on their jobs at once.
    pub circuits: BoundedVec<CircuitId, ConstU32<MAX_HELD_CIRCUITS>>,
    /// How strong its hardware is.
    pub class: ComputeClass,
    /// Where it computes.
    pub region: Option<Region>,
    /// Enclaves that it can run jobs in.
    pub enclaves: Enclaves,
}

impl Capabilities {
    /// Whether the circuits ascend, so that none is named twice and there is one way to say it.
    pub fn is_sorted(&self) -> bool {
        self.circuits.windows(2).all(|pair| pair[0] < pair[1])
    }
}

/// What a provider says of itself.
#[derive(
    Clone,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
    Default,
)]
pub struct Profile {
    /// A name for people, UTF-8.
    pub name: BoundedVec<u8, ConstU32<MAX_PROFILE_NAME_BYTES>>,
    /// Where people find out more: a base URL, or empty.
    pub website: Url,
    /// What it computes with.
    pub capabilities: Capabilities,
}

#[cfg(test)]
mod tests {
    use super::*;
    use sp_core::H256;

    #[test]
    fn backends_are_bits_with_names() {
        let [(cpu, _), (cuda, _), ..] = Backends::NAMES;
        let both = cpu.with(cuda);
        assert!(both.contains(cpu) && both.contains(cuda) && !cpu.contains(cuda));
        assert!(both.is_known() && Backends::default().is_known());
        assert!(!Backends(1 << 5).is_known() && !Backends(0x81).is_known());
        let mut seen = Backends::default();
        for (each, name) in Backends::NAMES {
            assert!(each.0.is_power_of_two() && !seen.contains(each), "{name}");
            seen = seen.with(each);
        }
    }

    #[test]
    fn circuits_are_named_once_and_in_order() {
        let of = |bytes: &[u8]| Capabilities {
            circuits: BoundedVec::truncate_from(
                bytes.iter().map(|byte| H256::repeat_byte(*byte)).collect(),
            ),
            ..Default::default()
        };
        assert!(of(&[]).is_sorted() && of(&[1]).is_sorted() && of(&[1, 2, 9]).is_sorted());
        assert!(!of(&[2, 1]).is_sorted() && !of(&[1, 1]).is_sorted());
    }
}

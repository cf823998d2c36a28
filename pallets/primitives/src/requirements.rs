//! What a job asks of a provider, and what providers have to show for it.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use sp_arithmetic::Permill;

/// Most regions that one job may name.
pub const MAX_REGIONS: u32 = 8;

/// A country by its ISO 3166-1 alpha-2 code, two capital letters.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
)]
pub struct Region(pub [u8; 2]);

impl Region {
    /// Whether it has the form of a code. Which codes are given out changes, so that is not asked.
    pub fn is_code(&self) -> bool {
        self.0.iter().all(u8::is_ascii_uppercase)
    }
}

/// How strong the hardware is that a provider computes with, by kind: each can do at least what the
/// one before it can.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
    Default,
)]
pub enum ComputeClass {
    /// Processors without a GPU of their own.
    #[default]
    Basic,
    /// A consumer's GPU.
    Consumer,
    /// A workstation's GPU.
    Professional,
    /// Accelerators of data centres.
    DataCentre,
}

impl ComputeClass {
    /// Each class and its name, the weakest first.
    pub const NAMES: [(Self, &'static str); 4] = [
        (Self::Basic, "basic"),
        (Self::Consumer, "consumer"),
        (Self::Professional, "professional"),
        (Self::DataCentre, "data-centre"),
    ];
}

/// Trusted execution environments that a provider can run jobs in: one bit per kind.
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
pub struct Enclaves(pub u8);

impl Enclaves {
    /// Each kind and its name.
    pub const NAMES: [(Self, &'static str); 4] = [
        (Self(1), "sgx"),
        (Self(2), "sev-snp"),
        (Self(4), "tdx"),
        (Self(8), "nvidia-cc"),
    ];

    /// Whether every bit stands for a kind.
    pub fn is_known(self) -> bool {
        let known = Self::NAMES.iter().fold(0, |all, (each, _)| all | each.0);
        self.0 & !known == 0
    }

    /// Whether there is none.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether some kind is among both.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both together.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a provider's bond qualifies for.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Debug,
    Default,
)]
pub enum Tier {
    /// The least bond.
    #[default]
    Entry,
    /// Validator-level.
    Validator,
    /// Supernode.
    Supernode,
}

/// What may be asked of a provider. The default asks nothing.
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
pub struct Needs {
    /// Memory of its GPUs in all, in MiB, at least.
    pub gpu_memory_mib: u32,
    /// Its compute class, at least.
    pub class: ComputeClass,
    /// Where it computes: in one of these, ascending, or anywhere if there is none.
    pub regions: BoundedVec<Region, ConstU32<MAX_REGIONS>>,
    /// Its tier, at least.
    pub tier: Tier,
    /// Enclaves, of which it has one; any provider if there is none.
    pub enclaves: Enclaves,
    /// Its reputation, at least.
    pub reputation: Permill,
}

impl Needs {
    /// Whether a provider could meet it at all, and there is one way to say it.
    pub fn is_sound(&self) -> bool {
        self.enclaves.is_known()
            && self.regions.iter().all(Region::is_code)
            && self.regions.windows(2).all(|pair| pair[0] < pair[1])
    }
}

/// What a job asks of its provider.
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
pub struct Requirements {
    /// Who does not meet all of this is not given the job.
    pub hard: Needs,
    /// Who meets more of this is drawn a little more often.
    pub soft: Needs,
}

/// What a provider has to show for [`Needs`]. All but the tier it says of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Features {
    /// Memory of its GPUs in all, in MiB.
    pub gpu_memory_mib: u32,
    /// How strong its hardware is.
    pub class: ComputeClass,
    /// Where it computes, if it says so.
    pub region: Option<Region>,
    /// Enclaves that it can run jobs in.
    pub enclaves: Enclaves,
    /// What its bond qualifies for.
    pub tier: Tier,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn regions(codes: &[&[u8; 2]]) -> Needs {
        Needs {
            regions: BoundedVec::truncate_from(
                codes.iter().map(|code| Region(**code)).collect::<Vec<_>>(),
            ),
            ..Default::default()
        }
    }

    #[test]
    fn regions_are_codes_in_order_and_each_once() {
        assert!(regions(&[]).is_sound() && regions(&[b"DE", b"FR"]).is_sound());
        assert!(!regions(&[b"FR", b"DE"]).is_sound() && !regions(&[b"DE", b"DE"]).is_sound());
        assert!(!regions(&[b"de"]).is_sound() && !regions(&[b"D1"]).is_sound());
    }

    #[test]
    fn enclaves_are_bits_with_names() {
        let mut seen = Enclaves::default();
        for (each, name) in Enclaves::NAMES {
            assert!(each.0.is_power_of_two() && !seen.meets(each), "{name}");
            seen = seen.with(each);
        }
        assert!(seen.is_known() && !Enclaves(1 << 4).is_known());
        assert!(Enclaves::default().is_none() && !seen.is_none());
        let unknown = Needs {
            enclaves: Enclaves(0x80),
            ..Default::default()
        };
        assert!(!unknown.is_sound() && Needs::default().is_sound());
    }

    #[test]
    fn classes_are_named_in_order() {
        assert!(ComputeClass::NAMES
            .windows(2)
            .all(|pair| pair[0].0 < pair[1].0));
    }
}

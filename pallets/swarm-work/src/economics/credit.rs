//! Credit of a job, and the multipliers that spread it within the cap.

use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_arithmetic::Permill;
use swarmwork_primitives::LockTerm;

/// Most credit per token burned, whatever the multipliers.
pub const CAP: Permill = Permill::from_parts(900_000);
/// Credit per token burned before multipliers. With every multiplier at its best it becomes 0.8775,
/// so that each of them always tells; the cap holds besides, whatever becomes of the others.
pub const BASE: Permill = Permill::from_parts(100_000);

/// A factor of one, in the thousandths that multipliers are counted in.
const ONE: u64 = 1_000;
/// Best factor for compute.
const COMPUTE: u64 = 2_500;
/// Factor for an uptime above 99.9 %.
const UPTIME: u64 = 1_500;
/// Factor for bandwidth.
const BANDWIDTH: u64 = 1_300;
/// Factor for latency.
const LATENCY: u64 = 1_200;

/// Factor for a lock-up.
fn lock_factor(term: Option<LockTerm>) -> u64 {
    match term {
        None => ONE,
        Some(LockTerm::Half) => 1_200,
        Some(LockTerm::Full) => 1_500,
    }
}

/// What was measured of a provider when a job of its was settled.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo, Debug, Default)]
pub struct Factors {
    /// Part of the reference rate shown in capacity windows.
    pub shown: Permill,
    /// Part of the reference rate delivered in this very job.
    pub delivered: Permill,
    /// More than 99.9 % of windows answered.
    pub uptime: bool,
    /// Peers have seen at least the reference bandwidth.
    pub bandwidth: bool,
    /// Drawn rows are opened at once.
    pub latency: bool,
    /// A lock-up that covers its credit.
    pub lock: Option<LockTerm>,
}

/// Everything at its best.
pub const BEST: Factors = Factors {
    shown: Permill::one(),
    delivered: Permill::one(),
    uptime: true,
    bandwidth: true,
    latency: true,
    lock: Some(LockTerm::Full),
};

impl Factors {
    /// Credit per token burned: never above [`CAP`].
    pub fn rate(&self) -> Permill {
        // The lesser of the two: a device that is only there for the windows does not speed up
        // jobs, and jobs that were prepared beforehand do not fill windows.
        let compute = u64::from(self.shown.min(self.delivered).deconstruct());
        let compute = ONE + (COMPUTE - ONE) * compute / 1_000_000;
        let factors = [
            compute,
            if self.uptime { UPTIME } else { ONE },
            if self.bandwidth { BANDWIDTH } else { ONE },
            if self.latency { LATENCY } else { ONE },
            lock_factor(self.lock),
        ];
        // 10^5 · 8.775 · 10^15 fits 70 bits.
        let product = factors
            .iter()
            .fold(u128::from(BASE.deconstruct()), |product, factor| {
                product * u128::from(*factor)
            });
        let parts = product / u128::from(ONE).pow(factors.len() as u32);
        Permill::from_parts(parts.min(1_000_000) as u32).min(CAP)
    }
}

/// Credit of one of `providers` equal contributors to a job that burned so many tokens: rounded
/// down twice, so that all together stay below the cap.
pub fn credit(burned: u128, providers: u32, rate: Permill) -> u128 {
    match providers {
        0 => 0,
        _ => rate.min(CAP).mul_floor(burned / u128::from(providers)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_factors() -> impl Strategy<Value = Factors> {
        (
            0u32..=1_000_000,
            0u32..=1_000_000,
            any::<(bool, bool, bool)>(),
            prop::option::of(prop_oneof![Just(LockTerm::Half), Just(LockTerm::Full)]),
        )
            .prop_map(
                |(shown, delivered, (uptime, bandwidth, latency), lock)| Factors {
                    shown: Permill::from_parts(shown),
                    delivered: Permill::from_parts(delivered),
                    uptime,
                    bandwidth,
                    latency,
                    lock,
                },
            )
    }

    #[test]
    fn the_multipliers_are_the_stated_ones() {
        let with = |change: fn(&mut Factors)| {
            let mut factors = Factors::default();
            change(&mut factors);
            factors.rate().deconstruct()
        };
        assert_eq!(with(|_| ()), 100_000);
        assert_eq!(
            with(|f| (f.shown, f.delivered) = (Permill::one(), Permill::one())),
            250_000
        );
        assert_eq!(with(|f| f.uptime = true), 150_000);
        assert_eq!(with(|f| f.bandwidth = true), 130_000);
        assert_eq!(with(|f| f.latency = true), 120_000);
        assert_eq!(with(|f| f.lock = Some(LockTerm::Half)), 120_000);
        assert_eq!(with(|f| f.lock = Some(LockTerm::Full)), 150_000);
        assert_eq!(BEST.rate().deconstruct(), 877_500);
    }

    #[test]
    fn a_rate_shown_but_not_delivered_counts_for_nothing_and_the_other_way_round() {
        let mut factors = Factors {
            shown: Permill::one(),
            ..Default::default()
        };
        assert_eq!(factors.rate(), BASE);
        (factors.shown, factors.delivered) = (Permill::zero(), Permill::one());
        assert_eq!(factors.rate(), BASE);
    }

    #[test]
    fn redundant_providers_share_one_credit() {
        assert_eq!(credit(1_000, 1, CAP), 900);
        assert_eq!(credit(1_000, 3, CAP), 299);
        assert_eq!(credit(1_000, 0, CAP), 0);
        assert_eq!(
            credit(u128::MAX, 1, Permill::one()),
            CAP.mul_floor(u128::MAX)
        );
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_the_cap(
            burned: u128, providers in 1u32..20, factors in any_factors(),
        ) {
            let each = credit(burned, providers, factors.rate());
            prop_assert!(each.saturating_mul(providers.into()) <= CAP.mul_floor(burned));
            prop_assert!(factors.rate() >= BASE);
            prop_assert!(factors.rate() <= BEST.rate());
        }

        #[test]
        fn more_is_never_worth_less(factors in any_factors(), more in 0u32..1_000_000) {
            let mut better = factors;
            better.shown = Permill::from_parts(
                factors.shown.deconstruct().saturating_add(more).min(1_000_000),
            );
            better.delivered = better.delivered.max(better.shown);
            prop_assert!(better.rate() >= factors.rate());
        }
    }
}

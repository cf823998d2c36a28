//! What is asked of a provider against what it has to show.

use sp_arithmetic::Permill;
use swarmwork_primitives::{ComputeClass, Features, Needs, Rejection, Tier};

/// One thing that may be asked.
struct Check {
    /// Whether it is.
    asked: bool,
    /// Whether the provider has it.
    met: bool,
    /// What its lack is called.
    lack: Rejection,
}

fn checks(needs: &Needs, features: &Features, reputation: Permill) -> [Check; 6] {
    let check = |asked, met, lack| Check { asked, met, lack };
    let here = |region| needs.regions.contains(&region);
    [
        check(
            needs.gpu_memory_mib > 0,
            features.gpu_memory_mib >= needs.gpu_memory_mib,
            Rejection::Memory,
        ),
        check(
            needs.class > ComputeClass::default(),
            features.class >= needs.class,
            Rejection::Class,
        ),
        check(
            !needs.regions.is_empty(),
            needs.regions.is_empty() || features.region.is_some_and(here),
            Rejection::Region,
        ),
        check(
            needs.tier > Tier::default(),
            features.tier >= needs.tier,
            Rejection::Tier,
        ),
        check(
            !needs.enclaves.is_none(),
            needs.enclaves.is_none() || features.enclaves.meets(needs.enclaves),
            Rejection::Enclave,
        ),
        check(
            !needs.reputation.is_zero(),
            reputation >= needs.reputation,
            Rejection::Reputation,
        ),
    ]
}

/// Whether anything is asked at all.
pub fn asks(needs: &Needs) -> bool {
    *needs != Needs::default()
}

/// The first thing asked that a provider does not have, if there is one.
pub fn unmet(needs: &Needs, features: &Features, reputation: Permill) -> Option<Rejection> {
    checks(needs, features, reputation)
        .into_iter()
        .find(|check| check.asked && !check.met)
        .map(|check| check.lack)
}

/// What part of the things asked a provider has; all of nothing.
pub fn fit(needs: &Needs, features: &Features, reputation: Permill) -> Permill {
    let (mut asked, mut met) = (0u32, 0u32);
    for check in checks(needs, features, reputation) {
        // Six at most.
        asked += u32::from(check.asked);
        met += u32::from(check.asked && check.met);
    }
    if asked == 0 {
        return Permill::one();
    }
    Permill::from_rational(met, asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use swarmwork_primitives::{Enclaves, Region};

    const HALF: Permill = Permill::from_percent(50);

    fn strong() -> Features {
        Features {
            gpu_memory_mib: 24_576,
            class: ComputeClass::Professional,
            region: Some(Region(*b"DE")),
            enclaves: Enclaves(2),
            tier: Tier::Validator,
        }
    }

    fn all() -> Needs {
        Needs {
            gpu_memory_mib: 24_576,
            class: ComputeClass::Professional,
            regions: vec![Region(*b"DE"), Region(*b"FR")]
                .try_into()
                .expect("few"),
            tier: Tier::Validator,
            enclaves: Enclaves(6),
            reputation: HALF,
        }
    }

    #[test]
    fn nothing_is_asked_by_default() {
        assert!(!asks(&Needs::default()) && asks(&all()));
        assert_eq!(
            unmet(&Needs::default(), &Features::default(), Permill::zero()),
            None
        );
        assert_eq!(
            fit(&Needs::default(), &Features::default(), Permill::zero()),
            Permill::one()
        );
    }

    #[test]
    fn each_lack_has_its_name_and_costs_a_sixth() {
        assert_eq!(unmet(&all(), &strong(), HALF), None);
        assert_eq!(fit(&all(), &strong(), HALF), Permill::one());
        let lacks = |change: fn(&mut Features), reason| {
            let mut features = strong();
            change(&mut features);
            assert_eq!(unmet(&all(), &features, HALF), Some(reason));
            assert_eq!(
                fit(&all(), &features, HALF),
                Permill::from_rational(5u32, 6u32)
            );
        };
        lacks(|f| f.gpu_memory_mib -= 1, Rejection::Memory);
        lacks(|f| f.class = ComputeClass::Consumer, Rejection::Class);
        lacks(|f| f.region = Some(Region(*b"IT")), Rejection::Region);
        lacks(|f| f.region = None, Rejection::Region);
        lacks(|f| f.tier = Tier::Entry, Rejection::Tier);
        lacks(|f| f.enclaves = Enclaves(9), Rejection::Enclave);
        let less = Permill::from_parts(HALF.deconstruct() - 1);
        assert_eq!(unmet(&all(), &strong(), less), Some(Rejection::Reputation));
    }

    proptest! {
        /// Who lacks nothing that must be has all of it, and only who has all lacks nothing.
        #[test]
        fn what_is_met_in_full_is_not_rejected(
            memory in 0u32..4, class in 0usize..4, enclaves in 0u8..16, reputation in 0u32..4,
            wanted in 0u32..4, wanted_class in 0usize..4, wanted_enclaves in 0u8..16,
        ) {
            let features = Features {
                gpu_memory_mib: memory,
                class: ComputeClass::NAMES[class].0,
                enclaves: Enclaves(enclaves),
                ..Default::default()
            };
            let needs = Needs {
                gpu_memory_mib: wanted,
                class: ComputeClass::NAMES[wanted_class].0,
                enclaves: Enclaves(wanted_enclaves),
                reputation: Permill::from_percent(20 * wanted),
                ..Default::default()
            };
            let reputation = Permill::from_percent(20 * reputation);
            let full = fit(&needs, &features, reputation) == Permill::one();
            prop_assert_eq!(unmet(&needs, &features, reputation).is_none(), full);
        }
    }
}

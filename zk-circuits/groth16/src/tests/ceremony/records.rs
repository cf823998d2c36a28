//! Ceremonies whose records were tampered with, each refused with an error of its own.

use ark_bn254::{Fr, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, One};

use super::*;
use crate::{ceremony::MAX_ITERATIONS_LOG2, KeyElement, KeyError};

#[test]
fn records_left_out_reordered_or_renumbered_are_refused() {
    let initial = initial();
    let good = finished(&initial);
    for at in 0..2 {
        let bad = changed(&good, |c| {
            c.contributions.remove(at);
        });
        let number = at as u32 + 1;
        assert_eq!(refused(&bad, &initial), CeremonyError::Missing { number });
    }
    let bad = changed(&good, |c| c.contributions.swap(0, 1));
    assert_eq!(
        refused(&bad, &initial),
        CeremonyError::Order {
            expected: 1,
            found: 2
        }
    );
    let bad = changed(&good, |c| {
        c.contributions.remove(0);
        for record in &mut c.contributions {
            record.number -= 1;
        }
    });
    assert_eq!(refused(&bad, &initial), CeremonyError::Chain { number: 1 });
    // With the chain mended as well, the trapdoors do not follow from those before.
    let bad = changed(&good, |c| {
        c.contributions.remove(0);
        for record in &mut c.contributions {
            record.number -= 1;
        }
        c.contributions[0].previous = c.header.hash();
        c.contributions[1].previous = c.contributions[0].hash();
    });
    assert_eq!(
        refused(&bad, &initial),
        CeremonyError::Knowledge {
            number: 1,
            trapdoor: Trapdoor::Delta
        }
    );
    assert_eq!(
        refused(&Ceremony::new(&initial), &initial),
        CeremonyError::NoContribution
    );
    let bad = changed(&good, |c| c.contributions.clear());
    assert!(matches!(
        refused(&bad, &initial),
        CeremonyError::Beacon | CeremonyError::NoContribution
    ));
}

#[test]
fn wrong_proofs_of_knowledge_are_refused() {
    let initial = initial();
    let good = contributed(&initial);
    for (i, trapdoor) in Trapdoor::ALL.into_iter().enumerate() {
        let wrong = CeremonyError::Knowledge {
            number: 3,
            trapdoor,
        };
        let bad = changed(&good, |c| {
            c.contributions[2].proofs[i].response += Fr::one()
        });
        assert_eq!(refused(&bad, &initial), wrong);
        let bad = changed(&good, |c| {
            twice_g2(&mut c.contributions[2].proofs[i].commitment);
        });
        assert_eq!(refused(&bad, &initial), wrong);
        // One trapdoor's proof for another.
        let bad = changed(&good, |c| {
            let proofs = &mut c.contributions[2].proofs;
            proofs.swap(i, (i + 1) % 6);
        });
        assert!(matches!(
            refused(&bad, &initial),
            CeremonyError::Knowledge { number: 3, .. }
        ));
    }
    // A record changed after it was built upon.
    let bad = changed(&good, |c| {
        c.contributions[1].proofs[0].response += Fr::one();
    });
    assert!(matches!(
        refused(&bad, &initial),
        CeremonyError::Knowledge { number: 2, .. }
    ));
}

/// An honest record with other factors than its contributor should have used.
fn with_factors(initial: &Initial, spoil: impl FnOnce(&mut Factors)) -> CeremonyError {
    let mut ceremony = contributed(initial);
    let mut factors = factors(34);
    spoil(&mut factors);
    append(&mut ceremony, &factors);
    refused(&ceremony, initial)
}

#[test]
fn a_factor_of_one_is_refused() {
    let initial = initial();
    for (i, trapdoor) in Trapdoor::ALL.into_iter().enumerate() {
        assert_eq!(
            with_factors(&initial, |f| f.0[i] = Fr::one()),
            CeremonyError::FactorOne {
                number: 4,
                trapdoor
            }
        );
    }
}

#[test]
fn one_factor_for_two_trapdoors_is_refused() {
    let initial = initial();
    for (i, first) in Trapdoor::ALL.into_iter().enumerate() {
        for (j, second) in Trapdoor::ALL.into_iter().enumerate().skip(i + 1) {
            assert_eq!(
                with_factors(&initial, |f| f.0[j] = f.0[i]),
                CeremonyError::SharedFactor {
                    number: 4,
                    first,
                    second
                }
            );
        }
    }
}

#[test]
fn trapdoors_that_become_zero_or_differ_between_the_groups_are_refused() {
    let initial = initial();
    let good = contributed(&initial);
    for (i, trapdoor) in Trapdoor::ALL.into_iter().enumerate() {
        let number = 3;
        let bad = changed(&good, |c| {
            c.contributions[2].after.g2[i] = G2Affine::zero();
        });
        assert_eq!(
            refused(&bad, &initial),
            CeremonyError::ZeroFactor { number, trapdoor }
        );
        let wrong = CeremonyError::UnequalFactor { number, trapdoor };
        let bad = changed(&good, |c| twice_g2(&mut c.contributions[2].after.g2[i]));
        assert_eq!(refused(&bad, &initial), wrong);
        let bad = changed(&good, |c| {
            let after = &mut c.contributions[2].after;
            match i {
                0 => twice(&mut after.delta_g1),
                _ => twice(&mut after.bases[i - 1]),
            }
        });
        assert_eq!(refused(&bad, &initial), wrong);
    }
}

#[test]
fn a_trapdoor_that_ends_as_another_is_refused() {
    // Every factor differs in both records, but the products of gamma_z and gamma_y agree.
    let initial = initial();
    let mut ceremony = Ceremony::new(&initial);
    let first = factors(35);
    let mut second = factors(36);
    second.0[5] = first.0[4] * second.0[4] * first.0[5].inverse().unwrap();
    for factors in [first, second] {
        append(&mut ceremony, &factors);
    }
    assert_eq!(
        refused(&ceremony, &initial),
        CeremonyError::Key(KeyError::Shared(
            KeyElement::GammaIntermediate,
            KeyElement::GammaOutput
        ))
    );
}

#[test]
fn a_wrong_beacon_is_refused_and_nothing_follows_one() {
    let initial = initial();
    let good = finished(&initial);
    let beacon = |change: &dyn Fn(&mut crate::ceremony::Beacon)| {
        let bad = changed(&good, |c| change(c.beacon.as_mut().unwrap()));
        refused(&bad, &initial)
    };
    assert_eq!(beacon(&|b| b.value[0] ^= 1), CeremonyError::Beacon);
    assert_eq!(beacon(&|b| b.iterations_log2 += 1), CeremonyError::Beacon);
    assert_eq!(
        beacon(&|b| twice_g2(&mut b.after.g2[5])),
        CeremonyError::Beacon
    );
    assert_eq!(
        beacon(&|b| b.iterations_log2 = MAX_ITERATIONS_LOG2 + 1),
        CeremonyError::Iterations {
            log2: MAX_ITERATIONS_LOG2 + 1
        }
    );
    // Taken off, what is left does not fit the bases.
    let bad = changed(&good, |c| c.beacon = None);
    assert_eq!(refused(&bad, &initial), CeremonyError::Query("ic query"));

    let mut ceremony = good.clone();
    assert_eq!(
        ceremony.contribute(&initial, &mut rng(9)),
        Err(CeremonyError::Finished)
    );
    assert_eq!(ceremony.finish(BEACON, LOG2), Err(CeremonyError::Finished));
    assert_eq!(ceremony, good);
    let mut ceremony = Ceremony::new(&initial);
    assert_eq!(
        ceremony.finish(BEACON, LOG2),
        Err(CeremonyError::NoContribution)
    );
    let mut ceremony = contributed(&initial);
    assert_eq!(
        ceremony.finish(BEACON, MAX_ITERATIONS_LOG2 + 1),
        Err(CeremonyError::Iterations {
            log2: MAX_ITERATIONS_LOG2 + 1
        })
    );
}

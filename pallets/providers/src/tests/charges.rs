//! Each call is charged its own weight.

use super::{
    consent,
    evidence::{answered, claim, job, RIGHT},
    url,
};
use crate::{mock::*, Call, GivenProof, WeightInfo};
use frame_support::{dispatch::GetDispatchInfo, weights::Weight, BoundedVec};
use sp_arithmetic::{Perbill, Permill};
use swarmwork_primitives::{Capabilities, CircuitId, Penalty, Profile, SlashReason};

fn check(expected: Vec<(Call<Test>, Weight)>) {
    for (call, charged) in expected {
        assert_eq!(call.get_dispatch_info().call_weight, charged, "{call:?}");
    }
}

#[test]
fn of_registration_and_bond() {
    new_test_ext().execute_with(|| {
        check(vec![
            (
                Call::register_provider {
                    worker: 1,
                    consent: consent(1, 2),
                    bond: 1,
                    ask: 1,
                    endpoint: url(""),
                    unattested: false,
                },
                <() as WeightInfo>::register_provider(),
            ),
            (
                Call::update_provider {
                    ask: 1,
                    endpoint: url(""),
                    unattested: false,
                    slots: 1,
                },
                <() as WeightInfo>::update_provider(),
            ),
            (
                Call::set_available { available: true },
                <() as WeightInfo>::set_available(),
            ),
            (
                Call::rotate_worker {
                    worker: 1,
                    consent: consent(1, 2),
                },
                <() as WeightInfo>::rotate_worker(),
            ),
            (
                Call::bond_extra { amount: 1 },
                <() as WeightInfo>::bond_extra(),
            ),
            (Call::unregister {}, <() as WeightInfo>::unregister()),
            (Call::withdraw_bond {}, <() as WeightInfo>::withdraw_bond()),
            (Call::unbond { amount: 1 }, <() as WeightInfo>::unbond()),
            (Call::rebond { amount: 1 }, <() as WeightInfo>::rebond()),
        ]);
    });
}

#[test]
fn of_profile_maintenance_and_leases() {
    let profile = |circuits: usize| {
        let circuits = BoundedVec::truncate_from(vec![CircuitId::zero(); circuits]);
        let capabilities = Capabilities {
            circuits,
            ..Default::default()
        };
        let profile = Profile {
            capabilities,
            ..Default::default()
        };
        Call::set_profile { profile }
    };
    check(vec![
        (profile(0), <() as WeightInfo>::set_profile(0)),
        (profile(7), <() as WeightInfo>::set_profile(7)),
        (
            Call::announce_maintenance { from: 1, until: 2 },
            <() as WeightInfo>::announce_maintenance(),
        ),
        (
            Call::end_maintenance {},
            <() as WeightInfo>::end_maintenance(),
        ),
        (
            Call::offer_lease {
                operator: 1,
                slots: 1,
                share: Permill::one(),
            },
            <() as WeightInfo>::offer_lease(),
        ),
        (
            Call::withdraw_lease_offer {},
            <() as WeightInfo>::withdraw_lease_offer(),
        ),
        (
            Call::accept_lease {
                lessor: 1,
                slots: 1,
                share: Permill::one(),
            },
            <() as WeightInfo>::accept_lease(),
        ),
        (
            Call::end_lease { operator: 1 },
            <() as WeightInfo>::end_lease(),
        ),
        (
            Call::close_lease { operator: 1 },
            <() as WeightInfo>::close_lease(),
        ),
    ]);
}

#[test]
fn of_offences() {
    new_test_ext().execute_with(|| {
        let claim = || claim(&answered(7, 1), RIGHT);
        let forgery = |proof| Call::report_false_claim {
            answered: answered(7, 1),
            claim: claim(),
            proof,
        };
        let proof = GivenProof {
            prover: 1,
            proof: BoundedVec::default(),
        };
        check(vec![
            (
                Call::slash_provider {
                    provider: 1,
                    amount: 1,
                },
                <() as WeightInfo>::slash_provider().saturating_add(SLASHED_WEIGHT),
            ),
            (
                Call::report_equivocation {
                    answered: answered(7, 1),
                    first: claim(),
                    second: claim(),
                },
                <() as WeightInfo>::report_equivocation().saturating_add(SLASHED_WEIGHT),
            ),
            (
                forgery(None),
                <() as WeightInfo>::report_false_claim().saturating_add(SLASHED_WEIGHT),
            ),
            // The check of a proof is paid for by whoever brings one.
            (
                forgery(Some(proof)),
                <() as WeightInfo>::report_false_claim()
                    .saturating_add(SLASHED_WEIGHT)
                    .saturating_add(PROVE_WEIGHT),
            ),
            (
                Call::forget_offence {
                    provider: 1,
                    job: job(7),
                    batch: 0,
                    reason: SlashReason::Forgery,
                },
                <() as WeightInfo>::forget_offence(),
            ),
            (
                Call::set_penalty {
                    reason: SlashReason::Forgery,
                    penalty: Penalty {
                        stake: Perbill::zero(),
                        price: Perbill::zero(),
                        strikes: 0,
                        capped: false,
                    },
                },
                <() as WeightInfo>::set_penalty(),
            ),
        ]);
    });
}

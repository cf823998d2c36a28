//! Standings: who is drawn for jobs of which price.

use crate::{mock::*, Event};
use swarmwork_primitives::{
    Assignment, Enquiry, JobState, Mode, Offer, ProviderStanding, Rejection,
};

/// One provider that asks `ask`, of a standing, and what a draw says of it.
fn judged(ask: Balance, standing: ProviderStanding) -> Result<Offer<Balance>, Rejection> {
    register(0, ask);
    doubles::Standings::<Test>::insert(provider(0), standing);
    let enquiry = Enquiry {
        model: model(),
        batches: 1,
        mode: Mode::Proven,
        max_price: 10_000,
        currency: NATIVE,
        requirements: Default::default(),
    };
    let mut all = Marketplace::eligible_providers(enquiry, 0, 10);
    all.remove(0).1
}

#[test]
fn each_standing_is_drawn_up_to_its_price() {
    test(|| {
        Entrusted::set([100, 200, 400, 800]);
        for (standing, most) in [
            (ProviderStanding::Newcomer, 100),
            (ProviderStanding::Reliable, 200),
            (ProviderStanding::Trusted, 400),
            (ProviderStanding::Distinguished, 800),
        ] {
            assert!(judged(most, standing).is_ok(), "{standing:?}");
            assert_eq!(judged(most + 1, standing), Err(Rejection::Standing));
        }
    });
}

#[test]
fn a_draw_passes_over_newcomers_for_a_large_job_and_says_so() {
    test(|| {
        Entrusted::set([100, 1_000, 1_000, 1_000]);
        for number in 0..8 {
            register(number, 101);
        }
        let nobodys = submit(1, 1_000, 60, Assignment::Swarm);
        events();
        run_to(8);
        assert_eq!(job(nobodys).state, JobState::Open);
        assert!(events().iter().any(|event| matches!(
            event,
            Event::NoProvider { rejected, .. } if rejected.standing == 8
        )));
        doubles::Standings::<Test>::insert(provider(5), ProviderStanding::Reliable);
        run_to(30);
        assert!(matches!(
            job(nobodys).state,
            JobState::Assigned { provider: who, .. } if who == provider(5)
        ));
    });
}

#[test]
fn who_names_a_newcomer_may_give_it_any_job() {
    test(|| {
        Entrusted::set([100; 4]);
        register(0, 5_000);
        let id = assigned(0, 1, 10_000);
        assert!(matches!(job(id).state, JobState::Assigned { .. }));
    });
}

#[test]
fn a_market_of_newcomers_has_jobs_at_the_least_price() {
    test(|| {
        // Less than the least price of a job, which is 50.
        Entrusted::set([10; 4]);
        assert!(judged(50, ProviderStanding::Newcomer).is_ok());
        assert_eq!(
            judged(51, ProviderStanding::Newcomer),
            Err(Rejection::Standing)
        );
    });
}

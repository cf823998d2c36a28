//! What readers are shown.

use crate::{mock::*, MAX_CANDIDATES};
use frame_support::assert_ok;
use sp_core::H256;
use swarmwork_primitives::{Assignment, ContentId, Enquiry, JobState, Mode, Offer, Rejection};

#[test]
fn a_job_is_shown_with_its_results_and_its_providers_endpoint() {
    test(|| {
        register(0, 300);
        assert_eq!(Marketplace::job_view(H256::zero()), None);
        let open = submit(1, 1_000, 100, Assignment::Swarm);
        let view = Marketplace::job_view(open).expect("it is stored");
        assert_eq!((view.state, view.endpoint), (JobState::Open, None));

        let id = assigned(0, 2, 1_000);
        assert_ok!(prove(id, 1, 0));
        let view = Marketplace::job_view(id).expect("it is stored");
        assert_eq!(view.requester, requester());
        assert_eq!((view.model, view.input), (model(), input()));
        assert_eq!(view.circuit, H256::repeat_byte(1));
        assert_eq!(view.commitments, commitments(2).into_inner());
        assert_eq!(
            (view.max_price, view.submitted, view.deadline),
            (1_000, START, START + 20)
        );
        assert!(view.endpoint.is_some());
        assert_eq!(view.results[0], None);
        let result = view.results[1].expect("it is proven");
        assert_eq!(
            (result.commitment, result.output),
            ([0xc1; 32], ContentId([1; 32]))
        );
        // Outputs are fetched after the job is paid.
        assert_ok!(prove(id, 0, 0));
        let view = Marketplace::job_view(id).expect("it is stored");
        assert!(view.endpoint.is_some());
        assert!(view.results.iter().all(Option::is_some));
    });
}

#[test]
fn candidates_are_judged_as_a_draw_would() {
    test(|| {
        register(0, 300);
        register(1, 600);
        register(2, 100);
        doubles::Pallet::<Test>::change(&provider(2), |p| p.available = false);
        let enquiry = |model| Enquiry {
            model,
            batches: 2,
            mode: Mode::Proven,
            max_price: 1_000,
            currency: NATIVE,
            requirements: Default::default(),
        };
        let judged = |start, limit| Marketplace::eligible_providers(enquiry(model()), start, limit);
        let all = vec![
            (
                provider(0),
                Ok(Offer {
                    price: 600,
                    collateral: 1_200,
                }),
            ),
            (provider(1), Err(Rejection::TooExpensive)),
            (provider(2), Err(Rejection::Unavailable)),
        ];
        assert_eq!(judged(0, 10), all);
        assert_eq!(judged(1, 1), all[1..2].to_vec());
        assert_eq!(judged(3, 10), vec![]);
        assert_eq!(judged(u32::MAX, u32::MAX), vec![]);
        assert_eq!(
            Marketplace::eligible_providers(enquiry(H256::zero()), 0, 10),
            vec![]
        );
        assert_eq!(
            Marketplace::eligible_providers(enquiry(unattested_model()), 0, 1),
            vec![(provider(0), Err(Rejection::Unattested))]
        );
    });
}

#[test]
fn a_reading_is_bounded() {
    test(|| {
        for number in 0..300u32 {
            let mut who = [0; 32];
            who[..4].copy_from_slice(&number.to_le_bytes());
            doubles::Pallet::<Test>::register(AccountId::new(who), Default::default());
        }
        let enquiry = Enquiry {
            model: model(),
            batches: 1,
            mode: Mode::Proven,
            max_price: 1_000,
            currency: NATIVE,
            requirements: Default::default(),
        };
        let judged = Marketplace::eligible_providers(enquiry.clone(), 0, u32::MAX);
        assert_eq!(judged.len(), MAX_CANDIDATES as usize);
        let quote = Marketplace::quote(enquiry).expect("the model is registered");
        assert_eq!(quote.judged, MAX_CANDIDATES);
    });
}

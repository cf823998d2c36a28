//! Making the chain work for nothing.

use crate::{mock::*, pallet::*};
use frame_support::{
    assert_ok,
    dispatch::{GetDispatchInfo, Pays},
    traits::{OnFinalize, OnInitialize},
    weights::Weight,
};
use swarmwork_primitives::{Assignment, Circuits, JobState};

#[test]
fn a_refused_proof_is_paid_for_in_full() {
    test(|| {
        register(0, 300);
        let id = assigned(0, 2, 1_000);
        let mut bad = good_report(id, 0, 0);
        bad.proof[3] ^= 1;
        let alone = Call::submit_result {
            job: id,
            batch: 0,
            proof: bad.proof.clone(),
            output: bad.output,
        };
        let together = Call::submit_results {
            results: vec![good_report(id, 1, 0), bad].try_into().expect("two"),
        };
        let verify = <doubles::Pallet<Test> as Circuits<AccountId>>::verify_weight();
        for call in [alone, together] {
            let charged = RuntimeCall::Marketplace(call.clone()).get_dispatch_info();
            assert!(charged.call_weight.all_gte(verify));
            assert_eq!(charged.pays_fee, Pays::Yes);
            for _ in 0..3 {
                let refused = dispatch(worker(0), call.clone()).expect_err("it is no proof");
                // Nothing of the weight or of the fee is given back.
                assert_eq!(refused.post_info, Default::default());
            }
        }
        // And the honest results still count.
        assert_ok!(prove(id, 0, 0));
        assert_ok!(prove(id, 1, 0));
        assert!(matches!(job(id).state, JobState::Completed { .. }));
    });
}

/// Ends the block and starts the next; what the next one served.
fn serve() -> Weight {
    let now = System::block_number();
    AllPalletsWithSystem::on_finalize(now);
    System::set_block_number(now + 1);
    let served = AllPalletsWithSystem::on_initialize(now + 1);
    check();
    served
}

#[test]
fn dust_fills_no_block_and_comes_back() {
    test(|| {
        register(0, 40);
        let jobs = 60;
        for _ in 0..jobs {
            submit(1, 50, 20, Assignment::Swarm);
        }
        let limits: frame_system::limits::BlockWeights =
            <Test as frame_system::Config>::BlockWeights::get();
        let tenth = Weight::from_parts(
            limits.max_block.ref_time() / 10,
            limits.max_block.proof_size() / 10,
        );
        for _ in 0..130 {
            let served = serve();
            assert!(served.all_lte(tenth), "{served:?}");
            let (mut draws, mut ends) = (0, 0);
            for event in events() {
                match event {
                    Event::JobAssigned { .. } | Event::NoProvider { .. } => draws += 1,
                    Event::JobExpired { .. } => ends += 1,
                    _ => {}
                }
            }
            assert!(draws <= DrawsPerBlock::get() && ends <= WakesPerBlock::get());
        }
        // Its places were taken thrice at most, everything expired, and nothing is left of it.
        assert_eq!(held(&requester()), 0);
        assert_eq!(free(&requester()), FUNDS);
        assert_eq!(Jobs::<Test>::iter().count(), 0);
        assert!(doubles::Recorded::<Test>::get().len() <= 3);
    });
}

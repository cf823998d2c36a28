//! What providers say of themselves.

use super::{register, url};
use crate::{mock::*, Error, Event, Profiles};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_runtime::DispatchResult;
use swarmwork_primitives::{Backends, Capabilities, CircuitId, Profile};

fn profile() -> Profile {
    Profile {
        name: BoundedVec::truncate_from("Prüfstand".as_bytes().to_vec()),
        website: url("https://provider.example"),
        capabilities: Capabilities {
            gpu_memory_mib: 81_920,
            backends: Backends(3),
            circuits: circuits(&[1, 2]),
        },
    }
}

fn circuits<S: frame_support::traits::Get<u32>>(bytes: &[u8]) -> BoundedVec<CircuitId, S> {
    BoundedVec::truncate_from(bytes.iter().map(|b| CircuitId::repeat_byte(*b)).collect())
}

fn set(profile: Profile) -> DispatchResult {
    Registry::set_profile(RuntimeOrigin::signed(1), profile)
}

#[test]
fn a_profile_is_stored_shown_and_forgotten() {
    new_test_ext().execute_with(|| {
        assert_noop!(set(profile()), Error::<Test>::NotRegistered);
        assert_ok!(register(1, MINIMUM_BOND));
        assert_eq!(Registry::details(&1).unwrap().profile, None);
        assert_ok!(set(profile()));
        System::assert_last_event(Event::ProfileSet { provider: 1 }.into());
        assert_eq!(Registry::details(&1).unwrap().profile, Some(profile()));
        // Nothing need be said.
        assert_ok!(set(Profile::default()));
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        assert_noop!(set(profile()), Error::<Test>::AlreadyLeaving);
        System::set_block_number(1 + UNBONDING);
        assert_ok!(Registry::withdraw_bond(RuntimeOrigin::signed(1)));
        assert!(!Profiles::<Test>::contains_key(1));
        assert_eq!(Registry::details(&1), None);
    });
}

#[test]
fn what_programs_could_not_read_is_refused() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        let refused = |change: fn(&mut Profile), error: Error<Test>| {
            let mut spoilt = profile();
            change(&mut spoilt);
            assert_noop!(set(spoilt), error);
        };
        refused(
            |p| p.name = BoundedVec::truncate_from(vec![0xff]),
            Error::NameNotUtf8,
        );
        refused(
            |p| p.website = url("provider.example"),
            Error::InvalidWebsite,
        );
        refused(
            |p| p.capabilities.backends = Backends(32),
            Error::UnknownBackend,
        );
        refused(
            |p| p.capabilities.circuits = circuits(&[2, 1]),
            Error::CircuitsNotSorted,
        );
        refused(
            |p| p.capabilities.circuits = circuits(&[1, 1]),
            Error::CircuitsNotSorted,
        );
        refused(
            |p| p.capabilities.circuits = circuits(&[1, 128]),
            Error::UnknownCircuit,
        );
    });
}

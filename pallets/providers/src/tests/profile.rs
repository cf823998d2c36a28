//! What providers say of themselves.

use super::{demand, register, url};
use crate::{mock::*, Changed, Config, Error, Event, Profiles, Providers};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use sp_runtime::DispatchResult;
use swarmwork_primitives::{
    Backends, Capabilities, CircuitId, ComputeClass, Demand, Enclaves, Features, Profile,
    Providers as _, Region, Rejection, Tier,
};

fn profile() -> Profile {
    Profile {
        name: BoundedVec::truncate_from("Prüfstand".as_bytes().to_vec()),
        website: url("https://provider.example"),
        capabilities: Capabilities {
            gpu_memory_mib: 81_920,
            backends: Backends(3),
            circuits: circuits(&[1, 2]),
            class: ComputeClass::DataCentre,
            region: Some(Region(*b"DE")),
            enclaves: Enclaves(2),
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
        refused(
            |p| p.capabilities.region = Some(Region(*b"de")),
            Error::InvalidRegion,
        );
        refused(
            |p| p.capabilities.enclaves = Enclaves(16),
            Error::UnknownEnclave,
        );
    });
}

#[test]
fn what_a_provider_says_and_its_tier_are_its_features() {
    new_test_ext().execute_with(|| {
        assert_eq!(Registry::features(&1), Features::default());
        assert_ok!(register(1, MINIMUM_BOND));
        assert_eq!(Registry::features(&1), Features::default());
        assert_ok!(set(profile()));
        let expected = Features {
            gpu_memory_mib: 81_920,
            class: ComputeClass::DataCentre,
            region: Some(Region(*b"DE")),
            enclaves: Enclaves(2),
            tier: Tier::Entry,
        };
        assert_eq!(Registry::features(&1), expected);
        Providers::<Test>::mutate(1, |record| {
            record.as_mut().expect("it is registered").leaving = Some(9)
        });
        assert_eq!(Registry::features(&1).tier, Tier::Entry);
    });
}

/// Whatever a draw depends on starts the count anew, and nothing else does.
#[test]
fn a_change_that_a_draw_depends_on_is_noted() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        // Who has just come is beyond the index of every draw whose seed may be known.
        assert_eq!(Registry::settled(&1), u32::MAX);
        let more = |ask: Balance, address: &str, unattested, slots| {
            let origin = RuntimeOrigin::signed(1);
            let address = url(address);
            assert_ok!(Registry::update_provider(
                origin, ask, address, unattested, slots
            ));
        };
        let terms = |ask, address, unattested| more(ask, address, unattested, CONCURRENT);
        let available = |available| {
            assert_ok!(Registry::set_available(RuntimeOrigin::signed(1), available));
        };
        let record = Providers::<Test>::get(1).expect("it is registered");
        let (ask, unattested) = (record.ask, record.unattested);
        System::set_block_number(10);
        terms(ask, "http://elsewhere.example", unattested);
        available(false);
        assert_eq!(Registry::settled(&1), u32::MAX);
        available(true);
        assert_eq!(Registry::settled(&1), 0);
        System::set_block_number(20);
        assert_eq!(Registry::settled(&1), 10);
        available(true);
        assert_eq!(Registry::settled(&1), 10);
        terms(ask + 1, "http://elsewhere.example", unattested);
        assert_eq!(Registry::settled(&1), 0);
        System::set_block_number(30);
        terms(ask + 1, "http://elsewhere.example", !unattested);
        assert_eq!(Registry::settled(&1), 0);
        System::set_block_number(35);
        more(ask + 1, "http://elsewhere.example", !unattested, 1);
        assert_eq!(Registry::settled(&1), 0);
        System::set_block_number(40);
        assert_ok!(set(profile()));
        assert_eq!(Registry::settled(&1), 0);
        assert_ok!(Registry::unregister(RuntimeOrigin::signed(1)));
        System::set_block_number(40 + UNBONDING);
        assert_ok!(Registry::withdraw_bond(RuntimeOrigin::signed(1)));
        assert!(!Changed::<Test>::contains_key(1));
    });
}

#[test]
fn an_agreed_price_counts_instead_of_the_ask() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        let agreed = |price| {
            let demand = Demand {
                agreed: Some(price),
                ..demand()
            };
            Registry::offer(&1, &demand).map(|offer| offer.price)
        };
        let most = demand().max_price;
        assert_eq!(agreed(most - 1), Ok(most - 1));
        assert_eq!(agreed(most + 1), Err(Rejection::TooExpensive));
        // Never less than the least price of a job.
        assert_eq!(agreed(0), Ok(<Test as Config>::MinimumPrice::get()));
    });
}

//! Who had which index of the active set, for draws that others' coming and going must not steer.

use super::register;
use crate::{active::MAX_MOVES, mock::*};
use frame_support::assert_ok;
use swarmwork_primitives::Providers as _;

fn available(who: u64, available: bool) {
    assert_ok!(Registry::set_available(
        RuntimeOrigin::signed(who),
        available
    ));
}

/// The first three indices as they were so many blocks ago.
fn before(since: u32) -> [Option<u64>; 3] {
    [0, 1, 2].map(|index| Registry::active_before(index, since))
}

#[test]
fn an_index_is_its_owners_as_of_any_block_not_long_ago() {
    new_test_ext().execute_with(|| {
        System::set_block_number(10);
        for who in 1..=3 {
            assert_ok!(register(who, MINIMUM_BOND));
        }
        let all = [Some(1), Some(2), Some(3)];
        assert_eq!(before(0), all);
        System::set_block_number(20);
        available(1, false);
        // The last has moved, and a draw of before does not see it.
        assert_eq!(Registry::active_at(0), Some(3));
        assert_eq!(before(0), all);
        System::set_block_number(21);
        assert_eq!(before(0), [Some(3), Some(2), None]);
        assert_eq!(before(1), all);
        assert_eq!(before(100), all);
        // Coming back takes the free index, for later draws only.
        available(1, true);
        assert_eq!(before(1), all);
        available(2, false);
        System::set_block_number(22);
        assert_eq!(before(0), [Some(3), Some(1), None]);
        // There was no third then: no draw of that time asks for it.
        assert_eq!(before(1)[..2], [Some(3), Some(2)]);
        assert_eq!(before(2), all);
    });
}

#[test]
fn what_is_done_within_one_block_hides_nothing() {
    new_test_ext().execute_with(|| {
        System::set_block_number(10);
        for who in 1..=3 {
            assert_ok!(register(who, MINIMUM_BOND));
        }
        System::set_block_number(20);
        for _ in 0..2 * MAX_MOVES {
            available(3, false);
            available(3, true);
        }
        available(2, false);
        assert_eq!(before(0), [Some(1), Some(2), Some(3)]);
    });
}

#[test]
fn what_is_remembered_is_bounded() {
    new_test_ext().execute_with(|| {
        assert_ok!(register(1, MINIMUM_BOND));
        for block in 0..2 * u64::from(MAX_MOVES) {
            System::set_block_number(10 + block);
            available(1, false);
            available(1, true);
        }
        assert_eq!(crate::Moved::<Test>::get(0).len(), MAX_MOVES as usize);
        // Such a long time ago it was as at the earliest that is known.
        assert_eq!(Registry::active_before(0, 1_000), Some(1));
    });
}

//! Batches of proofs under one key: what is accepted, what is refused, and which proof is named.

use std::sync::OnceLock;

use ark_bn254::{Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{Field, One};
use proptest::prelude::*;

use super::toy::*;
use crate::{
    batch::{coefficients, Combination},
    encode_g1, BatchError, Proof, Statement, VerifyError, MAX_BATCH, PROOF_BYTES, STATEMENT_BYTES,
};

type Item = (Statement, [u8; PROOF_BYTES]);

struct Pool {
    setup: Setup,
    /// Two models, three batches of one job each.
    items: Vec<Item>,
}

fn pool() -> &'static Pool {
    static POOL: OnceLock<Pool> = OnceLock::new();
    POOL.get_or_init(|| {
        let setup = Setup::honest();
        let items = (0..6)
            .map(|i| {
                let values = Values::random(u64::from(i / 3));
                let mut statement = setup.statement(&values);
                statement.batch = i;
                let proof = setup.prove(&statement, &values).to_bytes();
                (statement, proof)
            })
            .collect();
        Pool { setup, items }
    })
}

impl Pool {
    /// A batch of this many proofs, repeated from the first on.
    fn batch(&self, count: usize) -> Vec<Item> {
        self.items.iter().copied().cycle().take(count).collect()
    }

    fn verify(&self, items: &[Item]) -> Result<(), BatchError> {
        self.setup.prepared.verify_batch(&borrowed(items))
    }

    /// Whether the combined equation holds with given coefficients.
    fn holds(&self, items: &[Item], coefficients: &[u128]) -> bool {
        let key = &self.setup.prepared;
        let checked = key.checked(&borrowed(items)).unwrap();
        Combination::new(key, &checked, coefficients).holds(0..items.len())
    }

    fn coefficients(&self, items: &[Item]) -> Vec<u128> {
        coefficients(&self.setup.vk.id(), &borrowed(items))
    }
}

fn borrowed(items: &[Item]) -> Vec<(Statement, &[u8])> {
    items.iter().map(|(s, p)| (*s, &p[..])).collect()
}

fn refused(index: usize, error: VerifyError) -> Result<(), BatchError> {
    Err(BatchError::Proof {
        index: index as u32,
        error,
    })
}

/// Adds `k` times the generator to C, which no challenge covers: the equation is off by
/// `e(k, delta)`.
fn shift_c(item: &mut Item, k: Fr) {
    let mut proof = Proof::from_bytes(&item.1).unwrap();
    proof.c = plus(proof.c, G1Affine::generator(), k);
    item.1 = proof.to_bytes();
}

#[test]
fn honest_batches_of_every_size_are_accepted() {
    let pool = pool();
    for count in [0, 1, 2, 3, 6, 17] {
        assert_eq!(pool.verify(&pool.batch(count)), Ok(()), "{count}");
    }
}

#[test]
fn the_largest_batch_is_accepted_and_one_more_proof_is_too_many() {
    let pool = pool();
    assert_eq!(pool.verify(&pool.batch(MAX_BATCH)), Ok(()));
    let mut over = pool.batch(MAX_BATCH + 1);
    assert_eq!(pool.verify(&over), Err(BatchError::TooManyProofs));
    // The size is looked at before any proof.
    over[0].1 = [0xff; PROOF_BYTES];
    assert_eq!(pool.verify(&over), Err(BatchError::TooManyProofs));
}

#[test]
fn the_same_proof_may_occur_often_but_not_under_another_statement() {
    let pool = pool();
    let mut items = vec![pool.items[0]; 9];
    assert_eq!(pool.verify(&items), Ok(()));
    items[4].0.batch += 1;
    assert_eq!(pool.verify(&items), refused(4, VerifyError::EquationFailed));
}

#[test]
fn one_bad_proof_at_any_position_is_named() {
    let pool = pool();
    let other = pool.items[5].0;
    type Change<'a> = &'a dyn Fn(&mut Item);
    let changes: [(Change, VerifyError); 9] = [
        (&|i| shift_c(i, Fr::one()), VerifyError::EquationFailed),
        (&|i| i.0.provider[0] ^= 1, VerifyError::EquationFailed),
        (&|i| i.0.c_x = other.c_w, VerifyError::EquationFailed),
        (&|i| i.1[..32].fill(0xff), VerifyError::MalformedA),
        (&|i| i.1[32..96].fill(0xff), VerifyError::MalformedB),
        (&|i| i.1[96..128].fill(0xff), VerifyError::MalformedC),
        (&|i| i.1[128..160].fill(0xff), VerifyError::MalformedCz),
        (&|i| i.0.c_w = [0xff; 32], VerifyError::MalformedCw),
        (&|i| i.0.c_x = [0xff; 32], VerifyError::MalformedCx),
    ];
    for count in [1, 2, 3, 4, 7] {
        for at in 0..count {
            for (change, error) in &changes {
                let mut items = pool.batch(count);
                change(&mut items[at]);
                assert_eq!(pool.verify(&items), refused(at, *error), "{at} of {count}");
            }
        }
    }
}

#[test]
fn a_proof_of_another_length_is_named() {
    let pool = pool();
    let items = pool.batch(3);
    let long = [&items[1].1[..], &[0]].concat();
    for proof in [&items[1].1[1..], &long[..], &[]] {
        let mut batch = borrowed(&items);
        batch[1].1 = proof;
        assert_eq!(
            pool.setup.prepared.verify_batch(&batch),
            refused(1, VerifyError::ProofLength)
        );
    }
}

#[test]
fn of_several_bad_proofs_the_first_is_named_and_malformed_ones_before_all() {
    let pool = pool();
    let mut items = pool.batch(8);
    for at in [2, 3, 7] {
        shift_c(&mut items[at], Fr::from(at as u64));
    }
    assert_eq!(pool.verify(&items), refused(2, VerifyError::EquationFailed));
    for at in [5, 6] {
        items[at].1[..32].fill(0);
    }
    assert_eq!(pool.verify(&items), refused(5, VerifyError::MalformedA));
}

/// Two errors that cancel if both proofs have the coefficient 1.
#[test]
fn errors_that_cancel_under_equal_coefficients_are_refused() {
    let pool = pool();
    let d = Fr::from(5u64);
    for (count, first, second) in [(2, 0, 1), (5, 1, 4), (5, 3, 2)] {
        let mut items = pool.batch(count);
        shift_c(&mut items[first], d);
        shift_c(&mut items[second], -d);
        assert!(pool.holds(&items, &vec![1; count]));
        assert_eq!(
            pool.verify(&items),
            refused(first.min(second), VerifyError::EquationFailed)
        );
    }
}

/// The same where the coefficients are known before the proofs are fixed: they must be hashed from
/// all of the proofs.
#[test]
fn errors_that_cancel_under_the_coefficients_of_another_batch_are_refused() {
    let pool = pool();
    let mut items = pool.batch(4);
    let known = pool.coefficients(&items);
    let d = Fr::from(5u64);
    for (at, sign) in [(1, Fr::one()), (3, -Fr::one())] {
        let r = Fr::from(known[at]);
        shift_c(&mut items[at], sign * d * r.inverse().unwrap());
    }
    assert!(pool.holds(&items, &known));
    assert_eq!(pool.verify(&items), refused(1, VerifyError::EquationFailed));
}

/// What the first coefficient, always 1, leaves unchecked: nothing.
#[test]
fn an_error_in_the_first_proof_cannot_be_cancelled_by_the_others() {
    let pool = pool();
    let mut items = pool.batch(3);
    shift_c(&mut items[0], Fr::from(5u64));
    let known = pool.coefficients(&items);
    let r = Fr::from(known[2]);
    shift_c(&mut items[2], -Fr::from(5u64) * r.inverse().unwrap());
    assert!(pool.holds(&items, &known));
    assert_eq!(pool.verify(&items), refused(0, VerifyError::EquationFailed));
}

#[test]
fn coefficients_are_128_bits_each_and_the_first_is_one() {
    let pool = pool();
    let items = pool.batch(MAX_BATCH);
    let all = pool.coefficients(&items);
    assert_eq!(all.len(), MAX_BATCH);
    assert_eq!(all[0], 1);
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), MAX_BATCH);
    // Every bit is used.
    let (ones, zeros) = all[1..]
        .iter()
        .fold((0u128, 0u128), |(ones, zeros), r| (ones | r, zeros | !r));
    assert_eq!((ones, zeros), (u128::MAX, u128::MAX));
}

#[test]
fn every_byte_of_the_batch_changes_every_coefficient() {
    let pool = pool();
    let items = pool.batch(3);
    let base = pool.coefficients(&items);
    let differs = |other: &[u128], what: &str| {
        for (i, (a, b)) in base.iter().zip(other).enumerate().skip(1) {
            assert_ne!(a, b, "coefficient {i}, {what}");
        }
    };
    for at in 0..items.len() {
        for byte in 0..STATEMENT_BYTES {
            let mut changed = items.clone();
            let mut bytes = changed[at].0.to_bytes();
            bytes[byte] ^= 1;
            changed[at].0 = Statement::from_bytes(&bytes).unwrap();
            differs(&pool.coefficients(&changed), "statement");
        }
        for byte in 0..PROOF_BYTES {
            let mut changed = items.clone();
            changed[at].1[byte] ^= 1;
            differs(&pool.coefficients(&changed), "proof");
        }
    }
    let mut id = pool.setup.vk.id();
    for byte in 0..id.len() {
        id[byte] ^= 1;
        differs(&coefficients(&id, &borrowed(&items)), "key");
        id[byte] ^= 1;
    }
    differs(&pool.coefficients(&pool.batch(4)), "one proof more");
    differs(&pool.coefficients(&pool.batch(2)), "one proof less");
    let mut swapped = items.clone();
    swapped.swap(0, 2);
    differs(&pool.coefficients(&swapped), "order");
}

/// One proof of another key among them: same secrets, only the key's id differs.
#[test]
fn a_batch_under_another_key_is_refused() {
    let pool = pool();
    let mut vk = pool.setup.vk;
    vk.descriptor.macs += 1;
    let key = crate::PreparedKey::new(&vk);
    assert_eq!(
        key.verify_batch(&borrowed(&pool.batch(3))),
        refused(0, VerifyError::EquationFailed)
    );
}

#[test]
fn a_zero_commitment_is_combined_as_it_is_checked_alone() {
    let pool = pool();
    let mut items = pool.batch(3);
    items[1].0.c_x = encode_g1(&G1Affine::zero());
    let (statement, proof) = &items[1];
    let alone = pool.setup.prepared.verify(statement, proof);
    assert_eq!(alone, Err(VerifyError::EquationFailed));
    assert_eq!(pool.verify(&items), refused(1, VerifyError::EquationFailed));
}

/// What may happen to a proof on its way.
#[derive(Clone, Copy, Debug)]
enum Damage {
    None,
    ProofBit(usize),
    StatementBit(usize),
    ShiftC(u64),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        12 => Just(Damage::None),
        1 => (0..PROOF_BYTES * 8).prop_map(Damage::ProofBit),
        1 => (0..STATEMENT_BYTES * 8).prop_map(Damage::StatementBit),
        1 => (1..u64::MAX).prop_map(Damage::ShiftC),
    ]
}

impl Damage {
    fn apply(self, item: &mut Item) {
        match self {
            Self::None => (),
            Self::ProofBit(bit) => item.1[bit / 8] ^= 1 << (bit % 8),
            Self::StatementBit(bit) => {
                let mut bytes = item.0.to_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                item.0 = Statement::from_bytes(&bytes).unwrap();
            }
            Self::ShiftC(k) => shift_c(item, Fr::from(k)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A batch is accepted if and only if each proof is, and the error is the one a proof alone has.
    #[test]
    fn a_batch_says_what_single_checks_say(
        chosen in prop::collection::vec((0usize..6, damage()), 0..24),
    ) {
        let pool = pool();
        let items: Vec<Item> = chosen
            .iter()
            .map(|(i, damage)| {
                let mut item = pool.items[*i];
                damage.apply(&mut item);
                item
            })
            .collect();
        let failures: Vec<(usize, VerifyError)> = items
            .iter()
            .enumerate()
            .filter_map(|(at, (statement, proof))| {
                let alone = pool.setup.prepared.verify(statement, proof);
                alone.err().map(|error| (at, error))
            })
            .collect();
        let malformed = failures
            .iter()
            .find(|(_, error)| *error != VerifyError::EquationFailed);
        let expected = match malformed.or(failures.first()) {
            None => Ok(()),
            Some((at, error)) => refused(*at, *error),
        };
        prop_assert_eq!(pool.verify(&items), expected);
    }
}

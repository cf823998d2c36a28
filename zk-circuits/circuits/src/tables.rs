//! Look-up tables and how ranges are cut into limbs that fit them.
//!
//! A table of size N holds `0..N`. Every table has its own LogUp sum: values of two tables are
//! never mixed, so that being in one of them says which.

use std::collections::BTreeSet;

/// Tables never grow beyond this.
const MAX_TABLE: u64 = 1 << 16;
/// A range is cut into at most this many limbs.
const MAX_LIMBS: u32 = 4;

/// Part of a committed value: one committed variable in `0..range`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limb {
    /// Weight within the value.
    pub weight: u64,
    /// Number of values the honest prover uses.
    pub range: u64,
    /// Size of the table the limb is looked up in.
    pub table: u64,
    /// Whether `range - 1 - limb` is looked up too, which makes the range exact.
    pub paired: bool,
}

impl Limb {
    /// Number of look-ups.
    pub fn lookups(&self) -> usize {
        1 + usize::from(self.paired)
    }

    /// Largest value that the look-ups admit.
    pub fn max(&self) -> u64 {
        if self.paired {
            self.range - 1
        } else {
            self.table - 1
        }
    }
}

/// A way to commit to a value of some range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cut {
    pub limbs: Vec<Limb>,
}

impl Cut {
    pub fn lookups(&self) -> usize {
        self.limbs.iter().map(Limb::lookups).sum()
    }

    /// Largest value that the look-ups admit.
    pub fn max(&self) -> u64 {
        self.limbs.iter().map(|l| l.weight * l.max()).sum()
    }
}

/// The `n` for which limbs admit exactly the values `0..n`, each in one way: digits of a mixed
/// radix, each in exactly its range. `None` if there is none.
pub(crate) fn exact_range(limbs: &[Limb]) -> Option<u64> {
    limbs.iter().try_fold(1u64, |weight, limb| {
        let exact = match limb.paired {
            true => limb.range <= limb.table,
            false => limb.range == limb.table,
        };
        let range = (exact && limb.weight == weight).then_some(limb.range)?;
        weight.checked_mul(range)
    })
}

/// The tables of a circuit while it is planned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TablePlanner {
    sizes: BTreeSet<u64>,
}

impl TablePlanner {
    /// Sizes in ascending order.
    pub fn sizes(&self) -> Vec<u64> {
        self.sizes.iter().copied().collect()
    }

    /// Rows of the tables themselves: one per entry, and one for its committed multiplicity.
    pub fn rows(&self) -> u64 {
        self.sizes.iter().map(|n| 2 * n).sum()
    }

    pub(crate) fn with(&self, cut: &Cut) -> Self {
        let mut tables = self.clone();
        tables.sizes.extend(cut.limbs.iter().map(|l| l.table));
        tables
    }

    /// The smallest table that holds `0..range`, which is added where there is none.
    pub(crate) fn at_least(&mut self, range: u64) -> u64 {
        let found = self.sizes.range(range..).next().copied();
        found.unwrap_or_else(|| {
            self.sizes.insert(range);
            range
        })
    }

    /// Ways to hold exactly the values `0..range`.
    pub(crate) fn exact(&self, range: u64) -> Vec<Cut> {
        let mut cuts = Vec::new();
        let mut push = |cut: Cut| {
            if !cuts.contains(&cut) {
                cuts.push(cut);
            }
        };
        if range == 1 {
            return vec![Cut { limbs: Vec::new() }];
        }
        for limb in self.single(1, range) {
            push(Cut { limbs: vec![limb] });
        }
        if range.is_power_of_two() {
            let bits = range.trailing_zeros();
            let widths = (2..=MAX_LIMBS).map(|limbs| bits.div_ceil(limbs));
            let known = self.sizes.iter().filter(|n| n.is_power_of_two());
            let known = known.map(|n| n.trailing_zeros());
            for width in widths.chain(known).filter(|w| *w > 0 && *w < bits) {
                self.split(bits, width, &mut push);
            }
        }
        cuts
    }

    /// Cuts `bits` into limbs of `width` bits, the last one narrower where it must be.
    fn split(&self, bits: u32, width: u32, push: &mut impl FnMut(Cut)) {
        if bits.div_ceil(width) > MAX_LIMBS {
            return;
        }
        let mut limbs = Vec::new();
        let mut at = 0;
        while at + width <= bits {
            limbs.push(Limb {
                weight: 1 << at,
                range: 1 << width,
                table: 1 << width,
                paired: false,
            });
            at += width;
        }
        if 1u64 << width > MAX_TABLE {
            return;
        }
        if at == bits {
            return push(Cut { limbs });
        }
        let mut tables = self.clone();
        tables.sizes.insert(1 << width);
        for last in tables.single(1 << at, 1 << (bits - at)) {
            let mut limbs = limbs.clone();
            limbs.push(last);
            push(Cut { limbs });
        }
    }

    /// One limb of exactly `range` values: in a table of its own size, or twice in a larger one.
    fn single(&self, weight: u64, range: u64) -> Vec<Limb> {
        let own = (range <= MAX_TABLE).then_some(Limb {
            weight,
            range,
            table: range,
            paired: false,
        });
        let larger = self.sizes.iter().find(|n| **n > range);
        let shared = larger.map(|table| Limb {
            weight,
            range,
            table: *table,
            paired: true,
        });
        own.into_iter().chain(shared).collect()
    }

    /// Ways to hold at least the values `0..=max`; more do no harm.
    pub(crate) fn covering(&self, max: u64) -> Vec<Cut> {
        if max == 0 {
            return vec![Cut { limbs: Vec::new() }];
        }
        let mut cuts = Vec::new();
        for count in 1..=MAX_LIMBS {
            let radix = root(max + 1, count);
            if radix < 2 {
                break;
            }
            let larger = self.sizes.iter().find(|n| **n > radix).copied();
            for table in [Some(radix), larger].into_iter().flatten() {
                if table > MAX_TABLE {
                    continue;
                }
                let limbs = (0..count)
                    .map(|i| Limb {
                        weight: radix.pow(i),
                        range: radix,
                        table,
                        paired: false,
                    })
                    .collect();
                cuts.push(Cut { limbs });
            }
            if radix == 2 {
                break;
            }
        }
        cuts
    }
}

/// The least `r` with `r^n >= value`.
fn root(value: u64, n: u32) -> u64 {
    let mut r = (value as f64).powf(1.0 / f64::from(n)) as u64;
    r = r.saturating_sub(2).max(1);
    while u128::from(r).pow(n) < u128::from(value) {
        r += 1;
    }
    r
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn roots_are_exact() {
        assert_eq!(root(256, 2), 16);
        assert_eq!(root(257, 2), 17);
        assert_eq!(root(1, 3), 1);
        assert_eq!(root(199_666, 2), 447);
        assert_eq!(root(1 << 40, 4), 1 << 10);
        assert_eq!(root(7, 1), 7);
    }

    /// All values that the look-ups of a cut admit.
    fn admitted(cut: &Cut) -> BTreeSet<u64> {
        let mut values = BTreeSet::from([0]);
        for limb in &cut.limbs {
            let in_table = |v: u64| v < limb.table;
            let admits = |v: &u64| {
                in_table(*v) && (!limb.paired || (*v < limb.range && in_table(limb.range - 1 - v)))
            };
            let limbs: Vec<u64> = (0..limb.table).filter(admits).collect();
            values = values
                .iter()
                .flat_map(|v| limbs.iter().map(move |l| v + l * limb.weight))
                .collect();
        }
        values
    }

    proptest! {
        #[test]
        fn exact_cuts_are_exact(
            range in prop_oneof![1u64..300, (0u32..12).prop_map(|b| 1 << b)],
            known in prop::collection::btree_set(2u64..300, 0..3),
        ) {
            let tables = TablePlanner { sizes: known };
            for cut in tables.exact(range) {
                prop_assert_eq!(admitted(&cut), (0..range).collect());
                prop_assert_eq!(cut.max(), range - 1);
                prop_assert_eq!(exact_range(&cut.limbs), Some(range));
            }
        }

        /// What counts as exact is, whatever the limbs.
        #[test]
        fn exact_ranges_are_admitted_exactly(
            limbs in prop::collection::vec((1u64..5, 1u64..5, any::<bool>(), 1u64..20), 0..4),
            radix in any::<bool>(),
        ) {
            let mut weight = 1;
            let limbs: Vec<Limb> = limbs
                .into_iter()
                .map(|(range, table, paired, other)| {
                    let limb = Limb { weight: if radix { weight } else { other }, range, table, paired };
                    weight *= range;
                    limb
                })
                .collect();
            if let Some(range) = exact_range(&limbs) {
                prop_assert_eq!(admitted(&Cut { limbs }), (0..range).collect());
            }
        }

        #[test]
        fn covering_cuts_cover(
            max in 0u64..5000,
            known in prop::collection::btree_set(2u64..300, 0..3),
        ) {
            let tables = TablePlanner { sizes: known };
            let cuts = tables.covering(max);
            prop_assert!(!cuts.is_empty());
            for cut in cuts {
                let admitted = admitted(&cut);
                prop_assert!((0..=max).all(|v| admitted.contains(&v)));
                prop_assert_eq!(admitted.last().copied(), Some(cut.max()));
            }
        }
    }

    #[test]
    fn partial_bytes_may_share_the_byte_table() {
        let tables = TablePlanner {
            sizes: BTreeSet::from([256]),
        };
        let cuts = tables.exact(8);
        assert!(cuts
            .iter()
            .any(|c| c.limbs[0].paired && c.limbs[0].table == 256));
        assert!(cuts
            .iter()
            .any(|c| !c.limbs[0].paired && c.limbs[0].table == 8));
    }
}

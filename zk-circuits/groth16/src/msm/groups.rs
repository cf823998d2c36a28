//! Sums of many small groups of points, in affine coordinates.

use ark_ec::{
    short_weierstrass::{Affine, SWCurveConfig},
    AffineRepr,
};
use ark_ff::{AdditiveGroup, Field, Zero};

/// Additions that share one inversion.
pub(super) const BATCH: usize = 1024;

/// Sums consecutive groups of points; group g ends at `ends[g]`. Halves every group until each
/// has one point or none.
pub(super) fn sum_groups<P: SWCurveConfig>(
    mut points: Vec<Affine<P>>,
    mut ends: Vec<u32>,
) -> Vec<Affine<P>> {
    let mut halved = Vec::with_capacity(points.len() / 2 + ends.len());
    let mut adder = Adder::new();
    loop {
        let mut done = true;
        let mut start = 0usize;
        halved.clear();
        for end in ends.iter_mut() {
            let group = &points[start..*end as usize];
            start = *end as usize;
            let pairs = group.chunks_exact(2);
            let odd = pairs.remainder();
            for pair in pairs {
                adder.push(pair[0], pair[1], &mut halved);
            }
            halved.extend_from_slice(odd);
            done &= group.len() <= 2;
            *end = halved.len() as u32;
        }
        adder.finish(&mut halved);
        std::mem::swap(&mut points, &mut halved);
        if done {
            break;
        }
    }
    let mut start = 0;
    ends.into_iter()
        .map(|end| {
            let sum = points[start..end as usize].first().copied();
            start = end as usize;
            sum.unwrap_or_else(Affine::zero)
        })
        .collect()
}

/// Adds pairs of affine points, inverting once per batch.
struct Adder<P: SWCurveConfig> {
    pairs: Vec<(Affine<P>, Affine<P>)>,
    /// Where each sum goes.
    slots: Vec<usize>,
    /// Products of the denominators before each pair.
    products: Vec<P::BaseField>,
    denominators: Vec<P::BaseField>,
}

impl<P: SWCurveConfig> Adder<P> {
    fn new() -> Self {
        Self {
            pairs: Vec::with_capacity(BATCH),
            slots: Vec::with_capacity(BATCH),
            products: Vec::with_capacity(BATCH),
            denominators: Vec::with_capacity(BATCH),
        }
    }

    /// Appends `p + q` to `sums`, now or when the batch is full.
    fn push(&mut self, p: Affine<P>, q: Affine<P>, sums: &mut Vec<Affine<P>>) {
        let denominator = if p.is_zero() {
            sums.push(q);
            return;
        } else if q.is_zero() {
            sums.push(p);
            return;
        } else if p.x != q.x {
            q.x - p.x
        } else if p.y == q.y && !p.y.is_zero() {
            p.y.double()
        } else {
            sums.push(Affine::zero());
            return;
        };
        let product = match (self.products.last(), self.denominators.last()) {
            (Some(product), Some(last)) => *product * last,
            _ => P::BaseField::ONE,
        };
        self.products.push(product);
        self.denominators.push(denominator);
        self.pairs.push((p, q));
        self.slots.push(sums.len());
        sums.push(Affine::zero());
        if self.pairs.len() == BATCH {
            self.finish(sums);
        }
    }

    /// Computes the sums still open.
    fn finish(&mut self, sums: &mut [Affine<P>]) {
        let (Some(product), Some(last)) = (self.products.last(), self.denominators.last()) else {
            return;
        };
        let mut inverse = (*product * last)
            .inverse()
            .expect("no denominator is zero; qed");
        for (i, (p, q)) in self.pairs.iter().enumerate().rev() {
            let inverted = inverse * self.products[i];
            inverse *= self.denominators[i];
            let slope = if p.x == q.x {
                let square = p.x.square();
                (square.double() + square + P::COEFF_A) * inverted
            } else {
                (q.y - p.y) * inverted
            };
            let x = slope.square() - p.x - q.x;
            let y = slope * (p.x - x) - p.y;
            sums[self.slots[i]] = Affine::new_unchecked(x, y);
        }
        self.pairs.clear();
        self.slots.clear();
        self.products.clear();
        self.denominators.clear();
    }
}

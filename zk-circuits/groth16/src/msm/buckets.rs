//! The buckets of one window.

use ark_ec::{
    short_weierstrass::{Affine, Bucket, SWCurveConfig},
    AffineRepr,
};
use ark_ff::{AdditiveGroup, Field, Zero};

/// Additions that share one inversion, at most.
const BATCH: usize = 1024;
/// Buckets for each addition of a batch: with fewer, too many points of a batch would share one.
const SPREAD: usize = 8;
/// Points that wait because their bucket is in the batch already.
const WAITING: usize = 256;

/// Buckets that points are added to one by one, in affine coordinates: the additions of a batch go
/// to different buckets and share one inversion.
pub(super) struct Buckets<P: SWCurveConfig> {
    sums: Vec<Affine<P>>,
    /// The last batch in which a bucket occurs.
    last: Vec<u32>,
    /// Number of the batch being gathered.
    batch: u32,
    size: usize,
    additions: Vec<Addition<P>>,
    /// Product of all denominators of the batch so far.
    product: P::BaseField,
    waiting: Vec<(u32, Affine<P>)>,
    /// Sums of points that found neither a free bucket nor a place to wait; empty until there is
    /// one.
    overflow: Vec<Bucket<P>>,
}

/// A point on its way into a bucket.
struct Addition<P: SWCurveConfig> {
    bucket: u32,
    point: Affine<P>,
    denominator: P::BaseField,
    /// Product of the denominators before this one.
    before: P::BaseField,
}

impl<P: SWCurveConfig> Buckets<P> {
    /// Fewest buckets for which this way of adding pays.
    pub const MIN: usize = 1 << 12;

    pub fn new(count: usize) -> Self {
        let size = (count / SPREAD).clamp(1, BATCH);
        Self {
            sums: vec![Affine::zero(); count],
            last: vec![0; count],
            batch: 1,
            size,
            additions: Vec::with_capacity(size),
            product: P::BaseField::ONE,
            waiting: Vec::with_capacity(WAITING),
            overflow: Vec::new(),
        }
    }

    /// Adds a point that is not zero to a bucket.
    pub fn add(&mut self, bucket: u32, point: Affine<P>) {
        if self.last[bucket as usize] == self.batch {
            return self.wait(bucket, point);
        }
        self.start(bucket, point);
        if self.additions.len() == self.size {
            self.flush();
        }
    }

    fn wait(&mut self, bucket: u32, point: Affine<P>) {
        if self.waiting.len() < WAITING.min(self.size - 1) {
            return self.waiting.push((bucket, point));
        }
        // Many points for few buckets: batches would stay short.
        self.overflow(bucket, &point);
    }

    fn overflow(&mut self, bucket: u32, point: &Affine<P>) {
        if self.overflow.is_empty() {
            self.overflow = vec![Bucket::ZERO; self.sums.len()];
        }
        self.overflow[bucket as usize] += point;
    }

    /// Puts an addition into the batch, unless it needs no inversion.
    fn start(&mut self, bucket: u32, point: Affine<P>) {
        let sum = &mut self.sums[bucket as usize];
        let denominator = if sum.is_zero() {
            *sum = point;
            return;
        } else if sum.x != point.x {
            point.x - sum.x
        } else if sum.y == point.y && !point.y.is_zero() {
            point.y.double()
        } else {
            *sum = Affine::zero();
            return;
        };
        self.last[bucket as usize] = self.batch;
        let before = self.product;
        self.product *= denominator;
        self.additions.push(Addition {
            bucket,
            point,
            denominator,
            before,
        });
    }

    /// Carries out the batch, and starts the next one with the points that wait.
    fn flush(&mut self) {
        let mut inverse = self.product.inverse().expect("no denominator is zero; qed");
        for addition in self.additions.iter().rev() {
            let inverted = inverse * addition.before;
            inverse *= addition.denominator;
            let (p, q) = (&addition.point, &mut self.sums[addition.bucket as usize]);
            let slope = if p.x == q.x {
                let square = p.x.square();
                (square.double() + square + P::COEFF_A) * inverted
            } else {
                (p.y - q.y) * inverted
            };
            let x = slope.square() - p.x - q.x;
            let y = slope * (p.x - x) - p.y;
            *q = Affine::new_unchecked(x, y);
        }
        self.additions.clear();
        self.product = P::BaseField::ONE;
        self.batch += 1;
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|(bucket, point)| {
            let busy = self.last[*bucket as usize] == self.batch;
            if !busy {
                self.start(*bucket, *point);
            }
            busy
        });
        self.waiting = waiting;
    }

    /// `sum (b + 1) * bucket_b`.
    pub fn weighted_sum(mut self) -> Bucket<P> {
        for (bucket, point) in std::mem::take(&mut self.waiting) {
            self.overflow(bucket, &point);
        }
        self.flush();
        let mut total = Bucket::<P>::ZERO;
        let mut running = Bucket::<P>::ZERO;
        for bucket in (0..self.sums.len()).rev() {
            running += &self.sums[bucket];
            if let Some(overflow) = self.overflow.get(bucket) {
                running += overflow;
            }
            total += &running;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msm::tests::{naive, points};
    use ark_bn254::{g1, g2, Fr};
    use ark_ec::short_weierstrass::Projective;
    use rand::{rngs::StdRng, Rng, SeedableRng};

    fn check<P: SWCurveConfig<ScalarField = Fr>>(count: usize, terms: &[(u32, Affine<P>)]) {
        let mut buckets = Buckets::new(count);
        for (bucket, point) in terms {
            buckets.add(*bucket, *point);
        }
        let (bases, scalars): (Vec<_>, Vec<_>) = terms
            .iter()
            .map(|(bucket, point)| (*point, Fr::from(bucket + 1)))
            .unzip();
        let sum: Projective<P> = buckets.weighted_sum().into();
        assert_eq!(sum, naive(&bases, &scalars));
    }

    #[test]
    fn points_spread_over_buckets_or_crowded_in_a_few_are_summed() {
        let mut rng = StdRng::seed_from_u64(21);
        let bases = points::<g1::Config>(3000, &mut rng);
        for (count, used) in [(1, 1), (8, 8), (64, 3), (4096, 4096), (4096, 1), (4096, 40)] {
            let bucket = |rng: &mut StdRng| rng.gen_range(0..used) as u32;
            let terms: Vec<_> = bases.iter().map(|p| (bucket(&mut rng), *p)).collect();
            check(count, &terms);
            check(count, &terms[..5]);
            check::<g1::Config>(count, &[]);
        }
        let bases = points::<g2::Config>(200, &mut rng);
        let terms: Vec<_> = bases.iter().map(|p| (rng.gen_range(0..40), *p)).collect();
        check(64, &terms);
    }

    #[test]
    fn equal_and_opposite_points_are_summed() {
        let mut rng = StdRng::seed_from_u64(22);
        let p = points::<g1::Config>(2, &mut rng);
        let choices = [p[0], p[0], -p[0], p[1], -p[1]];
        let terms: Vec<_> = (0..2000)
            .map(|_| (rng.gen_range(0..100), choices[rng.gen_range(0..5)]))
            .collect();
        check(128, &terms);
        let opposite: Vec<_> = (0..2000)
            .map(|i| (i % 128, [p[0], -p[0]][i as usize / 128 % 2]))
            .collect();
        check(128, &opposite);
    }
}

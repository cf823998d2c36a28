//! Equal ratios across the groups, of single points and of whole vectors at once.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::{
    pairing::Pairing,
    short_weierstrass::{Affine, SWCurveConfig},
    CurveGroup,
};
use ark_ff::{BigInt, Zero};
use ark_std::rand::{CryptoRng, RngCore};

use crate::msm::msm;

/// Whether `p.1 = k * p.0` and `q.1 = k * q.0` with one `k`: `e(p.0, q.1) = e(p.1, q.0)`.
pub(crate) fn same_ratio(p: (G1Affine, G1Affine), q: (G2Affine, G2Affine)) -> bool {
    Bn254::multi_pairing([p.0, -p.1], [q.1, q.0]).is_zero()
}

/// Coefficients of a random combination, below 2^128: a false vector passes with 2^-128.
pub(crate) fn coefficients<R: RngCore + CryptoRng>(count: usize, rng: &mut R) -> Vec<BigInt<4>> {
    (0..count)
        .map(|_| BigInt::new([rng.next_u64(), rng.next_u64(), 0, 0]))
        .collect()
}

/// The combination of points; one coefficient each.
pub(crate) fn combine<P: SWCurveConfig<ScalarField = Fr>>(
    points: &[Affine<P>],
    coefficients: &[BigInt<4>],
) -> Affine<P> {
    msm(points, coefficients).into_affine()
}

/// One combination of all points but the last and of all but the first: if the points are
/// multiples by consecutive powers, their ratio is the power.
pub(crate) fn shifted<P: SWCurveConfig<ScalarField = Fr>, R: RngCore + CryptoRng>(
    points: &[Affine<P>],
    rng: &mut R,
) -> (Affine<P>, Affine<P>) {
    let coefficients = coefficients(points.len() - 1, rng);
    (
        combine(&points[..points.len() - 1], &coefficients),
        combine(&points[1..], &coefficients),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::AffineRepr;

    #[test]
    fn ratios_are_told_apart() {
        let times = |k: u64| (G1Affine::generator() * Fr::from(k)).into_affine();
        let twist = |k: u64| (G2Affine::generator() * Fr::from(k)).into_affine();
        assert!(same_ratio((times(3), times(15)), (twist(7), twist(35))));
        assert!(!same_ratio((times(15), times(3)), (twist(7), twist(35))));
        assert!(!same_ratio((times(3), times(15)), (twist(7), twist(36))));
        assert!(!same_ratio(
            (times(3), G1Affine::zero()),
            (twist(7), twist(35))
        ));
    }
}

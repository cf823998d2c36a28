//! Exponential decay in fixed point.

use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};

/// One, in the fixed point of [`Decay`].
const ONE: u128 = 1 << 64;

/// floor(2^64 · 2^(-2^-k)) for k = 1..=32.
const ROOTS: [u64; 32] = [
    0xb504_f333_f9de_6484,
    0xd744_fcca_d69d_6af4,
    0xeac0_c6e7_dd24_392e,
    0xf525_7d15_2486_cc2c,
    0xfa83_b2db_722a_033a,
    0xfd3e_0c0c_f486_c174,
    0xfe9e_115c_7b8f_884b,
    0xff4e_cb59_511e_c8a5,
    0xffa7_5652_1c8d_aed1,
    0xffd3_a751_c0f7_e10b,
    0xffe9_d2b2_f7db_2755,
    0xfff4_e91b_ff1b_8c3d,
    0xfffa_747e_a004_0664,
    0xfffd_3a3b_7814_eb53,
    0xfffe_9d1c_c60d_dab1,
    0xffff_4e8e_2587_9bfa,
    0xffff_a747_0363_f451,
    0xffff_d3a3_7dda_0313,
    0xffff_e9d1_bdf7_03ae,
    0xffff_f4e8_debe_025e,
    0xffff_fa74_6f4f_a150,
    0xffff_fd3a_37a3_f8b0,
    0xffff_fe9d_1bd1_065a,
    0xffff_ff4e_8de8_45ad,
    0xffff_ffa7_46f4_1376,
    0xffff_ffd3_a37a_05e3,
    0xffff_ffe9_d1bd_01fb,
    0xffff_fff4_e8de_80c0,
    0xffff_fffa_746f_4050,
    0xffff_fffd_3a37_a024,
    0xffff_fffe_9d1b_d011,
    0xffff_ffff_4e8d_e808,
];

/// What is left of evidence after some time: a factor in units of 2^-64, at most one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Decay(u128);

impl Decay {
    /// 2^(-elapsed / half_life), rounded down; relative error below 2^-30.
    pub(crate) fn after(elapsed: u64, half_life: u64) -> Self {
        let half_life = half_life.max(1);
        let whole = elapsed / half_life;
        if whole >= 64 {
            return Self(0);
        }
        // The fraction of a half-life, in 32 binary digits, picks the roots to multiply.
        let fraction = (u128::from(elapsed % half_life) << 32) / u128::from(half_life);
        let factor = ROOTS
            .iter()
            .enumerate()
            .filter(|(k, _)| fraction >> (31 - k) & 1 == 1)
            .fold(ONE, |factor, (_, root)| (factor * u128::from(*root)) >> 64);
        Self(factor >> whole)
    }

    /// What is left of a value, rounded down.
    pub(crate) fn of(self, value: u128) -> u128 {
        // A factor of at most one cannot overflow.
        multiply_by_rational_with_rounding(value, self.0, ONE, Rounding::Down).unwrap_or(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MONTH: u64 = 1_296_000;

    #[test]
    fn half_is_left_after_each_half_life() {
        assert_eq!(Decay::after(0, MONTH), Decay(ONE));
        assert_eq!(Decay::after(MONTH, MONTH), Decay(ONE / 2));
        assert_eq!(Decay::after(3 * MONTH, MONTH), Decay(ONE / 8));
        assert_eq!(Decay::after(64 * MONTH, MONTH), Decay(0));
        assert_eq!(Decay::after(u64::MAX, 1), Decay(0));
        assert_eq!(Decay::after(MONTH, MONTH).of(1_000_001), 500_000);
        assert_eq!(Decay::after(0, MONTH).of(u128::MAX), u128::MAX);
    }

    proptest! {
        #[test]
        fn it_is_the_exponential(elapsed in 0..20 * MONTH, half_life in 1..2 * MONTH) {
            let exact = (-(elapsed as f64) / half_life as f64).exp2();
            let got = Decay::after(elapsed, half_life).0 as f64 / ONE as f64;
            prop_assert!((got - exact).abs() <= exact * 2f64.powi(-30) + 2f64.powi(-60));
        }

        #[test]
        fn it_never_grows(elapsed in 0..20 * MONTH, value in any::<u128>()) {
            let now = Decay::after(elapsed, MONTH);
            let later = Decay::after(elapsed + 1, MONTH);
            prop_assert!(later <= now);
            prop_assert!(now.of(value) <= value);
        }
    }
}

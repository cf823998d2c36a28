//! Phase 1: powers of tau, its checks and its file.
//!
//! Our own file is small and plain: magic `swarm-p1`, format version (4 bytes), origin (one byte: 0
//! a ceremony, 1 one party for development), the number `n` of powers (8 bytes), then the
//! points
//!
//! ```text
//! tau^i G1 (2n - 1)   tau^i G2 (n)   alpha tau^i G1 (n)   beta tau^i G1 (n)   beta G2 (1)
//! ```
//!
//! uncompressed, `x | y`, 32 little-endian bytes a coordinate, c0 before c1 in G2; integers are
//! little-endian and nothing follows. Files of snarkjs (`.ptau`) are read as well.

use std::io::{self, Read, Seek, Write};

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_std::rand::{CryptoRng, RngCore};

use super::{
    digest::digest,
    initial::flag,
    ptau,
    ratio::{same_ratio, shifted},
    Phase1Error,
};
use crate::key_file::{FileKind, Input, KeyFileError, Output, Validation};

pub(crate) const TAU_G1: &str = "tau in G1";
pub(crate) const TAU_G2: &str = "tau in G2";
pub(crate) const ALPHA_G1: &str = "alpha tau in G1";
pub(crate) const BETA_G1: &str = "beta tau in G1";
pub(crate) const BETA_G2: &str = "beta in G2";

/// Powers of tau, for circuits of up to [`Phase1::size`] rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase1 {
    /// Made by one party: so are keys that come from it, whoever contributes to them later.
    pub(crate) development: bool,
    pub(crate) tau_g1: Vec<G1Affine>,
    pub(crate) tau_g2: Vec<G2Affine>,
    pub(crate) alpha_g1: Vec<G1Affine>,
    pub(crate) beta_g1: Vec<G1Affine>,
    pub(crate) beta_g2: G2Affine,
}

impl Phase1 {
    /// Powers for `size` rows from fresh secrets, stamped as made by one party: whoever runs this
    /// can forge proofs under every key that comes from it. `size` is 2 or more.
    #[cfg(any(test, feature = "dev-setup"))]
    pub fn generate_development<R: RngCore + CryptoRng>(size: usize, rng: &mut R) -> Self {
        use ark_bn254::Fr;
        use ark_ff::UniformRand;
        Self::of_secrets(size, Fr::rand(rng), Fr::rand(rng), Fr::rand(rng))
    }

    /// Powers of given secrets.
    #[cfg(any(test, feature = "dev-setup"))]
    pub(crate) fn of_secrets(
        size: usize,
        tau: ark_bn254::Fr,
        alpha: ark_bn254::Fr,
        beta: ark_bn254::Fr,
    ) -> Self {
        use crate::{
            fft::powers,
            setup::{base_g2, Base},
        };
        use ark_ec::CurveGroup;
        use ark_ff::One;
        assert!(size >= 2, "a domain of two rows or more");
        let base = Base::new(4 * size);
        let one = ark_bn254::Fr::one();
        Self {
            development: true,
            tau_g1: base.g1(&powers(tau, one, 2 * size - 1)),
            tau_g2: base_g2(&powers(tau, one, size)),
            alpha_g1: base.g1(&powers(tau, alpha, size)),
            beta_g1: base.g1(&powers(tau, beta, size)),
            beta_g2: (G2Affine::generator() * beta).into_affine(),
        }
    }

    /// Reads either format, keeping what circuits with a domain of `size` (2 or more) need.
    /// Points are on their curves and in their subgroups; that they are powers of one tau is
    /// checked where they are used.
    ///
    /// # Errors
    /// [`Phase1Error`] for a file of another kind, of another curve, damaged or too small.
    pub fn read(mut source: impl Read + Seek, size: usize) -> Result<Self, Phase1Error> {
        let io = |error: io::Error| Phase1Error::Io(error.to_string());
        let mut magic = Vec::with_capacity(4);
        source
            .by_ref()
            .take(4)
            .read_to_end(&mut magic)
            .map_err(io)?;
        source.rewind().map_err(io)?;
        if magic == ptau::MAGIC {
            return ptau::read(&mut source, size);
        }
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes).map_err(io)?;
        Self::from_bytes(&bytes)?.truncated(size)
    }

    /// Reads a whole file of our own format.
    fn from_bytes(bytes: &[u8]) -> Result<Self, KeyFileError> {
        let mut input = Input::new(bytes, FileKind::Phase1, Validation::Full)?;
        let development = flag(&mut input, "origin")?;
        let size = input.count(BETA_G1, 64)?;
        if size < 2 {
            return Err(KeyFileError::Truncated(BETA_G1));
        }
        let phase1 = Self {
            development,
            tau_g1: input.g1(TAU_G1, 2 * size - 1)?,
            tau_g2: input.g2(TAU_G2, size)?,
            alpha_g1: input.g1(ALPHA_G1, size)?,
            beta_g1: input.g1(BETA_G1, size)?,
            beta_g2: input.g2(BETA_G2, 1)?[0],
        };
        input.finish()?;
        Ok(phase1)
    }

    /// Writes our own format.
    pub fn write(&self, writer: impl Write) -> io::Result<()> {
        let mut output = Output::new(writer, FileKind::Phase1)?;
        output.bytes(&[self.development.into()])?;
        output.count(self.size())?;
        output.g1(&self.tau_g1)?;
        output.g2(&self.tau_g2)?;
        output.g1(&self.alpha_g1)?;
        output.g1(&self.beta_g1)?;
        output.g2(&[self.beta_g2])?;
        output.flush()
    }

    /// How many rows it suffices for.
    pub fn size(&self) -> usize {
        self.tau_g2.len()
    }

    /// Made by one party, who can forge proofs under every key that comes from it.
    pub fn development(&self) -> bool {
        self.development
    }

    /// Keeps what `size` rows need.
    pub(crate) fn truncated(mut self, size: usize) -> Result<Self, Phase1Error> {
        if self.size() < size {
            return Err(Phase1Error::TooSmall {
                powers: self.size(),
                needed: size,
            });
        }
        self.tau_g1.truncate(2 * size - 1);
        self.tau_g2.truncate(size);
        self.alpha_g1.truncate(size);
        self.beta_g1.truncate(size);
        Ok(self)
    }

    /// keccak256 of its file in our own format: the same for both formats.
    pub(crate) fn digest(&self) -> [u8; 32] {
        digest(|output| self.write(&mut output.writer))
    }

    /// Checks that all points come from one tau, one alpha and one beta, none of them trivial.
    ///
    /// Which secrets they are, and that nobody knows them, no check can say: that is what the
    /// transcript of the phase-1 ceremony is for.
    pub fn check<R: RngCore + CryptoRng>(&self, rng: &mut R) -> Result<(), Phase1Error> {
        let (g1, g2) = (G1Affine::generator(), G2Affine::generator());
        if self.tau_g1[0] != g1 {
            return Err(Phase1Error::Generator(TAU_G1));
        }
        if self.tau_g2[0] != g2 {
            return Err(Phase1Error::Generator(TAU_G2));
        }
        let (tau_g1, tau_g2) = (self.tau_g1[1], self.tau_g2[1]);
        let trivial = |point: G1Affine| point.is_zero() || point == g1 || point == -g1;
        for (secret, point) in [
            ("tau", tau_g1),
            ("alpha", self.alpha_g1[0]),
            ("beta", self.beta_g1[0]),
        ] {
            if trivial(point) {
                return Err(Phase1Error::Degenerate(secret));
            }
        }
        for (section, points) in [
            (TAU_G1, &self.tau_g1),
            (ALPHA_G1, &self.alpha_g1),
            (BETA_G1, &self.beta_g1),
        ] {
            if !same_ratio(shifted(points, rng), (g2, tau_g2)) {
                return Err(Phase1Error::Powers(section));
            }
        }
        if !same_ratio((g1, tau_g1), shifted(&self.tau_g2, rng)) {
            return Err(Phase1Error::Powers(TAU_G2));
        }
        if !same_ratio((g1, self.beta_g1[0]), (g2, self.beta_g2)) {
            return Err(Phase1Error::Beta);
        }
        Ok(())
    }
}

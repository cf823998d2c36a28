//! Keys and witnesses in the binary formats of iden3's tools, which snarkjs and others read.
//!
//! A file is a magic, a version and sections, each with its number and its length; integers are
//! little-endian. In keys, points have coordinates in Montgomery form, and coefficients are
//! multiplied by the form's factor twice; their query for the quotient holds the Lagrange
//! polynomials of the coset on which the prover knows it.

use anyhow::{Context, Result};
use ark_bn254::{Bn254, Fq, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{scalar_mul::BatchMulPreprocessing, AffineRepr};
use ark_ff::{BigInt, FftField, Field, One, PrimeField};
use ark_groth16::ProvingKey;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use swarm_groth16::ConstraintMatrices;

use super::Secrets;

/// Number of the proof system in keys.
const GROTH16: u32 = 1;

struct File(Vec<u8>);

impl File {
    fn new(magic: &[u8; 4], version: u32, sections: u32) -> Self {
        let mut file = Self(magic.to_vec());
        file.u32(version);
        file.u32(sections);
        file
    }

    fn section(&mut self, number: u32, write: impl FnOnce(&mut Self)) {
        self.u32(number);
        let at = self.0.len();
        self.0.extend([0; 8]);
        write(self);
        let length = (self.0.len() - at - 8) as u64;
        self.0[at..at + 8].copy_from_slice(&length.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn integer(&mut self, value: &BigInt<4>) {
        for limb in value.0 {
            self.0.extend(limb.to_le_bytes());
        }
    }

    /// A length in bytes and the field's modulus.
    fn modulus(&mut self, modulus: &BigInt<4>) {
        self.u32(32);
        self.integer(modulus);
    }

    fn coordinates(&mut self, coordinates: Option<&[Fq]>, count: usize) {
        match coordinates {
            Some(coordinates) => coordinates.iter().for_each(|c| self.integer(&c.0)),
            None => self.0.extend(std::iter::repeat_n(0, 32 * count)),
        }
    }

    fn g1(&mut self, points: &[G1Affine]) {
        for point in points {
            let xy = point.xy().map(|(x, y)| [x, y]);
            self.coordinates(xy.as_ref().map(|xy| &xy[..]), 2);
        }
    }

    fn g2(&mut self, points: &[G2Affine]) {
        for point in points {
            let xy = point.xy().map(|(x, y)| [x.c0, x.c1, y.c0, y.c1]);
            self.coordinates(xy.as_ref().map(|xy| &xy[..]), 4);
        }
    }
}

/// The witness, the constant one first.
pub fn wtns(assignment: &[Fr]) -> Vec<u8> {
    let mut file = File::new(b"wtns", 2, 2);
    file.section(1, |file| {
        file.modulus(&Fr::MODULUS);
        file.u32(assignment.len() as u32);
    });
    file.section(2, |file| {
        for value in assignment {
            file.integer(&value.into_bigint());
        }
    });
    file.0
}

/// The key of a circuit whose first `public` columns, the constant among them, are public.
pub fn zkey(
    key: &ProvingKey<Bn254>,
    matrices: &ConstraintMatrices,
    public: usize,
    secrets: &Secrets,
) -> Result<Vec<u8>> {
    let rows = matrices.num_constraints() + public;
    let domain = Radix2EvaluationDomain::<Fr>::new(rows)
        .with_context(|| format!("no domain has {rows} rows"))?;
    let mut file = File::new(b"zkey", 1, 10);
    file.section(1, |file| file.u32(GROTH16));
    file.section(2, |file| {
        file.modulus(&Fq::MODULUS);
        file.modulus(&Fr::MODULUS);
        file.u32(matrices.num_columns() as u32);
        file.u32(public as u32 - 1);
        file.u32(domain.size() as u32);
        file.g1(&[key.vk.alpha_g1, key.beta_g1]);
        file.g2(&[key.vk.beta_g2, key.vk.gamma_g2]);
        file.g1(&[key.delta_g1]);
        file.g2(&[key.vk.delta_g2]);
    });
    file.section(3, |file| file.g1(&key.vk.gamma_abc_g1));
    file.section(4, |file| coefficients(file, matrices, public));
    file.section(5, |file| file.g1(&key.a_query));
    file.section(6, |file| file.g1(&key.b_g1_query));
    file.section(7, |file| file.g2(&key.b_g2_query));
    file.section(8, |file| file.g1(&key.l_query));
    let h_query = coset_query(&domain, secrets)?;
    file.section(9, |file| file.g1(&h_query));
    // Where a ceremony would leave the circuit's hash and its contributions.
    file.section(10, |file| {
        file.0.extend([0; 64]);
        file.u32(0);
    });
    Ok(file.0)
}

/// The entries of A and B, and the rows that hold the public inputs.
fn coefficients(file: &mut File, matrices: &ConstraintMatrices, public: usize) {
    let constraints = matrices.num_constraints();
    let terms = |rows: &[swarm_groth16::Row]| rows.iter().map(Vec::len).sum::<usize>();
    file.u32((terms(&matrices.a) + terms(&matrices.b) + public) as u32);
    // As an element this is the form's factor, which is inside once more.
    let factor = Fr::new_unchecked(Fr::R2);
    let mut term = |matrix: u32, row: usize, column: usize, coefficient: Fr| {
        file.u32(matrix);
        file.u32(row as u32);
        file.u32(column as u32);
        file.integer(&(coefficient * factor).0);
    };
    for row in 0..constraints {
        for (matrix, rows) in [(0, &matrices.a), (1, &matrices.b)] {
            for (coefficient, column) in &rows[row] {
                term(matrix, row, *column, *coefficient);
            }
        }
    }
    for column in 0..public {
        term(0, constraints + column, column, Fr::one());
    }
}

/// With g a root of unity of twice the domain's order, A B - C has the value `-2 H` on the coset of
/// g, on which H is given by the Lagrange polynomials of the domain at `tau / g`.
fn coset_query(domain: &Radix2EvaluationDomain<Fr>, secrets: &Secrets) -> Result<Vec<G1Affine>> {
    let g = Fr::get_root_of_unity(2 * domain.size() as u64).context("the domain is too large")?;
    let inverse = |value: Fr| value.inverse().context("a secret is zero");
    let scale = domain.evaluate_vanishing_polynomial(secrets.tau)
        * inverse(-(secrets.delta + secrets.delta))?;
    let scalars: Vec<Fr> = domain
        .evaluate_all_lagrange_coefficients(secrets.tau * inverse(g)?)
        .into_iter()
        .map(|value| value * scale)
        .collect();
    let base = G1Affine::generator().into_group();
    Ok(BatchMulPreprocessing::<G1Projective>::new(base, scalars.len()).batch_mul(&scalars))
}

#[cfg(test)]
mod tests {
    use super::super::{Instance, PUBLIC};
    use super::*;
    use crate::bench::network;
    use ark_ec::{CurveGroup, VariableBaseMSM};
    use ark_groth16::r1cs_to_qap::{LibsnarkReduction, R1CSToQAP};
    use ark_poly::GeneralEvaluationDomain;
    use rand::{rngs::StdRng, SeedableRng};

    fn instance(rng: &mut StdRng) -> Instance {
        Instance::new(&network::topology("6-4-2").unwrap(), 2, rng).unwrap()
    }

    /// Sections by number, each once, filling the file.
    fn sections(file: &[u8]) -> Vec<(u32, &[u8])> {
        let mut rest = &file[12..];
        let mut found = Vec::new();
        while !rest.is_empty() {
            let number = u32::from_le_bytes(rest[..4].try_into().unwrap());
            let length = u64::from_le_bytes(rest[4..12].try_into().unwrap()) as usize;
            found.push((number, &rest[12..12 + length]));
            rest = &rest[12 + length..];
        }
        found
    }

    #[test]
    fn both_queries_for_the_quotient_give_the_same_point() {
        let mut rng = StdRng::seed_from_u64(5);
        let instance = instance(&mut rng);
        let (key, secrets) = instance.key(&mut rng).unwrap();
        let m = &instance.matrices;
        let constraints = m.num_constraints();
        let h = LibsnarkReduction::witness_map_from_matrices::<Fr, GeneralEvaluationDomain<Fr>>(
            &[m.a.clone(), m.b.clone(), m.c.clone()],
            PUBLIC,
            constraints,
            &instance.assignment,
        )
        .unwrap();
        let domain = Radix2EvaluationDomain::<Fr>::new(constraints + PUBLIC).unwrap();
        let g = Fr::get_root_of_unity(2 * domain.size() as u64).unwrap();
        let on_coset = domain.get_coset(g).unwrap().fft(&h);
        let products: Vec<Fr> = on_coset.iter().map(|h| -(*h + h)).collect();
        let theirs = coset_query(&domain, &secrets).unwrap();
        assert_eq!(
            G1Projective::msm(&theirs, &products).unwrap().into_affine(),
            G1Projective::msm(&key.h_query, &h[..key.h_query.len()])
                .unwrap()
                .into_affine()
        );
    }

    #[test]
    fn files_have_the_sections_and_lengths_of_the_format() {
        let mut rng = StdRng::seed_from_u64(6);
        let instance = instance(&mut rng);
        let (key, secrets) = instance.key(&mut rng).unwrap();
        let columns = instance.matrices.num_columns();
        let witness = wtns(&instance.assignment);
        assert_eq!(&witness[..4], b"wtns");
        let lengths: Vec<usize> = sections(&witness).iter().map(|s| s.1.len()).collect();
        assert_eq!(lengths, [4 + 32 + 4, 32 * columns]);
        let one = &sections(&witness)[1].1[..32];
        assert_eq!((one[0], &one[1..]), (1, &[0; 31][..]));

        let file = zkey(&key, &instance.matrices, PUBLIC, &secrets).unwrap();
        assert_eq!(&file[..4], b"zkey");
        let sections = sections(&file);
        let numbers: Vec<u32> = sections.iter().map(|s| s.0).collect();
        assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
        let size = (instance.matrices.num_constraints() + PUBLIC).next_power_of_two();
        let length = |number: usize| sections[number - 1].1.len();
        assert_eq!(length(2), 2 * 36 + 12 + 3 * 64 + 3 * 128);
        assert_eq!(length(3), 64 * PUBLIC);
        assert_eq!((length(4) - 4) % 44, 0);
        assert_eq!((length(5), length(6)), (64 * columns, 64 * columns));
        assert_eq!(length(7), 128 * columns);
        assert_eq!(length(8), 64 * (columns - PUBLIC));
        assert_eq!(length(9), 64 * size);
        assert_eq!(length(10), 68);
    }

    /// Multiplied in Montgomery form with a plain integer, a coefficient gives the product in
    /// Montgomery form.
    #[test]
    fn coefficients_carry_the_factor_twice() {
        let mut rng = StdRng::seed_from_u64(7);
        let instance = instance(&mut rng);
        let mut file = File(Vec::new());
        coefficients(&mut file, &instance.matrices, PUBLIC);
        let (coefficient, _) = instance.matrices.a[0][0];
        let mut limbs = [0u64; 4];
        for (limb, bytes) in limbs.iter_mut().zip(file.0[4 + 12..].chunks_exact(8)) {
            *limb = u64::from_le_bytes(bytes.try_into().unwrap());
        }
        let stored = Fr::new_unchecked(BigInt::new(limbs));
        let plain = Fr::new_unchecked(BigInt::from(7u64));
        assert_eq!(stored * plain, coefficient * Fr::from(7u64));
    }
}

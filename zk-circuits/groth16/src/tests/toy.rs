//! Inner products of `N` pairs, checked through a challenge as the real circuits do.
//!
//! Segments: `w_i`; `x_i` and the output's blind; products `z_i`; sum `y`; each then its blind.
//! Constraints: `w_i * x_i = z_i`, `(sum z_i - y) * 1 = 0`, `(blind_y in x - blind_y) * 1 = 0`, and
//! a running polynomial `t_i = (t_(i-1) + z_i) * rho` in witness variables.

use ark_bn254::{Fr, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{One, UniformRand, Zero};
use ark_std::rand::{rngs::StdRng, SeedableRng};

use crate::{
    challenge, encode_g1, generate_with, tag, CircuitDescriptor, ConstraintMatrices, PreparedKey,
    Proof, ProvingKey, Qap, Segment, SegmentLayout, Statement, Trapdoors, VerifyingKey,
};

pub const N: usize = 5;

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub fn descriptor() -> CircuitDescriptor {
    CircuitDescriptor {
        digest: [7; 32],
        batch: 1,
        input_len: N as u32,
        output_len: 1,
        macs: N as u64,
    }
}

pub fn layout() -> SegmentLayout {
    SegmentLayout {
        weights: N + 1,
        input: N + 2,
        intermediate: N + 1,
        output: 2,
    }
}

pub fn matrices() -> ConstraintMatrices {
    let layout = layout();
    let one = Fr::one();
    let at = |segment: Segment, i: usize| layout.columns(segment).start + i;
    let w = |i| at(Segment::Weights, i);
    let x = |i| at(Segment::Input, i);
    let z = |i| at(Segment::Intermediate, i);
    let y = |i| at(Segment::Output, i);
    let t = |i| layout.num_instance() + i;
    let (mut a, mut b, mut c) = (vec![], vec![], vec![]);
    for i in 0..N {
        a.push(vec![(one, w(i))]);
        b.push(vec![(one, x(i))]);
        c.push(vec![(one, z(i))]);
    }
    let mut sum: Vec<_> = (0..N).map(|i| (one, z(i))).collect();
    sum.push((-one, y(0)));
    a.push(sum);
    b.push(vec![(one, 0)]);
    c.push(vec![]);
    a.push(vec![(one, x(N)), (-one, y(1))]);
    b.push(vec![(one, 0)]);
    c.push(vec![]);
    for i in 0..N {
        let mut row = vec![(one, z(i))];
        if i > 0 {
            row.push((one, t(i - 1)));
        }
        a.push(row);
        b.push(vec![(one, 1)]);
        c.push(vec![(one, t(i))]);
    }
    ConstraintMatrices {
        layout,
        num_witness: N,
        a,
        b,
        c,
    }
}

/// Values of the four segments, blinds included.
#[derive(Clone)]
pub struct Values {
    pub w: Vec<Fr>,
    pub x: Vec<Fr>,
    pub z: Vec<Fr>,
    pub y: Vec<Fr>,
}

impl Values {
    pub fn random(seed: u64) -> Self {
        let mut rng = rng(seed);
        let w: Vec<Fr> = (0..=N).map(|_| Fr::rand(&mut rng)).collect();
        let x: Vec<Fr> = (0..N + 2).map(|_| Fr::rand(&mut rng)).collect();
        Self::compute(w, x, Fr::rand(&mut rng))
    }

    pub fn compute(w: Vec<Fr>, x: Vec<Fr>, blind_z: Fr) -> Self {
        let mut z: Vec<Fr> = (0..N).map(|i| w[i] * x[i]).collect();
        let y = vec![z.iter().sum(), x[N]];
        z.push(blind_z);
        Self { w, x, z, y }
    }

    pub fn of(&self, segment: Segment) -> &[Fr] {
        match segment {
            Segment::Weights => &self.w,
            Segment::Input => &self.x,
            Segment::Intermediate => &self.z,
            Segment::Output => &self.y,
        }
    }

    /// The full assignment; `one` is one except in forgeries.
    pub fn assignment(&self, one: Fr, rho: Fr, tag: Fr) -> Vec<Fr> {
        let mut all = vec![one, rho, tag];
        for segment in Segment::ALL {
            all.extend_from_slice(self.of(segment));
        }
        let mut t = Fr::zero();
        for i in 0..N {
            t = (t + self.z[i]) * rho;
            all.push(t);
        }
        all
    }
}

/// A key pair with its secrets.
pub struct Setup {
    pub trapdoors: Trapdoors,
    pub qap: Qap,
    pub pk: ProvingKey,
    pub vk: VerifyingKey,
    /// Prepared without the check that would refuse a deliberately bad key.
    pub prepared: PreparedKey,
}

impl Setup {
    pub fn new(spoil: impl FnOnce(&mut Trapdoors)) -> Self {
        Self::of(Qap::new(matrices()).unwrap(), spoil)
    }

    pub fn of(qap: Qap, spoil: impl FnOnce(&mut Trapdoors)) -> Self {
        let mut trapdoors = Trapdoors::random(&mut rng(1));
        spoil(&mut trapdoors);
        let (pk, vk) = generate_with(&qap, descriptor(), &trapdoors).unwrap();
        Self {
            trapdoors,
            prepared: PreparedKey::new(&vk),
            qap,
            pk,
            vk,
        }
    }

    pub fn honest() -> Self {
        Self::new(|_| ())
    }

    pub fn commit(&self, segment: Segment, values: &Values) -> G1Affine {
        self.pk.commit(segment, values.of(segment)).unwrap()
    }

    /// A statement about honest commitments to the weights and input.
    pub fn statement(&self, values: &Values) -> Statement {
        self.statement_with(values, &self.commit(Segment::Input, values))
    }

    /// A statement about honest weights and any commitment to the input.
    pub fn statement_with(&self, values: &Values, c_x: &G1Affine) -> Statement {
        Statement {
            genesis: [11; 32],
            job: [12; 32],
            batch: 13,
            provider: [14; 32],
            c_w: encode_g1(&self.commit(Segment::Weights, values)),
            c_x: encode_g1(c_x),
        }
    }

    pub fn rho(&self, statement: &Statement, c_z: &G1Affine, c_y: &G1Affine) -> Fr {
        challenge(&self.vk.id(), statement, &encode_g1(c_z), &encode_g1(c_y)).unwrap()
    }

    /// Proof elements for any assignment that satisfies the constraints, whatever its constant,
    /// commitments and challenge are.
    pub fn prove_raw(&self, assignment: &[Fr], c_z: G1Affine, c_y: G1Affine) -> Proof {
        let h = self.qap.quotient(assignment).unwrap();
        let mut rng = rng(2);
        let blinds = [Fr::rand(&mut rng), Fr::rand(&mut rng)];
        let proof = self
            .pk
            .assemble(&self.pk, h, assignment, [c_z, c_y], blinds);
        proof.unwrap()
    }

    /// Commits, draws the challenge and proves, as an honest prover does.
    pub fn prove(&self, statement: &Statement, values: &Values) -> Proof {
        let c_z = self.commit(Segment::Intermediate, values);
        let c_y = self.commit(Segment::Output, values);
        let rho = self.rho(statement, &c_z, &c_y);
        let assignment = values.assignment(Fr::one(), rho, tag(statement));
        self.pk
            .prove(&self.qap, &assignment, c_z, c_y, &mut rng(3))
            .unwrap()
    }

    pub fn verifies(&self, statement: &Statement, proof: &Proof) -> bool {
        self.prepared.verify(statement, &proof.to_bytes()).is_ok()
    }
}

/// `p + k * q`.
pub fn plus(p: G1Affine, q: G1Affine, k: Fr) -> G1Affine {
    (q * k + p).into_affine()
}

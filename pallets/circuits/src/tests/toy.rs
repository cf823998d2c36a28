//! The least circuit with all four segments: one product, `y = w · x`, and real keys for it.

use rand::{rngs::StdRng, SeedableRng};
use sp_core::H256;
use swarm_groth16::{
    challenge, encode_g1, generate_with, tag, CircuitDescriptor, ConstraintMatrices, Fr,
    ProvingKey, Qap, Segment, SegmentLayout, Statement, Trapdoors, VerifyingKey, PROOF_BYTES,
};

/// What the statements of these tests are about, but for the commitments.
pub const JOB: [u8; 32] = [12; 32];
pub const BATCH: u32 = 3;
pub const PROVIDER: u8 = 14;

/// Columns: w, its blind; x, the output's blind, its blind; z, its blind; y, its blind.
fn qap() -> Qap {
    let layout = SegmentLayout {
        weights: 2,
        input: 3,
        intermediate: 2,
        output: 2,
    };
    let column = |segment, i| layout.columns(segment).start + i;
    let one = Fr::from(1u64);
    let w = column(Segment::Weights, 0);
    let x = column(Segment::Input, 0);
    let z = column(Segment::Intermediate, 0);
    let y = column(Segment::Output, 0);
    let t = layout.num_instance();
    // w · x = z; (z + rho) · rho = t; (z - y) · 1 = 0; (blind_y in x - blind_y) · 1 = 0.
    let matrices = ConstraintMatrices {
        layout,
        num_witness: 1,
        a: vec![
            vec![(one, w)],
            vec![(one, z), (one, 1)],
            vec![(one, z), (-one, y)],
            vec![(one, x + 1), (-one, y + 1)],
        ],
        b: vec![
            vec![(one, x)],
            vec![(one, 1)],
            vec![(one, 0)],
            vec![(one, 0)],
        ],
        c: vec![vec![(one, z)], vec![(one, t)], vec![], vec![]],
    };
    Qap::new(matrices).unwrap()
}

pub struct Toy {
    pk: ProvingKey,
    vk: VerifyingKey,
}

impl Toy {
    /// Keys from a seed, their secrets changed by `spoil`, with or without the stamp of one party.
    pub fn new(seed: u64, development: bool, spoil: impl FnOnce(&mut Trapdoors)) -> Self {
        let mut trapdoors = Trapdoors::random(&mut StdRng::seed_from_u64(seed));
        spoil(&mut trapdoors);
        let descriptor = CircuitDescriptor {
            digest: [7; 32],
            batch: 63,
            input_len: 5,
            output_len: 6,
            macs: 7,
        };
        let (pk, mut vk) = generate_with(&qap(), descriptor, &trapdoors).unwrap();
        vk.development = development;
        Self { pk, vk }
    }

    pub fn vk(&self) -> Vec<u8> {
        self.vk.to_bytes()
    }

    pub fn id(&self) -> [u8; 32] {
        self.vk.id()
    }

    /// What `register_output_bases` takes: the other segments, and the bases of y.
    pub fn bases(&self) -> ([(u64, H256); 3], Vec<u8>) {
        let key = self.pk.commitment_key();
        let others = key.other_segments();
        (
            others.map(|(n, digest)| (n, H256(digest))),
            key.output_bases(),
        )
    }

    /// The commitment to an output.
    pub fn output(&self, values: &[u64]) -> [u8; 32] {
        encode_g1(&self.commit(Segment::Output, values))
    }

    fn commit(&self, segment: Segment, values: &[u64]) -> swarm_groth16::G1Affine {
        let values: Vec<_> = values.iter().map(|v| Fr::from(*v)).collect();
        self.pk.commit(segment, &values).unwrap()
    }

    /// A statement about the product of `w` and `x`.
    pub fn statement(&self, genesis: [u8; 32], w: u64, x: u64) -> Statement {
        Statement {
            genesis,
            job: JOB,
            batch: BATCH,
            provider: [PROVIDER; 32],
            c_w: encode_g1(&self.commit(Segment::Weights, &[w, 0])),
            c_x: encode_g1(&self.commit(Segment::Input, &[x, 0, 0])),
        }
    }

    /// Proves the statement that [`Toy::statement`] makes, as an honest prover does.
    pub fn prove(&self, statement: &Statement, w: u64, x: u64) -> [u8; PROOF_BYTES] {
        let (z, blind_z) = (w * x, 99);
        let c_z = self.commit(Segment::Intermediate, &[z, blind_z]);
        let c_y = self.commit(Segment::Output, &[z, 0]);
        let rho = challenge(&self.id(), statement, &encode_g1(&c_z), &encode_g1(&c_y)).unwrap();
        let mut assignment = vec![Fr::from(1u64), rho, tag(statement)];
        assignment.extend([w, 0, x, 0, 0, z, blind_z, z, 0].map(Fr::from));
        assignment.push((Fr::from(z) + rho) * rho);
        self.pk
            .prove(&qap(), &assignment, c_z, c_y, &mut StdRng::seed_from_u64(5))
            .unwrap()
            .to_bytes()
    }
}

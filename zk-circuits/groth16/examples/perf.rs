use ark_bn254::Fr;
use ark_ff::{One, UniformRand, Zero};
use rand::Rng;
use std::time::Instant;
use swarm_groth16::*;
fn cpu() -> f64 {
    let s = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = s.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0
}
fn main() {
    let mut rng = rand::thread_rng();
    let k: usize = std::env::args()
        .nth(1)
        .map(|s| s.parse().unwrap())
        .unwrap_or(1);
    // w 25k, x 16k, z 60k (bytes), y 0.3k ; constraints 130k
    let layout = SegmentLayout {
        weights: 25_000 / k,
        input: 16_500 / k,
        intermediate: 59_500 / k,
        output: 300 / k,
    };
    let ncons = 130_000 / k;
    let nw = ncons - 20_000 / k;
    let one = Fr::one();
    let ni = layout.num_instance();
    let mut vals: Vec<Fr> = vec![one, Fr::rand(&mut rng), Fr::rand(&mut rng)];
    for _ in 0..layout.weights + layout.input {
        vals.push(Fr::rand(&mut rng));
    }
    for i in 0..layout.intermediate {
        vals.push(if i % 4 == 0 {
            Fr::rand(&mut rng)
        } else {
            Fr::from(rng.gen::<u8>() as u64)
        });
    }
    for _ in 0..layout.output {
        vals.push(Fr::rand(&mut rng));
    }
    let (mut a, mut b, mut c) = (vec![], vec![], vec![]);
    for i in 0..nw {
        let l = 3 + rng.gen_range(0..ni - 3);
        // logup-like: w * (rho + v) = 1
        if i % 2 == 0 {
            a.push(vec![(one, ni + i)]);
            b.push(vec![(one, 1), (one, l)]);
            c.push(vec![(one, 0)]);
            vals.push(one / (vals[1] + vals[l]));
        } else {
            a.push(vec![(one, l)]);
            b.push(vec![(one, ni + i - 1)]);
            c.push(vec![(one, ni + i)]);
            let v = vals[l] * vals[ni + i - 1];
            vals.push(v);
        }
    }
    for i in nw..ncons {
        let l = 3 + i % (ni - 3);
        a.push(vec![(one, l)]);
        b.push(vec![(one, 0)]);
        c.push(vec![(one, l)]);
    }
    let m = ConstraintMatrices {
        layout,
        num_witness: nw,
        a,
        b,
        c,
    };
    let d = CircuitDescriptor {
        digest: [1; 32],
        batch: 63,
        input_len: 784,
        output_len: 10,
        macs: 1,
    };
    let t = Instant::now();
    let (pk, vk) = generate_development(&m, d, &mut rng).unwrap();
    println!("setup {:?} cpu {} rows {}", t.elapsed(), cpu(), vk.rows);
    let t = Instant::now();
    let mut bytes = vec![];
    pk.write(&mut bytes).unwrap();
    println!("write {:?} {} MB", t.elapsed(), bytes.len() / 1_000_000);
    let t = Instant::now();
    let _ = ProvingKey::from_bytes(&bytes, Validation::Full).unwrap();
    println!("read full {:?}", t.elapsed());
    let t = Instant::now();
    let _ = ProvingKey::from_bytes(&bytes, Validation::LocallyVerified).unwrap();
    println!("read local {:?}", t.elapsed());
    let seg = |s: Segment| &vals[layout.columns(s)];
    let t = Instant::now();
    let c_w = pk.commit(Segment::Weights, seg(Segment::Weights)).unwrap();
    println!("commit w {:?}", t.elapsed());
    let t = Instant::now();
    let c_x = pk.commit(Segment::Input, seg(Segment::Input)).unwrap();
    println!("commit x {:?}", t.elapsed());
    let t = Instant::now();
    let c_z = pk
        .commit(Segment::Intermediate, seg(Segment::Intermediate))
        .unwrap();
    let c_y = pk.commit(Segment::Output, seg(Segment::Output)).unwrap();
    println!("commit zy {:?}", t.elapsed());
    for _ in 0..3 {
        let c0 = cpu();
        let t = Instant::now();
        pk.prove(&m, &vals, c_z, c_y, &mut rng).unwrap();
        println!("prove {:?} cpu {:.2}", t.elapsed(), cpu() - c0);
    }
    let _ = (c_w, c_x, Fr::zero());
    let prep = PreparedKey::from_bytes(&vk.to_bytes()).unwrap();
    let st = Statement {
        genesis: [0; 32],
        job: [0; 32],
        batch: 0,
        provider: [0; 32],
        c_w: encode_g1(&c_w),
        c_x: encode_g1(&c_x),
    };
    let p = pk.prove(&m, &vals, c_z, c_y, &mut rng).unwrap().to_bytes();
    let min = |n: usize, f: &mut dyn FnMut()| {
        (0..n)
            .map(|_| {
                let t = Instant::now();
                f();
                t.elapsed()
            })
            .min()
            .unwrap()
    };
    println!(
        "verify {:?}",
        min(300, &mut || {
            prep.verify(&st, &p).unwrap_err();
        })
    );
    println!(
        "prepare {:?}",
        min(50, &mut || {
            PreparedKey::from_bytes(&vk.to_bytes()).unwrap();
        })
    );
    println!(
        "decode proof {:?}",
        min(300, &mut || {
            Proof::from_bytes(&p).unwrap();
        })
    );
    use ark_bn254::Bn254;
    use ark_groth16::{prepare_verifying_key, Groth16};
    use ark_serialize::*;
    let q = vk.points;
    let avk = ark_groth16::VerifyingKey::<Bn254> {
        alpha_g1: q.alpha,
        beta_g2: q.beta,
        gamma_g2: q.gamma,
        delta_g2: q.delta,
        gamma_abc_g1: q.ic.to_vec(),
    };
    let pvk = prepare_verifying_key(&avk);
    let pr = Proof::from_bytes(&p).unwrap();
    let ap = ark_groth16::Proof::<Bn254> {
        a: pr.a,
        b: pr.b,
        c: pr.c,
    };
    let mut b = vec![];
    ap.serialize_compressed(&mut b).unwrap();
    let inp = [vals[1], vals[2]];
    println!(
        "ark verify {:?}",
        min(300, &mut || {
            let _ = Groth16::<Bn254>::verify_proof(&pvk, &ap, &inp).unwrap();
        })
    );
    println!(
        "ark decode+verify {:?}",
        min(300, &mut || {
            let ap = ark_groth16::Proof::<Bn254>::deserialize_compressed(&b[..]).unwrap();
            let _ = Groth16::<Bn254>::verify_proof(&pvk, &ap, &inp).unwrap();
        })
    );
}

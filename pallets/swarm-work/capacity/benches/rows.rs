//! How long the check of an answer takes: two rows, with and without explicit vectors.

use std::hint::black_box;
use std::time::Instant;
use swarm_capacity::{Matrices, Method, Stream, Tree};

/// Prints the median of so many runs.
fn time<R>(what: &str, runs: usize, mut work: impl FnMut() -> R) {
    let mut micros: Vec<_> = (0..runs)
        .map(|_| {
            let began = Instant::now();
            black_box(work());
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    println!("{what}: {:.1} µs, the median of {runs}", micros[runs / 2]);
}

fn main() {
    let seed = [7; 32];
    let matrices = Matrices::new(&seed);
    let stream = Stream::rows(&seed, &[9; 32]);
    let mut methods = vec![Method::Scalar];
    if Method::detect() != Method::Scalar {
        methods.push(Method::detect());
    }
    for method in methods {
        time(&format!("two rows, {method:?}"), 1_001, || {
            matrices.fingerprints(&stream, black_box((11, 12)), method)
        });
    }
    time("matrices of a seed", 101, || {
        Matrices::new(black_box(&seed))
    });
    let prints: Vec<_> = (0..1u32 << 16).map(|row| [row as u8; 16]).collect();
    time("tree of 65,536 rows", 101, || {
        Tree::new(black_box(prints.clone())).map(|tree| tree.root())
    });
}

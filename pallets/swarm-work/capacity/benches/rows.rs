//! How long the check of an answer takes: two rows, with and without explicit vectors.

use criterion::{criterion_group, criterion_main, Criterion};
use std::hint::black_box;
use swarm_capacity::{Matrices, Method, Stream, Tree};

fn rows(c: &mut Criterion) {
    let seed = [7; 32];
    let matrices = Matrices::new(&seed);
    let stream = Stream::rows(&seed, &[9; 32]);
    let mut methods = vec![Method::Scalar];
    if Method::detect() != Method::Scalar {
        methods.push(Method::detect());
    }
    for method in methods {
        c.bench_function(&format!("two rows, {method:?}"), |b| {
            b.iter(|| matrices.fingerprints(&stream, black_box((11, 12)), method))
        });
    }
    c.bench_function("matrices of a seed", |b| {
        b.iter(|| Matrices::new(black_box(&seed)))
    });
    let prints = (0..1u32 << 16)
        .map(|row| [row as u8; 16])
        .collect::<Vec<_>>();
    c.bench_function("tree of 65,536 rows", |b| {
        b.iter(|| Tree::new(black_box(prints.clone())).map(|tree| tree.root()))
    });
}

criterion_group!(benches, rows);
criterion_main!(benches);

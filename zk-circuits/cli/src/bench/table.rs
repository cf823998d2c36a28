//! The measurements as people read them, with ratios.

use super::{goals, together, Kind, Peer, Run};
use crate::report::size;

/// Tables of runs and peers, then the ratios between them.
pub fn lines(runs: &[Run], peers: &[Peer]) -> Vec<String> {
    let mut lines = vec![format!(
        "{:<21}{:<11}{:>6}{:>9}{:>9}{:>9}{:>9}{:>9}{:>10}{:>9}{:>10}{:>11}{:>9}",
        "network",
        "weights",
        "batch",
        "rows",
        "setup s",
        "C_w s",
        "C_x s",
        "prove s",
        "ms/infer",
        "check ms",
        "batched*",
        "key",
        "peak MB"
    )];
    for r in runs {
        lines.push(format!(
            "{:<21}{:<11}{:>6}{:>9}{:>9.2}{:>9.3}{:>9.3}{:>9.2}{:>10.2}{:>9.2}{:>10.2}{:>11}{:>9}",
            r.network,
            r.kind,
            r.batch,
            r.rows,
            r.setup_s,
            r.commit_w_s,
            r.commit_x_s,
            r.prove_s,
            r.ms_per_inference,
            r.verify_ms,
            r.batch_verify_ms_per_proof,
            size(r.pk_bytes),
            r.peak_mb.map_or("-".into(), |mb| format!("{mb:.0}"))
        ));
    }
    lines.push(format!(
        "* ms per proof where {} proofs of one key are checked together, measured on proofs of {}: \
         a check costs the same whatever the network",
        together::PROOFS,
        together::NETWORK
    ));
    lines.push(String::new());
    for p in peers {
        let number = |v: Option<f64>| v.map_or("-".into(), |v| format!("{v:.2}"));
        lines.push(format!(
            "{:<56}{:>6}{:>9}{:>9}{:>10}{:>9}{:>11}{:>9}",
            format!("{} {} {}", p.name, p.version, p.network),
            p.batch,
            number(p.setup_s),
            number(p.prove_s),
            number(p.ms_per_inference),
            number(p.verify_ms),
            p.pk_bytes.map_or("-".into(), size),
            number(p.peak_mb)
        ));
    }
    lines.push(String::new());
    lines.extend(ratios(runs, peers));
    lines.push(String::new());
    lines.extend(goals::lines(runs, peers));
    lines
}

fn ratios(runs: &[Run], peers: &[Peer]) -> Vec<String> {
    let mut lines = Vec::new();
    for r in runs {
        let of = format!("{}, {}, batch {}", r.network, r.kind, r.batch);
        lines.push(format!(
            "{of}: a check costs {:.2} x plain Groth16 ({:.2} ms against {:.2} ms)",
            r.verify_ms / r.verify_plain_ms,
            r.verify_ms,
            r.verify_plain_ms
        ));
        lines.push(format!(
            "{of}: a check among {} costs {:.2} x one alone ({:.2} ms against {:.2} ms)",
            together::PROOFS,
            r.batch_verify_ms_per_proof / r.verify_ms,
            r.batch_verify_ms_per_proof,
            r.verify_ms
        ));
        lines.push(format!(
            "{of}: a check in WebAssembly without the host function costs {:.1} x one through it \
             ({:.1} ms, of which {:.1} ms prepare the key, against {:.2} ms), and {:.1} x the \
             verifier alone ({:.2} ms, key prepared)",
            r.verify_wasm_ms / r.verify_ms,
            r.verify_wasm_ms,
            r.prepare_key_wasm_ms,
            r.verify_ms,
            r.verify_wasm_ms / r.verify_native_ms,
            r.verify_native_ms
        ));
        lines.push(format!(
            "{of}: a check in WebAssembly among {} costs {:.1} x one through the host function \
             ({:.2} ms against {:.2} ms)",
            together::PROOFS,
            r.batch_verify_wasm_ms_per_proof / r.batch_verify_ms_per_proof,
            r.batch_verify_wasm_ms_per_proof,
            r.batch_verify_ms_per_proof
        ));
        for p in peers.iter().filter(|p| comparable(r, p)) {
            if let Some(theirs) = p.ms_per_inference {
                let ratio = theirs / r.ms_per_inference;
                lines.push(format!(
                    "{of}: an inference is proven {ratio:.digits$} x faster than by {} {} at batch {} \
                     ({:.1} ms against {:.1} ms)",
                    p.name,
                    p.version,
                    p.batch,
                    r.ms_per_inference,
                    theirs,
                    digits = if ratio < 10.0 { 2 } else { 0 },
                ));
            }
        }
    }
    lines
}

/// A prover of the same constraints, which are those of committed weights, is compared at the same
/// batch only, any other at all of them.
fn comparable(run: &Run, peer: &Peer) -> bool {
    let same = run.kind == Kind::Committed.name() && peer.batch == run.batch;
    peer.network == run.network && (!peer.same_constraints || same)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn run() -> Run {
        Run {
            network: "784-128-10".into(),
            kind: "committed".into(),
            batch: 63,
            rows: 1,
            setup_s: 1.0,
            load_s: 1.0,
            commit_w_s: 1.0,
            commit_x_s: 1.0,
            prove_s: 2.0,
            ms_per_inference: 40.0,
            verify_ms: 3.0,
            verify_native_ms: 2.5,
            verify_wasm_ms: 105.0,
            prepare_key_wasm_ms: 45.0,
            batch_verify_ms_per_proof: 0.75,
            batch_verify_wasm_ms_per_proof: 24.0,
            verify_plain_ms: 2.0,
            vk_bytes: 1,
            ck_bytes: 1,
            pk_bytes: 1,
            proof_bytes: 192,
            peak_mb: Some(1.0),
        }
    }

    pub fn peer(network: &str) -> Peer {
        Peer {
            name: "other".into(),
            version: "1".into(),
            network: network.into(),
            batch: 1,
            ms_per_inference: Some(8000.0),
            verify_ms: None,
            pk_bytes: None,
            setup_s: None,
            prove_s: None,
            proof_bytes: None,
            peak_mb: None,
            same_constraints: false,
        }
    }

    #[test]
    fn provers_of_the_same_constraints_are_compared_at_the_same_batch() {
        let same = |batch, name: &str| Peer {
            name: name.into(),
            batch,
            ms_per_inference: Some(60.0),
            same_constraints: true,
            ..peer("784-128-10")
        };
        let lines = ratios(&[run()], &[same(63, "stock"), same(31, "elsewhere")]).join("\n");
        assert!(lines.contains("1.50 x faster than by stock"), "{lines}");
        assert!(!lines.contains("elsewhere"), "{lines}");
        // Constants make other constraints.
        let baked = Run {
            kind: "baked".into(),
            ..run()
        };
        let lines = ratios(&[baked], &[same(63, "stock")]).join("\n");
        assert!(!lines.contains("stock"), "{lines}");
    }

    #[test]
    fn ratios_compare_like_with_like() {
        let lines = ratios(&[run()], &[peer("784-128-10"), peer("9-9")]).join("\n");
        assert!(lines.contains("1.50 x plain"), "{lines}");
        assert!(lines.contains("0.25 x one alone"), "{lines}");
        assert!(lines.contains("200 x faster than by other"), "{lines}");
        assert_eq!(lines.matches("faster").count(), 1);
    }

    #[test]
    fn webassembly_is_compared_with_the_host_function_and_the_verifier_alone() {
        let lines = ratios(&[run()], &[]).join("\n");
        for part in [
            "without the host function costs 35.0 x one through it",
            "(105.0 ms, of which 45.0 ms prepare the key, against 3.00 ms)",
            "and 42.0 x the verifier alone (2.50 ms, key prepared)",
            "among 32 costs 32.0 x one through the host function (24.00 ms against 0.75 ms)",
        ] {
            assert!(lines.contains(part), "{lines}");
        }
    }

    #[test]
    fn the_table_says_where_the_batched_figure_comes_from() {
        let lines = lines(&[run()], &[]);
        assert!(lines[0].contains("batched*"), "{}", lines[0]);
        assert!(lines[1].contains(" 0.75 "), "{}", lines[1]);
        assert!(lines[2].contains("32 proofs"), "{}", lines[2]);
        assert!(lines[2].contains("8-4-2"), "{}", lines[2]);
    }
}

//! What the proof system is meant to reach on two cores, and whether this run did.

use super::{network, Kind, Peer, Run};

/// Most milliseconds an inference may take at the batch size that suits it best.
const TIMES: [(&str, Kind, f64); 7] = [
    (network::SMALL, Kind::Committed, 10.0),
    (network::LENET, Kind::Committed, 250.0),
    (network::LENET_POOL_FIRST, Kind::Committed, 80.0),
    (network::LARGE, Kind::Committed, 500.0),
    (network::SMALL, Kind::Baked, 100.0),
    (network::LENET, Kind::Baked, 2_500.0),
    (network::LENET_POOL_FIRST, Kind::Baked, 700.0),
];
/// How many times faster than EZKL's single proof, and than its best batch.
const EZKL_SINGLE: f64 = 700.0;
const EZKL_BATCHED: f64 = 300.0;
/// Most part of EZKL's proving key.
const EZKL_KEY: f64 = 0.1;
/// How many times faster than provers of the same constraints, at every size.
const SAME: [(&str, f64); 3] = [("ark-groth16", 1.5), ("snarkjs", 4.0), ("snarkrs", 1.0)];
/// Most times a check may cost of a plain Groth16 check.
const CHECK: f64 = 2.0;

/// A line for each goal that this run can tell of.
pub fn lines(runs: &[Run], peers: &[Peer]) -> Vec<String> {
    let mut lines: Vec<String> = TIMES
        .iter()
        .filter_map(|(network, kind, most)| {
            let best = best(runs, network, *kind)?;
            let what = format!(
                "{network}, {}, batch {}: ms an inference",
                kind.name(),
                best.batch
            );
            Some(at_most(what, best.ms_per_inference, *most))
        })
        .collect();
    lines.extend(against_ezkl(runs, peers));
    lines.extend(
        SAME.iter()
            .filter_map(|(name, least)| against_same(runs, peers, name, *least)),
    );
    let checks = runs.iter().map(|r| r.verify_ms / r.verify_plain_ms);
    lines.extend(
        checks
            .reduce(f64::max)
            .map(|worst| at_most("a check, in plain Groth16 checks".into(), worst, CHECK)),
    );
    lines
}

fn best<'a>(runs: &'a [Run], network: &str, kind: Kind) -> Option<&'a Run> {
    let own = runs.iter().filter(|r| r.network == network);
    own.filter(|r| r.kind == kind.name())
        .min_by(|a, b| a.ms_per_inference.total_cmp(&b.ms_per_inference))
}

fn against_ezkl(runs: &[Run], peers: &[Peer]) -> Vec<String> {
    let mut lines = Vec::new();
    let ezkl: Vec<&Peer> = peers.iter().filter(|p| p.name == "ezkl").collect();
    let Some(network) = ezkl.first().map(|p| p.network.as_str()) else {
        return lines;
    };
    let Some(ours) = best(runs, network, Kind::Committed) else {
        return lines;
    };
    let times = |single: bool| {
        let own = ezkl.iter().filter(move |p| !single || p.batch == 1);
        own.filter_map(|p| p.ms_per_inference).reduce(f64::min)
    };
    for (what, theirs, least) in [
        ("single proof", times(true), EZKL_SINGLE),
        ("best batch", times(false), EZKL_BATCHED),
    ] {
        let what = format!("{network}: times faster than EZKL's {what}");
        lines.extend(theirs.map(|theirs| at_least(what, theirs / ours.ms_per_inference, least)));
    }
    let key = ezkl.iter().filter_map(|p| p.pk_bytes).min();
    lines.extend(key.map(|theirs| {
        let what = format!(
            "{network}, batch {}: part of EZKL's proving key",
            ours.batch
        );
        at_most(what, ours.pk_bytes as f64 / theirs as f64, EZKL_KEY)
    }));
    lines
}

/// The least ratio over all sizes.
fn against_same(runs: &[Run], peers: &[Peer], name: &str, least: f64) -> Option<String> {
    let same = peers
        .iter()
        .filter(|p| p.same_constraints && p.name == name);
    let ratios = same.filter_map(|p| {
        let ours = runs.iter().find(|r| {
            (r.network.as_str(), r.batch) == (&p.network, p.batch)
                && r.kind == Kind::Committed.name()
        })?;
        Some(p.ms_per_inference? / ours.ms_per_inference)
    });
    let worst = ratios.reduce(f64::min)?;
    let what = format!("same constraints: times faster than {name}");
    Some(at_least(what, worst, least))
}

fn at_most(what: String, found: f64, most: f64) -> String {
    line(
        what,
        found,
        format!("at most {}", short(most)),
        found <= most,
    )
}

fn at_least(what: String, found: f64, least: f64) -> String {
    line(
        what,
        found,
        format!("at least {}", short(least)),
        found >= least,
    )
}

fn line(what: String, found: f64, limit: String, met: bool) -> String {
    let verdict = if met { "met   " } else { "missed" };
    format!("{verdict} {what}: {} ({limit})", short(found))
}

/// Three digits that count.
fn short(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 1.0 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::{peer, run};
    use super::*;

    fn found(runs: &[Run], peers: &[Peer], what: &str) -> Option<bool> {
        let lines = lines(runs, peers);
        let line = lines.iter().find(|line| line.contains(what))?;
        Some(line.starts_with("met"))
    }

    #[test]
    fn the_best_batch_counts_and_only_what_was_measured_is_told() {
        let slow = Run { batch: 3, ..run() };
        let fast = Run {
            batch: 255,
            ms_per_inference: 9.0,
            ..run()
        };
        let what = "784-128-10, committed, batch 255: ms an inference";
        assert_eq!(found(&[slow.clone(), fast], &[], what), Some(true));
        let what = "784-128-10, committed, batch 3: ms an inference";
        assert_eq!(found(std::slice::from_ref(&slow), &[], what), Some(false));
        for what in ["lenet5", "baked", "EZKL", "same constraints"] {
            assert_eq!(
                found(std::slice::from_ref(&slow), &[], what),
                None,
                "{what}"
            );
        }
        assert_eq!(found(&[slow], &[], "plain Groth16"), Some(true));
    }

    #[test]
    fn ezkl_counts_by_its_single_proof_and_by_its_best_batch() {
        let ezkl = |batch, ms| Peer {
            name: "ezkl".into(),
            batch,
            ms_per_inference: Some(ms),
            pk_bytes: Some(20),
            ..peer("784-128-10")
        };
        let peers = [ezkl(1, 28_000.0), ezkl(8, 11_900.0)];
        assert_eq!(found(&[run()], &peers, "EZKL's single proof"), Some(true));
        assert_eq!(found(&[run()], &peers, "EZKL's best batch"), Some(false));
        assert_eq!(found(&[run()], &peers, "EZKL's proving key"), Some(true));
    }

    #[test]
    fn the_worst_size_counts_among_the_same_constraints() {
        let stock = |batch, ms| Peer {
            name: "ark-groth16".into(),
            batch,
            ms_per_inference: Some(ms),
            same_constraints: true,
            ..peer("784-128-10")
        };
        let runs = [
            run(),
            Run {
                batch: 255,
                ..run()
            },
        ];
        let what = "faster than ark-groth16";
        assert_eq!(
            found(&runs, &[stock(63, 80.0), stock(255, 61.0)], what),
            Some(true)
        );
        assert_eq!(
            found(&runs, &[stock(63, 80.0), stock(255, 59.0)], what),
            Some(false)
        );
        assert_eq!(found(&runs, &[stock(7, 80.0)], what), None);
    }
}

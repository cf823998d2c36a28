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

/// A line for each goal that this run can tell of; under one that was missed, where the time or the
/// size comes from and what would be needed.
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
            Some(at_most(what, best.ms_per_inference, *most, &rows(best)))
        })
        .collect();
    lines.extend(against_ezkl(runs, peers));
    lines.extend(
        SAME.iter()
            .filter_map(|(name, least)| against_same(runs, peers, name, *least)),
    );
    let checks = runs.iter().map(|r| r.verify_ms / r.verify_plain_ms);
    lines.extend(checks.reduce(f64::max).map(|worst| {
        let what = "a check, in plain Groth16 checks".into();
        let why = "seven pairings where plain Groth16 has three; several proofs checked together \
                   share six of them";
        at_most(what, worst, CHECK, why)
    }));
    lines
}

fn best<'a>(runs: &'a [Run], network: &str, kind: Kind) -> Option<&'a Run> {
    own(runs, network, kind).min_by(|a, b| a.ms_per_inference.total_cmp(&b.ms_per_inference))
}

fn own<'a: 'b, 'b>(
    runs: &'a [Run],
    network: &'b str,
    kind: Kind,
) -> impl Iterator<Item = &'a Run> + 'b {
    let own = runs.iter().filter(move |r| r.network == network);
    own.filter(move |r| r.kind == kind.name())
}

/// Where a run's time goes: every row costs about the same, whatever stands in it.
fn rows(run: &Run) -> String {
    let rows = run.rows as f64 / run.batch as f64;
    format!(
        "{} rows an inference at {} us each: fewer rows, or less time for each",
        short(rows),
        short(run.ms_per_inference * 1e3 / rows)
    )
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
    let fastest = |single: bool| {
        let timed = ezkl
            .iter()
            .filter(move |p| !single || p.batch == 1)
            .filter_map(|p| Some((p.ms_per_inference?, p.batch)));
        timed.min_by(|a, b| a.0.total_cmp(&b.0))
    };
    for (name, theirs, least) in [
        ("single proof", fastest(true), EZKL_SINGLE),
        ("best batch", fastest(false), EZKL_BATCHED),
    ] {
        lines.extend(theirs.map(|(theirs, batch)| {
            let what = format!("{network}: times faster than EZKL's {name} (batch {batch})");
            at_least(what, theirs / ours.ms_per_inference, least, &rows(ours))
        }));
    }
    // The key of the fastest batch, then one for each of EZKL's batches that serves as many.
    let smallest = ezkl.iter().filter_map(|p| p.pk_bytes).min();
    lines.extend(smallest.map(|theirs| {
        let what = format!(
            "{network}, batch {}: part of EZKL's smallest proving key",
            ours.batch
        );
        key(what, ours, theirs)
    }));
    for peer in &ezkl {
        let serving = own(runs, network, Kind::Committed).filter(|r| r.batch >= peer.batch);
        let Some((ours, theirs)) = serving.min_by_key(|r| r.pk_bytes).zip(peer.pk_bytes) else {
            continue;
        };
        let what = format!(
            "{network}, batch {}: part of EZKL's proving key for batch {}",
            ours.batch, peer.batch
        );
        lines.push(key(what, ours, theirs));
    }
    lines
}

fn key(what: String, ours: &Run, theirs: u64) -> String {
    let why = format!(
        "{} bytes for each of {} rows, which grow with the batch: a smaller batch, or fewer points \
         for each row",
        short(ours.pk_bytes as f64 / ours.rows as f64),
        ours.rows
    );
    at_most(what, ours.pk_bytes as f64 / theirs as f64, EZKL_KEY, &why)
}

/// The least ratio over all sizes.
fn against_same(runs: &[Run], peers: &[Peer], name: &str, least: f64) -> Option<String> {
    let same = peers
        .iter()
        .filter(|p| p.same_constraints && p.name == name);
    let ratios = same.filter_map(|p| {
        let ours = own(runs, &p.network, Kind::Committed).find(|r| r.batch == p.batch)?;
        Some((p.ms_per_inference? / ours.ms_per_inference, ours))
    });
    let (worst, ours) = ratios.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let what = format!(
        "same constraints, batch {}: times faster than {name}",
        ours.batch
    );
    Some(at_least(what, worst, least, &rows(ours)))
}

fn at_most(what: String, found: f64, most: f64, why: &str) -> String {
    let goal = format!("at most {}", short(most));
    let missed = (found > most).then_some((1.0 - most / found, why));
    line(what, found, goal, missed)
}

fn at_least(what: String, found: f64, least: f64, why: &str) -> String {
    let goal = format!("at least {}", short(least));
    let missed = (found < least).then_some((1.0 - found / least, why));
    line(what, found, goal, missed)
}

/// `missed` is what part is too much, and why.
fn line(what: String, found: f64, goal: String, missed: Option<(f64, &str)>) -> String {
    let found = short(found);
    match missed {
        None => format!("met    {what}: {found} ({goal})"),
        Some((part, why)) => format!(
            "missed {what}: {found} ({goal})\n       {why}; needed: {:.0} % less",
            (part * 100.0).ceil()
        ),
    }
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
        let found = |what| found(&[run()], &peers, what);
        assert_eq!(found("EZKL's single proof (batch 1)"), Some(true));
        assert_eq!(found("EZKL's best batch (batch 8)"), Some(false));
        assert_eq!(found("EZKL's smallest proving key"), Some(true));
    }

    #[test]
    fn keys_are_compared_with_those_for_as_many_inferences() {
        let ezkl = |batch, pk_bytes| Peer {
            name: "ezkl".into(),
            batch,
            pk_bytes: Some(pk_bytes),
            ..peer("784-128-10")
        };
        let ours = |batch, pk_bytes, ms_per_inference| Run {
            batch,
            pk_bytes,
            ms_per_inference,
            ..run()
        };
        let runs = [ours(3, 5, 90.0), ours(63, 34, 19.0), ours(255, 108, 13.0)];
        let peers = [ezkl(1, 277), ezkl(8, 1080), ezkl(999, 9999)];
        let found = |what| found(&runs, &peers, what);
        assert_eq!(found("batch 255: part of EZKL's smallest"), Some(false));
        assert_eq!(
            found("batch 3: part of EZKL's proving key for batch 1"),
            Some(true)
        );
        assert_eq!(
            found("batch 63: part of EZKL's proving key for batch 8"),
            Some(true)
        );
        assert_eq!(found("for batch 999"), None);
    }

    #[test]
    fn a_missed_goal_says_why_and_how_much_is_needed() {
        let slow = Run {
            batch: 255,
            rows: 309_060,
            ms_per_inference: 12.5,
            ..run()
        };
        let lines = lines(&[slow], &[]);
        assert_eq!(
            lines[0],
            "missed 784-128-10, committed, batch 255: ms an inference: 12.5 (at most 10.0)\n       \
             1212 rows an inference at 10.3 us each: fewer rows, or less time for each; needed: \
             20 % less"
        );
        assert!(lines[1].starts_with("met "), "{}", lines[1]);
        assert!(!lines[1].contains("needed"), "{}", lines[1]);
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

//! Which circuits are measured, and how one is.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use super::{network, run, Args, Kind, Peer, Run};
use crate::report::Report;

/// One circuit to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub network: String,
    pub kind: Kind,
    pub batch: usize,
}

impl Args {
    /// Network by network, committed circuits first.
    pub fn cases(&self, peers: &[Peer]) -> Vec<Case> {
        let networks = match &self.network[..] {
            [] => network::SUITE.map(String::from).to_vec(),
            named => named.to_vec(),
        };
        let mut cases: Vec<Case> = Vec::new();
        for network in networks {
            for kind in [Kind::Committed, Kind::Baked] {
                if !self.kinds.contains(&kind) {
                    continue;
                }
                let mut batches = match (kind, &self.batches[..]) {
                    (Kind::Baked, _) => self.baked_batches.clone(),
                    (Kind::Committed, []) => network::batches(&network).to_vec(),
                    (Kind::Committed, given) => given.to_vec(),
                };
                if kind == Kind::Committed {
                    let same = peers.iter().filter(|p| p.same_constraints);
                    let same = same.filter(|p| p.network == network);
                    batches.extend(same.map(|p| p.batch));
                }
                for batch in batches {
                    let case = Case {
                        network: network.clone(),
                        kind,
                        batch,
                    };
                    if !cases.contains(&case) {
                        cases.push(case);
                    }
                }
            }
        }
        cases
    }
}

impl Case {
    /// Makes keys in one process, proves and checks in another.
    pub fn measure(&self, dir: &Path, proofs: usize, report: &Report) -> Result<Run> {
        let (network, kind, batch) = (&self.network, self.kind.name(), self.batch);
        let label = format!("{network}, {kind}, batch {batch}");
        let task = report.task(format!("{label}: making keys"));
        let model = dir.join("model.safetensors");
        let topology = network::topology(network)?;
        network::model(&topology, run::MODEL_SEED)?.write(&model)?;
        let keys = dir.join(format!("{kind}-{batch}"));
        let batch = batch.to_string();
        let mut setup: Vec<&OsStr> = vec![
            "setup".as_ref(),
            "--force".as_ref(),
            "--topology".as_ref(),
            model.as_os_str(),
            "--batch".as_ref(),
            batch.as_ref(),
            "--out".as_ref(),
            keys.as_os_str(),
        ];
        if self.kind == Kind::Baked {
            setup.push("--baked".as_ref());
        }
        let setup = child(&setup)?;
        task.say(format!("{label}: proving"));
        let proofs = proofs.to_string();
        let mut run: Vec<&OsStr> = vec![
            "bench-run".as_ref(),
            "--network".as_ref(),
            network.as_ref(),
            "--keys".as_ref(),
            keys.as_os_str(),
            "--proofs".as_ref(),
            proofs.as_ref(),
        ];
        if self.kind == Kind::Committed && network::streamed(network) {
            run.push("--stream".as_ref());
        }
        let measured = child(&run)?;
        drop(task);
        remove(&keys)?;
        merge(measured, &setup)
    }
}

/// Runs this program with other arguments and returns its JSON result.
fn child(args: &[&OsStr]) -> Result<Value> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let output = Command::new(program)
        .arg("--json")
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start this program again")?;
    let value: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!(
            "swarm-zk {} ended with {} and no result",
            args[0].to_string_lossy(),
            output.status
        )
    })?;
    if let Some(error) = value.get("error").and_then(Value::as_str) {
        bail!("{}: {error}", args[0].to_string_lossy());
    }
    Ok(value)
}

/// A run from what the two processes measured.
fn merge(mut measured: Value, setup: &Value) -> Result<Run> {
    for (to, from) in [
        ("setup_s", "seconds"),
        ("vk_bytes", "vk_bytes"),
        ("ck_bytes", "ck_bytes"),
        ("pk_bytes", "pk_bytes"),
    ] {
        measured[to] = setup[from].clone();
    }
    serde_json::from_value(measured).context("the measurement is incomplete")
}

/// Keys of large batches are large: each folder goes once it is measured.
fn remove(dir: &Path) -> Result<()> {
    std::fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::peer;
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn cases(line: &str, peers: &[Peer]) -> Vec<String> {
        let words = std::iter::once("bench").chain(line.split_whitespace());
        let cases = Line::try_parse_from(words).unwrap().args.cases(peers);
        let name = |c: &Case| format!("{} {} {}", c.network, c.kind.name(), c.batch);
        cases.iter().map(name).collect()
    }

    #[test]
    fn every_network_and_kind_is_measured_unless_some_are_named() {
        let all = cases("", &[]);
        for network in network::SUITE {
            for kind in ["committed", "baked"] {
                let prefix = format!("{network} {kind} ");
                assert!(all.iter().any(|c| c.starts_with(&prefix)), "{all:?}");
            }
        }
        assert!(all.contains(&format!("{} committed 64", network::LARGE)));
        assert_eq!(
            cases(
                "--network 8-4,lenet5 --batches 2,5 --baked-batches 1,2",
                &[]
            ),
            [
                "8-4 committed 2",
                "8-4 committed 5",
                "8-4 baked 1",
                "8-4 baked 2",
                "lenet5 committed 2",
                "lenet5 committed 5",
                "lenet5 baked 1",
                "lenet5 baked 2"
            ]
        );
        assert_eq!(cases("--network 8-4 --kinds baked", &[]), ["8-4 baked 1"]);
    }

    #[test]
    fn batches_of_the_same_constraints_are_measured_once() {
        let peer = |network, batch, same_constraints| Peer {
            batch,
            same_constraints,
            ..peer(network)
        };
        let peers = [
            peer("8-4", 7, true),
            peer("8-4", 3, true),
            peer("8-4", 9, false),
            peer("9-9", 11, true),
        ];
        assert_eq!(
            cases("--network 8-4 --kinds committed --batches 3", &peers),
            ["8-4 committed 3", "8-4 committed 7"]
        );
    }
}

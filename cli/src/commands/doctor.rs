//! `swarm doctor`: what is missing on this machine, and how to mend it.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use serde_json::{json, Value};

use crate::{
    app::App,
    blobs::read_token,
    chain::Chain,
    output::Report,
    record::now_ms,
    transact::account_of,
    units::{address, parse_base_url, Amount},
};

/// A chain whose last block is older than this stands still.
const STALE: Duration = Duration::from_secs(60);
const HTTP_TIMEOUT: Duration = Duration::from_secs(5);
/// Least free space before a warning, KiB.
const LEAST_DISK_KIB: u64 = 5 << 20;

#[derive(Args)]
pub struct Doctor {
    /// Base URL of the executor on this machine.
    #[arg(long, value_name = "URL", value_parser = parse_base_url, default_value = "http://127.0.0.1:9955")]
    executor_url: String,
    /// File with the executor's token.
    #[arg(long, value_name = "FILE")]
    executor_token_file: Option<PathBuf>,
    /// Look only at what a requester needs.
    #[arg(long)]
    requester: bool,
    /// Also look for what building needs.
    #[arg(long)]
    build: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Good,
    Warning,
    Bad,
}

#[derive(Debug, Serialize)]
struct Finding {
    what: &'static str,
    status: Status,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

fn good(what: &'static str, found: impl Into<String>) -> Finding {
    Finding {
        what,
        status: Status::Good,
        found: found.into(),
        mend: None,
    }
}

fn warning(what: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding {
        what,
        status: Status::Warning,
        found: found.into(),
        mend: Some(mend.into()),
    }
}

fn bad(what: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding {
        what,
        status: Status::Bad,
        found: found.into(),
        mend: Some(mend.into()),
    }
}

pub async fn run(app: &App, args: Doctor) -> Result<Report> {
    let mut findings = Vec::new();
    match app.chain().await {
        Ok(chain) => findings.extend(chain_findings(app, &chain).await),
        Err(e) => findings.push(bad(
            "node",
            format!("{e}").lines().next().unwrap_or_default(),
            "start one: swarmwork-node --dev --tmp (or name one with --url)",
        )),
    }
    if !args.requester {
        findings.extend(executor_findings(app, &args).await);
    }
    findings.push(disk_finding("disk (cache)", &app.folders.cache));
    findings.push(disk_finding("disk (data)", &app.folders.data));
    if args.build {
        findings.extend(build_findings());
    }
    let worst_is_bad = findings.iter().any(|f| f.status == Status::Bad);
    let lines = findings.iter().flat_map(lines_of).collect::<Vec<_>>();
    let report = Report::new(json!({ "healthy": !worst_is_bad, "findings": findings }))
        .lines(lines)
        .line(
            "",
            if worst_is_bad {
                "something is missing: see the lines marked with x"
            } else {
                "nothing is missing"
            },
        );
    Ok(report.with_exit_code(u8::from(worst_is_bad)))
}

fn lines_of(finding: &Finding) -> Vec<(String, String)> {
    let mark = match finding.status {
        Status::Good => "ok",
        Status::Warning => "! ",
        Status::Bad => "x ",
    };
    let mut lines = vec![(format!("{mark} {}", finding.what), finding.found.clone())];
    if let Some(mend) = &finding.mend {
        lines.push((String::new(), format!("-> {mend}")));
    }
    lines
}

async fn chain_findings(app: &App, chain: &Chain) -> Vec<Finding> {
    let rpc = chain.rpc();
    let mut findings = Vec::new();
    let name = rpc.system_chain().await.unwrap_or_default();
    let version = rpc.system_version().await.unwrap_or_default();
    findings.push(good(
        "node",
        format!("{} answers, version {version}", chain.url()),
    ));
    findings.push(match chain.burned().await {
        Ok(_) => good("chain", format!("{name}, genesis {:?}", chain.genesis())),
        Err(e) => bad(
            "chain",
            e.to_string(),
            "connect to a Swarmwork node with --url",
        ),
    });
    findings.push(blocks_finding(chain).await);
    if let Ok(health) = rpc.system_health().await {
        findings.push(if health.is_syncing {
            warning(
                "sync",
                "the node is catching up",
                "wait: what you read is not up to date",
            )
        } else if health.peers == 0 && health.should_have_peers {
            warning(
                "peers",
                "the node has no peers",
                "open its port (30333 unless --port says otherwise) or give it --bootnodes",
            )
        } else {
            good("peers", format!("{}", health.peers))
        });
    }
    findings.push(funds_finding(app, chain).await);
    findings
}

async fn blocks_finding(chain: &Chain) -> Finding {
    const WHAT: &str = "blocks";
    let read = async {
        let at = chain.best().await?;
        let time = chain.time_of(&at).await?;
        anyhow::Ok((at.block_number(), time, chain.finalised_number().await?))
    };
    match read.await {
        Ok((number, time, finalised)) => {
            let age = Duration::from_millis(now_ms().saturating_sub(time));
            let found = format!(
                "block {number}, {} s old; finalised {finalised}",
                age.as_secs()
            );
            if number == 0 || age < STALE {
                good(WHAT, found)
            } else {
                bad(
                    WHAT,
                    found,
                    "the chain stands still, or this machine's clock is wrong: look at the node's \
                     log and at `timedatectl`",
                )
            }
        }
        Err(e) => bad(WHAT, format!("{e:#}"), "look at the node's log"),
    }
}

async fn funds_finding(app: &App, chain: &Chain) -> Finding {
    const WHAT: &str = "key";
    let key =
        match app.common.key.optional() {
            Ok(Some(key)) => key,
            Ok(None) => return warning(
                WHAT,
                "none named",
                "name one with --suri-file FILE or the variable SWARM_SURI to pay or to provide",
            ),
            Err(e) => return bad(WHAT, format!("{e:#}"), "name a file with one secret"),
        };
    let who = account_of(&key);
    match chain.funds(&who).await {
        Ok(funds) if funds.free > 0 => good(
            WHAT,
            format!("{} has {} free", address(&who), Amount(funds.free)),
        ),
        Ok(_) => bad(
            WHAT,
            format!("{} has no tokens", address(&who)),
            format!(
                "send it some: swarm account transfer --to {} --amount 10",
                address(&who)
            ),
        ),
        Err(e) => bad(WHAT, format!("{e:#}"), "look at the node's log"),
    }
}

async fn executor_findings(app: &App, args: &Doctor) -> Vec<Finding> {
    let url = &args.executor_url;
    let http = app.blobs.http();
    let health = http
        .get(format!("{url}/healthz"))
        .timeout(HTTP_TIMEOUT)
        .send()
        .await;
    match health {
        Ok(answer) if answer.status().is_success() => {}
        Ok(answer) => {
            return vec![bad(
                "executor",
                format!("{url} answers {}", answer.status()),
                "look at its log; is another program on that port?",
            )]
        }
        Err(_) => {
            return vec![bad(
                "executor",
                format!("nothing answers at {url}"),
                "start it: swarm-executor (or name it with --executor-url; with --requester it is \
                 not looked for)",
            )]
        }
    }
    let mut findings = vec![good("executor", format!("{url} answers"))];
    let Some(file) = &args.executor_token_file else {
        findings.push(warning(
            "executor token",
            "not checked",
            "name its file with --executor-token-file",
        ));
        return findings;
    };
    let token = match read_token(file) {
        Ok(token) => token,
        Err(e) => {
            findings.push(bad(
                "executor token",
                format!("{e:#}"),
                "name the file that swarm-executor was given as --token-file",
            ));
            return findings;
        }
    };
    let hardware = http
        .get(format!("{url}/v1/hardware"))
        .bearer_auth(token)
        .timeout(HTTP_TIMEOUT)
        .send()
        .await;
    match hardware {
        Ok(answer) if answer.status().is_success() => {
            findings.push(good("executor token", "is the right one"));
            let document = answer.json::<Value>().await.unwrap_or_default();
            findings.extend(device_findings(&document));
        }
        Ok(answer) if answer.status() == reqwest::StatusCode::UNAUTHORIZED => findings.push(bad(
            "executor token",
            format!("{} is not the token of {url}", file.display()),
            "name the file that swarm-executor was given as --token-file, and give the node the \
             same one as --executor-token-file",
        )),
        Ok(answer) => findings.push(bad(
            "executor token",
            format!("{url} answers {}", answer.status()),
            "look at the executor's log",
        )),
        Err(_) => findings.push(bad(
            "executor token",
            format!("{url} went away"),
            "look at the executor's log",
        )),
    }
    findings
}

/// One finding per device in the executor's hardware document.
fn device_findings(document: &Value) -> Vec<Finding> {
    const WHAT: &str = "device";
    let devices = document["devices"].as_array().cloned().unwrap_or_default();
    let mut findings: Vec<Finding> = devices
        .iter()
        .map(|device| {
            let text = |key: &str| device[key].as_str().unwrap_or("?").to_string();
            let name = format!("{} {} ({})", text("id"), text("name"), text("backend"));
            match device["problem"].as_str() {
                Some(problem) => warning(
                    WHAT,
                    format!("{name} cannot be used: {problem}"),
                    "jobs run on the other devices; update its driver to use it",
                ),
                None => {
                    let rate = device["macs_per_second"].as_f64().unwrap_or(0.0);
                    let chosen = if device["selected"] == json!(true) {
                        "in use"
                    } else {
                        "not in use"
                    };
                    good(WHAT, format!("{name}: {:.1} GMAC/s, {chosen}", rate / 1e9))
                }
            }
        })
        .collect();
    let usable = |f: &Finding| f.status == Status::Good && f.found.ends_with(", in use");
    if !findings.iter().any(usable) {
        findings.push(bad(
            WHAT,
            "the executor uses none",
            "restart swarm-executor with --device auto or --device cpu",
        ));
    }
    findings
}

fn disk_finding(what: &'static str, folder: &Path) -> Finding {
    let existing = folder
        .ancestors()
        .find(|f| f.exists())
        .unwrap_or(Path::new("/"));
    let output = Command::new("df").arg("-Pk").arg(existing).output();
    let free = output
        .ok()
        .and_then(|o| free_kib(&String::from_utf8_lossy(&o.stdout)));
    match free {
        Some(free) if free < LEAST_DISK_KIB => warning(
            what,
            format!("{} GiB free for {}", free >> 20, folder.display()),
            "make room: keys and blobs can be several GiB (the cache may be deleted)",
        ),
        Some(free) => good(
            what,
            format!("{} GiB free for {}", free >> 20, folder.display()),
        ),
        None => warning(
            what,
            format!("free space for {} is not known", folder.display()),
            "look at it with df -h",
        ),
    }
}

/// The fourth column of the last line that `df -Pk` prints.
fn free_kib(output: &str) -> Option<u64> {
    output
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()
}

fn build_findings() -> Vec<Finding> {
    let version = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output
            .status
            .success()
            .then(|| text.lines().next().unwrap_or_default().trim().to_string())
    };
    let mend = "run ./scripts/setup.sh";
    let mut findings = Vec::new();
    for (what, program, argument) in [
        ("rustc", "rustc", "--version"),
        ("cargo", "cargo", "--version"),
        ("protoc", "protoc", "--version"),
        ("clang", "clang", "--version"),
    ] {
        findings.push(match version(program, argument) {
            Some(version) => good(what, version),
            None => bad(what, "not found", mend),
        });
    }
    let has_core = |rustc: &str| {
        let output = Command::new(rustc)
            .args(["--target", "wasm32v1-none", "--print", "target-libdir"])
            .output()
            .ok()?;
        let folder = String::from_utf8_lossy(&output.stdout).trim().to_string();
        std::fs::read_dir(folder)
            .ok()?
            .filter_map(Result::ok)
            .any(|f| f.file_name().to_string_lossy().starts_with("libcore-"))
            .then_some(())
    };
    let wasm = ["rustc", "/usr/bin/rustc"]
        .into_iter()
        .find(|rustc| has_core(rustc).is_some());
    findings.push(match wasm {
        Some(rustc) => good(
            "wasm32v1-none",
            format!("its core library is there for {rustc}"),
        ),
        None => bad("wasm32v1-none", "no toolchain has it", mend),
    });
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_space_is_the_fourth_column() {
        let output = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                      /dev/vda1 100000 40000 60000 40% /\n";
        assert_eq!(free_kib(output), Some(60_000));
        assert_eq!(free_kib("nonsense"), None);
    }

    #[test]
    fn devices_are_judged_by_what_the_executor_says() {
        let device = |id: &str, selected: bool, problem: Value| {
            json!({
                "id": id, "name": "N", "backend": "flex", "selected": selected,
                "macs_per_second": 2.5e9, "problem": problem,
            })
        };
        let document = json!({ "devices": [
            device("cpu", true, Value::Null),
            device("gpu:0", false, json!("inexact")),
        ]});
        let findings = device_findings(&document);
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].status, Status::Good);
        assert!(findings[0].found.contains("2.5 GMAC/s"));
        assert!(findings[1].found.contains("inexact"));

        for none in [
            json!({}),
            json!({ "devices": [device("cpu", false, Value::Null)] }),
            json!({ "devices": [device("cpu", true, json!("broken"))] }),
        ] {
            let findings = device_findings(&none);
            assert_eq!(findings.last().unwrap().status, Status::Bad, "{none}");
        }
    }
}

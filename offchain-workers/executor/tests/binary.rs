//! The real binary: its flags, its token file, `kill -9`, SIGTERM.

mod common;

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use common::{Api, Job, PATIENCE};
use reqwest::StatusCode;
use serde_json::Value;

/// The binary at work; killed when dropped.
struct Process {
    child: Child,
    api: Api,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_swarm-executor"));
    command.arg("--data").arg(data).args(["--device", "cpu"]);
    command
}

impl Process {
    fn start(data: &Path) -> Self {
        let mut child = command(data)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line
            .trim()
            .strip_prefix("listening on ")
            .expect("it says where")
            .to_string();
        let token = std::fs::read_to_string(data.join("token")).unwrap();
        let api = Api::new(base, token.trim());
        Self { child, api }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill")
            .args([name, &pid])
            .status()
            .unwrap()
            .success());
    }
}

/// Runs the binary with flags that it must refuse; gives its exit code and what it says.
fn refused(flags: &[&str], data: &Path) -> (i32, String) {
    let output = command(data).args(flags).output().unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_point_it_finishes_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let batches = 60;
    let job = Job::new(1, batches);
    job.provide(data.path());
    let process = Process::start(data.path());
    let (status, _) = process.api.post(&job.body).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    // Acknowledged is durable: killed before anything else can have happened.
    process.signal("-KILL");
    drop(process);

    let mut proven: Vec<Value> = Vec::new();
    for round in 0..4u64 {
        let process = Process::start(data.path());
        let more = proven.len();
        let reached = |job: &Value| job["batches"].as_array().unwrap().len() > more;
        let document = process.api.wait(&job.path(), reached).await;
        assert_ne!(document["state"], "done", "it must be killed while proving");
        // Into the middle of the next batch, a different middle each time.
        tokio::time::sleep(Duration::from_millis(7 * round)).await;
        let (_, document) = process.api.get(&job.path()).await;
        process.signal("-KILL");
        let shown = document["batches"].as_array().unwrap();
        assert_eq!(
            shown[..proven.len()],
            proven[..],
            "a batch was proven again"
        );
        proven = shown.clone();
    }
    let process = Process::start(data.path());
    let document = process.api.wait_for_end(&job.path()).await;
    job.check(
        &document,
        data.path(),
        &(0..batches as u64).collect::<Vec<_>>(),
    );
    assert_eq!(
        document["batches"].as_array().unwrap()[..proven.len()],
        proven[..]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_it_gracefully() {
    let data = tempfile::tempdir().unwrap();
    let mut process = Process::start(data.path());
    let token = data.path().join("token");
    let mode = std::os::unix::fs::PermissionsExt::mode(&token.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    process.signal("-TERM");
    let began = Instant::now();
    let status = loop {
        if let Some(status) = process.child.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < PATIENCE, "it did not end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success(), "{status}");
}

#[test]
fn a_taken_port_is_explained() {
    let data = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = refused(&["--listen", &address], data.path());
    assert_eq!(code, 1);
    assert!(
        said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
    assert!(said.contains("another program has that port"), "{said}");
}

#[test]
fn two_executors_do_not_share_a_folder() {
    let data = tempfile::tempdir().unwrap();
    let _first = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(async { Process::start(data.path()) });
    let (code, said) = refused(&["--listen", "127.0.0.1:0"], data.path());
    assert_eq!(code, 1);
    assert!(
        said.contains("another swarm-executor works in this folder"),
        "{said}"
    );
}

#[test]
fn bad_flags_are_explained() {
    let data = tempfile::tempdir().unwrap();
    for (flags, expected) in [
        (&["--device", "tpu"][..], "none of auto, cpu, gpu:0"),
        (&["--listen", "nowhere"], "--listen"),
        (&["--peer", "ftp://x"], "http://host:port"),
        (&["--max-blob-bytes", "0"], "--max-blob-bytes"),
        (&["--max-blob-bytes", "many"], "--max-blob-bytes"),
        (&["--colour"], "--colour"),
    ] {
        let (code, said) = refused(flags, data.path());
        assert_eq!(code, 2, "{flags:?}: {said}");
        assert!(
            said.contains(expected),
            "{flags:?}: {said:?} does not say {expected:?}"
        );
    }
    let (code, said) = refused(&["--device", "gpu:99"], data.path());
    assert_eq!(code, 1);
    assert!(said.contains("there is no device gpu:99"), "{said}");
    std::fs::write(data.path().join("token"), "short").unwrap();
    let (code, said) = refused(&[], data.path());
    assert_eq!(code, 1);
    assert!(said.contains("at least 16 printable"), "{said}");
}

#[test]
fn logs_are_json_when_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let mut child = command(data.path())
        .args(["--listen", "127.0.0.1:0", "--log-json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    let mut logs = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut logs)
        .unwrap();
    child.wait().unwrap();
    let events: Vec<Value> = logs
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    assert!(
        events.iter().any(|event| event["message"] == "serving"),
        "{logs}"
    );
}

//! A ceremony through the commands, from a topology to keys under which a batch is proven.

use super::*;
use clap::Parser;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

const TOPOLOGY: &str = r#"{"format":"swarmwork-network","version":1,"input":{"shape":[4],"dtype":"u8"},"layers":[{"type":"linear","in":4,"out":3},{"type":"requant","shift":8,"lo":0,"hi":255},{"type":"linear","in":3,"out":2}]}"#;

fn ceremony(folder: &Path, line: &str) -> Result<()> {
    let place = |word: &str| match word.strip_prefix('@') {
        Some(name) => folder.join(name).into_os_string(),
        None => word.into(),
    };
    let words = std::iter::once("ceremony".into()).chain(line.split_whitespace().map(place));
    run(&Line::try_parse_from(words)?.command, &Report::new(true))
}

fn refused(folder: &Path, line: &str, expected: &str) {
    let error = format!("{:#}", ceremony(folder, line).unwrap_err());
    assert!(error.contains(expected), "{error}");
}

#[test]
fn commands_lead_from_phase_1_to_keys() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("net.json"), TOPOLOGY).unwrap();
    let origin = "--phase1 @p1 --topology @net.json --batch 2";
    let beacon = "ab".repeat(32);

    ceremony(at, "phase1 --power 2 --out @p1").unwrap();
    refused(
        at,
        &format!("new {origin} --out @c0"),
        "take a phase-1 file of power",
    );
    refused(at, "phase1 --power 8 --out @p1", "give --force");
    ceremony(at, "phase1 --power 8 --out @p1 --force").unwrap();
    ceremony(at, &format!("new {origin} --out @c0")).unwrap();
    refused(
        at,
        &format!("verify {origin} --ceremony @c0"),
        "nobody has contributed",
    );
    ceremony(at, &format!("contribute {origin} --ceremony @c0 --out @c1")).unwrap();
    ceremony(at, &format!("contribute {origin} --ceremony @c1 --out @c2")).unwrap();
    ceremony(at, &format!("verify {origin} --ceremony @c2")).unwrap();
    refused(
        at,
        &format!("verify {origin} --ceremony @c2 --out @keys"),
        "no beacon yet",
    );
    refused(
        at,
        "verify --phase1 @p1 --topology @net.json --batch 3 --ceremony @c2",
        "another circuit",
    );
    refused(
        at,
        &format!("verify {origin} --ceremony @p1"),
        "this is not a ceremony file",
    );
    ceremony(
        at,
        &format!("finish {origin} --ceremony @c2 --beacon {beacon} --iterations 3 --out @keys"),
    )
    .unwrap();
    refused(
        at,
        &format!("contribute {origin} --ceremony @keys/ceremony.transcript --out @c3"),
        "the ceremony is finished",
    );
    let verify = format!("verify {origin} --ceremony @keys/ceremony.transcript");
    ceremony(at, &format!("{verify} --beacon {beacon} --out @again")).unwrap();
    refused(
        at,
        &format!("{verify} --beacon {}", "cd".repeat(32)),
        "the ceremony ended with beacon 0xabab",
    );

    let keys = swarm_prover::Keys::read(at.join("keys")).unwrap();
    // Phase 1 was one party's.
    assert!(inspect_key(&keys.verifying).unwrap().development);
    for path in keys_in(Path::new("")) {
        let bytes = |folder: &str| std::fs::read(at.join(folder).join(&path)).unwrap();
        assert!(bytes("keys") == bytes("again"), "{}", path.display());
    }
}

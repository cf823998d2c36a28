//! The tests that documents name exist.
//!
//! In the last column of their tables each row names files and, after each, tests in it.

use std::{fs, path::PathBuf};

fn root() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}

/// A path of the tables as one below the repository's root.
fn path(short: &str) -> String {
    let prefixes = [
        ("m/", "pallets/marketplace/src/tests/"),
        ("p/", "pallets/providers/src/tests/"),
        ("r/", "pallets/reputation/src/"),
        ("w/", "pallets/swarm-work/src/tests/"),
        ("g/", "pallets/governance/src/tests/"),
        ("e/", "tests/e2e/"),
        ("s/", "simulation/src/"),
    ];
    prefixes
        .iter()
        .find_map(|(prefix, whole)| Some(format!("{whole}{}", short.strip_prefix(prefix)?)))
        .unwrap_or_else(|| short.into())
}

/// Checks every test that a document's tables name; how many those are.
fn check(document: &str) -> usize {
    let text = fs::read_to_string(root().join("docs").join(document)).expect("it is there");
    let mut found = 0;
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let Some((_, cell)) = row.trim_end_matches(" |").rsplit_once(" | ") else {
            continue;
        };
        let mut source: Option<String> = None;
        // Every second part is in backticks.
        for name in cell.split('`').skip(1).step_by(2) {
            if name.ends_with(".rs") || name.ends_with(".js") {
                let path = root().join(path(name));
                let text = fs::read_to_string(&path);
                source = Some(text.unwrap_or_else(|error| panic!("{}: {error}", path.display())));
            } else if let Some(source) = &source {
                let forms = [format!("fn {name}("), format!("test('{name}'")];
                assert!(
                    forms.iter().any(|form| source.contains(form)),
                    "{document} names a test that is not there: {name}"
                );
                found += 1;
            } else {
                panic!("{document} names no file before {name}");
            }
        }
    }
    found
}

#[test]
fn the_tests_of_attacks_exist() {
    let found = check("attacks.md");
    assert!(found > 60, "{found} tests found");
}

#[test]
fn the_tests_of_the_rules_of_reputation_exist() {
    let found = check("reputation.md");
    assert!(found > 12, "{found} tests found");
}

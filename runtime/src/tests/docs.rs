//! The tests that documents name exist.
//!
//! In the last column of their tables each row names files and, after each, tests in it.

use std::{collections::BTreeSet, fs, path::PathBuf};

/// Files all of whose tests are attacks, and named.
const ATTACKS: [&str; 10] = [
    "m/attacks/draws.rs",
    "m/attacks/griefing.rs",
    "m/attacks/insiders.rs",
    "m/attacks/pool.rs",
    "m/attacks/settling.rs",
    "m/attacks/spam.rs",
    "m/attacks/wrapping.rs",
    "m/sampling/attacks.rs",
    "p/attacks.rs",
    "w/attacks.rs",
];

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

fn read(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// File and name of each test in a document's tables.
fn named(document: &str) -> BTreeSet<(String, String)> {
    let text = read(&format!("docs/{document}"));
    let mut named = BTreeSet::new();
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let Some((_, cell)) = row.trim_end_matches(" |").rsplit_once(" | ") else {
            continue;
        };
        let mut file = None;
        // Every second part is in backticks.
        for name in cell.split('`').skip(1).step_by(2) {
            if name.ends_with(".rs") || name.ends_with(".js") {
                file = Some(path(name));
            } else {
                let file = file.clone();
                let file = file.unwrap_or_else(|| panic!("{document} names no file for {name}"));
                named.insert((file, name.to_string()));
            }
        }
    }
    named
}

/// The tests of a file that run without being asked for.
fn tests(source: &str) -> BTreeSet<String> {
    let (mut is_test, mut found) = (false, BTreeSet::new());
    for line in source.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("fn ").filter(|_| is_test) {
            found.extend(rest.split(['(', '<']).next().map(str::to_string));
        }
        if let Some(rest) = line.strip_prefix("test('") {
            found.extend(rest.split('\'').next().map(str::to_string));
        }
        is_test = match line {
            "#[test]" => true,
            _ => is_test && line.starts_with("#[") && !line.starts_with("#[ignore"),
        };
    }
    found
}

/// Checks that the tests which a document names exist and run.
fn check(document: &str) -> BTreeSet<(String, String)> {
    let named = named(document);
    for (file, name) in &named {
        assert!(tests(&read(file)).contains(name), "{file}: {name}");
    }
    named
}

#[test]
fn the_tests_of_attacks_exist_and_those_that_exist_are_named() {
    let named = check("attacks.md");
    assert!(named.len() > 80, "{} tests found", named.len());
    for file in ATTACKS {
        let file = path(file);
        for test in tests(&read(&file)) {
            let known = named.contains(&(file.clone(), test.clone()));
            assert!(known, "docs/attacks.md does not name {file}: {test}");
        }
    }
}

#[test]
fn the_tests_of_the_rules_of_reputation_exist() {
    let named = check("reputation.md");
    assert!(named.len() > 15, "{} tests found", named.len());
}

#[test]
fn the_tests_of_the_economys_figures_exist() {
    let named = check("economics.md");
    assert!(named.len() > 20, "{} tests found", named.len());
}

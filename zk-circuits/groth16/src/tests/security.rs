//! SECURITY.md and the tests: what it names is there and runs, and what is there is named.

use std::{collections::BTreeSet, fs, path::Path};

const TEXT: &str = include_str!("../../../SECURITY.md");

/// Folders, below `zk-circuits`, all of whose tests are named.
const FOLDERS: [&str; 5] = [
    "groth16/src/tests",
    "groth16/src/tests/ceremony",
    "circuits/src/tests",
    "prover/tests",
    "../tests/evm/tests/contract",
];

/// Tests of how large circuits are, and those of this file.
const OTHERS: [&str; 9] = [
    "rows_of_mnist",
    "rows_of_lenet",
    "rows_are_those_of_activations",
    "convolutions_are_not_copied",
    "patches_are_summed_term_by_term",
    "multipliers_of_accumulators_cost_no_variables",
    "pairs_are_used_where_they_are_cheaper",
    "every_test_named_in_the_tables_exists_and_runs",
    "every_test_is_named_in_the_tables",
];

/// A path of the tables as one below `zk-circuits`.
fn path(short: &str) -> String {
    let prefixes = [
        ("g/", "groth16/src/"),
        ("gc/", "groth16/src/tests/ceremony/"),
        ("c/", "circuits/src/"),
        ("p/", "prover/tests/"),
        ("pc/", "../pallets/circuits/src/tests/"),
        ("e/", "../tests/evm/tests/contract/"),
    ];
    prefixes
        .iter()
        .find_map(|(prefix, whole)| Some(format!("{whole}{}", short.strip_prefix(prefix)?)))
        .unwrap_or_else(|| short.into())
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// File and name of each test in the tables.
fn named() -> BTreeSet<(String, String)> {
    let tables = TEXT.split_once("\n## 10. ").unwrap().1;
    let rows = tables.lines().filter(|line| line.starts_with("| "));
    let mut named = BTreeSet::new();
    for cell in rows.filter_map(|row| row.trim_end_matches(" |").rsplit_once(" | ")) {
        let mut file = String::new();
        // Every second part is in backticks.
        for name in cell.1.split('`').skip(1).step_by(2) {
            if name.ends_with(".rs") {
                file = path(name);
            } else {
                named.insert((file.clone(), name.into()));
            }
        }
    }
    named
}

/// The tests of a file that run without being asked for.
fn tests(source: &str) -> BTreeSet<String> {
    let (mut is_test, mut found) = (false, BTreeSet::new());
    for line in source.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("fn ") {
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            if is_test {
                found.insert(name.to_string());
            }
        }
        is_test = match line {
            "#[test]" => true,
            _ => is_test && line.starts_with("#[") && !line.starts_with("#[ignore"),
        };
    }
    // One macro makes tests, each with the name of a field of the challenge.
    if found.remove("$test") {
        let made = source.split("\nchallenge_without! {").nth(1).unwrap();
        let made = made.split('}').next().unwrap().lines();
        found.extend(made.filter_map(|line| Some(line.split_once(':')?.0.trim().to_string())));
    }
    found
}

#[test]
fn every_test_named_in_the_tables_exists_and_runs() {
    let named = named();
    for (file, name) in &named {
        assert!(tests(&read(file)).contains(name), "{file}: {name}");
    }
    assert!(named.len() > 200, "{} tests found", named.len());
}

#[test]
fn every_test_is_named_in_the_tables() {
    let named = named();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if !name.ends_with(".rs") {
                continue;
            }
            let file = format!("{folder}/{name}");
            for test in tests(&read(&file)) {
                let known = OTHERS.contains(&test.as_str());
                assert!(
                    known || named.contains(&(file.clone(), test.clone())),
                    "{file}: {test}"
                );
            }
        }
    }
}

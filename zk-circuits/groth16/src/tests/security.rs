//! The tests that SECURITY.md names exist.

use std::{fs, path::Path};

const TEXT: &str = include_str!("../../../SECURITY.md");

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

#[test]
fn every_test_named_in_the_tables_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tables = TEXT.split_once("\n## 10. ").unwrap().1;
    let rows = tables.lines().filter(|line| line.starts_with("| "));
    let mut found = 0;
    for cell in rows.filter_map(|row| row.trim_end_matches(" |").rsplit_once(" | ")) {
        let mut source = String::new();
        // Every second part is in backticks.
        for name in cell.1.split('`').skip(1).step_by(2) {
            if name.ends_with(".rs") {
                let path = root.join(path(name));
                source = fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            } else {
                let forms = [format!("fn {name}("), format!("{name}: ")];
                assert!(forms.iter().any(|form| source.contains(form)), "{name}");
                found += 1;
            }
        }
    }
    assert!(found > 100, "{found} tests found");
}

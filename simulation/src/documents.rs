//! What the documents say, and show, is what comes out here.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use crate::{attack::Attack, attacks, honest, inflation, reputation, svg::Plot};

/// Of the documents' figures and pictures.
const SEED: u64 = 1;
/// Of the pictures of reputations.
const JOBS: u32 = 10_000;

fn docs() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "docs"].iter().collect()
}

fn read(name: &str) -> String {
    let path = docs().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Rows of a document's tables whose third cell is a number: what stands before the first, and there.
fn figures(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let (name, figure) = (cells.get(1)?, cells.get(3)?);
            figure.parse::<f64>().ok()?;
            Some((name.to_string(), figure.to_string()))
        })
        .collect()
}

#[test]
fn the_table_of_attacks_is_what_they_earn() {
    let said = figures(&read("economics.md"));
    let found = attacks::all(SEED)
        .into_iter()
        .map(|attack| {
            let said = said.get(attack.name).map_or("", String::as_str);
            // As many digits as the document gives.
            let digits = said.split_once('.').map_or(4, |(_, digits)| digits.len());
            let profit = format!("{:.*}", digits, attack.max_profit);
            (attack.name.to_string(), profit)
        })
        .collect::<BTreeMap<_, _>>();
    assert_eq!(said, found, "docs/economics.md");
}

#[test]
fn the_spread_of_honest_incomes_is_the_stated_one() {
    let said = format!("{:.3} times at seed {SEED}", honest::run(SEED).spread);
    assert!(read("economics.md").contains(&said), "{said}");
}

#[test]
fn the_pictures_are_those_that_are_drawn() {
    let mut plots: Vec<(String, Plot)> = attacks::all(SEED).iter().map(Attack::plot).collect();
    plots.push(honest::run(SEED).plot());
    plots.push(inflation::plot(&inflation::scenarios()));
    plots.extend(reputation::run(SEED, JOBS).plots());
    let drawn: BTreeMap<_, _> = plots.into_iter().collect();
    let shown = ["economics.md", "reputation.md"].map(read).concat();
    let shown: BTreeSet<_> = shown
        .split("](plots/")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(".svg)")?.0.to_string()))
        .collect();
    assert!(shown.contains("inflation") && shown.len() > 5, "{shown:?}");
    for name in shown {
        let plot = drawn.get(&name).unwrap_or_else(|| panic!("{name}"));
        let same = read(&format!("plots/{name}.svg")) == plot.to_svg();
        assert!(
            same,
            "draw {name} anew: scripts/sim.sh [reputation] --plots docs/plots"
        );
    }
}

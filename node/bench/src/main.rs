//! Measures the chain; every figure is of this run. See docs/benchmarks.md.

mod block;
mod calls;
mod chain;
mod full;
mod growth;
mod people;
mod population;
mod rates;
mod report;
mod run;
mod storage;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;

use crate::run::Settings;

/// Measure calls over the size of the state, its keys, full blocks, lifecycles and transfers per second.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Sizes of the state, in jobs, ascending; there are a tenth as many providers.
    #[arg(
        long,
        value_name = "N,..",
        value_delimiter = ',',
        default_value = "1000,10000,100000,1000000"
    )]
    entries: Vec<u32>,
    /// Calls of each kind at each size, of which the median is reported.
    #[arg(long, value_name = "N", default_value_t = 24)]
    samples: u32,
    /// Full blocks of each kind.
    #[arg(long, value_name = "N", default_value_t = 3)]
    blocks: u32,
    /// Folder for the database while this runs; a temporary one otherwise.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Also write the result as one line of JSON to this file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    match measure(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: Arguments) -> Result<()> {
    let settings = Settings::new(arguments.entries, arguments.samples, arguments.blocks)?;
    let folder = match &arguments.dir {
        Some(dir) => {
            std::fs::create_dir_all(dir)
                .with_context(|| format!("cannot make the folder {}", dir.display()))?;
            tempfile::tempdir_in(dir)
        }
        None => tempfile::tempdir(),
    };
    let folder = folder.context("cannot make a folder for the database")?;
    let report = run::run(&settings, folder.path(), &mut |line| eprintln!("{line}"))?;
    if let Some(path) = &arguments.out {
        std::fs::write(path, format!("{}\n", serde_json::to_string(&report)?))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    for line in report.lines() {
        println!("{line}");
    }
    Ok(())
}

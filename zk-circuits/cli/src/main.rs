//! `swarm-zk`: make and inspect keys, commit to data, prove and check batches, measure all of it.

mod bench;
mod ceremony;
mod commit;
mod export;
mod files;
mod inspect;
mod proof_file;
mod prove;
mod report;
mod setup;
mod verify;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use report::Report;

/// Keys, commitments and proofs of batches of inferences.
#[derive(Parser)]
#[command(name = "swarm-zk", version, arg_required_else_help = true)]
struct Args {
    /// Print one JSON object instead of text (an error is one with the key "error").
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make development keys for a network shape. Whoever makes them can forge proofs: the keys
    /// carry a stamp, and chains with value on them refuse them.
    Setup(setup::Args),
    /// Make keys that nobody can forge under, together: if one of the contributors was honest.
    #[command(subcommand)]
    Ceremony(ceremony::Command),
    /// Commit to the weights of a model, to the batches of an input, or to an output.
    Commit(commit::Args),
    /// Run a model on one batch and prove the output.
    Prove(prove::Args),
    /// Check a proof, and on request that commitments in it open to given data.
    Verify(verify::Args),
    /// Say what a key or proof file is, after checking it.
    Inspect(inspect::Args),
    /// Write a Solidity contract that verifies proofs under a key, or the calldata that puts a proof
    /// before it.
    Export(export::Args),
    /// Measure setup, commitments, proofs and checks on this machine.
    Bench(bench::Args),
    /// Measure proving with existing keys; `bench` runs it in a process of its own.
    #[command(hide = true)]
    BenchRun(bench::RunArgs),
    /// Measure arkworks' or TACEO's Groth16 on the constraints of one circuit, and write them for
    /// other provers; `scripts/bench.sh` runs it.
    #[command(hide = true)]
    BenchPeer(bench::PeerArgs),
}

fn main() -> ExitCode {
    let args = Args::parse();
    let report = Report::new(args.json);
    match run(args.command, &report) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report.error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, report: &Report) -> Result<()> {
    match command {
        Command::Setup(args) => setup::run(&args, report),
        Command::Ceremony(command) => ceremony::run(&command, report),
        Command::Commit(args) => commit::run(&args, report),
        Command::Prove(args) => prove::run(&args, report),
        Command::Verify(args) => verify::run(&args, report),
        Command::Inspect(args) => inspect::run(&args, report),
        Command::Export(args) => export::run(&args, report),
        Command::Bench(args) => bench::run(&args, report),
        Command::BenchRun(args) => bench::run_one(&args, report),
        Command::BenchPeer(args) => bench::run_peer(&args, report),
    }
}

//! `swarm`: the requester's and the provider's command.

mod app;
mod blobs;
mod chain;
mod claim;
mod commands;
mod consent;
mod currencies;
mod failure;
mod folders;
mod key;
mod keys;
mod npy;
mod output;
mod record;
mod requirements;
mod tensors;
#[cfg(test)]
mod testing;
mod transact;
mod units;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use app::{App, Common};
use commands::{
    account::AccountCommand, circuit::CircuitCommand, doctor::Doctor,
    governance::GovernanceCommand, job::JobCommand, model::ModelCommand, network::NetworkCommand,
    provider::ProviderCommand,
};
use output::Report;

/// Buys, sells and checks proven computations on a Swarmwork chain.
#[derive(Parser)]
#[command(name = "swarm", version, after_help = failure::EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Buy a computation, follow it, fetch and check its result.
    #[command(subcommand)]
    Job(JobCommand),
    /// Register and look up models.
    #[command(subcommand)]
    Model(ModelCommand),
    /// Register and look up circuits.
    #[command(subcommand)]
    Circuit(CircuitCommand),
    /// Offer work.
    #[command(subcommand)]
    Provider(ProviderCommand),
    /// The network as a whole.
    #[command(subcommand)]
    Network(NetworkCommand),
    /// Balances and transfers.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Propose, vote, delegate, and read what was done by privilege.
    #[command(subcommand)]
    Governance(GovernanceCommand),
    /// Say what is missing on this machine and how to mend it.
    Doctor(Doctor),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    install_crypto();
    let json = cli.common.json;
    match run(cli).await {
        Ok(report) => {
            report.print(json);
            ExitCode::from(report.exit_code())
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            if json {
                println!("{}", failure::to_json(&error));
            }
            ExitCode::from(failure::exit_code(&error))
        }
    }
}

async fn run(cli: Cli) -> Result<Report> {
    let app = App::new(cli.common)?;
    match cli.command {
        Command::Job(command) => commands::job::run(&app, command).await,
        Command::Model(command) => commands::model::run(&app, command).await,
        Command::Circuit(command) => commands::circuit::run(&app, command).await,
        Command::Provider(command) => commands::provider::run(&app, command).await,
        Command::Network(command) => commands::network::run(&app, command).await,
        Command::Account(command) => commands::account::run(&app, command).await,
        Command::Governance(command) => commands::governance::run(&app, command).await,
        Command::Doctor(args) => commands::doctor::run(&app, args).await,
    }
}

/// TLS needs one provider of cryptography for the whole process.
pub(crate) fn install_crypto() {
    // Only the first caller installs it; later ones find it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn wrong_arguments_are_named() {
        let id = format!("0x{}", "ab".repeat(32));
        let submit = ["swarm", "job", "submit", "--model", &id, "--input", "x.npy"];
        let with = |more: &[&str]| {
            let args: Vec<&str> = submit.iter().chain(more).copied().collect();
            Cli::try_parse_from(args)
                .map(|_| ())
                .map_err(|e| e.to_string())
        };
        assert!(with(&["--max-price", "1.5", "--deadline", "10m", "--json"]).is_ok());
        for (more, reason) in [
            (
                &["--max-price", "1,5", "--deadline", "10m"][..],
                "no amount",
            ),
            (&["--max-price", "1", "--deadline", "0"], "future"),
            (
                &["--max-price", "1", "--deadline", "10m", "--need", "memory"],
                "NAME=VALUE",
            ),
            (
                &[
                    "--max-price",
                    "1",
                    "--deadline",
                    "10m",
                    "--fast",
                    "--priority",
                    "high",
                ],
                "cannot be used",
            ),
            (
                &["--max-price", "1", "--deadline", "10m", "--provider", "bob"],
                "no address",
            ),
            (
                &[
                    "--max-price",
                    "1",
                    "--deadline",
                    "10m",
                    "--watch",
                    "--no-wait",
                ],
                "cannot be used",
            ),
        ] {
            let message = with(more).unwrap_err();
            assert!(message.contains(reason), "{message}");
        }
        let message = Cli::try_parse_from(["swarm", "job", "show", "0x12"])
            .err()
            .unwrap()
            .to_string();
        assert!(message.contains("2 hex digits"), "{message}");
    }
}

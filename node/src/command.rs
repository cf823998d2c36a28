//! Dispatches the command line.

use crate::{
    chain_spec,
    cli::{Cli, Subcommand},
    ports,
    service::{self, Components},
};
use sc_cli::{ChainSpec, Result, SubstrateCli};
use sc_network::config::NetworkBackendType;
use sc_service::{Configuration, TaskManager};
use std::sync::Arc;
use swarmwork_runtime::opaque::Block;

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Swarmwork Node".into()
    }

    fn impl_version() -> String {
        env!("SUBSTRATE_CLI_IMPL_VERSION").into()
    }

    fn executable_name() -> String {
        "swarmwork-node".into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        env!("CARGO_PKG_AUTHORS").into()
    }

    fn support_url() -> String {
        "README.md in the source".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn ChainSpec>, String> {
        // Specifications are printed as people write them; everything else wants the state.
        let printed = matches!(
            self.subcommand,
            Some(Subcommand::BuildSpec(_) | Subcommand::ExportChainSpec(_))
        );
        Ok(Box::new(if printed {
            chain_spec::load(id)?
        } else {
            chain_spec::load_with_state(id)?
        }))
    }
}

/// Runs what the command line says.
pub fn run() -> Result<()> {
    let cli = Cli::from_args();
    match &cli.subcommand {
        None => run_node(&cli),
        Some(Subcommand::Key(cmd)) => cmd.run(&cli),
        Some(Subcommand::BuildSpec(cmd)) => cli
            .create_runner(cmd)?
            .sync_run(|config| cmd.run(config.chain_spec, config.network)),
        Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
        Some(Subcommand::CheckBlock(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            with_components(config, |parts, _| cmd.run(parts.client, parts.import_queue))
        }),
        Some(Subcommand::ExportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            with_components(config, |parts, config| {
                cmd.run(parts.client, config.database)
            })
        }),
        Some(Subcommand::ExportState(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            with_components(config, |parts, config| {
                cmd.run(parts.client, config.chain_spec)
            })
        }),
        Some(Subcommand::ImportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            with_components(config, |parts, _| cmd.run(parts.client, parts.import_queue))
        }),
        Some(Subcommand::Revert(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
            with_components(config, |parts, _| {
                cmd.run(
                    parts.client,
                    parts.backend,
                    Some(Box::new(revert_consensus)),
                )
            })
        }),
        Some(Subcommand::PurgeChain(cmd)) => cli
            .create_runner(cmd)?
            .sync_run(|config| cmd.run(config.database)),
        Some(Subcommand::ChainInfo(cmd)) => cli
            .create_runner(cmd)?
            .sync_run(|config| cmd.run::<Block>(&config)),
        #[cfg(feature = "runtime-benchmarks")]
        Some(Subcommand::Benchmark(crate::cli::Benchmark::Pallet(cmd))) => {
            cli.create_runner(cmd)?.sync_run(|config| {
                cmd.run_with_spec::<sp_runtime::traits::HashingFor<Block>, service::HostFunctions>(
                    Some(config.chain_spec),
                )
            })
        }
    }
}

fn run_node(cli: &Cli) -> Result<()> {
    let mut runner = cli.create_runner(&cli.run)?;
    let provider = cli.provider.check(cli.run.shared_params.is_dev())?;
    ports::check(&cli.run, runner.config_mut()).map_err(sc_cli::Error::Input)?;
    runner.run_node_until_exit(|config| async move {
        match config.network.network_backend {
            NetworkBackendType::Libp2p => {
                service::start::<sc_network::NetworkWorker<_, _>>(config, provider)
            }
            NetworkBackendType::Litep2p => {
                service::start::<sc_network::Litep2pNetworkBackend>(config, provider)
            }
        }
    })
}

/// Opens the chain's database and runs one task on it.
fn with_components<F, R>(config: Configuration, task: F) -> Result<(R, TaskManager)>
where
    F: FnOnce(Opened, Configuration) -> R,
{
    let Components {
        client,
        backend,
        import_queue,
        task_manager,
        ..
    } = service::components(&config)?;
    let opened = Opened {
        client,
        backend,
        import_queue,
    };
    Ok((task(opened, config), task_manager))
}

/// What the commands on a chain's database use.
struct Opened {
    client: Arc<service::FullClient>,
    backend: Arc<service::FullBackend>,
    import_queue: service::ImportQueue,
}

/// Takes BABE's and GRANDPA's own records back together with the blocks.
fn revert_consensus(
    client: Arc<service::FullClient>,
    backend: Arc<service::FullBackend>,
    blocks: u32,
) -> Result<()> {
    sc_consensus_babe::revert(client.clone(), backend, blocks)?;
    sc_consensus_grandpa::revert(client, blocks)?;
    Ok(())
}

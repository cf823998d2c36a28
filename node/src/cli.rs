//! The command line.

use crate::provider::ProviderParams;

/// Start a node, or run one of the commands.
#[derive(Debug, clap::Parser)]
pub struct Cli {
    /// What to do other than start a node.
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    /// Options of a node.
    #[clap(flatten)]
    pub run: sc_cli::RunCmd,

    /// Options of a provider.
    #[clap(flatten)]
    pub provider: ProviderParams,
}

/// What to do other than start a node.
#[derive(Debug, clap::Subcommand)]
// One value of it is made, at start.
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
    /// Make, inspect and insert keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Print a chain specification, with this machine as its boot node.
    BuildSpec(sc_cli::BuildSpecCmd),

    /// Print a chain specification, or write it to a file.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Validate stored blocks again.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Print the state of a block as a chain specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Read blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Remove the whole chain from the disk.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Go back to an earlier block that is not finalised.
    Revert(sc_cli::RevertCmd),

    /// Print what the database knows of the chain.
    ChainInfo(sc_cli::ChainInfoCmd),

    /// Measure the weights of the runtime's calls.
    #[cfg(feature = "runtime-benchmarks")]
    #[command(subcommand)]
    Benchmark(Benchmark),
}

/// What can be measured.
#[cfg(feature = "runtime-benchmarks")]
#[derive(Debug, clap::Subcommand)]
pub enum Benchmark {
    /// A pallet's calls.
    Pallet(frame_benchmarking_cli::PalletCmd),
}

//! What the ceremony's commands take.

use std::path::PathBuf;

use swarm_groth16::ceremony::MAX_ITERATIONS_LOG2;

use crate::files::parse_bytes32;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a phase-1 file by one party, for development: keys that come from it carry the stamp.
    /// Real ceremonies start from a phase 1 that many made, such as a .ptau file of snarkjs.
    Phase1(Phase1Args),
    /// Start a ceremony for a network shape.
    New(NewArgs),
    /// Check a ceremony so far and add a contribution: secrets of this machine, erased at once.
    Contribute(ContributeArgs),
    /// Check a ceremony from its first state to its last, and make its keys if it is finished.
    Verify(VerifyArgs),
    /// Apply the beacon, check the whole ceremony and make its keys.
    Finish(FinishArgs),
}

#[derive(clap::Args)]
pub struct Phase1Args {
    /// Binary logarithm of the number of rows it suffices for, 1 to 28.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=28))]
    pub power: u32,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// What the initial state is computed from.
#[derive(clap::Args)]
pub struct Origin {
    /// Phase-1 file: our own format or snarkjs' .ptau.
    #[arg(long, value_name = "FILE")]
    pub phase1: PathBuf,
    /// Topology JSON, or a model file (*.safetensors) whose topology is taken.
    #[arg(long, value_name = "FILE")]
    pub topology: PathBuf,
    /// Make the weights of the model file constants of the circuit: the keys are for that model
    /// alone, and show its weights.
    #[arg(long)]
    pub baked: bool,
    /// Inferences per proof.
    #[arg(long, value_name = "N")]
    pub batch: usize,
}

#[derive(clap::Args)]
pub struct NewArgs {
    #[command(flatten)]
    pub origin: Origin,
    /// The ceremony file to write.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(clap::Args)]
pub struct ContributeArgs {
    #[command(flatten)]
    pub origin: Origin,
    /// The ceremony file as the contributor before left it.
    #[arg(long, value_name = "FILE")]
    pub ceremony: PathBuf,
    /// The ceremony file to write, for the next contributor.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    pub force: bool,
}

#[derive(clap::Args)]
pub struct VerifyArgs {
    #[command(flatten)]
    pub origin: Origin,
    /// The ceremony file.
    #[arg(long, value_name = "FILE")]
    pub ceremony: PathBuf,
    /// Also check that the ceremony ended with this beacon.
    #[arg(long, value_name = "HEX", value_parser = parse_bytes32)]
    pub beacon: Option<[u8; 32]>,
    /// Write the keys of a finished ceremony into this folder; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace keys that are there.
    #[arg(long)]
    pub force: bool,
}

#[derive(clap::Args)]
pub struct FinishArgs {
    #[command(flatten)]
    pub origin: Origin,
    /// The ceremony file after the last contribution.
    #[arg(long, value_name = "FILE")]
    pub ceremony: PathBuf,
    /// A public value that nobody could know or choose before the last contribution was public:
    /// 32 bytes, such as a round of drand or the hash of a block announced beforehand.
    #[arg(long, value_name = "HEX", value_parser = parse_bytes32)]
    pub beacon: [u8; 32],
    /// Binary logarithm of how often the beacon is hashed.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        value_parser = clap::value_parser!(u8).range(..=i64::from(MAX_ITERATIONS_LOG2))
    )]
    pub iterations: u8,
    /// Folder for the keys and the finished ceremony; made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace keys that are there. Proofs and models under them become useless.
    #[arg(long)]
    pub force: bool,
}

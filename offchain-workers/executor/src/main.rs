//! The executor's command: flags, logs and signals.

use std::{io::IsTerminal, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use swarm_executor::{
    config::{default_cache_bytes, JobLimits},
    device::{DeviceChoice, DeviceFlag},
    service::make_folder,
    spec::parse_base,
    start,
    token::Token,
    Config, FetchLimits,
};
use tokio::signal::unix::{signal, SignalKind};
use tracing_subscriber::EnvFilter;
use url::Url;

/// How long a batch at work may take to finish after SIGTERM; it is done again after a restart if
/// it does not.
const PATIENCE: Duration = Duration::from_secs(30);

/// A century, for all limits in hours.
const MOST_HOURS: u64 = 876_000;

const fn hours(duration: Duration) -> u64 {
    duration.as_secs() / 3600
}

/// Runs and proves jobs for the node of a provider.
#[derive(Debug, Parser)]
#[command(name = "swarm-executor", version, about)]
struct Flags {
    /// Address of the HTTP API; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9955")]
    listen: SocketAddr,

    /// Folder of the queue and the blobs; made if absent.
    #[arg(long, value_name = "DIR", default_value = "swarm-executor-data")]
    data: PathBuf,

    /// File of the API's token; made (mode 0600, random token) if absent. In the data folder by
    /// default. The node reads the same file.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Devices to run on: auto (every hardware GPU, else the CPU), cpu, gpu:0, gpu:1, …
    #[arg(long, value_name = "DEVICE", num_args = 1.., value_delimiter = ',', default_value = "auto")]
    device: Vec<DeviceFlag>,

    /// Fetch blobs also from loopback and private addresses that a job names.
    #[arg(long)]
    allow_private_sources: bool,

    /// Further places to ask for blobs ({URL}/blobs/{cid}); may be given several times.
    #[arg(long, value_name = "URL", value_parser = parse_base)]
    peer: Vec<Url>,

    /// Size cap of one blob, bytes.
    #[arg(long, value_name = "N", default_value_t = 1 << 30, value_parser = clap::value_parser!(u64).range(1..))]
    max_blob_bytes: u64,

    /// Longest that a job waits for its blobs, hours.
    #[arg(long, value_name = "HOURS", default_value_t = hours(JobLimits::default().wait), value_parser = clap::value_parser!(u64).range(1..=MOST_HOURS))]
    max_wait_hours: u64,

    /// Longest that a job is computed and proven, hours; a proof at work is finished.
    #[arg(long, value_name = "HOURS", default_value_t = hours(JobLimits::default().work), value_parser = clap::value_parser!(u64).range(1..=MOST_HOURS))]
    max_work_hours: u64,

    /// How long an ended job and its inputs and outputs are kept, hours; at least 14 days for
    /// requesters to have theirs as long as the chain knows of the job.
    #[arg(long, value_name = "HOURS", default_value_t = hours(JobLimits::default().retention), value_parser = clap::value_parser!(u64).range(1..=MOST_HOURS))]
    keep_hours: u64,

    /// Log as one JSON object per line.
    #[arg(long)]
    log_json: bool,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    start_logs(flags.log_json);
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // Where it is unset, as for a service, the graphics libraries that are asked for devices
        // complain on standard error, in the midst of the logs. Set before there are threads.
        std::env::set_var("XDG_RUNTIME_DIR", std::env::temp_dir());
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("swarm-executor: cannot start threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("swarm-executor: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start_logs(json: bool) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,swarm_executor=info"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if json {
        logs.json().flatten_event(true).init();
    } else {
        logs.with_ansi(std::io::stderr().is_terminal()).init();
    }
}

async fn run(flags: Flags) -> anyhow::Result<()> {
    let token_file = match flags.token_file {
        Some(file) => file,
        None => {
            make_folder(&flags.data)?;
            flags.data.join("token")
        }
    };
    let config = Config {
        listen: flags.listen,
        data: flags.data,
        token: Token::from_file(&token_file)?,
        devices: DeviceChoice::from_flags(&flags.device)?,
        allow_private_sources: flags.allow_private_sources,
        peers: flags.peer,
        max_blob_bytes: flags.max_blob_bytes,
        cache_bytes: default_cache_bytes(),
        fetch: FetchLimits::default(),
        jobs: JobLimits {
            wait: Duration::from_secs(flags.max_wait_hours * 3600),
            work: Duration::from_secs(flags.max_work_hours * 3600),
            retention: Duration::from_secs(flags.keep_hours * 3600),
        },
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut running = start(config).await?;
    // The one line on standard output: scripts that chose port 0 read the address from it.
    println!("listening on http://{}", running.address());
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        failure = running.failed() => return Err(failure),
    }
    tracing::info!("stopping; unfinished jobs stay in the queue");
    tokio::select! {
        finished = running.shut_down(PATIENCE) => {
            if !finished {
                tracing::warn!("the batch at work was not finished; it is done again at the next start");
            }
        }
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    // A proof still being computed on another thread does not hold up the end.
    std::process::exit(0)
}

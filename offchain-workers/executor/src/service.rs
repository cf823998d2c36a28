//! Starting and stopping a whole executor: listener, devices, queue, worker.

use std::{
    fs::DirBuilder, io::ErrorKind, net::SocketAddr, os::unix::fs::DirBuilderExt, path::Path,
    sync::Arc, time::Duration,
};

use anyhow::{anyhow, Context};
use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
    task::JoinHandle,
    time::timeout,
};

use crate::{api, config::Config, device::Devices, evict, jobs::Executor, server, worker};

/// An executor at work.
pub struct Running {
    address: SocketAddr,
    executor: Arc<Executor>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    evicting: JoinHandle<()>,
    worker_ended: oneshot::Receiver<()>,
}

/// Chooses the cryptography of TLS, once for the process.
pub fn install_crypto() {
    // An error only says that a choice was made before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Starts an executor; it serves when this returns.
///
/// # Errors
/// What is wrong with address, folder, queue or devices, and what to do about it.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    install_crypto();
    let listener = bind(config.listen).await?;
    let address = listener.local_addr()?;
    make_folder(&config.data)?;
    let choice = config.devices.clone();
    let devices = tokio::task::spawn_blocking(move || Devices::discover(&choice)).await??;
    let executor = Executor::open(config, devices)?;
    executor.resume();

    let (ended, worker_ended) = oneshot::channel();
    let working = executor.clone();
    std::thread::Builder::new()
        .name("worker".into())
        .spawn(move || {
            worker::work(&working);
            // The receiver may be gone when the process ends in a hurry.
            let _ = ended.send(());
        })?;
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(server::serve(
        listener,
        api::router(executor.clone()),
        stopped,
    ));
    let evicting = tokio::spawn(evict::keep_evicting(executor.clone()));
    tracing::info!(%address, device = executor.devices.label(), "serving");
    Ok(Running {
        address,
        executor,
        stop,
        server,
        evicting,
        worker_ended,
    })
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns if the worker or the server ends without having been told to.
    pub async fn failed(&mut self) -> anyhow::Error {
        tokio::select! {
            _ = &mut self.worker_ended => anyhow!("the worker ended"),
            _ = &mut self.server => anyhow!("the server ended"),
        }
    }

    /// Stops taking requests, lets the worker finish the batch it is at, for at most `patience`.
    /// What is not finished stays in the queue. Says whether the worker came to its end.
    pub async fn shut_down(mut self, patience: Duration) -> bool {
        self.executor.stop();
        self.evicting.abort();
        self.stop.send_replace(true);
        let worker = timeout(patience, &mut self.worker_ended).await;
        if let Err(error) = self.server.await {
            tracing::error!(%error, "the server ended badly");
        }
        worker.is_ok()
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => anyhow!(
                "cannot listen on {address}: another program has that port, perhaps another \
             swarm-executor; stop it or choose another address with --listen"
            ),
            ErrorKind::AddrNotAvailable => anyhow!(
            "cannot listen on {address}: this machine does not have that address; choose one of \
             its own with --listen"
        ),
            ErrorKind::PermissionDenied => anyhow!(
                "cannot listen on {address}: not permitted; choose a port above 1023 with --listen"
            ),
            _ => anyhow!("cannot listen on {address}: {error}"),
        })
}

/// Makes a folder only its owner can look into, unless it is there.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the folder {} (--data)", path.display()))
}

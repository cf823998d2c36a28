//! Ports: a taken one is an error before anything starts, where the user asked for it by name.
//!
//! Left alone, the service would move JSON-RPC to a random port, run without metrics, or run
//! without listening for peers, and say so in one line of the log at most.

use sc_cli::RunCmd;
use sc_service::Configuration;
use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
};

/// One port that the node is going to listen on.
struct Port {
    /// What for.
    purpose: &'static str,
    /// Which option sets it.
    option: &'static str,
    /// Where.
    address: SocketAddr,
    /// Whether the user gave the option.
    requested: bool,
}

/// Checks the ports of a node that is about to start. A port that the user asked for must be free;
/// if a default one is taken, the log says what follows. Takes away the service's leave to move a
/// requested JSON-RPC port.
pub fn check(run: &RunCmd, config: &mut Configuration) -> Result<(), String> {
    let rpc_requested = run.rpc_params.rpc_port.is_some();
    if rpc_requested {
        for endpoint in config.rpc.addr.iter_mut().flatten() {
            endpoint.retry_random_port = false;
        }
    }
    for port in ports(run, config, rpc_requested) {
        match claim(&port) {
            Ok(()) => {}
            Err(error) if port.requested => return Err(error),
            Err(error) => log::warn!("⚠️  {error}"),
        }
    }
    Ok(())
}

fn ports(run: &RunCmd, config: &Configuration, rpc_requested: bool) -> Vec<Port> {
    let rpc = config
        .rpc
        .addr
        .iter()
        .flatten()
        // The other address family may not exist on this machine.
        .filter(|endpoint| !endpoint.is_optional)
        .map(|endpoint| Port {
            purpose: "JSON-RPC",
            option: "--rpc-port",
            address: endpoint.listen_addr,
            requested: rpc_requested || !endpoint.retry_random_port,
        });
    let prometheus = config.prometheus_config.iter().map(|prometheus| Port {
        purpose: "Prometheus metrics",
        option: "--prometheus-port",
        address: prometheus.port,
        requested: run.prometheus_params.prometheus_port.is_some(),
    });
    // Where `--listen-addr` is given, the network itself reports what it cannot listen on.
    let peers = run.network_params.port.map(|port| Port {
        purpose: "other nodes",
        option: "--port",
        address: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port),
        requested: true,
    });
    rpc.chain(prometheus).chain(peers).collect()
}

/// Binds and lets go again. Port 0 means any and is always free.
fn claim(port: &Port) -> Result<(), String> {
    let Port {
        purpose,
        option,
        address,
        ..
    } = port;
    let number = address.port();
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Err(format!(
            "port {number} (for {purpose}) is already in use on this machine; stop the program \
             that listens there, or choose another port with {option}"
        )),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(format!(
            "not permitted to listen on port {number} (for {purpose}); ports below 1024 need \
             privileges, choose another with {option}"
        )),
        Err(error) => Err(format!(
            "cannot listen on {address} (for {purpose}): {error}; choose another port with {option}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(address: SocketAddr) -> Port {
        Port {
            purpose: "JSON-RPC",
            option: "--rpc-port",
            address,
            requested: true,
        }
    }

    #[test]
    fn a_taken_port_is_named_together_with_the_option() {
        let held = TcpListener::bind("127.0.0.1:0").expect("some port is free");
        let address = held.local_addr().expect("bound");
        let error = claim(&port(address)).expect_err("it is held");
        assert!(
            error.contains(&format!("port {}", address.port())),
            "{error}"
        );
        assert!(error.contains("--rpc-port"), "{error}");
        drop(held);
        assert_eq!(claim(&port(address)), Ok(()));
    }
}

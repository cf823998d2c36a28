//! The Swarmwork node: validators, full nodes and providers.

// The SDK's own errors, which its commands and services return, are that large.
#![allow(clippy::result_large_err)]

mod chain_spec;
mod cli;
mod command;
mod ports;
mod provider;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

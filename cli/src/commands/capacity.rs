//! `swarm provider profile`, `maintenance` and `lease`: what a provider has to offer, and when.

use std::time::Duration;

use anyhow::{bail, Context, Result};
use clap::{Args, Subcommand};
use sp_core::{crypto::AccountId32, H256};
use sp_runtime::Permill;
use subxt::utils::Static;
use swarmwork_primitives::{Backends, Capabilities, ComputeClass, Enclaves, Profile, Region};

use crate::{
    app::{bounded_url, App},
    chain::Chain,
    commands::provider::call,
    output::Report,
    requirements::{parse_class, parse_enclave, parse_region, parse_share},
    transact::account_of,
    units::{parse_account, parse_base_url, parse_duration, parse_id},
};

#[derive(Args)]
pub struct ProfileArgs {
    /// What people call the provider.
    #[arg(long, default_value = "")]
    name: String,
    /// Where people find out more.
    #[arg(long, value_name = "URL", value_parser = parse_base_url)]
    website: Option<String>,
    /// Memory of its GPUs in all, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 0)]
    gpu_memory_mib: u32,
    /// What it runs networks on: cpu, cuda, rocm, vulkan or metal; may be repeated.
    #[arg(long = "backend", value_name = "NAME", value_parser = parse_backend)]
    backends: Vec<Backends>,
    /// A circuit whose proving key it holds; may be repeated.
    #[arg(long = "circuit", value_name = "ID", value_parser = parse_id)]
    circuits: Vec<H256>,
    /// How strong its hardware is: basic, consumer, professional or data-centre.
    #[arg(long, value_name = "CLASS", value_parser = parse_class, default_value = "basic")]
    class: ComputeClass,
    /// The country that it computes in, as two capital letters.
    #[arg(long, value_name = "CODE", value_parser = parse_region)]
    region: Option<Region>,
    /// An enclave that it can run jobs in: sgx, sev-snp, tdx or nvidia-cc; may be repeated.
    #[arg(long = "enclave", value_name = "NAME", value_parser = parse_enclave)]
    enclaves: Vec<Enclaves>,
}

#[derive(Subcommand)]
pub enum MaintenanceCommand {
    /// Take no new jobs for a while; jobs that were assigned are still to be done.
    Announce {
        /// How long from now it begins; the chain wants notice.
        #[arg(long = "in", value_name = "DURATION", value_parser = parse_duration)]
        after: Duration,
        /// How long it lasts.
        #[arg(long = "for", value_name = "DURATION", value_parser = parse_duration)]
        length: Duration,
    },
    /// Call it off, or end it now.
    End,
}

#[derive(Subcommand)]
pub enum LeaseCommand {
    /// Offer another provider places for jobs on your capacity.
    Offer {
        /// Who may accept.
        #[arg(value_parser = parse_account)]
        operator: AccountId32,
        #[command(flatten)]
        terms: Terms,
    },
    /// Take the offer back.
    Withdraw,
    /// Accept an offer at these terms.
    Accept {
        /// Whose capacity it is.
        #[arg(value_parser = parse_account)]
        lessor: AccountId32,
        #[command(flatten)]
        terms: Terms,
    },
    /// Give notice; without OPERATOR, of the lease by which the key's provider works.
    End {
        /// Who works on the capacity.
        #[arg(value_parser = parse_account)]
        operator: Option<AccountId32>,
    },
    /// Give the places of a lease that is over back to its lessor.
    Close {
        /// Who worked on the capacity.
        #[arg(value_parser = parse_account)]
        operator: AccountId32,
    },
}

#[derive(Args)]
pub struct Terms {
    /// How many jobs at a time.
    #[arg(long)]
    slots: u32,
    /// The lessor's part of what is earned on them, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = parse_share)]
    share: Permill,
}

/// Sets the profile of the key's provider.
pub async fn profile(app: &App, args: ProfileArgs) -> Result<Report> {
    let profile = args.profile()?;
    call(app, "set_profile", (Static(profile),)).await
}

impl ProfileArgs {
    fn profile(self) -> Result<Profile> {
        let longest = swarmwork_primitives::MAX_PROFILE_NAME_BYTES;
        let most = swarmwork_primitives::MAX_HELD_CIRCUITS;
        let length = self.name.len();
        let name = self.name.into_bytes().try_into();
        // In order and each once, as the chain takes them.
        let mut circuits = self.circuits;
        circuits.sort_unstable();
        circuits.dedup();
        let named = circuits.len();
        let Ok(name) = name else {
            bail!("the name has {length} bytes; the chain keeps at most {longest}");
        };
        let Ok(circuits) = circuits.try_into() else {
            bail!("{named} circuits are named; the chain keeps at most {most}");
        };
        Ok(Profile {
            name,
            website: match &self.website {
                Some(website) => bounded_url(website)?,
                None => Default::default(),
            },
            capabilities: Capabilities {
                gpu_memory_mib: self.gpu_memory_mib,
                backends: self
                    .backends
                    .into_iter()
                    .fold(Backends::default(), Backends::with),
                circuits,
                class: self.class,
                region: self.region,
                enclaves: self
                    .enclaves
                    .into_iter()
                    .fold(Enclaves::default(), Enclaves::with),
            },
        })
    }
}

pub async fn maintenance(app: &App, command: MaintenanceCommand) -> Result<Report> {
    match command {
        MaintenanceCommand::Announce { after, length } => {
            let chain = app.chain().await?;
            let now = chain.best_number().await?;
            let (after, length) = (blocks(&chain, after).await?, blocks(&chain, length).await?);
            // The call is in a later block than this.
            let from = now
                .checked_add(after)
                .and_then(|block| block.checked_add(1));
            let until = from.and_then(|from| from.checked_add(length));
            let (Some(from), Some(until)) = (from, until) else {
                bail!("the maintenance is further away than block numbers reach");
            };
            call(app, "announce_maintenance", (Static(from), Static(until))).await
        }
        MaintenanceCommand::End => call(app, "end_maintenance", ()).await,
    }
}

pub async fn lease(app: &App, command: LeaseCommand) -> Result<Report> {
    match command {
        LeaseCommand::Offer { operator, terms } => {
            let args = (Static(operator), Static(terms.slots), Static(terms.share));
            call(app, "offer_lease", args).await
        }
        LeaseCommand::Withdraw => call(app, "withdraw_lease_offer", ()).await,
        LeaseCommand::Accept { lessor, terms } => {
            let args = (Static(lessor), Static(terms.slots), Static(terms.share));
            call(app, "accept_lease", args).await
        }
        LeaseCommand::End { operator } => {
            let operator = match operator {
                Some(operator) => operator,
                None => account_of(&app.key()?),
            };
            call(app, "end_lease", (Static(operator),)).await
        }
        LeaseCommand::Close { operator } => call(app, "close_lease", (Static(operator),)).await,
    }
}

/// So much time in blocks, rounded up.
async fn blocks(chain: &Chain, time: Duration) -> Result<u32> {
    let block = chain.block_time().await?.as_millis().max(1);
    u32::try_from(time.as_millis().div_ceil(block))
        .ok()
        .with_context(|| format!("{} s are more blocks than there can be", time.as_secs()))
}

/// Reads a backend's name.
fn parse_backend(text: &str) -> Result<Backends, String> {
    Backends::NAMES
        .iter()
        .find(|(_, name)| *name == text)
        .map(|(backend, _)| *backend)
        .ok_or_else(|| {
            let names: Vec<_> = Backends::NAMES.iter().map(|(_, name)| *name).collect();
            format!("`{text}` is no backend: choose from {}", names.join(", "))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> ProfileArgs {
        ProfileArgs {
            name: "Prüfstand".into(),
            website: Some("https://provider.example".into()),
            gpu_memory_mib: 81_920,
            backends: vec![Backends(1), Backends(2)],
            circuits: vec![H256([2; 32]), H256([1; 32]), H256([2; 32])],
            class: ComputeClass::DataCentre,
            region: Some(Region(*b"DE")),
            enclaves: vec![Enclaves(1), Enclaves(4)],
        }
    }

    #[test]
    fn backends_are_read_by_name() {
        assert_eq!(parse_backend("cuda"), Ok(Backends(2)));
        let error = parse_backend("abacus").unwrap_err();
        assert!(
            error.contains("abacus") && error.contains("vulkan"),
            "{error}"
        );
    }

    #[test]
    fn a_profile_is_put_as_the_chain_takes_it() {
        let profile = args().profile().unwrap();
        assert_eq!(profile.capabilities.backends, Backends(3));
        assert!(profile.capabilities.is_sorted());
        assert_eq!(profile.capabilities.enclaves, Enclaves(5));
        assert_eq!(
            profile.capabilities.circuits.to_vec(),
            [H256([1; 32]), H256([2; 32])]
        );
        let long = ProfileArgs {
            name: "x".repeat(65),
            ..args()
        };
        assert!(long.profile().unwrap_err().to_string().contains("65 bytes"));
        let many = ProfileArgs {
            circuits: (0..33).map(|i| H256([i; 32])).collect(),
            ..args()
        };
        assert!(many
            .profile()
            .unwrap_err()
            .to_string()
            .contains("33 circuits"));
    }
}

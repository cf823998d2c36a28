//! How a job is to find its provider: the options of `swarm job submit` that say so.

use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};
use sp_core::crypto::AccountId32;
use swarmwork_primitives::{Assignment, Needs, Placement, Priority, Requirements, Terms};

use crate::{chain::Chain, requirements::parse_needs, units::parse_duration};

#[derive(Args)]
pub struct PlacementArgs {
    /// What the provider must have, such as memory=24GiB,class=professional,region=DE+FR,
    /// tier=validator,enclave=tdx,reputation=60%.
    #[arg(long, value_name = "NEEDS", value_parser = parse_needs)]
    need: Option<Needs>,
    /// What it should have, written alike: who has more of it is drawn a little more often.
    #[arg(long, value_name = "NEEDS", value_parser = parse_needs)]
    prefer: Option<Needs>,
    /// Draw by one block's randomness instead of six: sooner, but that block's author decides.
    #[arg(long, conflicts_with_all = ["provider", "priority", "auction"])]
    fast: bool,
    /// Burn a fee to be drawn for before jobs that came somewhat earlier.
    #[arg(long, value_enum, conflicts_with_all = ["provider", "auction"])]
    priority: Option<PriorityName>,
    /// Give the job to another provider if the first has not started by then.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    start_within: Option<Duration>,
    /// Take bids for so long, and give the job to the lowest.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, conflicts_with = "provider")]
    auction: Option<Duration>,
    /// Pay the provider only once you acknowledge the output, or after the window in which you may
    /// have it published on chain. The bytes are prepaid, and come back if you do not need them.
    #[arg(long)]
    deliver: bool,
}

/// Where a job stands among those that wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum PriorityName {
    /// Ahead, for a fee.
    High,
    /// Four times as far, for four times the fee.
    Urgent,
}

/// So much time in blocks, rounded up.
fn blocks(time: Duration, block: Duration) -> u32 {
    let count = time.as_millis().div_ceil(block.as_millis().max(1));
    // More than the chain takes for anything, which then says so.
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl PlacementArgs {
    /// What is asked of providers.
    pub fn requirements(&self) -> Requirements {
        Requirements {
            hard: self.need.clone().unwrap_or_default(),
            soft: self.prefer.clone().unwrap_or_default(),
        }
    }

    fn priority(&self) -> Priority {
        match self.priority {
            None => Priority::Normal,
            Some(PriorityName::High) => Priority::High,
            Some(PriorityName::Urgent) => Priority::Urgent,
        }
    }

    /// All of it, with blocks of this length.
    pub fn placement(
        &self,
        provider: Option<&AccountId32>,
        block: Duration,
    ) -> Placement<AccountId32> {
        let assignment = match (provider, self.auction) {
            (Some(provider), _) => Assignment::Direct(provider.clone()),
            (None, Some(time)) => Assignment::Auction {
                blocks: blocks(time, block),
            },
            (None, None) => Assignment::Swarm,
        };
        let terms = Terms {
            requirements: self.requirements(),
            fast: self.fast,
            priority: self.priority(),
            start_within: self.start_within.map(|time| blocks(time, block)),
            deliver: self.deliver,
        };
        Placement { assignment, terms }
    }

    /// The fee that is burned for the priority.
    pub async fn fee(&self, chain: &Chain) -> Result<u128> {
        let multiple = self.priority().multiple();
        if multiple == 0 {
            return Ok(0);
        }
        let fee: u128 = chain.constant("Marketplace", "PriorityFee").await?;
        Ok(fee.saturating_mul(multiple.into()))
    }

    /// The most that a job so placed may cost, if anything bounds it but its maximum price.
    pub async fn bound(&self, chain: &Chain, provider: bool) -> Result<Option<u128>> {
        if provider || self.auction.is_some() {
            return Ok(None);
        }
        let name = if self.fast {
            "MaxFastDrawn"
        } else {
            "MaxDrawn"
        };
        Ok(Some(chain.constant("Marketplace", name).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none() -> PlacementArgs {
        PlacementArgs {
            need: None,
            prefer: None,
            fast: false,
            priority: None,
            start_within: None,
            auction: None,
            deliver: false,
        }
    }

    #[test]
    fn nothing_said_is_the_default() {
        let block = Duration::from_secs(2);
        let drawn = none().placement(None, block);
        assert_eq!(drawn, Placement::from(Assignment::Swarm));
        let who = AccountId32::new([7; 32]);
        let named = none().placement(Some(&who), block);
        assert_eq!(named, Placement::from(Assignment::Direct(who)));
    }

    #[test]
    fn times_are_blocks_rounded_up() {
        let args = PlacementArgs {
            start_within: Some(Duration::from_secs(61)),
            auction: Some(Duration::from_secs(60)),
            priority: Some(PriorityName::Urgent),
            need: Some(parse_needs("memory=8").unwrap()),
            ..none()
        };
        let placement = args.placement(None, Duration::from_secs(2));
        assert_eq!(placement.assignment, Assignment::Auction { blocks: 30 });
        assert_eq!(placement.terms.start_within, Some(31));
        assert_eq!(placement.terms.priority, Priority::Urgent);
        assert_eq!(placement.terms.requirements.hard.gpu_memory_mib, 8);
    }
}

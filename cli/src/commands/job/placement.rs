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
    /// Give the job to another provider if the first has not started by then; `never` leaves it with
    /// the first. Unless said, a provider that was drawn, or bid, has five minutes, or a quarter of the
    /// time there is where that is less.
    #[arg(long, value_name = "DURATION", value_parser = parse_start)]
    start_within: Option<Start>,
    /// Take bids for so long, and give the job to the lowest.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, conflicts_with = "provider")]
    auction: Option<Duration>,
    /// Pay the provider only once you acknowledge the output, or after the window in which you may
    /// have it published on chain. The bytes are prepaid, and come back if you do not need them.
    #[arg(long)]
    deliver: bool,
}

/// By when a provider must have started, unless said: far longer than a node needs that is there.
const START: Duration = Duration::from_secs(300);
/// Unless said, it has no more than this part of the time there is, so that another can do the job.
const START_PART: u32 = 4;

/// Whether and how soon a provider must have started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// So soon after it was assigned.
    Within(Duration),
    /// It has until the deadline.
    Never,
}

fn parse_start(text: &str) -> Result<Start, String> {
    match text {
        "never" => Ok(Start::Never),
        time => parse_duration(time).map(Start::Within),
    }
}

/// What placing a job depends on besides what its requester says.
#[derive(Clone, Copy)]
pub struct Pace {
    /// How long a block takes.
    pub block: Duration,
    /// Blocks until the deadline.
    pub left: u32,
    /// The least number of blocks in which a provider can be asked to start.
    pub min_start: u32,
    /// Whether several providers do the job, of which none is asked to.
    pub several: bool,
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

    /// In how many blocks the provider must have started.
    fn start_within(&self, named: bool, pace: Pace) -> Option<u32> {
        match self.start_within {
            Some(Start::Within(time)) => Some(blocks(time, pace.block)),
            Some(Start::Never) => None,
            // Nobody else is drawn for a job whose provider was named, and all of several seal in time.
            None if named || pace.several => None,
            None => {
                let within = blocks(START, pace.block).min(pace.left / START_PART);
                (within >= pace.min_start).then_some(within)
            }
        }
    }

    /// All of it.
    pub fn placement(&self, provider: Option<&AccountId32>, pace: Pace) -> Placement<AccountId32> {
        let assignment = match (provider, self.auction) {
            (Some(provider), _) => Assignment::Direct(provider.clone()),
            (None, Some(time)) => Assignment::Auction {
                blocks: blocks(time, pace.block),
            },
            (None, None) => Assignment::Swarm,
        };
        let terms = Terms {
            requirements: self.requirements(),
            fast: self.fast,
            priority: self.priority(),
            start_within: self.start_within(provider.is_some(), pace),
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

    /// Blocks of two seconds, an hour of them.
    const PACE: Pace = Pace {
        block: Duration::from_secs(2),
        left: 1_800,
        min_start: 30,
        several: false,
    };

    #[test]
    fn who_is_drawn_must_start_while_another_has_time_unless_otherwise_said() {
        let who = AccountId32::new([7; 32]);
        let started = |args: &PlacementArgs, provider, pace| {
            args.placement(provider, pace).terms.start_within
        };
        assert_eq!(started(&none(), None, PACE), Some(150));
        let auction = PlacementArgs {
            auction: Some(Duration::from_secs(60)),
            ..none()
        };
        assert_eq!(started(&auction, None, PACE), Some(150));
        let short = |left| Pace { left, ..PACE };
        assert_eq!(started(&none(), None, short(200)), Some(50));
        assert_eq!(started(&none(), None, short(120)), Some(30));
        assert_eq!(started(&none(), None, short(119)), None);

        assert_eq!(started(&none(), Some(&who), PACE), None);
        let several = Pace {
            several: true,
            ..PACE
        };
        assert_eq!(started(&none(), None, several), None);
        let said = |text: &str| PlacementArgs {
            start_within: Some(parse_start(text).unwrap()),
            ..none()
        };
        assert_eq!(started(&said("never"), None, PACE), None);
        assert_eq!(started(&said("20s"), Some(&who), PACE), Some(10));
        assert!(parse_start("soon").is_err());
    }

    #[test]
    fn nothing_else_said_is_the_default() {
        let pace = Pace { left: 0, ..PACE };
        let drawn = none().placement(None, pace);
        assert_eq!(drawn, Placement::from(Assignment::Swarm));
        let who = AccountId32::new([7; 32]);
        let named = none().placement(Some(&who), pace);
        assert_eq!(named, Placement::from(Assignment::Direct(who)));
    }

    #[test]
    fn times_are_blocks_rounded_up() {
        let args = PlacementArgs {
            start_within: Some(Start::Within(Duration::from_secs(61))),
            auction: Some(Duration::from_secs(60)),
            priority: Some(PriorityName::Urgent),
            need: Some(parse_needs("memory=8").unwrap()),
            ..none()
        };
        let placement = args.placement(None, PACE);
        assert_eq!(placement.assignment, Assignment::Auction { blocks: 30 });
        assert_eq!(placement.terms.start_within, Some(31));
        assert_eq!(placement.terms.priority, Priority::Urgent);
        assert_eq!(placement.terms.requirements.hard.gpu_memory_mib, 8);
    }
}

//! What swarm work earns a provider, and the calls around it.

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{json, Value};
use sp_core::crypto::AccountId32;
use subxt::{ext::scale_encode::EncodeAsFields, utils::Static};
use swarmwork_primitives::{CapacityView, LockTerm, RewardView, RewardsView};

use crate::{
    app::App,
    output::Report,
    transact::{account_of, send},
    units::{address, Amount},
};

const PALLET: &str = "SwarmWork";

/// One of an epoch's amounts.
type Part = fn(&RewardView<u128>) -> u128;

/// How long a lock-up lasts.
#[derive(Clone, Copy, ValueEnum)]
pub enum Term {
    /// Half a year.
    #[value(name = "6-months")]
    Half,
    /// A year.
    #[value(name = "12-months")]
    Full,
}

impl Term {
    pub fn term(self) -> LockTerm {
        match self {
            Term::Half => LockTerm::Half,
            Term::Full => LockTerm::Full,
        }
    }
}

/// What is shown of rewards: sums, and each epoch in JSON.
pub async fn show(app: &App, who: Option<AccountId32>) -> Result<Report> {
    let who = match who {
        Some(who) => who,
        None => account_of(&app.key()?),
    };
    let chain = app.chain().await?;
    let rewards = chain.rewards(&who).await?;
    Ok(Report::new(rewards_json(&who, &rewards))
        .line("provider", address(&who))
        .lines(lines(&rewards)))
}

/// Claims every epoch that has vested more than was claimed, a call for each stretch of them.
pub async fn claim(app: &App) -> Result<Report> {
    let key = app.key()?;
    let who = account_of(&key);
    let chain = app.chain().await?;
    let most = u32::try_from(chain.constant(PALLET, "MaxClaims").await?)?;
    let before = chain.rewards(&who).await?;
    let mut blocks = Vec::new();
    for (from, count) in stretches(&before.epochs, most) {
        let fields = (Static(from), Static(count));
        let included = send(&chain, &key, PALLET, "claim", fields, app.certainty()).await?;
        blocks.push(included.number);
    }
    let after = chain.rewards(&who).await?;
    // An epoch that has lapsed meanwhile is in neither sum's favour.
    let claimed =
        sum(&after.epochs, |e| e.claimed).saturating_sub(sum(&before.epochs, |e| e.claimed));
    let mut report = rewards_json(&who, &after);
    report["claimed_now"] = json!(claimed.to_string());
    report["blocks"] = json!(blocks);
    Ok(Report::new(report)
        .line("provider", address(&who))
        .line("claimed now", Amount(claimed))
        .lines(lines(&after)))
}

/// One call of the pallet, and how things stand after it.
pub async fn call<A: EncodeAsFields>(app: &App, name: &str, args: A) -> Result<Report> {
    let key = app.key()?;
    let who = account_of(&key);
    let chain = app.chain().await?;
    let included = send(&chain, &key, PALLET, name, args, app.certainty()).await?;
    let rewards = chain.rewards(&who).await?;
    let mut report = rewards_json(&who, &rewards);
    report["block"] = json!(included.number);
    Ok(Report::new(report)
        .line("provider", address(&who))
        .line("block", included.number)
        .lines(lines(&rewards)))
}

/// Stretches of epochs, at most `most` long, that hold everything claimable.
fn stretches(epochs: &[RewardView<u128>], most: u32) -> Vec<(u32, u32)> {
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    for epoch in epochs.iter().filter(|e| e.vested > e.claimed) {
        match stretches.last_mut() {
            Some((from, count)) if epoch.epoch - *from < most => *count = epoch.epoch - *from + 1,
            _ => stretches.push((epoch.epoch, 1)),
        }
    }
    stretches
}

fn sum(epochs: &[RewardView<u128>], part: impl Fn(&RewardView<u128>) -> u128) -> u128 {
    epochs.iter().map(part).fold(0, u128::saturating_add)
}

fn capacity_json(capacity: &CapacityView) -> Value {
    json!({
        "rows_per_window": capacity.rows,
        "streak": capacity.streak,
        "windows": capacity.windows,
        "missed": capacity.missed,
        "latency_blocks": f64::from(capacity.latency) / 1e3,
        "bandwidth_kib_per_second": capacity.bandwidth,
    })
}

fn rewards_json(who: &AccountId32, rewards: &RewardsView<u128>) -> Value {
    let epochs: Vec<_> = rewards
        .epochs
        .iter()
        .map(|epoch| {
            json!({
                "epoch": epoch.epoch,
                "earned": epoch.earned.to_string(),
                "payable": epoch.payable.to_string(),
                "vested": epoch.vested.to_string(),
                "claimed": epoch.claimed.to_string(),
            })
        })
        .collect();
    json!({
        "provider": address(who),
        "credit_rate": f64::from(rewards.rate.deconstruct()) / 1e6,
        "capacity": rewards.capacity.as_ref().map(capacity_json),
        "earned": sum(&rewards.epochs, |e| e.earned).to_string(),
        "vested": sum(&rewards.epochs, |e| e.vested).to_string(),
        "claimed": sum(&rewards.epochs, |e| e.claimed).to_string(),
        "claimable": sum(&rewards.epochs, |e| e.vested.saturating_sub(e.claimed)).to_string(),
        "epochs": epochs,
    })
}

fn lines(rewards: &RewardsView<u128>) -> Vec<(String, String)> {
    let line = |name: &str, value: String| (name.to_string(), value);
    let mut lines = vec![line(
        "credit",
        format!(
            "{} per token burned, before the speed of a job",
            f64::from(rewards.rate.deconstruct()) / 1e6
        ),
    )];
    match &rewards.capacity {
        Some(capacity) => {
            lines.push(line("rows a window", capacity.rows.to_string()));
            lines.push(line(
                "windows",
                format!(
                    "{} of {} missed, {} answered in a row",
                    capacity.missed, capacity.windows, capacity.streak
                ),
            ));
            let latency = f64::from(capacity.latency) / 1e3;
            lines.push(line("latency", format!("{latency} blocks")));
            let bandwidth = match capacity.bandwidth {
                Some(rate) => format!("{rate} KiB/s, as peers see it"),
                None => "peers have not agreed on it".to_string(),
            };
            lines.push(line("bandwidth", bandwidth));
        }
        None => lines.push(line(
            "windows",
            "takes part in none: `swarm provider join-windows`".to_string(),
        )),
    }
    let amounts: [(&str, Part); 4] = [
        ("earned", |e| e.earned),
        ("vested", |e| e.vested),
        ("claimed", |e| e.claimed),
        ("claimable", |e| e.vested.saturating_sub(e.claimed)),
    ];
    lines.extend(
        amounts.map(|(name, part)| line(name, Amount(sum(&rewards.epochs, part)).to_string())),
    );
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(epoch: u32, vested: u128, claimed: u128) -> RewardView<u128> {
        RewardView {
            epoch,
            earned: 100,
            payable: 100,
            vested,
            claimed,
        }
    }

    #[test]
    fn every_measurement_is_shown() {
        let shown = |capacity| {
            let lines = lines(&RewardsView {
                rate: sp_runtime::Permill::from_percent(12),
                capacity,
                epochs: vec![epoch(1, 5, 2)],
            });
            let text = |(name, value): (String, String)| format!("{name}: {value}");
            lines.into_iter().map(text).collect::<Vec<_>>().join("\n")
        };
        let measured = |bandwidth| CapacityView {
            rows: 7_000,
            streak: 3,
            windows: 5,
            missed: 2,
            latency: 1_500,
            bandwidth,
        };
        let text = shown(Some(measured(Some(9_000))));
        for words in [
            "0.12 per token",
            "7000",
            "2 of 5 missed, 3 answered in a row",
            "1.5 blocks",
            "9000 KiB/s",
        ] {
            assert!(text.contains(words), "{text} lacks {words}");
        }
        assert!(shown(Some(measured(None))).contains("not agreed"));
        assert!(shown(None).contains("join-windows"));
    }

    #[test]
    fn claims_cover_what_has_vested_and_nothing_else() {
        let epochs = [
            epoch(1, 5, 5),
            epoch(2, 5, 0),
            epoch(4, 5, 0),
            epoch(5, 5, 0),
            epoch(9, 0, 0),
        ];
        assert_eq!(stretches(&epochs, 31), vec![(2, 4)]);
        assert_eq!(stretches(&epochs, 3), vec![(2, 3), (5, 1)]);
        assert_eq!(stretches(&epochs, 1), vec![(2, 1), (4, 1), (5, 1)]);
        assert!(stretches(&epochs[..1], 31).is_empty());
    }
}

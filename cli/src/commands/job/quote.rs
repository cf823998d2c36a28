//! `swarm job quote`: what a job would cost, and who would not take it and why.

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{json, Value};
use sp_core::H256;
use swarmwork_primitives::{
    Enquiry, JobCurrency, Needs, RejectionCounts, Requirements, MAX_REDUNDANCY, MAX_SAMPLES,
};

use super::{mode_of, ModeName};
use crate::{
    app::App,
    output::Report,
    requirements::parse_needs,
    units::{parse_id, Amount, Price},
};

#[derive(Args)]
pub struct Quote {
    /// Model id.
    #[arg(long, value_parser = parse_id)]
    model: H256,
    /// How many rows are to be computed.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    rows: u64,
    /// Most to pay, in tokens or in an asset (250000@7); without it, prices are not bounded. What is
    /// quoted is in tokens.
    #[arg(long)]
    max_price: Option<Price>,
    /// How results are checked.
    #[arg(long, value_enum, default_value = "proven")]
    mode: ModeName,
    /// How many batches are drawn, with --mode sampled.
    #[arg(
        long,
        value_name = "K",
        required_if_eq("mode", "sampled"),
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SAMPLES))
    )]
    sample: Option<u32>,
    /// How many providers do it, with --mode redundant: an odd number. Prices are those of each.
    #[arg(
        long,
        value_name = "N",
        required_if_eq("mode", "redundant"),
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_REDUNDANCY))
    )]
    redundancy: Option<u32>,
    /// What the provider must have; see `swarm job submit`.
    #[arg(long, value_name = "NEEDS", value_parser = parse_needs)]
    need: Option<Needs>,
}

/// Why providers would not take a job, in words, and how many; those that apply.
pub fn reasons(counts: &RejectionCounts) -> Vec<(&'static str, u32)> {
    let RejectionCounts {
        not_registered,
        unavailable,
        busy,
        too_expensive,
        bond_too_small,
        unattested,
        maintenance,
        mode,
        standing,
        currency,
        memory,
        class,
        region,
        tier,
        enclave,
        reputation,
        unsettled,
        declined,
    } = *counts;
    [
        ("not registered", not_registered),
        ("not available", unavailable),
        ("busy", busy),
        ("too expensive", too_expensive),
        ("bond too small", bond_too_small),
        ("no work under unattested keys", unattested),
        ("in maintenance", maintenance),
        ("no work that is not all proven", mode),
        ("standing too low for that price", standing),
        ("no work for that asset", currency),
        ("too little GPU memory", memory),
        ("compute class too low", class),
        ("in another region", region),
        ("tier too low", tier),
        ("no such enclave", enclave),
        ("reputation too low", reputation),
        ("changed its terms just now", unsettled),
        ("gave the job back", declined),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .collect()
}

/// The same as JSON.
pub fn reasons_json(counts: &RejectionCounts) -> Vec<Value> {
    reasons(counts)
        .iter()
        .map(|(reason, count)| json!({ "reason": reason, "providers": count }))
        .collect()
}

pub async fn run(app: &App, args: Quote) -> Result<Report> {
    let mode = mode_of(args.mode, args.sample, args.redundancy)?;
    let chain = app.chain().await?;
    let model = chain.model(args.model).await?;
    let circuit = chain.circuit(model.circuit).await?;
    let batches = args.rows.div_ceil(u64::from(circuit.info.batch.max(1)));
    let batches =
        u32::try_from(batches).context("so many rows make more batches than a job has")?;
    let unbounded = || Price::of(&JobCurrency::Native, u128::MAX);
    let most = args.max_price.unwrap_or_else(unbounded);
    let enquiry = Enquiry {
        model: args.model,
        batches,
        mode,
        max_price: most.amount,
        currency: most.currency,
        requirements: Requirements {
            hard: args.need.unwrap_or_default(),
            ..Default::default()
        },
    };
    let quote = chain.quote(enquiry).await?;
    let text = |amount: Option<u128>| amount.map(|amount| amount.to_string());
    let mut report = Report::new(json!({
        "model": format!("{:?}", args.model),
        "batches": batches,
        "macs": quote.macs.to_string(),
        "judged": quote.judged,
        "fitting": quote.fitting,
        "rejected": reasons_json(&quote.rejected),
        "least": text(quote.prices.map(|(least, ..)| least)),
        "median": text(quote.prices.map(|(_, median, _)| median)),
        "most": text(quote.prices.map(|(.., most)| most)),
        "average_per_giga_mac": text(quote.average),
        "at_average": text(quote.at_average),
    }))
    .line("batches", batches)
    .line(
        "providers",
        format!("{} of {} looked at", quote.fitting, quote.judged),
    );
    if let Some((least, median, most)) = quote.prices {
        report = report
            .line("least", Amount(least))
            .line("median", Amount(median))
            .line("most", Amount(most));
    }
    for (reason, count) in reasons(&quote.rejected) {
        report = report.line(reason, count);
    }
    if let Some(price) = quote.at_average {
        report = report.line("at recent prices", Amount(price));
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reasons_that_apply_are_given() {
        assert!(reasons(&RejectionCounts::default()).is_empty());
        let counts = RejectionCounts {
            busy: 2,
            memory: 1,
            ..Default::default()
        };
        assert_eq!(
            reasons(&counts),
            [("busy", 2), ("too little GPU memory", 1)]
        );
    }
}

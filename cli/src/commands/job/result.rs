//! `swarm job result`: the checked output, written to a file.

use std::path::Path;

use anyhow::Result;
use serde_json::json;
use sp_core::H256;

use super::{outputs::Finished, Check};
use crate::{app::App, output::Report, tensors};

pub async fn run(app: &App, job: H256, out: &Path, check: &Check) -> Result<Report> {
    tensors::check_output_name(out)?;
    let chain = app.chain().await?;
    let finished = Finished::load(app, &chain, job, check).await?;
    let outputs = finished.outputs(app).await?;
    let rows = finished.without_padding(&outputs)?;
    let [count, values] = rows.shape();
    tensors::write_output(out, rows)?;
    let blocks: Vec<u32> = outputs.iter().filter_map(|output| output.block).collect();
    let checked = if finished.view.input_root.is_none() {
        format!(
            "all {} batch(es) against the commitments that were proven on chain",
            outputs.len()
        )
    } else {
        format!(
            "all {} batch(es) against the root that the provider committed to; {} of them were \
             proven",
            outputs.len(),
            blocks.len()
        )
    };
    Ok(Report::new(json!({
        "job": format!("{job:?}"),
        "out": out,
        "rows": count,
        "values_per_row": values,
        "batches": outputs.len(),
        "verified_in_blocks": blocks,
    }))
    .line("wrote", out.display())
    .line("rows", format!("{count} of {values} values"))
    .line("checked", checked))
}

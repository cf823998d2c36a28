//! A finished job's output: fetched, identified, and held against its commitments on chain.

use anyhow::{bail, ensure, Context, Result};
use sp_core::H256;
use swarm_network::{BatchOutput, JobInput, Matrix};
use swarm_prover::CommitmentKey;
use swarmwork_primitives::{Commitment, Mode};

use super::Check;
use crate::{
    app::{off_chain, url_text, App},
    chain::{Chain, CircuitView, JobState, JobView, ModelInfo},
    failure::Failure,
    keys,
    record::{JobRecord, Records},
    units::hex,
};

/// Largest output file of one batch that is fetched, bytes.
const MAX_OUTPUT: u64 = 4 << 30;

/// A completed job with all that is needed to check it.
pub struct Finished {
    /// Which job.
    pub id: H256,
    /// As the chain has it.
    pub view: JobView,
    /// Its model.
    pub model: ModelInfo,
    /// Its circuit.
    pub circuit: CircuitView,
    /// The circuit's commitment key.
    pub key: CommitmentKey,
    /// This machine's record of it.
    pub record: Option<JobRecord>,
    /// Rows before padding.
    pub rows: usize,
}

/// One batch's output whose commitment is the one that was proven.
pub struct Checked {
    /// `[batch, out]`, padding included.
    pub rows: Matrix,
    /// Block in which the proof was verified.
    pub block: u32,
}

impl Finished {
    /// Reads it from the chain.
    ///
    /// # Errors
    /// [`Failure::Ended`] if the job has no result (yet).
    pub async fn load(app: &App, chain: &Chain, id: H256, check: &Check) -> Result<Self> {
        let view = chain.job(id).await?;
        match &view.state {
            JobState::Completed { .. } => {}
            JobState::Open | JobState::Assigned { .. } => bail!(Failure::Ended(format!(
                "job {id:?} has no result yet; follow it with `swarm job watch {id:?}`"
            ))),
            JobState::Expired { at, .. } => bail!(Failure::Ended(format!(
                "job {id:?} expired in block {at} and was refunded; there is no result"
            ))),
            JobState::Failed { at, .. } => bail!(Failure::Ended(format!(
                "the provider of job {id:?} did not prove what it had committed to; the price was \
                 refunded in block {at}; there is no result"
            ))),
            JobState::Cancelled { at, .. } => bail!(Failure::Ended(format!(
                "job {id:?} was cancelled in block {at}; there is no result"
            ))),
        }
        if view.mode != Mode::Proven {
            bail!(
                "of the {} batches of job {id:?}, {} were proven; the chain has no commitments to \
                 the others, so this command cannot check them",
                view.batches,
                view.results.len()
            );
        }
        let model = chain.model(view.model).await?;
        let circuit = chain.circuit(view.circuit).await?;
        let key = keys::commitment_key(app, view.circuit, &circuit, check.keys.as_deref()).await?;
        let record = Records::open(&app.folders.data).find(chain.genesis(), id)?;
        let padded = key.batch() * view.results.len();
        let rows = match (check.rows, &record) {
            (Some(rows), _) => rows,
            (None, Some(record)) => record.rows,
            (None, None) => {
                app.progress.say(format!(
                    "this machine did not submit the job, so padding cannot be told from rows: \
                     giving all {padded} (say --rows N to cut)"
                ));
                padded as u64
            }
        };
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        ensure!(
            (1..=padded).contains(&rows),
            "the job holds {padded} rows with padding; {rows} is not possible"
        );
        Ok(Self {
            id,
            view,
            model,
            circuit,
            key,
            record,
            rows,
        })
    }

    /// Fetches (or finds on this machine) and checks every batch.
    ///
    /// # Errors
    /// [`Failure::Mismatch`] naming the batch whose output is not what was proven.
    pub async fn outputs(&self, app: &App) -> Result<Vec<Checked>> {
        let store = app.folders.data_store()?;
        let source: Vec<String> = self.view.endpoint.iter().filter_map(url_text).collect();
        let input = self.own_input(app)?;
        let task = app
            .progress
            .steps(self.view.results.len() as u64, "checking outputs");
        let mut outputs = Vec::new();
        for (index, result) in self.view.results.iter().enumerate() {
            let result = result.with_context(|| {
                format!("the chain says that the job is complete, but not what batch {index} gave")
            })?;
            let id = off_chain(result.output);
            let bytes = app
                .blobs
                .get(
                    &store,
                    id,
                    &source,
                    MAX_OUTPUT,
                    &format!("the output of batch {index}"),
                )
                .await?;
            let expected_blind = match &input {
                Some(input) => Some(input.get(index)?.blind_y),
                None => None,
            };
            let rows = check(&self.key, &bytes, expected_blind, &result.commitment)
                .map_err(|e| Failure::Mismatch(format!("batch {index}: {e:#}")))?;
            outputs.push(Checked {
                rows,
                block: result.at,
            });
            task.position(index as u64 + 1);
        }
        Ok(outputs)
    }

    /// The input as submitted from this machine, if it was.
    pub fn own_input(&self, app: &App) -> Result<Option<JobInput>> {
        if self.record.is_none() {
            return Ok(None);
        }
        let id = off_chain(self.view.input.content);
        let Some(bytes) = app.folders.data_store()?.get(&id)? else {
            return Ok(None);
        };
        Ok(Some(JobInput::from_bytes(
            &bytes,
            self.key.topology(),
            self.key.batch(),
        )?))
    }

    /// The rows of all batches without padding.
    pub fn without_padding(&self, outputs: &[Checked]) -> Result<Matrix> {
        let cols = self.key.topology().output_len();
        let mut values: Vec<i32> = outputs
            .iter()
            .flat_map(|output| output.rows.values())
            .copied()
            .collect();
        values.truncate(self.rows * cols);
        Ok(Matrix::new(self.rows, cols, values)?)
    }
}

/// The rows of an output file, if it is the one whose commitment was proven.
fn check(
    key: &CommitmentKey,
    bytes: &[u8],
    expected_blind: Option<[u8; 32]>,
    proven: &Commitment,
) -> Result<Matrix> {
    let output = BatchOutput::from_bytes(bytes, key.topology(), key.batch())?;
    if let Some(expected) = expected_blind {
        ensure!(
            output.blind_y == expected,
            "the output file names another blind than the one you chose"
        );
    }
    let commitment = key.commit_output(&output)?;
    ensure!(
        commitment == *proven,
        "the delivered output is not the proven one: its commitment is {}, the chain has {}",
        hex(commitment),
        hex(proven)
    );
    Ok(output.rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{batch_input, keys, model};

    #[test]
    fn only_the_proven_output_is_taken() {
        let key = &keys().commitment;
        let input = batch_input(5);
        let output = model().run_batch(&input).unwrap();
        let proven = key.commit_output(&output).unwrap();
        let good = output.to_bytes().unwrap();
        for blind in [None, Some(input.blind_y)] {
            assert_eq!(check(key, &good, blind, &proven).unwrap(), output.rows);
        }

        let refused =
            |bytes: &[u8], blind| format!("{:#}", check(key, bytes, blind, &proven).unwrap_err());
        let mut other = output.clone();
        other.rows.values_mut()[1] += 1;
        let message = refused(&other.to_bytes().unwrap(), None);
        assert!(message.contains("not the proven one"), "{message}");
        let mut other = output.clone();
        other.blind_y = [9; 32];
        other.blind_y[31] = 0;
        let message = refused(&other.to_bytes().unwrap(), Some(input.blind_y));
        assert!(message.contains("another blind"), "{message}");
        let message = refused(&other.to_bytes().unwrap(), None);
        assert!(message.contains("not the proven one"), "{message}");
        let message = refused(&good[..good.len() - 1], None);
        assert!(message.contains("safetensors"), "{message}");
    }
}

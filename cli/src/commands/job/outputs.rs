//! A finished job's output: fetched, identified, and held against its commitments on chain.

use anyhow::{anyhow, bail, ensure, Context, Result};
use sp_core::H256;
use swarm_network::{BatchOutput, Matrix};
use swarm_prover::CommitmentKey;
use swarm_store::ContentId;
use swarmwork_primitives::{Commitment, Mode, ResultView, Url};

use super::{ended, inputs::Inputs, published, rooted, Check};
use crate::{
    app::{off_chain, url_text, App},
    chain::{Chain, CircuitView, JobState, JobView, ModelInfo},
    failure::Failure,
    keys,
    record::{JobRecord, Records},
    units::hex,
};

/// Largest output file of one batch that is fetched, bytes.
pub const MAX_OUTPUT: u64 = 4 << 30;

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
    /// What each batch must have given.
    pub batches: Vec<Expected>,
    /// The output files of all batches, where they are published on chain.
    published: Vec<Vec<u8>>,
}

/// What a batch must have given: it was proven, or its provider has committed to it by a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// `C_y`.
    pub commitment: Commitment,
    /// The output file.
    pub output: ContentId,
    /// Block in which a proof was verified, if it was proven.
    pub proven: Option<u32>,
}

/// One batch's output whose commitment is the expected one.
pub struct Checked {
    /// `[batch, out]`, padding included.
    pub rows: Matrix,
    /// Block in which the proof was verified, if it was proven.
    pub block: Option<u32>,
}

impl Finished {
    /// Reads it from the chain.
    ///
    /// # Errors
    /// [`Failure::Ended`] if the job has no result (yet).
    pub async fn load(app: &App, chain: &Chain, id: H256, check: &Check) -> Result<Self> {
        let mut view = chain.job(id).await?;
        match &view.state {
            JobState::Completed { .. } | JobState::Agreed { .. } => {}
            // All proven, and not paid yet.
            JobState::Assigned { .. }
                if view.delivery.as_ref().is_some_and(|asked| asked.is_due()) => {}
            JobState::Open | JobState::Assigned { .. } | JobState::Shared { .. } => {
                bail!(Failure::Ended(format!(
                    "job {id:?} has no result yet; follow it with `swarm job watch {id:?}`"
                )))
            }
            JobState::Expired { at, .. } => bail!(Failure::Ended(format!(
                "job {id:?} expired in block {at} and was refunded; there is no result"
            ))),
            JobState::Failed { why, at, .. } => bail!(Failure::Ended(format!(
                "job {id:?} failed: {}; the price was refunded in block {at}; there is no result",
                ended::failure(*why)
            ))),
            JobState::Undecided { at } => bail!(Failure::Ended(format!(
                "the providers of job {id:?} did not agree, or could not have the input; what they \
                 were not paid was refunded in block {at}; there is no result"
            ))),
            JobState::Cancelled { why, at, .. } => bail!(Failure::Ended(format!(
                "job {id:?} was cancelled in block {at}: {}; there is no result",
                ended::cancellation(*why)
            ))),
        }
        let batches = match view.mode {
            Mode::Proven => proven(&view)?,
            Mode::Sampled { .. } | Mode::Optimistic => committed(app, id, &view).await?,
            Mode::Redundant { .. } => {
                let (endpoint, batches) = agreed(app, chain, id, &view).await?;
                view.endpoint = Some(endpoint);
                batches
            }
        };
        let model = chain.model(view.model).await?;
        let circuit = chain.circuit(view.circuit).await?;
        let key = keys::commitment_key(app, view.circuit, &circuit, check.keys.as_deref()).await?;
        let published = published::outputs(chain, id, &view, &key).await?;
        let record = Records::open(&app.folders.data).find(chain.genesis(), id)?;
        let padded = key.batch() * batches.len();
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
            batches,
            published,
        })
    }

    /// Fetches (or finds on this machine) and checks every batch.
    ///
    /// # Errors
    /// [`Failure::Mismatch`] naming the batch whose output is not what was proven or committed to.
    pub async fn outputs(&self, app: &App) -> Result<Vec<Checked>> {
        let store = app.folders.data_store()?;
        let source: Vec<String> = self.view.endpoint.iter().filter_map(url_text).collect();
        let mut input = self.own_input(app).await?;
        let task = app
            .progress
            .steps(self.batches.len() as u64, "checking outputs");
        let mut outputs = Vec::new();
        for (index, expected) in (0u32..).zip(&self.batches) {
            let what = format!("the output of batch {index}");
            let bytes = match self.published.get(index as usize) {
                Some(file) => file.clone(),
                None => {
                    app.blobs
                        .get(&store, expected.output, &source, MAX_OUTPUT, &what)
                        .await?
                }
            };
            let expected_blind = match &mut input {
                Some(input) => Some(input.get(app, &self.key, index).await?.blind_y),
                None => None,
            };
            let rows = check(&self.key, &bytes, expected_blind, &expected.commitment)
                .map_err(|e| Failure::Mismatch(format!("batch {index}: {e:#}")))?;
            outputs.push(Checked {
                rows,
                block: expected.proven,
            });
            task.position(u64::from(index) + 1);
        }
        Ok(outputs)
    }

    /// The input as submitted from this machine, if it was.
    pub async fn own_input(&self, app: &App) -> Result<Option<Inputs>> {
        let store = app.folders.data_store()?;
        let id = off_chain(self.view.input.content);
        if self.record.is_none() || !store.has(&id) {
            return Ok(None);
        }
        let input = Inputs::open(app, store, &self.view, &self.key, Vec::new());
        input.await.map(Some)
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

/// What the chain has proven of every batch.
fn proven(view: &JobView) -> Result<Vec<Expected>> {
    let expected = |(index, result): (usize, &Option<ResultView<u32>>)| -> Result<Expected> {
        let result = result.with_context(|| {
            format!("the chain says that the job is complete, but not what batch {index} gave")
        })?;
        Ok(Expected {
            commitment: result.commitment,
            output: off_chain(result.output),
            proven: Some(result.at),
        })
    };
    view.results.iter().enumerate().map(expected).collect()
}

/// What the provider has committed to of every batch, and which of them were proven.
async fn committed(app: &App, id: H256, view: &JobView) -> Result<Vec<Expected>> {
    let list = rooted::results(app, &app.folders.data_store()?, id, view).await?;
    let mut batches: Vec<Expected> = list
        .entries()
        .map(|entry| Expected {
            commitment: entry.commitment,
            output: entry.output,
            proven: None,
        })
        .collect();
    for (batch, result) in view.result_batches().into_iter().zip(&view.results) {
        let expected = usize::try_from(batch).ok().and_then(|n| batches.get_mut(n));
        let (Some(result), Some(expected)) = (result, expected) else {
            continue;
        };
        if result.commitment != expected.commitment {
            bail!(Failure::Mismatch(format!(
                "batch {batch}: the chain has proven another result than the provider's list names"
            )));
        }
        expected.proven = Some(result.at);
    }
    Ok(batches)
}

/// What most providers of a job have agreed on for every batch, and where one of them answers that
/// has its list.
async fn agreed(
    app: &App,
    chain: &Chain,
    id: H256,
    view: &JobView,
) -> Result<(Url, Vec<Expected>)> {
    let panel = chain.panel(id).await?;
    let panel =
        panel.with_context(|| format!("the chain does not say who worked on job {id:?}"))?;
    let root = panel.majority();
    let store = app.folders.data_store()?;
    let mut failed = None;
    for member in &panel.members {
        let Some(revealed) = member.revealed.filter(|results| Some(results.root) == root) else {
            continue;
        };
        let Some(provider) = chain.find_provider(&member.provider).await? else {
            continue;
        };
        let endpoint = provider.endpoint;
        match rooted::revealed(app, &store, view.batches, &revealed, &endpoint).await {
            Ok(list) => {
                let expected = |entry: swarm_rooted::Entry| Expected {
                    commitment: entry.commitment,
                    output: entry.output,
                    proven: None,
                };
                return Ok((endpoint, list.entries().map(expected).collect()));
            }
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| {
        anyhow!("none of the providers that agreed on the results of job {id:?} is there any more")
    }))
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
        "the delivered output is not the proven one, or the one committed to: its commitment is {}, \
         expected {}",
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

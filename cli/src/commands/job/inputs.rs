//! A job's input on the requester's side: one file, or a manifest with pieces.

use anyhow::{bail, ensure, Context, Result};
use swarm_merkle::MAX_LEAVES;
use swarm_network::{ActivationType, BatchInput, JobInput, Matrix};
use swarm_prover::CommitmentKey;
use swarm_rooted::{
    per_piece, Commitments, Manifest, COMMITMENT_BYTES, MAX_MANIFEST_BYTES, MAX_PIECE_BYTES,
};
use swarm_store::{ContentId, Store};
use swarmwork_primitives::{Commitment, Mode};

use crate::{
    app::{off_chain, App},
    chain::JobView,
    failure::Failure,
};

/// Largest input file of a job without a root that is fetched, bytes.
const MAX_INPUT: u64 = 4 << 30;
/// Largest list of commitments, bytes.
const MAX_COMMITMENTS: u64 = (MAX_LEAVES as u64) * (COMMITMENT_BYTES as u64);

/// Puts an input into the store in pieces. What the provider needs, in the order in which it does:
/// the manifest first.
pub fn store_in_pieces(
    store: &Store,
    input: &JobInput,
    dtype: ActivationType,
    commitments: &[Commitment],
) -> Result<Vec<ContentId>> {
    let batches = u32::try_from(input.batches())
        .ok()
        .filter(|batches| *batches <= MAX_LEAVES)
        .with_context(|| format!("a job has at most {MAX_LEAVES} batches"))?;
    // A byte for each value, and the blinds.
    let batch_bytes = input.batch_size() * input.rows().cols() + 64;
    let per_piece = per_piece(batches, batch_bytes as u64);
    let list = store.put(&Commitments::new(commitments.to_vec()).to_bytes())?;
    let mut pieces = Vec::new();
    let mut from = 0;
    while from < batches {
        let to = batches.min(from + per_piece);
        let file = piece(input, from, to)?.to_bytes(dtype)?;
        ensure!(
            file.len() as u64 <= MAX_PIECE_BYTES,
            "{} batches of the input have {} bytes; a piece of a job in this mode has at most \
             {MAX_PIECE_BYTES}: take a circuit of smaller batches, or fewer rows",
            to - from,
            file.len()
        );
        pieces.push(store.put(&file)?);
        from = to;
    }
    let manifest = Manifest::new(batches, per_piece, list, pieces)?;
    let content = store.put(&manifest.to_bytes())?;
    Ok(std::iter::once(content).chain(manifest.blobs()).collect())
}

/// Some batches of an input, as an input of their own.
fn piece(input: &JobInput, from: u32, to: u32) -> Result<JobInput> {
    let batches = (from..to)
        .map(|batch| input.get(batch as usize))
        .collect::<Result<Vec<BatchInput>, _>>()?;
    let values: Vec<i32> = batches
        .iter()
        .flat_map(|batch| batch.rows.values())
        .copied()
        .collect();
    let rows = Matrix::new(
        batches.len() * input.batch_size(),
        input.rows().cols(),
        values,
    )?;
    let blind_x = batches.iter().map(|batch| batch.blind_x).collect();
    let blind_y = batches.iter().map(|batch| batch.blind_y).collect();
    Ok(JobInput::new(rows, input.batch_size(), blind_x, blind_y)?)
}

/// The blobs of a job's input, in the order in which its provider needs them, as far as this machine
/// can tell.
///
/// # Errors
/// Where the manifest is not in the store, or does not read.
pub fn blobs(store: &Store, view: &JobView) -> Result<Vec<ContentId>> {
    let content = off_chain(view.input.content);
    if view.mode == Mode::Proven {
        return Ok(vec![content]);
    }
    let bytes = store
        .get(&content)?
        .with_context(|| format!("the manifest {content} of the input is gone"))?;
    let manifest = Manifest::from_bytes(&bytes, view.batches)?;
    Ok(std::iter::once(content).chain(manifest.blobs()).collect())
}

/// A job's input, batch by batch.
pub struct Inputs {
    store: Store,
    sources: Vec<String>,
    form: Form,
}

enum Form {
    Whole(JobInput),
    Pieces {
        manifest: Manifest,
        /// The last one that was looked at.
        loaded: Option<(usize, JobInput)>,
    },
}

impl Inputs {
    /// What is in the store of it, the rest fetched from one of these places.
    pub async fn open(
        app: &App,
        store: Store,
        view: &JobView,
        key: &CommitmentKey,
        sources: Vec<String>,
    ) -> Result<Self> {
        let content = off_chain(view.input.content);
        let form = if view.mode == Mode::Proven {
            let bytes = app
                .blobs
                .get(&store, content, &sources, MAX_INPUT, "the input")
                .await?;
            Form::Whole(JobInput::from_bytes(&bytes, key.topology(), key.batch())?)
        } else {
            let what = "the manifest of the input";
            let bytes = app
                .blobs
                .get(&store, content, &sources, MAX_MANIFEST_BYTES, what)
                .await?;
            Form::Pieces {
                manifest: Manifest::from_bytes(&bytes, view.batches)?,
                loaded: None,
            }
        };
        Ok(Self {
            store,
            sources,
            form,
        })
    }

    /// One batch.
    pub async fn get(&mut self, app: &App, key: &CommitmentKey, batch: u32) -> Result<BatchInput> {
        let (manifest, loaded) = match &mut self.form {
            Form::Whole(input) => return Ok(input.get(batch as usize)?),
            Form::Pieces { manifest, loaded } => (manifest, loaded),
        };
        let (piece, place) = manifest.piece_of(batch);
        if loaded.as_ref().map(|(at, _)| *at) != Some(piece) {
            let Some(content) = manifest.pieces().get(piece) else {
                bail!("the input has no batch {batch}");
            };
            let what = format!("piece {piece} of the input");
            let bytes = app
                .blobs
                .get(&self.store, *content, &self.sources, MAX_PIECE_BYTES, &what)
                .await?;
            let input = JobInput::from_bytes(&bytes, key.topology(), key.batch())
                .with_context(|| what.clone())?;
            let expected = manifest.batches_of(piece).len();
            ensure!(
                input.batches() == expected,
                "{what} has {} batches, not {expected}",
                input.batches()
            );
            *loaded = Some((piece, input));
        }
        match loaded {
            Some((_, input)) => Ok(input.get(place)?),
            None => bail!("the input has no batch {batch}"),
        }
    }

    /// The commitments to all batches: the chain's, or the requester's list if it has the root on
    /// chain.
    ///
    /// # Errors
    /// [`Failure::Mismatch`] where the list has another root.
    pub async fn commitments(&self, app: &App, view: &JobView) -> Result<Vec<Commitment>> {
        let Form::Pieces { manifest, .. } = &self.form else {
            return Ok(view.commitments.clone());
        };
        let what = "the list of input commitments";
        let bytes = app
            .blobs
            .get(
                &self.store,
                manifest.commitments(),
                &self.sources,
                MAX_COMMITMENTS,
                what,
            )
            .await?;
        let list = Commitments::from_bytes(&bytes, view.batches)
            .map_err(|e| Failure::Mismatch(e.to_string()))?;
        let root = view
            .input_root
            .context("the job has no root of its input")?;
        list.tree_of(&root.0)
            .map_err(|e| Failure::Mismatch(e.to_string()))?;
        Ok((0..view.batches)
            .filter_map(|batch| list.get(batch).copied())
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{app, keys, rooted_view, BATCH};
    use sp_core::H256;

    /// An input of so many batches, each with other rows; hidden if asked.
    fn input(batches: usize, hidden: bool) -> JobInput {
        let values = (0..batches * BATCH * 3).map(|v| v as i32 % 251).collect();
        let rows = Matrix::new(batches * BATCH, 3, values).unwrap();
        let blinds = |byte: u8| {
            let of = |n: usize| {
                let mut blind = [byte; 32];
                (blind[0], blind[31]) = (n as u8, 0);
                blind
            };
            if hidden {
                (0..batches).map(of).collect()
            } else {
                Vec::new()
            }
        };
        JobInput::new(rows, BATCH, blinds(1), blinds(2)).unwrap()
    }

    #[tokio::test]
    async fn an_input_in_pieces_is_read_as_it_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path());
        let key = &keys().commitment;
        for hidden in [false, true] {
            let input = input(40, hidden);
            let commitments: Vec<_> = (0..40)
                .map(|batch| key.commit_input(&input.get(batch).unwrap()).unwrap())
                .collect();
            let store = app.folders.data_store().unwrap();
            let stored = store_in_pieces(&store, &input, ActivationType::U8, &commitments).unwrap();
            let tree = Commitments::new(commitments.clone()).tree().unwrap();
            let mut view = rooted_view(stored[0], 40, H256(tree.root()));
            assert_eq!(blobs(&store, &view).unwrap(), stored);
            let mut inputs = Inputs::open(&app, store.clone(), &view, key, vec![])
                .await
                .unwrap();
            for batch in [0, 39, 1, 20] {
                let found = inputs.get(&app, key, batch).await.unwrap();
                assert_eq!(found, input.get(batch as usize).unwrap());
            }
            assert!(inputs.get(&app, key, 40).await.is_err());
            assert_eq!(inputs.commitments(&app, &view).await.unwrap(), commitments);
            view.input_root = Some(H256::zero());
            let error = inputs.commitments(&app, &view).await.unwrap_err();
            assert_eq!(crate::failure::exit_code(&error), 6, "{error}");
            assert!(error.to_string().contains("input commitments"), "{error}");
            // A piece that is gone is named.
            store.remove(&stored[2]).unwrap();
            let mut inputs = Inputs::open(&app, store, &view, key, vec![]).await.unwrap();
            let error = inputs.get(&app, key, 0).await.unwrap_err();
            assert!(
                error.to_string().contains("piece 0 of the input"),
                "{error}"
            );
        }
    }

    #[test]
    fn pieces_hold_the_batches_of_the_input_in_order() {
        let input = input(5, true);
        let middle = piece(&input, 1, 4).unwrap();
        assert_eq!(middle.batches(), 3);
        for batch in 0..3 {
            assert_eq!(middle.get(batch).unwrap(), input.get(batch + 1).unwrap());
        }
    }
}

//! The executor's JSON: what is posted, and the strict reading of what comes back.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use serde::{Deserialize, Serialize};
use swarm_capacity::{Opening, LEAF_ROWS, MAX_PATH};
use swarmwork_offchain::{hex, Hex};

/// The body of `POST /v1/capacity`.
#[derive(Serialize)]
pub struct Order {
    /// The window's seed.
    pub seed: String,
    /// Whose rows.
    pub identity: String,
    /// How many at most.
    pub rows: u32,
    /// How long to compute at most.
    pub millis: u64,
}

impl Order {
    /// As bytes.
    pub fn to_json(&self) -> Result<Vec<u8>, String> {
        serde_json::to_vec(self).map_err(|error| error.to_string())
    }
}

/// Where an answer stands at the executor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Computing,
    Ready,
    Failed,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Nothing yet.
    Computing,
    /// The answer.
    Ready {
        /// How many rows.
        rows: u32,
        /// The root over their fingerprints.
        root: [u8; 32],
    },
    /// Why there is none.
    Failed(String),
}

/// An answer as the executor sees it. Fields that only people read are skipped.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Document {
    seed: Hex<32>,
    identity: Hex<32>,
    state: State,
    rows: u32,
    #[serde(default)]
    root: Option<Hex<32>>,
    #[serde(default)]
    error: Option<String>,
}

impl Document {
    /// Reads a document and checks that it speaks of this window and participant.
    pub fn parse(bytes: &[u8], seed: &[u8; 32], identity: &[u8; 32]) -> Result<Self, String> {
        let document: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if document.seed.0 != *seed {
            return Err(format!("it is about seed {}", hex(&document.seed.0)));
        }
        if document.identity.0 != *identity {
            return Err(format!(
                "it is about identity {}",
                hex(&document.identity.0)
            ));
        }
        Ok(document)
    }

    /// What came of it, where at most so many rows were asked for.
    pub fn result(self, most: u32) -> Result<Stage, String> {
        match (self.state, self.root) {
            (State::Computing, _) => Ok(Stage::Computing),
            (State::Failed, _) => Ok(Stage::Failed(
                self.error.unwrap_or_else(|| "no details".into()),
            )),
            (State::Ready, None) => Err("it is ready and has no root".into()),
            (State::Ready, Some(_)) if !(1..=most).contains(&self.rows) => {
                Err(format!("{} rows, 1 to {most} were asked for", self.rows))
            }
            (State::Ready, Some(root)) => Ok(Stage::Ready {
                rows: self.rows,
                root: root.0,
            }),
        }
    }
}

const LEAF_BYTES: usize = 16 * LEAF_ROWS as usize;

#[derive(Deserialize)]
struct OpeningJson {
    leaf: Hex<LEAF_BYTES>,
    path: Vec<Hex<32>>,
}

#[derive(Deserialize)]
struct OpeningsJson {
    openings: [OpeningJson; 2],
}

/// Reads the openings of two rows.
pub fn openings(bytes: &[u8]) -> Result<[Opening; 2], String> {
    let read: OpeningsJson = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if read
        .openings
        .iter()
        .any(|opening| opening.path.len() > MAX_PATH as usize)
    {
        return Err(format!("a path has more than {MAX_PATH} hashes"));
    }
    Ok(read.openings.map(|opening| {
        let mut leaf = [[0; 16]; LEAF_ROWS as usize];
        for (print, bytes) in leaf.iter_mut().zip(opening.leaf.0.chunks_exact(16)) {
            print.copy_from_slice(bytes);
        }
        Opening {
            leaf,
            path: opening.path.into_iter().map(|hash| hash.0).collect(),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn document(json: serde_json::Value) -> Result<Stage, String> {
        let mut whole = serde_json::json!({
            "seed": hex(&[1; 32]), "identity": hex(&[2; 32]), "state": "ready", "rows": 5,
            "root": hex(&[3; 32]), "error": null,
        });
        for (key, value) in json.as_object().expect("an object") {
            whole[key] = value.clone();
        }
        Document::parse(whole.to_string().as_bytes(), &[1; 32], &[2; 32])
            .and_then(|document| document.result(5))
    }

    #[test]
    fn every_state_is_read() {
        let none = serde_json::json!({});
        let ready = Stage::Ready {
            rows: 5,
            root: [3; 32],
        };
        assert_eq!(document(none), Ok(ready));
        let computing = serde_json::json!({"state": "computing", "rows": 0, "root": null});
        assert_eq!(document(computing), Ok(Stage::Computing));
        let failed = serde_json::json!({"state": "failed", "root": null, "error": "hot"});
        assert_eq!(document(failed), Ok(Stage::Failed("hot".into())));
    }

    #[test]
    fn nonsense_is_refused_and_named() {
        for (json, words) in [
            (
                serde_json::json!({"seed": hex(&[9; 32])}),
                "about seed 0x0909",
            ),
            (
                serde_json::json!({"identity": hex(&[9; 32])}),
                "about identity 0x0909",
            ),
            (serde_json::json!({"root": null}), "has no root"),
            (serde_json::json!({"rows": 0}), "1 to 5"),
            (serde_json::json!({"rows": 6}), "1 to 5"),
            (serde_json::json!({"rows": -1}), "invalid value"),
            (serde_json::json!({"state": "asleep"}), "unknown variant"),
        ] {
            let error = document(json).expect_err("it is nonsense");
            assert!(error.contains(words), "{error:?} lacks {words:?}");
        }
    }

    #[test]
    fn openings_are_read_and_long_ones_are_not() {
        let json = |hashes: usize| {
            let one = serde_json::json!({
                "leaf": hex(&[7; LEAF_BYTES]), "path": vec![hex(&[8; 32]); hashes],
            });
            serde_json::json!({"openings": [one.clone(), one]}).to_string()
        };
        let read = openings(json(3).as_bytes()).expect("as agreed");
        let expected = Opening {
            leaf: [[7; 16]; LEAF_ROWS as usize],
            path: vec![[8; 32]; 3],
        };
        assert_eq!(read, [expected.clone(), expected]);
        assert!(openings(json(MAX_PATH as usize).as_bytes()).is_ok());
        assert!(openings(json(MAX_PATH as usize + 1).as_bytes()).is_err());
        assert!(openings(br#"{"openings":[]}"#).is_err());
    }
}

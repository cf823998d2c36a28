//! What every command needs: the node, the key, the folders, the store.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail, Context, Result};
use clap::Args;
use subxt_signer::sr25519::Keypair;
use swarm_store::ContentId;
use swarmwork_primitives::{Locator, Url};

use crate::{
    blobs::{self, Blobs, Put, TOKEN_NEEDED},
    chain::Chain,
    folders::Folders,
    key::KeyArgs,
    output::Progress,
    transact::Certainty,
    units::parse_base_url,
};

/// Heading over the options of every command in help texts.
pub const COMMON: &str = "Options of every command";

/// Options of every command.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// WebSocket of the node.
    #[arg(
        long,
        global = true,
        env = "SWARM_URL",
        default_value = "ws://127.0.0.1:9944",
        help_heading = COMMON
    )]
    pub url: String,
    /// Print one JSON object on stdout; progress goes to stderr.
    #[arg(long, global = true, help_heading = COMMON)]
    pub json: bool,
    /// Go on only when a call is in a finalised block.
    #[arg(long, global = true, alias = "finalized", help_heading = COMMON)]
    pub finalised: bool,
    #[command(flatten)]
    pub key: KeyArgs,
}

/// A running command's surroundings.
pub struct App {
    /// The options.
    pub common: Common,
    /// Bars and messages on stderr.
    pub progress: Progress,
    /// Cache and data of this user.
    pub folders: Folders,
    /// Blobs over HTTP.
    pub blobs: Blobs,
}

impl App {
    /// Reads the surroundings; connects to nothing yet.
    pub fn new(common: Common) -> Result<Self> {
        let progress = Progress::new();
        Ok(Self {
            common,
            folders: Folders::of_user()?,
            blobs: Blobs::new(progress.clone())?,
            progress,
        })
    }

    /// The node.
    pub async fn chain(&self) -> Result<Chain> {
        Chain::connect(&self.common.url).await
    }

    /// The key that signs.
    pub fn key(&self) -> Result<Keypair> {
        self.common.key.required()
    }

    /// How sure a call must be.
    pub fn certainty(&self) -> Certainty {
        if self.common.finalised {
            Certainty::Finalised
        } else {
            Certainty::Included
        }
    }
}

/// Where files are put so that others can fetch them.
#[derive(Args, Clone, Debug, Default)]
pub struct StoreArgs {
    /// Store to upload to: base URL of a swarm-executor.
    #[arg(long, value_name = "URL", value_parser = parse_base_url)]
    store: Option<String>,
    /// File with the store's token.
    #[arg(long, value_name = "FILE", requires = "store")]
    store_token_file: Option<PathBuf>,
    /// Base URL under which others fetch, where it is not that of --store.
    #[arg(long, value_name = "URL", value_parser = parse_base_url)]
    source: Option<String>,
}

impl StoreArgs {
    /// Uploads a file where a store is named, and gives what the chain is told of it.
    pub async fn publish(&self, app: &App, path: &Path) -> Result<Locator> {
        let id = blobs::id_of_file(path)?;
        if let Some(store) = &self.store {
            let token = self.token()?;
            app.blobs.upload(store, token.as_deref(), id, path).await?;
        }
        self.locator(id)
    }

    /// The same for bytes.
    pub async fn publish_bytes(&self, app: &App, what: &str, bytes: &[u8]) -> Result<Locator> {
        let id = ContentId::of(bytes);
        if let Some(store) = &self.store {
            let token = self.token()?;
            let put = app
                .blobs
                .put(store, token.as_deref(), id, bytes.to_vec())
                .await?;
            match put {
                Put::Stored => {}
                Put::NotExpected => bail!("{store} does not take {what}: {TOKEN_NEEDED}"),
                Put::NotWanted(reason) => bail!("{store} does not take {what}: {reason}"),
            }
        }
        self.locator(id)
    }

    /// Whether others will be told where to fetch.
    pub fn names_a_source(&self) -> bool {
        self.source.is_some() || self.store.is_some()
    }

    fn token(&self) -> Result<Option<String>> {
        self.store_token_file
            .as_deref()
            .map(blobs::read_token)
            .transpose()
    }

    fn locator(&self, id: ContentId) -> Result<Locator> {
        let source = self.source.as_ref().or(self.store.as_ref());
        locator(id, source.map_or("", String::as_str))
    }
}

/// A content id as the chain keeps it.
pub fn on_chain(id: ContentId) -> swarmwork_primitives::ContentId {
    swarmwork_primitives::ContentId(*id.digest())
}

/// The chain's content id as it is shown and used in URLs.
pub fn off_chain(id: swarmwork_primitives::ContentId) -> ContentId {
    ContentId::from_digest(id.0)
}

/// What the chain is told of a blob.
pub fn locator(id: ContentId, source: &str) -> Result<Locator> {
    Ok(Locator {
        content: on_chain(id),
        source: bounded_url(source)?,
    })
}

/// A URL as the chain keeps it.
pub fn bounded_url(url: &str) -> Result<Url> {
    Url::try_from(url.as_bytes().to_vec())
        .map_err(|_| anyhow!("the URL {url} is too long for the chain"))
}

/// A URL from the chain, if it is one: anybody may have written anything there.
pub fn url_text(url: &Url) -> Option<String> {
    let text = std::str::from_utf8(url).ok()?;
    parse_base_url(text).ok()
}

/// Base URLs of a locator: none or one.
pub fn sources(locator: &Locator) -> Vec<String> {
    url_text(&locator.source).into_iter().collect()
}

/// A file's whole content.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

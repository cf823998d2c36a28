//! What `--provider` needs: an executor to hand work to and a worker key to report with.

use codec::Encode;
use sc_cli::{Error, Result};
use sp_core::{crypto::Ss58Codec, offchain::OffchainStorage, sr25519, H256};
use sp_keystore::KeystorePtr;
use std::{
    net::{TcpStream, ToSocketAddrs},
    path::{Path, PathBuf},
    time::Duration,
};
use swarmwork_primitives::{
    ExecutorEndpoint, FinalisedBlock, EXECUTOR_ENDPOINT_KEY, FINALISED_KEY, WORKER_KEY_TYPE,
};
use url::{Host, Url};

/// Worker key of a development chain's provider, an account endowed there.
const DEV_WORKER: &str = "//Alice//worker";
/// How long an executor may take to accept the connection that shows it is there.
const REACH_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest accepted token, in bytes.
const MAX_TOKEN_BYTES: usize = 256;

/// Options of a provider.
#[derive(Debug, Clone, clap::Args)]
pub struct ProviderParams {
    /// Work for others: hand the jobs that the chain assigns to this provider to an executor, and
    /// report what it proves. Runs offchain workers whatever `--offchain-worker` says.
    #[arg(long, requires_all = ["executor_url", "executor_token_file"])]
    pub provider: bool,

    /// Where the executor listens, for example http://127.0.0.1:9955
    #[arg(long, value_name = "URL", requires = "provider")]
    pub executor_url: Option<String>,

    /// The file that holds the executor's token. The executor makes it when it starts.
    #[arg(long, value_name = "FILE", requires = "provider")]
    pub executor_token_file: Option<PathBuf>,

    /// Secret URI of the worker key, to be put into the keystore. Needed once; the command
    /// `key insert --key-type swrk --scheme sr25519` does the same. With `--dev`, `//Alice//worker`
    /// is taken where nothing is given. Other users of this machine can see a command line, so for
    /// a real key use the command or the environment variable.
    #[arg(
        long,
        value_name = "SURI",
        requires = "provider",
        env = "SWARMWORK_WORKER_SURI",
        hide_env_values = true
    )]
    pub worker_suri: Option<String>,
}

/// A provider's settings, checked.
pub struct Provider {
    endpoint: ExecutorEndpoint,
    worker_suri: Option<String>,
}

impl ProviderParams {
    /// Checks the options; `None` without `--provider`. Whether the executor answers is not an
    /// error: it may be started later.
    pub fn check(&self, is_dev: bool) -> Result<Option<Provider>> {
        if !self.provider {
            return Ok(None);
        }
        let (Some(url), Some(file)) = (&self.executor_url, &self.executor_token_file) else {
            return Err(Error::Input(
                "--provider needs --executor-url and --executor-token-file".into(),
            ));
        };
        let url = executor_url(url)?;
        let token = read_token(file)?;
        if let Err(why) = reach(&url) {
            log::warn!(
                "⚠️  The executor at {url} does not answer ({why}). Start swarm-executor there; \
                 the node keeps trying."
            );
        }
        let worker_suri = self
            .worker_suri
            .clone()
            .or_else(|| is_dev.then(|| DEV_WORKER.to_owned()));
        Ok(Some(Provider {
            endpoint: ExecutorEndpoint {
                url: url.as_str().trim_end_matches('/').as_bytes().to_vec(),
                token: token.into_bytes(),
            },
            worker_suri,
        }))
    }
}

impl Provider {
    /// Puts the worker key into the keystore and tells which keys this node reports with.
    pub fn insert_worker_key(&self, keystore: &KeystorePtr) -> Result<()> {
        if let Some(suri) = &self.worker_suri {
            keystore
                .sr25519_generate_new(WORKER_KEY_TYPE, Some(suri))
                .map_err(|error| {
                    Error::Input(format!(
                        "--worker-suri (or SWARMWORK_WORKER_SURI) is not a secret URI that the \
                         keystore takes: {error}"
                    ))
                })?;
        }
        let keys = keystore.sr25519_public_keys(WORKER_KEY_TYPE);
        if keys.is_empty() {
            log::warn!(
                "⚠️  The keystore holds no worker key, so this node can report nothing. Give \
                 --worker-suri once, or run `swarmwork-node key insert --key-type swrk --scheme \
                 sr25519` with the same --base-path and --chain."
            );
        }
        for key in keys {
            log::info!("👷 Worker key: {}", ss58(&key));
        }
        Ok(())
    }

    /// Leaves the executor's address where the offchain worker looks for it.
    pub fn publish<S: OffchainStorage>(&self, storage: &mut S) {
        storage.set(
            sp_offchain::STORAGE_PREFIX,
            EXECUTOR_ENDPOINT_KEY,
            &self.endpoint.encode(),
        );
        log::info!(
            "🧮 Provider: work goes to the executor at {}",
            String::from_utf8_lossy(&self.endpoint.url)
        );
    }
}

/// Leaves the last final block where the offchain worker looks for it: before it is final what others
/// have sealed, no results are shown.
pub fn note_finalised<S: OffchainStorage>(storage: &mut S, number: u32, hash: H256) {
    let block = FinalisedBlock {
        number: number.into(),
        hash,
    };
    storage.set(sp_offchain::STORAGE_PREFIX, FINALISED_KEY, &block.encode());
}

/// Takes the executor's address away again: a node started without `--provider` does no work.
pub fn retract<S: OffchainStorage>(storage: &mut S) {
    storage.remove(sp_offchain::STORAGE_PREFIX, EXECUTOR_ENDPOINT_KEY);
}

fn ss58(key: &sr25519::Public) -> String {
    key.to_ss58check()
}

/// An http(s) address of a host, without anything that a base address cannot have.
fn executor_url(text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Error::Input(format!(
            "--executor-url {text:?} {why}; give the executor's base address, for example \
             http://127.0.0.1:9955"
        ))
    };
    let url = Url::parse(text).map_err(|error| wrong(&format!("is not a URL ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("contains a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("contains a query or fragment"));
    }
    let local = match url.host() {
        None => return Err(wrong("names no host")),
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
    };
    if !local && url.scheme() == "http" {
        log::warn!(
            "⚠️  The executor at {url} is on another machine and is spoken to without encryption: \
             whoever sees the traffic learns its token."
        );
    }
    Ok(url)
}

/// The token in a file: one line of visible ASCII, as an HTTP header can carry.
fn read_token(file: &Path) -> Result<String> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Error::Input(format!(
            "--executor-token-file {}: {error}; swarm-executor makes this file when it is started \
             with --token-file",
            file.display()
        ))
    })?;
    let token = text.trim();
    let wrong = |why: &str| {
        Err(Error::Input(format!(
            "--executor-token-file {}: {why}",
            file.display()
        )))
    };
    if token.is_empty() {
        return wrong("the file is empty; it must hold the executor's token");
    }
    if token.len() > MAX_TOKEN_BYTES {
        return wrong("the file holds more than 256 bytes; it must hold the executor's token only");
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return wrong("the token may only have visible ASCII characters and no space");
    }
    Ok(token.to_owned())
}

/// Whether something accepts connections there.
fn reach(url: &Url) -> std::result::Result<(), String> {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let addresses = (host.trim_matches(['[', ']']), port)
        .to_socket_addrs()
        .map_err(|error| error.to_string())?;
    let mut last = String::from("the name has no address");
    for address in addresses {
        match TcpStream::connect_timeout(&address, REACH_TIMEOUT) {
            Ok(_) => return Ok(()),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::Decode;
    use sc_keystore::LocalKeystore;
    use sp_core::offchain::storage::InMemOffchainStorage;
    use std::{io::Write, net::TcpListener};

    fn params(url: &str, file: &Path) -> ProviderParams {
        ProviderParams {
            provider: true,
            executor_url: Some(url.into()),
            executor_token_file: Some(file.into()),
            worker_suri: None,
        }
    }

    fn token_file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        file.write_all(text.as_bytes()).expect("written");
        file
    }

    fn refusal(params: ProviderParams) -> String {
        match params.check(false) {
            Ok(_) => panic!("accepted"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_offchain_worker_finds_what_was_given() {
        let file = token_file("s3cret\n");
        // Nobody listens there: only a warning.
        let provider = params("http://127.0.0.1:1/", file.path())
            .check(true)
            .expect("valid")
            .expect("a provider");
        let mut storage = InMemOffchainStorage::default();
        provider.publish(&mut storage);
        let bytes = storage
            .get(sp_offchain::STORAGE_PREFIX, EXECUTOR_ENDPOINT_KEY)
            .expect("published");
        let endpoint = ExecutorEndpoint::decode(&mut &bytes[..]).expect("decodes");
        assert_eq!(endpoint.url, b"http://127.0.0.1:1");
        assert_eq!(endpoint.token, b"s3cret");

        retract(&mut storage);
        assert_eq!(
            storage.get(sp_offchain::STORAGE_PREFIX, EXECUTOR_ENDPOINT_KEY),
            None
        );

        let keystore: KeystorePtr = LocalKeystore::in_memory().into();
        provider.insert_worker_key(&keystore).expect("inserted");
        let expected = <sr25519::Pair as sp_core::Pair>::from_string(DEV_WORKER, None)
            .map(|pair| sp_core::Pair::public(&pair))
            .expect("a valid URI");
        assert_eq!(
            keystore.sr25519_public_keys(WORKER_KEY_TYPE),
            vec![expected]
        );
    }

    #[test]
    fn the_offchain_worker_finds_the_last_final_block() {
        let mut storage = InMemOffchainStorage::default();
        for number in [7, 9] {
            let hash = H256::repeat_byte(number as u8);
            note_finalised(&mut storage, number, hash);
            let bytes = storage
                .get(sp_offchain::STORAGE_PREFIX, FINALISED_KEY)
                .expect("it is noted");
            let block = FinalisedBlock::decode(&mut &bytes[..]).expect("decodes");
            assert_eq!((block.number, block.hash), (number.into(), hash));
        }
    }

    #[test]
    fn without_the_switch_nothing_is_checked() {
        let mut params = params("nonsense", Path::new("/nowhere"));
        params.provider = false;
        assert!(params.check(false).expect("not looked at").is_none());
    }

    #[test]
    fn outside_development_no_key_is_made_up() {
        let file = token_file("t");
        let provider = params("http://127.0.0.1:1", file.path())
            .check(false)
            .expect("valid")
            .expect("a provider");
        let keystore: KeystorePtr = LocalKeystore::in_memory().into();
        provider
            .insert_worker_key(&keystore)
            .expect("only a warning");
        assert!(keystore.sr25519_public_keys(WORKER_KEY_TYPE).is_empty());
    }

    #[test]
    fn bad_addresses_are_refused_by_name() {
        let file = token_file("t");
        for (url, why) in [
            ("127.0.0.1:9955", "--executor-url"),
            ("ftp://127.0.0.1", "neither http nor https"),
            ("http://user:pw@127.0.0.1", "user name"),
            ("http://127.0.0.1/?a=b", "query"),
        ] {
            let error = refusal(params(url, file.path()));
            assert!(error.contains(why), "{url}: {error}");
        }
    }

    #[test]
    fn bad_token_files_are_refused_by_name() {
        let url = "http://127.0.0.1:1";
        let error = refusal(params(url, Path::new("/no/such/file")));
        assert!(error.contains("/no/such/file"), "{error}");
        for (text, why) in [
            ("\n", "empty"),
            ("two words", "visible ASCII"),
            ("naïve", "visible ASCII"),
            (&"x".repeat(257), "more than 256"),
        ] {
            let error = refusal(params(url, token_file(text).path()));
            assert!(error.contains(why), "{text:?}: {error}");
        }
    }

    #[test]
    fn an_executor_is_reached_where_it_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
        let port = listener.local_addr().expect("bound").port();
        let at = |port| Url::parse(&format!("http://127.0.0.1:{port}")).expect("valid");
        assert_eq!(reach(&at(port)), Ok(()));
        drop(listener);
        assert!(reach(&at(port)).is_err());
    }
}

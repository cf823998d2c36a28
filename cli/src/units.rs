//! What people type and read: amounts, durations, ids and addresses.

use std::{fmt, str::FromStr, time::Duration};

use sp_core::{
    crypto::{AccountId32, PublicError, Ss58AddressFormat, Ss58Codec},
    H256,
};
use sp_runtime::{FixedPointNumber, FixedU128};
use swarmwork_primitives::{is_base_url, AssetId, JobCurrency, UNIT};

/// Digits after the decimal point.
const DECIMALS: usize = 12;
/// The token's symbol.
pub const SYMBOL: &str = "SWARM";
/// The chain's SS58 prefix.
pub const SS58_PREFIX: u16 = 42;

/// An amount of tokens in the smallest unit; reads and shows `1.5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u128);

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        let number = trimmed.strip_suffix(SYMBOL).unwrap_or(trimmed).trim_end();
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let whole = whole.replace('_', "");
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(&whole) || !digits(fraction) || number.ends_with('.') {
            return Err(format!(
                "`{text}` is no amount: write a number of {SYMBOL} such as 10, 1.5 or 10_000"
            ));
        }
        if fraction.len() > DECIMALS {
            return Err(format!(
                "`{text}` has {} decimals; {SYMBOL} has {DECIMALS}",
                fraction.len()
            ));
        }
        format!("{whole}{fraction:0<DECIMALS$}")
            .parse()
            .map(Amount)
            .map_err(|_| format!("`{text}` is more than there can ever be"))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / UNIT, self.0 % UNIT);
        if fraction == 0 {
            return write!(f, "{whole} {SYMBOL}");
        }
        let fraction = format!("{fraction:0DECIMALS$}");
        write!(f, "{whole}.{} {SYMBOL}", fraction.trim_end_matches('0'))
    }
}

/// What is paid for a job: tokens such as `1.5`, or `250000@7`, so many of asset 7's smallest units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// What it is paid in.
    pub currency: JobCurrency,
    /// How many smallest units.
    pub amount: u128,
}

impl Price {
    /// Another amount of the same currency.
    pub fn of(currency: &JobCurrency, amount: u128) -> Self {
        Self {
            currency: currency.clone(),
            amount,
        }
    }
}

impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((amount, asset)) = text.trim().split_once('@') else {
            let Amount(amount) = text.parse()?;
            return Ok(Self::of(&JobCurrency::Native, amount));
        };
        let wrong = || {
            format!(
                "`{text}` is no price: write tokens such as 1.5, or a number of an asset's smallest \
                 units and the asset's number, such as 250000@7"
            )
        };
        let amount = amount.replace('_', "").parse().map_err(|_| wrong())?;
        let asset = asset.parse().map_err(|_| wrong())?;
        Ok(Self::of(&JobCurrency::WithId(asset), amount))
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.currency {
            JobCurrency::Native => Amount(self.amount).fmt(f),
            JobCurrency::WithId(asset) => write!(f, "{} of asset {asset}", self.amount),
        }
    }
}

/// The number of an asset, or nothing for tokens.
pub fn asset_of(currency: &JobCurrency) -> Option<AssetId> {
    match currency {
        JobCurrency::Native => None,
        JobCurrency::WithId(asset) => Some(*asset),
    }
}

/// What an asset's smallest unit is worth in the token's: a number such as `4` or `0.25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(pub FixedU128);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const PLACES: usize = 18;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > PLACES {
            return Err(format!(
                "`{text}` is no rate: write what the asset's smallest unit is worth in the token's, \
                 such as 4 or 0.25, with {PLACES} decimals at most"
            ));
        }
        format!("{whole}{fraction:0<PLACES$}")
            .parse()
            .map(|inner| Rate(FixedU128::from_inner(inner)))
            .map_err(|_| format!("`{text}` is more than the chain can say"))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (
            self.0.into_inner() / FixedU128::DIV,
            self.0.into_inner() % FixedU128::DIV,
        );
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        let fraction = format!("{fraction:018}");
        write!(f, "{whole}.{}", fraction.trim_end_matches('0'))
    }
}

/// When a job ends at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// So long from now.
    After(Duration),
    /// So many blocks from now.
    Blocks(u32),
    /// This block.
    Block(u32),
}

impl FromStr for Deadline {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is no deadline: write a duration (90s, 10m, 2h, 1d), a number of blocks \
                 from now (600), or a block (@12345)"
            )
        };
        if let Some(block) = text.strip_prefix('@') {
            return block.parse().map(Deadline::Block).map_err(|_| wrong());
        }
        if let Ok(blocks) = text.parse() {
            return match blocks {
                0 => Err(format!("`{text}`: the deadline must lie in the future")),
                blocks => Ok(Deadline::Blocks(blocks)),
            };
        }
        match duration(text) {
            Some(Duration::ZERO) => Err(format!("`{text}`: the deadline must lie in the future")),
            Some(duration) => Ok(Deadline::After(duration)),
            None => Err(wrong()),
        }
    }
}

impl Deadline {
    /// The block it means on a chain at `now` that makes a block every `block_time`.
    pub fn block(self, now: u32, block_time: Duration) -> Result<u32, String> {
        let block = match self {
            Deadline::Block(block) if block <= now => {
                return Err(format!(
                    "the deadline, block {block}, is in the past: the chain is at block {now}"
                ))
            }
            Deadline::Block(block) => Some(block),
            Deadline::Blocks(blocks) => now.checked_add(blocks),
            Deadline::After(duration) => {
                let block_time = block_time.as_millis().max(1);
                let blocks = duration.as_millis().div_ceil(block_time);
                u32::try_from(blocks).ok().and_then(|b| now.checked_add(b))
            }
        };
        block.ok_or_else(|| "the deadline is further away than block numbers reach".to_string())
    }
}

/// Reads 90s, 10m, 2h or 1d.
pub fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let count: u64 = text[..text.len() - 1].parse().ok()?;
    count.checked_mul(seconds).map(Duration::from_secs)
}

/// The same for command-line arguments.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    duration(text).ok_or_else(|| format!("`{text}` is no duration: write 90s, 10m, 2h or 1d"))
}

/// Reads a job, model or circuit id.
pub fn parse_id(text: &str) -> Result<H256, String> {
    let Some(digits) = text.strip_prefix("0x") else {
        return Err(format!(
            "`{text}` is no id: it must be 0x and 64 hex digits"
        ));
    };
    if digits.len() != 64 {
        return Err(format!(
            "`{text}` is no id: it has {} hex digits instead of 64",
            digits.len()
        ));
    }
    let mut id = H256::zero();
    hex::decode_to_slice(digits, &mut id.0)
        .map_err(|_| format!("`{text}` is no id: it has characters other than 0-9 and a-f"))?;
    Ok(id)
}

/// Reads an account: SS58 as wallets show it, or 0x and 64 hex digits.
pub fn parse_account(text: &str) -> Result<AccountId32, String> {
    if text.starts_with("0x") {
        return parse_id(text)
            .map(|id| AccountId32::new(id.0))
            .map_err(|e| e.replace("id:", "account:"));
    }
    match AccountId32::from_ss58check_with_version(text) {
        Ok((account, format)) if format == Ss58AddressFormat::custom(SS58_PREFIX) => Ok(account),
        Ok((_, format)) => Err(format!(
            "`{text}` is an address of another network (prefix {}); this chain's begin with 5 \
             (prefix {SS58_PREFIX})",
            u16::from(format)
        )),
        Err(PublicError::InvalidChecksum) => Err(format!(
            "`{text}` is no address: its checksum is wrong, so a character must be"
        )),
        Err(_) => Err(format!(
            "`{text}` is no address: an SS58 address begins with 5 and has 48 characters"
        )),
    }
}

/// The account as wallets show it.
pub fn address(account: &AccountId32) -> String {
    account.to_ss58check_with_version(Ss58AddressFormat::custom(SS58_PREFIX))
}

/// 0x and hex digits.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Enough of an id to tell jobs apart on a screen.
pub fn short(id: &H256) -> String {
    format!("0x{}…", hex::encode(&id[..4]))
}

/// Reads a base URL as the chain takes it, without a trailing slash.
pub fn parse_base_url(text: &str) -> Result<String, String> {
    let base = text.trim_end_matches('/');
    let limit = swarmwork_primitives::MAX_URL_BYTES as usize;
    if base.len() > limit {
        return Err(format!(
            "`{text}` has {} bytes; the chain keeps at most {limit}",
            base.len()
        ));
    }
    if !is_base_url(base.as_bytes()) {
        return Err(format!(
            "`{text}` is no base URL: write http://host:port or https://host/path, without ?, # or \
             a password"
        ));
    }
    Ok(base.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_say_what_they_are_in() {
        let read = |text: &str| text.parse::<Price>();
        let tokens = Price::of(&JobCurrency::Native, 1_500_000_000_000);
        assert_eq!(read("1.5"), Ok(tokens.clone()));
        let coins = Price::of(&JobCurrency::WithId(7), 250_000);
        assert_eq!(read("250_000@7"), Ok(coins.clone()));
        assert_eq!(tokens.to_string(), "1.5 SWARM");
        assert_eq!(coins.to_string(), "250000 of asset 7");
        for bad in ["@7", "1@", "1.5@7", "1@x", "-1@7", "1@7@7", ""] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rates_are_read_to_the_last_place() {
        let read = |text: &str| text.parse::<Rate>().map(|rate| rate.0.into_inner());
        assert_eq!(read("4"), Ok(4 * 10u128.pow(18)));
        assert_eq!(read("0.25"), Ok(10u128.pow(18) / 4));
        assert_eq!(read("0.000000000000000001"), Ok(1));
        for same in ["4", "0.25", "0.000000000000000001"] {
            assert_eq!(same.parse::<Rate>().unwrap().to_string(), same);
        }
        for bad in ["", ".", "1.", ".5", "-1", "0.0000000000000000001", "4e3"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read("999999999999999999999").is_err());
    }

    #[test]
    fn amounts_are_read_to_the_last_unit() {
        let read = |text: &str| text.parse::<Amount>().map(|a| a.0);
        assert_eq!(read("1.5"), Ok(1_500_000_000_000));
        assert_eq!(read("0.000000000001"), Ok(1));
        assert_eq!(read("10_000 SWARM"), Ok(10_000 * UNIT));
        for bad in [
            "",
            ".",
            "1.",
            "-1",
            "1e3",
            "1,5",
            ".5",
            "1.0000000000001",
            "1.5.2",
            "+1",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(read("340282366920938463463374608").is_err());
    }

    #[test]
    fn amounts_are_shown_as_they_are_read() {
        for (units, text) in [
            (0, "0 SWARM"),
            (1, "0.000000000001 SWARM"),
            (UNIT, "1 SWARM"),
            (UNIT * 3 / 2, "1.5 SWARM"),
            (u128::MAX, "340282366920938463463374607.431768211455 SWARM"),
        ] {
            assert_eq!(Amount(units).to_string(), text);
            assert_eq!(text.parse(), Ok(Amount(units)));
        }
    }

    #[test]
    fn deadlines_become_blocks() {
        let two = Duration::from_secs(2);
        let block = |text: &str| text.parse::<Deadline>().unwrap().block(100, two);
        assert_eq!(block("10m"), Ok(400));
        assert_eq!(block("3s"), Ok(102));
        assert_eq!(block("50"), Ok(150));
        assert_eq!(block("@101"), Ok(101));
        for past in ["@100", "@0"] {
            assert!(block(past).unwrap_err().contains("block 100"));
        }
        assert!(block("4294967295").unwrap_err().contains("further"));
        assert!(block("99999999d").unwrap_err().contains("further"));
        for bad in ["0", "0s", "", "m", "10x", "@", "-5", "1.5h", "@-1"] {
            assert!(bad.parse::<Deadline>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_and_accounts_say_what_is_wrong() {
        let good = format!("0x{}", "ab".repeat(32));
        assert_eq!(parse_id(&good), Ok(H256::repeat_byte(0xab)));
        for (bad, reason) in [
            ("abcd", "0x and 64"),
            ("0xabcd", "4 hex digits"),
            (&good.replace('b', "g"), "other than"),
        ] {
            let message = parse_id(bad).unwrap_err();
            assert!(message.contains(reason), "{message}");
        }
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        let account = parse_account(alice).unwrap();
        assert_eq!(address(&account), alice);
        assert_eq!(parse_account(&hex(account.clone())), Ok(account.clone()));
        let polkadot = account.to_ss58check_with_version(Ss58AddressFormat::custom(0));
        for (bad, reason) in [
            (alice.replace("KutQY", "KutQZ"), "checksum"),
            (polkadot, "another network (prefix 0)"),
            ("bob".to_string(), "48 characters"),
            ("0x12".to_string(), "2 hex digits"),
        ] {
            let message = parse_account(&bad).unwrap_err();
            assert!(message.contains(reason), "{message}");
        }
    }

    #[test]
    fn base_urls_fit_the_chain() {
        assert_eq!(
            parse_base_url("http://10.0.0.1:9955/"),
            Ok("http://10.0.0.1:9955".to_string())
        );
        for bad in [
            "10.0.0.1:9955",
            "ws://a",
            "http://a/?b",
            "http://a#b",
            "ftp://a",
        ] {
            assert!(parse_base_url(bad).is_err(), "{bad}");
        }
        let fits = format!("http://{}", "a".repeat(121));
        assert!(parse_base_url(&fits).is_ok());
        assert!(parse_base_url(&format!("{fits}b"))
            .unwrap_err()
            .contains("129 bytes"));
    }
}

//! Values of every type that the runtime APIs take or give, and their SCALE encodings. Accounts are
//! 32 bytes, balances 128 bits, block numbers 32 bits, as the runtime has them.

mod economy;
mod governance;
mod jobs;
mod market;
mod providers;

pub(crate) use governance::acts;
pub(crate) use market::counts;

use codec::Encode;
use serde_json::{json, Value};

use crate::text;

type Account = [u8; 32];
type Balance = u128;
type Block = u32;

/// More than 64 bits.
const LARGE: Balance = 0x0102_0304_0506_0708_090a_0b0c;

/// Encoded values of one type, each under a name.
fn of<T: Encode, const N: usize>(ty: &str, values: [(&str, T); N]) -> Vec<Value> {
    let case = |(name, value): (&str, T)| json!({ "type": ty, "case": name, "scale": text(value.encode()) });
    values.map(case).to_vec()
}

fn bounded<V: TryFrom<Vec<u8>>>(bytes: &[u8]) -> V {
    let bounded = bytes.to_vec().try_into();
    bounded.unwrap_or_else(|_| panic!("{} bytes are too many", bytes.len()))
}

/// Every type, with every variant of an enumeration.
pub fn api() -> Value {
    let cases = [
        jobs::all(),
        market::all(),
        providers::all(),
        economy::all(),
        governance::all(),
    ]
    .concat();
    json!({ "cases": cases })
}

//! Fields of events as people write them: from the values and not from their encodings, so that
//! these are checked against something else.

use serde_json::{json, Value};
use sp_arithmetic::FixedU128;
use sp_core::H256;
use sp_runtime::{AccountId32, BoundedVec, DispatchError, Perbill, Permill};
use swarmwork_primitives::{
    Act, Actor, BurnSource, CancellationReason, Class, ContentId, FailureReason, Grant,
    JobCurrency, LockTerm, MintSource, Outcome, Penalty, Priority, RejectionCounts, ResultRoot,
    Role, SlashReason, Tier, UnpaidReason,
};

use crate::text;

/// What a field's value is in JSON.
pub(super) trait Told {
    fn told(&self) -> Value;
}

/// Types of which one expression tells.
macro_rules! told {
    ($($ty:ty),+ => |$value:ident| $told:expr) => {
        $(impl Told for $ty {
            fn told(&self) -> Value {
                let $value = self;
                $told
            }
        })+
    };
}

told!(bool, u8, u16, u32 => |plain| json!(plain));
told!(u64, u128 => |large| json!(large.to_string()));
told!(Permill, Perbill => |parts| json!(parts.deconstruct()));
told!(FixedU128 => |fixed| json!(fixed.into_inner().to_string()));
told!([u8; 32], AccountId32, H256 => |bytes| json!(text(bytes)));
told!(ContentId => |id| json!(text(id.0)));
told!(
    BurnSource, CancellationReason, Class, FailureReason, LockTerm, MintSource, Outcome, Priority,
    Role, SlashReason, Tier, UnpaidReason
    => |variant| json!(format!("{variant:?}"))
);

/// Structures, by their fields.
macro_rules! told_fields {
    ($($ty:ty { $($field:ident),+ $(,)? })+) => {
        $(impl Told for $ty {
            fn told(&self) -> Value {
                let fields = [$((stringify!($field), self.$field.told())),+];
                fields.into_iter().collect()
            }
        })+
    };
}

told_fields! {
    Grant<AccountId32, u32> { holder, scope, expires }
    Penalty { stake, price, strikes, capped }
    RejectionCounts {
        not_registered, unavailable, busy, too_expensive, bond_too_small, unattested, maintenance,
        mode, standing, currency, memory, class, region, tier, enclave, reputation, unsettled,
        declined,
    }
    ResultRoot { root, list }
    pallet_marketplace::ScoreParameters { reputation, fit, price, spare, threshold }
}

/// An enumeration whose variants have named fields or none.
macro_rules! told_variants {
    (@ $variant:ident) => {
        json!(stringify!($variant))
    };
    (@ $variant:ident $($field:ident)+) => {{
        let fields: Value = [$((stringify!($field), $field.told())),+].into_iter().collect();
        json!({ (stringify!($variant)): fields })
    }};
    ($ty:ty { $($variant:ident $({ $($field:ident),+ })?),+ $(,)? }) => {
        impl Told for $ty {
            fn told(&self) -> Value {
                match self {
                    $(Self::$variant $({ $($field),+ })? => {
                        told_variants!(@ $variant $($($field)+)?)
                    })+
                }
            }
        }
    };
}

told_variants! {
    Act<AccountId32, u32> {
        Proposed { index, class, name, call },
        Approved { call, enacted_at },
        Enacted { call, result },
        Cancelled { index },
        RoleUsed { role, scope },
        RoleGranted { role, grant },
        RoleRevoked { role, holder },
        Stopped { until },
        Resumed,
        CallPaused { call, until },
        CallResumed { call },
        TechnicalAppointed { who },
        TechnicalDismissed,
        PriceFloorSet { price },
    }
}

impl Told for Actor<AccountId32> {
    fn told(&self) -> Value {
        match self {
            Self::Proposal { index, class } => {
                json!({ "Proposal": { "index": index, "class": class.told() } })
            }
            Self::Root => json!("Root"),
            Self::Holder(who) => json!({ "Holder": who.told() }),
            Self::Technical(who) => json!({ "Technical": who.told() }),
            Self::Account(who) => json!({ "Account": who.told() }),
            Self::Clock => json!("Clock"),
        }
    }
}

impl Told for JobCurrency {
    fn told(&self) -> Value {
        match self {
            Self::Native => json!("Native"),
            Self::WithId(asset) => json!({ "WithId": asset }),
        }
    }
}

/// Of errors, those that are a name and nothing else.
impl Told for Result<(), DispatchError> {
    fn told(&self) -> Value {
        match self {
            Ok(()) => json!("Ok"),
            Err(error) => json!({ "Err": format!("{error:?}") }),
        }
    }
}

impl<T: Told> Told for Option<T> {
    fn told(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::told)
    }
}

impl<T: Told> Told for Vec<T> {
    fn told(&self) -> Value {
        self.iter().map(T::told).collect()
    }
}

impl<A: Told, B: Told> Told for (A, B) {
    fn told(&self) -> Value {
        json!([self.0.told(), self.1.told()])
    }
}

impl<S> Told for BoundedVec<u8, S> {
    fn told(&self) -> Value {
        json!(text(self))
    }
}

impl<S> Told for BoundedVec<u32, S> {
    fn told(&self) -> Value {
        self.iter().map(u32::told).collect()
    }
}

//! Slot and epoch length: nothing to set, genesis says it.

use crate::{timing, Runtime};

impl timing::Config for Runtime {}

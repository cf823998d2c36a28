//! What is reported of an attack, and the search for its best case.

use serde::Serialize;
use serde_json::Value;

use crate::svg::{Plot, Series};

/// The best case of an attack.
#[derive(Serialize)]
pub struct Attack {
    pub name: &'static str,
    /// What was varied, and over which values; and what was assumed.
    pub parameters: Value,
    /// Largest profit in tokens per token spent: what the attacker has at the end more than if it
    /// had not attacked, divided by what it spent on the attack.
    pub max_profit: f64,
    /// Where the largest profit was found.
    pub at: Value,
    /// Profit over the parameter that the plot is drawn over.
    #[serde(skip)]
    pub curves: Vec<Series>,
    #[serde(skip)]
    pub axis: &'static str,
}

/// Collects the profits of a sweep and keeps the best.
pub struct Sweep {
    attack: Attack,
}

impl Sweep {
    pub fn new(name: &'static str, axis: &'static str, parameters: Value) -> Self {
        Self {
            attack: Attack {
                name,
                parameters,
                max_profit: f64::NEG_INFINITY,
                at: Value::Null,
                curves: Vec::new(),
                axis,
            },
        }
    }

    /// Books one case: `gained` and `spent` in tokens, drawn in curve `curve` at `x`.
    pub fn case(&mut self, curve: &str, x: f64, gained: f64, spent: f64, at: Value) {
        let profit = self.unseen(gained, spent, at);
        let curves = &mut self.attack.curves;
        match curves.iter_mut().find(|known| known.name == curve) {
            Some(known) => known.points.push((x, profit)),
            None => curves.push(Series {
                name: curve.to_string(),
                points: vec![(x, profit)],
            }),
        }
    }

    /// Books one case that is not drawn; its profit.
    pub fn unseen(&mut self, gained: f64, spent: f64, at: Value) -> f64 {
        let profit = gained / spent;
        assert!(
            profit.is_finite(),
            "{}: {gained} gained for {spent} spent at {at}",
            self.attack.name
        );
        if profit > self.attack.max_profit {
            self.attack.max_profit = profit;
            self.attack.at = at;
        }
        profit
    }

    pub fn done(self) -> Attack {
        self.attack
    }
}

impl Attack {
    /// The file's name and the plot.
    pub fn plot(&self) -> (String, Plot) {
        let plot = Plot {
            title: format!("{}: profit per token spent", self.name.replace('_', " ")),
            x: self.axis.to_string(),
            y: "tokens per token".to_string(),
            series: self.curves.clone(),
        };
        (self.name.to_string(), plot)
    }
}

/// `steps + 1` values from `from` to `to`.
pub fn range(from: f64, to: f64, steps: u32) -> impl Iterator<Item = f64> {
    (0..=steps).map(move |step| from + (to - from) * f64::from(step) / f64::from(steps))
}

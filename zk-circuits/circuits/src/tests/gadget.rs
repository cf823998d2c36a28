//! The requantisation gadget against its native twin, both ways and exhaustively where small.

use super::support::*;
use crate::columns::RequantColumns;
use crate::gadgets::requant::limb_columns;
use crate::plan::RequantPlan;
use crate::Circuit;
use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use swarm_network::{
    ActivationType, Layer, LinearWeights, Matrix, Model, Requant, Source, Topology,
};

/// What the requantisation under test takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Accumulators of the neuron.
    Accumulators,
    /// Activations, the neuron handing on its input.
    Values,
    /// Accumulators with three times the input added.
    Mixed,
}

/// One neuron with one input, so that what is requantised can be set to anything in range.
pub(super) struct Neuron {
    pub circuit: Circuit,
    /// Every row.
    rows: Rows,
    /// The rows in which the tested requantisation's columns stand.
    own: Rows,
    pub bound: i64,
    takes: Takes,
    multiplier: Option<u16>,
}

impl Neuron {
    fn new((shift, lo, hi): (u32, i32, i32)) -> Self {
        Self::taking(Takes::Accumulators, Layer::Requant { shift, lo, hi }, None)
    }

    pub fn taking(takes: Takes, requant: Layer, multiplier: Option<u16>) -> Self {
        let topology = Self::topology(takes, requant);
        let circuit = Circuit::new(&topology, 1).unwrap();
        Self::of(circuit, takes, multiplier)
    }

    /// The same with constant weights: what is requantised is left to the input.
    pub fn baked(
        takes: Takes,
        requant: Layer,
        multiplier: Option<u16>,
        [weight, bias]: [i64; 2],
    ) -> Self {
        let weights = LinearWeights {
            weight: vec![weight as i8],
            bias: vec![bias as i32],
        };
        let multipliers = multiplier.map(|m| vec![m]).into_iter().collect();
        let topology = Self::topology(takes, requant);
        let model = Model::with_multipliers(topology, vec![weights], multipliers).unwrap();
        let circuit = Circuit::baked(&model, 1).unwrap();
        Self::of(circuit, takes, multiplier)
    }

    fn topology(takes: Takes, requant: Layer) -> Topology {
        let mut layers = vec![Layer::Linear {
            inputs: 1,
            outputs: 1,
        }];
        match takes {
            Takes::Accumulators => {}
            Takes::Values => layers.push(Layer::Requant {
                shift: 0,
                lo: -128,
                hi: 127,
            }),
            Takes::Mixed => layers.push(Layer::Add {
                with: Source::Input,
                scale: [1, 3],
            }),
        }
        layers.push(requant);
        Topology::new(vec![1], ActivationType::I8, layers).unwrap()
    }

    fn of(circuit: Circuit, takes: Takes, multiplier: Option<u16>) -> Self {
        let bound = circuit.plan().products().next().unwrap().1.acc_bound;
        let rows = Rows::of(&circuit);
        let (_, plan, at) = requants(&circuit).pop().unwrap();
        let own = rows.with_any(&guessed_columns(plan, at));
        Self {
            rows,
            own,
            bound,
            circuit,
            takes,
            multiplier,
        }
    }

    fn tested(&self) -> (&Requant, &RequantPlan, &RequantColumns) {
        requants(&self.circuit).pop().unwrap()
    }

    pub fn plan(&self) -> &RequantPlan {
        self.tested().1
    }

    fn at(&self) -> &RequantColumns {
        self.tested().2
    }

    pub fn requant(&self) -> &Requant {
        self.tested().0
    }

    fn factor(&self) -> i64 {
        let multipliers: Vec<u16> = self.multiplier.into_iter().collect();
        self.requant().factor(0, &multipliers)
    }

    /// An honest assignment in which `acc` is requantised.
    fn honest(&self, acc: i64) -> Vec<Fr> {
        if let Some(model) = self.circuit.model() {
            let x = (i64::from(i8::MIN)..).find(|x| self.requantised(*x) == Some(acc));
            let rows = Matrix::new(1, 1, vec![x.unwrap() as i32]).unwrap();
            return assignment(&self.circuit, model, &rows);
        }
        let (weight, x) = match (self.takes, acc) {
            (Takes::Values, acc) => (1i8, acc),
            (Takes::Mixed, _) => (-5, 100),
            // The products reach one half of the bound, the bias the other.
            (_, a) if a > self.bound / 2 => (-128, -128),
            (_, a) if a < -self.bound / 2 => (127, -128),
            _ => (0, 0),
        };
        let added = match self.takes {
            Takes::Mixed => 3 * x,
            _ => 0,
        };
        let bias = acc - i64::from(weight) * x - added;
        let weights = LinearWeights {
            weight: vec![weight],
            bias: vec![bias as i32],
        };
        let topology = self.circuit.topology().clone();
        let multipliers = self.multiplier.map(|m| vec![m]).into_iter().collect();
        let model = Model::with_multipliers(topology, vec![weights], multipliers).unwrap();
        let rows = Matrix::new(1, 1, vec![x as i32]).unwrap();
        assignment(&self.circuit, &model, &rows)
    }

    /// What is requantised for an input, where weights are constants.
    pub fn requantised(&self, x: i64) -> Option<i64> {
        let weights = &self.circuit.model()?.weights()[0];
        let (weight, bias) = (i64::from(weights.weight[0]), i64::from(weights.bias[0]));
        Some(match self.takes {
            Takes::Accumulators => weight * x + bias,
            Takes::Values => (weight * x + bias).clamp(-128, 127),
            Takes::Mixed => (weight + 3) * x + bias,
        })
    }

    /// Whether committing to these limbs can be completed for this accumulator, whose assignment
    /// holds in all other columns. The remainder is what the decomposition leaves; any other breaks
    /// that row.
    fn accepts(&self, values: &mut [Fr], acc: i64, guess: &Guess) -> bool {
        let (plan, at) = (self.plan(), self.at());
        let mut columns = limb_columns(plan, at, 0);
        let mut set = |limbs: &[i64]| {
            for limb in limbs {
                let (_, column) = columns.next().unwrap();
                values[column] = fr(*limb);
            }
        };
        set(&guess.output);
        let unit = 1i64 << self.requant().shift();
        let weigh = |limbs: &[crate::Limb], values: &[i64]| -> i64 {
            limbs
                .iter()
                .zip(values)
                .map(|(l, v)| l.weight as i64 * v)
                .sum()
        };
        let q = weigh(&plan.output, &guess.output) + i64::from(self.requant().lo);
        let excess = weigh(&plan.excess, &guess.excess);
        let rest = acc * self.factor() - unit * (q + 2 * guess.above - excess);
        // Limbs of the remainder: canonical digits, the last takes what is left.
        let mut left = rest;
        let mut remainder = Vec::new();
        for (index, limb) in plan.remainder.iter().enumerate() {
            let last = index + 1 == plan.remainder.len();
            let digit = if last {
                left
            } else {
                left.rem_euclid(limb.range as i64)
            };
            remainder.push(digit);
            left = (left - digit) / limb.range as i64;
        }
        set(&remainder);
        set(&guess.excess);
        if !plan.excess.is_empty() {
            values[at.excess] = fr(guess.above);
        }
        self.own.admit(values)
    }
}

/// The columns that a guess sets: limbs and `e⁺` of the only activation.
fn guessed_columns(plan: &RequantPlan, at: &RequantColumns) -> Vec<usize> {
    let above = (!plan.excess.is_empty()).then_some(at.excess);
    let limbs = limb_columns(plan, at, 0).map(|(_, column)| column);
    limbs.chain(above).collect()
}

#[derive(Debug)]
struct Guess {
    output: Vec<i64>,
    excess: Vec<i64>,
    /// `e⁺`
    above: i64,
}

/// All vectors with each entry one beyond its table at both ends.
fn all(limbs: &[crate::Limb]) -> Vec<Vec<i64>> {
    let mut found = vec![Vec::new()];
    for limb in limbs {
        found = found
            .into_iter()
            .flat_map(|v| {
                (-1..=limb.table as i64).map(move |d| {
                    let mut v: Vec<i64> = v.clone();
                    v.push(d);
                    v
                })
            })
            .collect();
    }
    found
}

/// Accumulators at every step of the shift, one to either side, and at the bounds.
fn accumulators(neuron: &Neuron, every: i64) -> Vec<i64> {
    let unit = 1i64 << neuron.requant().shift();
    let steps = neuron.bound / unit;
    let lowest = 127 * -128 - neuron.bound / 2;
    let (lo, hi) = (neuron.requant().lo, neuron.requant().hi);
    let edges = [lo, hi, lo - 1, hi + 1, lo + 1, hi - 1, 0, -1].map(i64::from);
    let mut found: Vec<i64> = (-steps..=steps)
        .filter(|t| t % every == 0 || edges.contains(t))
        .flat_map(|t| [t * unit - 1, t * unit, t * unit + 1, t * unit + unit / 2])
        .chain([neuron.bound, lowest])
        .filter(|acc| (lowest..=neuron.bound).contains(acc))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Every activation, every excess and every split of it in and one around their tables: only the
/// twin's activation is ever accepted, and it always is.
fn exhaust(requant: (u32, i32, i32), every: i64) {
    let neuron = Neuron::new(requant);
    let values = accumulators(&neuron, every);
    exhaust_values(&neuron, &values);
}

/// The same for some values and whatever the neuron's requantisation takes and is scaled by.
pub(super) fn exhaust_values(neuron: &Neuron, values: &[i64]) {
    let plan = neuron.plan();
    let (outputs, excesses) = (all(&plan.output), all(&plan.excess));
    let total = |limbs: &[i64]| -> i64 {
        let weights = plan.excess.iter().map(|l| l.weight as i64);
        weights.zip(limbs).map(|(w, v)| w * v).sum()
    };
    for acc in values.iter().copied() {
        let mut values = neuron.honest(acc);
        let unsatisfied = neuron.rows.matrices().first_unsatisfied(&values);
        assert_eq!(unsatisfied, None, "{acc}");
        let twin = i64::from(neuron.requant().apply(acc as i32, neuron.factor()));
        let mut accepted = false;
        for output in &outputs {
            let weights = plan.output.iter().map(|l| l.weight as i64);
            let q: i64 = weights.zip(output).map(|(w, v)| w * v).sum();
            let q = q + i64::from(neuron.requant().lo);
            let over = ((acc * neuron.factor()) >> neuron.requant().shift()) - q;
            for excess in &excesses {
                let s = total(excess);
                // With factors there is more to try, so only what could come near.
                if neuron.multiplier.is_some() && s.abs() > over.abs() + 2 {
                    continue;
                }
                let splits = match plan.excess.is_empty() {
                    true => vec![0],
                    false => vec![0, s, -s, 2 * s, s + 1, s - 1, s / 2, 1, -1],
                };
                for above in splits {
                    let guess = Guess {
                        output: output.clone(),
                        excess: excess.clone(),
                        above,
                    };
                    let ok = neuron.accepts(&mut values, acc, &guess);
                    assert!(
                        !ok || q == twin,
                        "accumulator {acc} gives {twin}, but {q} passes: {guess:?}"
                    );
                    accepted |= ok;
                }
            }
        }
        assert!(accepted, "accumulator {acc}: {twin} does not pass");
    }
}

#[test]
fn small_clamps() {
    for (lo, hi) in [(-2, 3), (0, 1), (-1, 0), (1, 4)] {
        for shift in [12, 13] {
            exhaust((shift, lo, hi), 1);
        }
    }
}

#[test]
fn clamps_that_never_act() {
    // 32768 >> 12 is 8: every accumulator lies inside.
    exhaust((12, -8, 8), 1);
    assert!(Neuron::new((12, -8, 8)).plan().excess.is_empty());
    assert!(!Neuron::new((12, -8, 7)).plan().excess.is_empty());
}

#[test]
fn remainders_in_several_limbs() {
    // A shift of 14 needs limbs that are no multiple of eight bits.
    exhaust((14, -1, 1), 1);
    assert!(Neuron::new((14, -1, 1)).plan().remainder.len() > 1);
}

#[test]
fn excess_in_several_limbs() {
    exhaust((9, -1, 2), 16);
    assert!(Neuron::new((9, -1, 2)).plan().excess.len() > 1);
}

#[test]
fn activations_in_several_limbs() {
    exhaust((12, -8, 7), 1);
    exhaust((12, 0, 15), 1);
    assert!(Neuron::new((12, 0, 15)).plan().output.len() > 1);
}

/// Range look-ups of one activation: values that pass, without any other row.
fn range_of(limbs: &[crate::Limb]) -> Vec<i64> {
    let passes = |limb: &crate::Limb, v: i64| {
        let inside = |v: i64| (0..limb.table as i64).contains(&v);
        inside(v) && (!limb.paired || inside(limb.range as i64 - 1 - v))
    };
    let found = all(limbs).into_iter();
    let found = found.filter(|v| limbs.iter().zip(v).all(|(l, v)| passes(l, *v)));
    let mut found: Vec<i64> = found
        .map(|v| limbs.iter().zip(v).map(|(l, v)| l.weight as i64 * v).sum())
        .collect();
    found.sort_unstable();
    found
}

#[test]
fn plans_hold_exact_ranges() {
    for (shift, lo, hi) in [(8, 0, 255), (3, 0, 127), (11, -128, 127), (5, -7, 100)] {
        for batch in [1, 40, 3000] {
            let topology = network(ActivationType::U8, &[4, 3], (shift, lo, hi), true);
            let circuit = Circuit::new(&topology, batch).unwrap();
            let (requant, plan, _) = requants(&circuit)[0];
            let output: Vec<i64> = (0..=i64::from(hi - lo)).collect();
            assert_eq!(range_of(&plan.output), output);
            let remainder: Vec<i64> = (0..1 << shift).collect();
            assert_eq!(range_of(&plan.remainder), remainder);
            let bound = stage_bound(&circuit);
            let (from, to) = plan.gadget_range(requant);
            assert!(from <= -bound && bound <= to);
        }
    }
}

fn stage_bound(circuit: &Circuit) -> i64 {
    product(circuit, 0).0.acc_bound
}

/// Both kinds of range check occur: tables of their own size and pairs in a larger one.
#[test]
fn pairs_are_used_where_they_are_cheaper() {
    let paired = |batch: usize| {
        let layers = vec![
            swarm_network::Layer::Linear {
                inputs: 8,
                outputs: 8,
            },
            swarm_network::Layer::Requant {
                shift: 8,
                lo: 0,
                hi: 255,
            },
            swarm_network::Layer::Linear {
                inputs: 8,
                outputs: 2,
            },
            swarm_network::Layer::Requant {
                shift: 8,
                lo: 0,
                hi: 200,
            },
        ];
        let topology = swarm_network::Topology::new(vec![8], ActivationType::U8, layers).unwrap();
        let circuit = Circuit::new(&topology, batch).unwrap();
        let plan = requants(&circuit)[1].1.clone();
        let (model, rows) = dense(&topology, batch);
        let values = assignment(&circuit, &model, &rows);
        assert_eq!(circuit.matrices().first_unsatisfied(&values), None);
        plan.output[0].paired
    };
    assert!(paired(100));
    assert!(!paired(400));
}

#[test]
fn paired_limbs_reject_the_gap() {
    // q = 200 must not pass a clamp to 127 in a table of 256: both q and 127 - q are looked up.
    let limb = crate::Limb {
        weight: 1,
        range: 128,
        table: 256,
        paired: true,
    };
    assert_eq!(range_of(&[limb]), (0..128).collect::<Vec<i64>>());
    let unpaired = crate::Limb {
        paired: false,
        ..limb
    };
    assert!(range_of(&[unpaired]).contains(&200));
    assert_eq!(small(fr(5)) + small(Fr::ZERO), 5);
}

//! The rules of a plan, and plans that break them.

use super::*;
use crate::tables::Limb;
use swarm_network::{ActivationType, Layer};

pub(crate) fn mlp(widths: &[usize], shift: u32) -> Topology {
    let mut layers = Vec::new();
    for pair in widths.windows(2) {
        if !layers.is_empty() {
            layers.push(Layer::Requant {
                shift,
                lo: 0,
                hi: 255,
            });
        }
        layers.push(Layer::Linear {
            inputs: pair[0],
            outputs: pair[1],
        });
    }
    Topology::new(vec![widths[0]], ActivationType::U8, layers).unwrap()
}

fn product(plan: &Plan, n: usize) -> &ProductPlan {
    plan.products().nth(n).unwrap().2
}

/// Changes the lanes of layer `layer` and of the requant after it.
fn change_lanes(plan: &mut Plan, layer: usize, change: impl Fn(&mut Lanes)) {
    for plan in plan.layers.iter_mut().skip(layer).take(2) {
        match plan {
            LayerPlan::Product(plan) => change(&mut plan.lanes),
            LayerPlan::Requant(plan) => change(&mut plan.lanes),
            _ => {}
        }
    }
}

#[test]
fn mnist_keeps_nine_lanes() {
    for batch in [3, 63, 255] {
        let plan = Plan::new(&mlp(&[784, 128, 10], 8), batch).unwrap();
        let lanes = product(&plan, 0).lanes;
        assert_eq!((lanes.bits, lanes.rows * lanes.cols), (27, 9));
    }
}

#[test]
fn bounds_are_checked() {
    let plan = Plan::new(&mlp(&[20, 6, 3], 5), 4).unwrap();
    plan.check().unwrap();

    let mut narrow = plan.clone();
    change_lanes(&mut narrow, 0, |lanes| lanes.bits -= 1);
    assert!(matches!(
        narrow.check(),
        Err(Error::LaneBound { layer: 0, .. })
    ));
    let mut narrow = plan.clone();
    change_lanes(&mut narrow, 2, |lanes| lanes.bits -= 1);
    assert!(matches!(
        narrow.check(),
        Err(Error::LaneBound { layer: 2, .. })
    ));
    let mut crowded = plan.clone();
    change_lanes(&mut crowded, 0, |lanes| {
        lanes.cols += 253 / lanes.bits as usize;
    });
    assert!(matches!(crowded.check(), Err(Error::LaneBound { .. })));

    let mut short = plan.clone();
    requant(&mut short).excess.pop();
    assert!(matches!(
        short.check(),
        Err(Error::GadgetRange { layer: 0, .. })
    ));

    let mut apart = plan;
    requant(&mut apart).lanes.bits += 1;
    assert_eq!(apart.check(), Err(Error::OtherLanes { layer: 0, drain: 1 }));
}

/// A plan with a requant, spoilt: what the check says of it.
fn spoilt(spoil: impl FnOnce(&mut Plan)) -> Result<(), Error> {
    let mut plan = Plan::new(&mlp(&[20, 6, 3], 5), 4).unwrap();
    plan.check().unwrap();
    spoil(&mut plan);
    plan.check()
}

fn requant(plan: &mut Plan) -> &mut RequantPlan {
    match &mut plan.layers[1] {
        LayerPlan::Requant(plan) => plan,
        _ => panic!("layer 1 is a requant"),
    }
}

/// The requant layer as the network has it.
fn layer(plan: &mut Plan) -> &mut Requant {
    match &mut plan.nodes[1].operation {
        Operation::Requant(requant) => requant,
        _ => panic!("layer 1 is a requant"),
    }
}

#[test]
fn bounds_below_the_worst_case_are_refused() {
    let changes: [fn(&mut Weighted); 4] = [
        |linear| linear.acc_bound -= 1,
        |linear| linear.bias_bound += 1,
        |linear| linear.inputs += 1,
        |linear| linear.operand += 1,
    ];
    for change in changes {
        let error = spoilt(|plan| match &mut plan.nodes[0].operation {
            Operation::Weighted(weighted) => change(weighted),
            _ => panic!("layer 0 has weights"),
        });
        assert!(matches!(error, Err(Error::ShapeBound { layer: 0, .. })));
    }
}

#[test]
fn lanes_that_miss_an_output_are_refused() {
    let changes: [fn(&mut Lanes); 6] = [
        |lanes| lanes.row_groups -= 1,
        |lanes| lanes.row_groups += 1,
        |lanes| lanes.col_groups += 1,
        |lanes| lanes.col_groups = 0,
        |lanes| lanes.rows = 0,
        |lanes| lanes.bits = 64,
    ];
    for change in changes {
        let error = spoilt(|plan| change_lanes(plan, 0, change));
        assert_eq!(error, Err(Error::Lanes { layer: 0 }));
    }
}

#[test]
fn clamps_without_a_choice_are_refused() {
    for (lo, hi) in [(0, 0), (255, 0), (7, 6)] {
        let error = spoilt(|plan| {
            let requant = layer(plan);
            (requant.lo, requant.hi) = (lo, hi);
            (plan.nodes[1].output.lo, plan.nodes[1].output.hi) = (lo.into(), hi.into());
        });
        assert_eq!(error, Err(Error::EmptyClamp { layer: 1, lo, hi }));
    }
}

/// A clamp to 127 whose activations are looked up once in the table of bytes lets 200 pass.
#[test]
fn one_sided_look_ups_of_a_clamp_are_refused() {
    let inexact = Err(Error::InexactRange {
        layer: 1,
        part: "activations",
        range: 128,
    });
    let byte = |range, paired| Limb {
        weight: 1,
        range,
        table: 256,
        paired,
    };
    for (limb, expected) in [
        (byte(128, true), Ok(())),
        (byte(128, false), inexact.clone()),
        (byte(256, false), inexact.clone()),
        (byte(129, true), inexact),
    ] {
        let found = spoilt(|plan| {
            plan.tables = (2..=256).collect();
            layer(plan).hi = 127;
            requant(plan).output = vec![limb];
        });
        assert_eq!(found, expected, "{limb:?}");
    }
}

/// A shift of 5 whose remainder is looked up once in the table of bytes lets the prover move
/// the activation by up to 7.
#[test]
fn one_sided_look_ups_of_a_partial_byte_are_refused() {
    let error = spoilt(|plan| {
        plan.tables = (2..=256).collect();
        requant(plan).remainder = vec![Limb {
            weight: 1,
            range: 32,
            table: 256,
            paired: false,
        }];
    });
    assert_eq!(
        error,
        Err(Error::InexactRange {
            layer: 1,
            part: "remainders",
            range: 32
        })
    );
    let gap = spoilt(|plan| {
        plan.tables = (2..=256).collect();
        requant(plan).remainder = [1, 8]
            .map(|weight| Limb {
                weight,
                range: 4,
                table: 4,
                paired: false,
            })
            .to_vec();
    });
    assert!(matches!(gap, Err(Error::InexactRange { .. })));
}

#[test]
fn every_limb_has_a_table_and_every_table_a_sum() {
    let table = {
        let mut plan = Plan::new(&mlp(&[20, 6, 3], 5), 4).unwrap();
        requant(&mut plan).output[0].table
    };
    assert_eq!(
        spoilt(|plan| plan.tables.retain(|size| *size != table)),
        Err(Error::MissingTable { layer: 1, table })
    );
    for tables in [vec![256, 256], vec![256, 32], vec![0, 256]] {
        assert_eq!(spoilt(|plan| plan.tables = tables), Err(Error::TableOrder));
    }
}

#[test]
fn every_shift_and_clamp_has_a_plan() {
    for shift in 0..=30 {
        for (lo, hi) in [(0, 255), (-128, 127), (0, 127), (-3, 2), (7, 100), (0, 1)] {
            let layers = vec![
                Layer::Linear {
                    inputs: 5,
                    outputs: 2,
                },
                Layer::Requant { shift, lo, hi },
            ];
            let topology = Topology::new(vec![5], ActivationType::I8, layers).unwrap();
            Plan::new(&topology, 2).unwrap();
        }
    }
}

//! What the reputation of honest, lazy, colluding and new providers becomes over many jobs, and what
//! it is worth to them.

mod market;
mod report;

use pallet_reputation::Evidence;
use rand::{rngs::StdRng, Rng, SeedableRng};
use swarmwork_primitives::{
    parameters::{DAY, MAX_DRAWN, PRIOR, PRIOR_STRENGTH, STANDINGS},
    Outcome, UNIT,
};

use crate::{
    money::tokens,
    svg::{Plot, Series},
};
use market::{End, Kind, Market};
use report::{row, Reputation};

/// Over which the jobs are spread evenly.
const DAYS: u64 = 60;
/// Requesters that have nothing to do with any provider.
const STRANGERS: usize = 30;
/// Part of all jobs that the ring gives itself.
const OWN_JOBS: f64 = 0.1;
/// Least price of a job.
const LEAST: u128 = UNIT / 10;
/// Days after which those come back who hope to be better off as somebody else.
const COMING_BACK: u64 = 10;
/// Points of a curve.
const POINTS: u32 = 100;
/// Points over which a curve of rates is averaged.
const WINDOW: usize = 5;

/// Curves of one run, a point every so many jobs.
#[derive(Default)]
struct Course {
    scores: Vec<Series>,
    evidence: Vec<Series>,
    drawn: Vec<Series>,
    failing: Vec<(f64, f64)>,
    late_failing: f64,
    undrawn: f64,
    spent: u128,
}

pub fn run(seed: u64, jobs: u32) -> Reputation {
    let (market, course) = simulate(seed, jobs, true);
    let (_, without) = simulate(seed, jobs, false);
    let now = DAYS * u64::from(DAY);
    let kinds = Kind::ALL
        .into_iter()
        .map(|kind| row(&market, kind, now, course.spent))
        .collect();
    let plot = |name: &str, title: &str, y: &str, series| {
        let plot = Plot {
            title: title.into(),
            x: "jobs".into(),
            y: y.into(),
            series,
        };
        (format!("reputation_{name}"), plot)
    };
    let named = |name: &str, points: &[(f64, f64)]| Series {
        name: name.into(),
        points: points.to_vec(),
    };
    let failing = vec![
        named("with reputation", &course.failing),
        named("without", &without.failing),
    ];
    Reputation {
        jobs,
        days: DAYS,
        kinds,
        failing: course.late_failing,
        failing_without: without.late_failing,
        undrawn: course.undrawn,
        plots: vec![
            plot("scores", "mean score", "score", course.scores),
            plot("evidence", "weight of successes", "tokens", course.evidence),
            plot(
                "jobs",
                "strangers' jobs per provider, by the mean of all",
                "1 = mean",
                course.drawn,
            ),
            plot("failing", "strangers' jobs that fail", "%", failing),
            steady(),
        ],
    }
}

fn simulate(seed: u64, jobs: u32, counts: bool) -> (Market, Course) {
    let mut rng = StdRng::seed_from_u64(seed);
    let end = DAYS * u64::from(DAY);
    let at = |job: u32| end * u64::from(job) / u64::from(jobs);
    let mut market = Market::new(STRANGERS, end / 2, counts);
    let mut course = Course::default();
    let curves = || {
        let empty = |kind: Kind| Series {
            name: kind.name().into(),
            points: Vec::new(),
        };
        Kind::ALL.map(empty).to_vec()
    };
    (course.scores, course.evidence, course.drawn) = (curves(), curves(), curves());
    let (mut failed, mut given, mut nobody) = (0u32, 0u32, 0u32);
    let (mut late_failed, mut late_given) = (0u32, 0u32);
    let mut points: Vec<(u32, u32)> = Vec::new();
    let mut taken: Vec<[f64; Kind::ALL.len()]> = vec![jobs_taken(&market)];
    let every = (jobs / POINTS).max(1);
    for job in 1..=jobs {
        let now = at(job);
        let names_used = |block: u64| block / (COMING_BACK * u64::from(DAY));
        if names_used(now) != names_used(at(job - 1)) {
            market.come_back();
        }
        let price = rng.gen_range(LEAST..=MAX_DRAWN);
        if rng.gen_bool(OWN_JOBS) {
            course.spent += market.own_job(&mut rng, price, now);
        } else {
            let requester = rng.gen_range(0..STRANGERS);
            let end = market.job(&mut rng, requester, price, now);
            let late = u32::from(job > jobs / 2);
            match end {
                End::Nobody => nobody += 1,
                End::Failed => {
                    (failed, given) = (failed + 1, given + 1);
                    (late_failed, late_given) = (late_failed + late, late_given + late);
                }
                End::Done => (given, late_given) = (given + 1, late_given + late),
            }
        }
        if job % every == 0 {
            let x = f64::from(job);
            for (place, kind) in Kind::ALL.into_iter().enumerate() {
                let there = market.of(kind, now);
                if there.is_empty() {
                    continue;
                }
                let mean = |value: fn(&Evidence<u64>) -> f64| {
                    there.iter().map(value).sum::<f64>() / there.len() as f64
                };
                course.scores[place].points.push((x, mean(score)));
                let weight = mean(|evidence| tokens(evidence.good));
                course.evidence[place].points.push((x, weight));
            }
            taken.push(jobs_taken(&market));
            points.push((failed, given));
            (failed, given) = (0, 0);
            let recent = points.iter().rev().take(WINDOW);
            let (lost, all) = recent.fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
            if points.len() >= WINDOW && all > 0 {
                let rate = 100.0 * f64::from(lost) / f64::from(all);
                course.failing.push((x, rate));
                let before = &taken[taken.len() - 1 - WINDOW];
                share(
                    &mut course.drawn,
                    before,
                    &taken[taken.len() - 1],
                    x,
                    &market,
                    now,
                );
            }
        }
    }
    course.late_failing = f64::from(late_failed) / f64::from(late_given.max(1));
    let strangers: u32 = market.providers.iter().map(|provider| provider.jobs).sum();
    course.undrawn = f64::from(nobody) / f64::from((strangers + nobody).max(1));
    (market, course)
}

fn score(evidence: &Evidence<u64>) -> f64 {
    f64::from(evidence.score(PRIOR, PRIOR_STRENGTH).deconstruct()) / 1e6
}

/// Strangers' jobs so far, by kind.
fn jobs_taken(market: &Market) -> [f64; Kind::ALL.len()] {
    Kind::ALL.map(|kind| {
        let own = market.providers.iter().filter(|p| p.kind == kind);
        f64::from(own.map(|p| p.jobs).sum::<u32>())
    })
}

/// Adds, per provider of each kind, its jobs between two counts by the mean of all that are there.
fn share(
    drawn: &mut [Series],
    before: &[f64; Kind::ALL.len()],
    after: &[f64; Kind::ALL.len()],
    x: f64,
    market: &Market,
    now: u64,
) {
    let there = Kind::ALL.map(|kind| market.of(kind, now).len() as f64);
    let jobs: f64 = after.iter().sum::<f64>() - before.iter().sum::<f64>();
    let mean = jobs / there.iter().sum::<f64>();
    for (place, series) in drawn.iter_mut().enumerate() {
        if there[place] > 0.0 && mean > 0.0 {
            let own = (after[place] - before[place]) / there[place];
            series.points.push((x, own / mean));
        }
    }
}

/// The score that a failure rate leads to on much evidence, and the least one of each standing.
fn steady() -> (String, Plot) {
    let rates = || (0..=60u32).map(|step| f64::from(step) / 2.0);
    let at = |percent: f64| {
        let mut evidence = Evidence::<u64>::default();
        let all = 1_000_000 * UNIT;
        let bad = (percent * 10_000.0) as u128 * UNIT;
        evidence.add(Outcome::Failed, bad);
        evidence.add(Outcome::Succeeded, all - bad);
        score(&evidence)
    };
    let mut series = vec![Series {
        name: "score".into(),
        points: rates().map(|rate| (rate, at(rate))).collect(),
    }];
    let names = ["reliable", "trusted", "distinguished"];
    for (name, (least, _)) in names.into_iter().zip(STANDINGS) {
        let least = f64::from(least.deconstruct()) / 1e6;
        series.push(Series {
            name: name.into(),
            points: vec![(0.0, least), (30.0, least)],
        });
    }
    let plot = Plot {
        title: "score by part of jobs that fail".into(),
        x: "% of jobs that fail".into(),
        y: "score".into(),
        series,
    };
    ("reputation_steady".into(), plot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn reputation_does_what_it_is_for_whatever_the_seed() {
        for seed in 1..4 {
            run(seed, 10_000).check().unwrap();
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_figures() {
        let figures = |seed| serde_json::to_string(&run(seed, 1_000)).unwrap();
        assert_eq!(figures(5), figures(5));
        assert_ne!(figures(5), figures(6));
    }

    /// A changed parameter changes what docs/reputation.md shows and says.
    #[test]
    fn the_documents_show_these_pictures() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/plots");
        for (name, plot) in run(1, 10_000).plots() {
            let committed = fs::read_to_string(folder.join(format!("{name}.svg"))).unwrap();
            assert!(
                committed == plot.to_svg(),
                "{name} is another: scripts/sim.sh reputation --plots docs/plots draws it anew; \
                 see whether docs/reputation.md is still right"
            );
        }
    }

    #[test]
    fn every_job_is_somebodys_or_nobodys() {
        let (market, course) = simulate(1, 2_000, true);
        let taken: u32 = market.providers.iter().map(|p| p.jobs).sum();
        let all = f64::from(taken) / (1.0 - course.undrawn);
        // Nine tenths of two thousand, give or take five standard deviations.
        assert!((1_730.0..1_870.0).contains(&all), "{all}");
        assert!(course.spent > 0);
    }

    #[test]
    fn a_failure_in_five_leads_to_the_newcomers_score() {
        let (_, plot) = steady();
        let at = |rate: f64| {
            let point = plot.series[0].points.iter().find(|(x, _)| *x == rate);
            point.unwrap().1
        };
        assert!(at(0.0) > 0.999 && at(19.5) > 0.5);
        assert!((at(20.0) - 0.5).abs() < 1e-3);
        assert_eq!(at(30.0), 0.5);
    }
}

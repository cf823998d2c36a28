//! What was measured, as JSON and as tables.

use std::time::Duration;

use serde::Serialize;

/// What one call costs at one size of the state.
#[derive(Clone, Debug, Serialize)]
pub struct Growth {
    pub call: String,
    /// Jobs in the state; there are a tenth as many providers and requesters.
    pub entries: u32,
    /// Median, with the trie's nodes that the call needs in memory.
    pub us: f64,
    /// First and last decile.
    pub us_low: f64,
    pub us_high: f64,
    /// Median, with none of them in memory, as after a restart.
    pub cold_us: f64,
}

impl Growth {
    pub fn new(call: &str, entries: u32, times: Vec<Duration>, cold: Vec<Duration>) -> Self {
        let sorted = |times: Vec<Duration>| {
            let mut micros: Vec<f64> = times.iter().map(|t| t.as_secs_f64() * 1e6).collect();
            micros.sort_by(f64::total_cmp);
            micros
        };
        let (micros, cold) = (sorted(times), sorted(cold));
        Self {
            call: call.into(),
            entries,
            us: round(quantile(&micros, 0.5)),
            us_low: round(quantile(&micros, 0.1)),
            us_high: round(quantile(&micros, 0.9)),
            cold_us: round(quantile(&cold, 0.5)),
        }
    }
}

/// What a key of the state costs, on the largest one: each time the mean of a block's worth of them.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Storage {
    /// How many were read, and written.
    pub keys: u32,
    pub read_us: f64,
    /// What the runtime's weights count a read at.
    pub booked_read_us: f64,
    /// With the new root and the commit to the database.
    pub write_us: f64,
    pub booked_write_us: f64,
}

/// A block with as many calls of a kind as its weight allows.
#[derive(Clone, Debug, Serialize)]
pub struct FullBlock {
    pub kind: String,
    pub calls: u32,
    /// Jobs that were submitted or settled by them, or of which a proof was refused.
    pub jobs: u32,
    /// Steps of the agendas that the block's hooks served: jobs assigned and expired.
    pub served: u32,
    /// By the runtime's books, at one millisecond for 10^9 of weight.
    pub weight_ms: f64,
    pub build_ms: f64,
    /// Executed and committed, as by any node that did not make it.
    pub import_ms: f64,
}

/// How many of something the chain takes, in blocks full of it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rate {
    /// Of all blocks together.
    pub done: u32,
    pub blocks: u32,
    /// At one block a slot, or slower where a block took longer than that to make and import.
    pub per_s: f64,
    /// If the next block came as soon as the last was imported.
    pub per_s_imported: f64,
}

/// Blocks of a rate as they are measured.
#[derive(Clone, Copy, Debug)]
pub struct Paced {
    pub done: u32,
    pub build: Duration,
    pub import: Duration,
}

impl Rate {
    /// From blocks that are due once every `slot`.
    pub fn new(blocks: &[Paced], slot: Duration) -> Self {
        let done = blocks.iter().map(|block| block.done).sum::<u32>();
        let import: Duration = blocks.iter().map(|block| block.import).sum();
        let paced: Duration = blocks
            .iter()
            .map(|block| slot.max(block.build + block.import))
            .sum();
        let per = |time: Duration| round(f64::from(done) / time.as_secs_f64());
        Self {
            done,
            blocks: blocks.len() as u32,
            per_s: per(paced),
            per_s_imported: per(import),
        }
    }
}

/// The rates of one run.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Lifecycles that blocks hold, of jobs that are drawn for at hardly any price.
    pub held: Rate,
    /// Lifecycles of jobs that are drawn for at the price floor of a network.
    pub drawn: Rate,
    /// Lifecycles of jobs with a named provider, at that floor.
    pub direct: Rate,
    pub transfers: Rate,
}

/// Everything that a run has measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub growth: Vec<Growth>,
    pub storage: Storage,
    pub worst_blocks: Vec<FullBlock>,
    /// The longest import among them.
    pub worst_block_ms: f64,
    /// What a block's weight may add up to.
    pub block_limit_ms: f64,
    pub slot_ms: u64,
    /// What blocks hold of jobs that are drawn for, none of whose draws is put off.
    pub lifecycles_per_s: f64,
    pub lifecycles: Rate,
    /// What draws let through at the price floor of a network.
    pub drawn_lifecycles_per_s: f64,
    pub drawn_lifecycles: Rate,
    /// What blocks hold of jobs with a named provider, at that floor.
    pub direct_lifecycles_per_s: f64,
    pub direct_lifecycles: Rate,
    pub transfers_per_s: f64,
    pub transfers: Rate,
}

impl Report {
    pub fn new(
        growth: Vec<Growth>,
        storage: Storage,
        worst_blocks: Vec<FullBlock>,
        rates: Rates,
        (block_limit_ms, slot_ms): (f64, u64),
    ) -> Self {
        let times = worst_blocks.iter().map(|block| block.import_ms);
        Self {
            worst_block_ms: times.fold(0.0, f64::max),
            growth,
            storage,
            worst_blocks,
            block_limit_ms,
            slot_ms,
            lifecycles_per_s: rates.held.per_s,
            lifecycles: rates.held,
            drawn_lifecycles_per_s: rates.drawn.per_s,
            drawn_lifecycles: rates.drawn,
            direct_lifecycles_per_s: rates.direct.per_s,
            direct_lifecycles: rates.direct,
            transfers_per_s: rates.transfers.per_s,
            transfers: rates.transfers,
        }
    }

    /// Tables and sentences.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.growth_table("us per call", |growth| growth.us);
        lines.push(String::new());
        lines.extend(self.growth_table("after a restart", |growth| growth.cold_us));
        lines.push(String::new());
        lines.push(format!(
            "a key of the largest state: read in {:.0} us (booked at {:.0}), written in {:.0} us \
             (booked at {:.0})",
            self.storage.read_us,
            self.storage.booked_read_us,
            self.storage.write_us,
            self.storage.booked_write_us
        ));
        lines.push(String::new());
        lines.push(format!(
            "{:<26}{:>8}{:>8}{:>8}{:>12}{:>11}{:>11}",
            "full block of", "calls", "jobs", "served", "weight ms", "build ms", "import ms"
        ));
        for block in &self.worst_blocks {
            lines.push(format!(
                "{:<26}{:>8}{:>8}{:>8}{:>12.0}{:>11.0}{:>11.0}",
                block.kind,
                block.calls,
                block.jobs,
                block.served,
                block.weight_ms,
                block.build_ms,
                block.import_ms
            ));
        }
        lines.push(format!(
            "the longest takes {:.0} ms to import, {} the {:.0} ms that a block may weigh",
            self.worst_block_ms,
            if self.worst_block_ms <= self.block_limit_ms {
                "within"
            } else {
                "MORE THAN"
            },
            self.block_limit_ms
        ));
        lines.push(String::new());
        for (name, rate) in [
            ("lifecycles that blocks hold", self.lifecycles),
            ("lifecycles of drawn jobs", self.drawn_lifecycles),
            ("lifecycles of direct jobs", self.direct_lifecycles),
            ("plain transfers", self.transfers),
        ] {
            lines.push(format!(
                "{name}: {:.1} a second at one block each {} ms ({} in {} blocks); {:.1} if blocks \
                 came as fast as they are imported",
                rate.per_s, self.slot_ms, rate.done, rate.blocks, rate.per_s_imported
            ));
        }
        lines.push(
            "what blocks hold is of jobs that are drawn for at next to no price; drawn jobs cost the \
             price floor, at which what one block's output decides on (MaxDrawn) lets no more \
             through; direct jobs cost the same and name their provider, so nothing is drawn"
                .into(),
        );
        lines
    }

    /// Calls downwards, sizes to the right.
    fn growth_table(&self, name: &str, us: impl Fn(&Growth) -> f64) -> Vec<String> {
        let mut sizes: Vec<u32> = self.growth.iter().map(|g| g.entries).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut calls: Vec<&str> = Vec::new();
        for growth in &self.growth {
            if !calls.contains(&growth.call.as_str()) {
                calls.push(&growth.call);
            }
        }
        let at = |call: &str, size: u32| {
            let found = self.growth.iter();
            found
                .filter(|g| g.call == call && g.entries == size)
                .map(&us)
                .next()
        };
        let mut head = format!("{name:<16}");
        for size in &sizes {
            head.push_str(&format!("{:>14}", format!("{size} jobs")));
        }
        head.push_str(&format!("{:>14}", "last / first"));
        let mut lines = vec![head];
        for call in calls {
            let cells: Vec<Option<f64>> = sizes.iter().map(|size| at(call, *size)).collect();
            let mut line = format!("{call:<16}");
            for cell in &cells {
                line.push_str(&format!("{:>14}", figure(*cell)));
            }
            let ratio = match (cells.first(), cells.last()) {
                (Some(Some(first)), Some(Some(last))) if *first > 0.0 => {
                    format!("{:.2}", last / first)
                }
                _ => "-".into(),
            };
            line.push_str(&format!("{ratio:>14}"));
            lines.push(line);
        }
        lines
    }
}

fn figure(value: Option<f64>) -> String {
    value.map_or("-".into(), |value| format!("{value:.0}"))
}

/// To a tenth.
pub fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Milliseconds to a tenth.
pub fn millis(time: Duration) -> f64 {
    round(time.as_secs_f64() * 1e3)
}

/// Of sorted values; the lower one of two.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * part).floor() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(values: &[u64]) -> Vec<Duration> {
        values.iter().map(|v| Duration::from_micros(*v)).collect()
    }

    #[test]
    fn the_median_and_the_deciles_are_of_the_sorted_times() {
        let times = micros(&[9, 1, 5, 3, 7, 2, 8, 4, 6, 10, 11]);
        let growth = Growth::new("submit", 10, times, micros(&[30, 10, 20]));
        assert_eq!((growth.us_low, growth.us, growth.us_high), (2.0, 6.0, 10.0));
        assert_eq!(growth.cold_us, 20.0);
    }

    #[test]
    fn a_block_counts_for_a_slot_unless_it_takes_longer() {
        let block = |build, import| Paced {
            done: 100,
            build: Duration::from_millis(build),
            import: Duration::from_millis(import),
        };
        let slot = Duration::from_secs(2);
        let rate = Rate::new(&[block(400, 600), block(400, 400)], slot);
        assert_eq!((rate.per_s, rate.per_s_imported), (50.0, 200.0));
        let slow = Rate::new(&[block(2_000, 2_000), block(0, 1_000)], slot);
        assert_eq!(slow.per_s, round(200.0 / 6.0));
    }

    #[test]
    fn the_report_shows_growth_and_whether_a_block_is_in_time() {
        let rate = Rate::new(
            &[Paced {
                done: 4,
                build: Duration::ZERO,
                import: Duration::from_secs(1),
            }],
            Duration::from_secs(2),
        );
        let block = |import_ms| FullBlock {
            kind: "submit".into(),
            calls: 1,
            jobs: 1,
            served: 0,
            weight_ms: 1.0,
            build_ms: 1.0,
            import_ms,
        };
        let growth = vec![
            Growth::new("submit", 100, micros(&[200]), micros(&[400])),
            Growth::new("submit", 1_000, micros(&[300]), micros(&[500])),
        ];
        let storage = Storage {
            keys: 5_000,
            read_us: 12.0,
            booked_read_us: 13.0,
            write_us: 34.0,
            booked_write_us: 35.0,
        };
        let of = |per_s| Rate { per_s, ..rate };
        let rates = Rates {
            held: rate,
            drawn: of(1.0),
            direct: of(3.0),
            transfers: of(4.0),
        };
        let report = |import_ms| {
            let blocks = vec![block(5.0), block(import_ms)];
            Report::new(growth.clone(), storage, blocks, rates, (600.0, 2_000))
        };
        let in_time = report(599.0);
        assert_eq!(in_time.worst_block_ms, 599.0);
        let text = in_time.lines().join("\n");
        assert!(text.contains("1.50") && text.contains("1.25"), "{text}");
        assert!(text.contains("read in 12 us (booked at 13)"), "{text}");
        assert!(text.contains("written in 34 us (booked at 35)"), "{text}");
        assert!(text.contains("within the 600 ms"), "{text}");
        for said in [
            "lifecycles that blocks hold: 2.0 a second",
            "lifecycles of drawn jobs: 1.0 a second",
            "lifecycles of direct jobs: 3.0 a second",
        ] {
            assert!(text.contains(said), "{text}");
        }
        assert!(report(601.0).lines().join("\n").contains("MORE THAN"));
        let json = serde_json::to_value(&in_time).unwrap();
        assert_eq!(json["lifecycles_per_s"], 2.0);
        assert_eq!(json["drawn_lifecycles_per_s"], 1.0);
        assert_eq!(json["direct_lifecycles_per_s"], 3.0);
        assert_eq!(json["transfers_per_s"], 4.0);
        assert_eq!(json["growth"][1]["entries"], 1_000);
        assert_eq!(json["growth"][1]["us"], 300.0);
        assert_eq!(json["growth"][1]["cold_us"], 500.0);
        assert_eq!(json["growth"][1]["call"], "submit");
    }
}

//! The images, their labels, and a split that never changes.

use anyhow::{ensure, Context, Result};

/// Pixels per image (8 × 8).
pub const PIXELS: usize = 64;
/// Digits.
pub const CLASSES: usize = 10;
/// Brightest pixel in the file.
pub const BRIGHTEST: u8 = 16;

const IMAGES: &str = include_str!("../data/digits.csv");
const CALIBRATION: usize = 360;
const HELD_OUT: usize = 360;
const SPLIT_SEED: u64 = 1998;

/// Some images: pixels 0..=16 row by row, and what each shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Images {
    /// `[len × 64]`
    pub pixels: Vec<u8>,
    /// `[len]`, each 0..=9
    pub labels: Vec<u8>,
}

impl Images {
    /// How many images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    fn select(&self, indices: &[usize]) -> Images {
        Images {
            pixels: indices
                .iter()
                .flat_map(|&i| &self.pixels[i * PIXELS..(i + 1) * PIXELS])
                .copied()
                .collect(),
            labels: indices.iter().map(|&i| self.labels[i]).collect(),
        }
    }
}

/// The three parts. Weights are learned on `train`, the shift is chosen on `calibration`, and
/// nothing is chosen on `held_out`.
pub struct Split {
    /// 1,077 images.
    pub train: Images,
    /// 360 images.
    pub calibration: Images,
    /// 360 images.
    pub held_out: Images,
}

/// Reads the embedded file and splits it.
pub fn split() -> Result<Split> {
    let all = parse(IMAGES).context("data/digits.csv")?;
    let mut order: Vec<usize> = (0..all.len()).collect();
    let mut random = SplitMix64(SPLIT_SEED);
    for last in (1..order.len()).rev() {
        order.swap(last, random.below(last + 1));
    }
    ensure!(
        order.len() > CALIBRATION + HELD_OUT,
        "data/digits.csv holds only {} images",
        order.len()
    );
    let (rest, held_out) = order.split_at(order.len() - HELD_OUT);
    let (train, calibration) = rest.split_at(rest.len() - CALIBRATION);
    let sorted = |part: &[usize]| {
        let mut part = part.to_vec();
        part.sort_unstable();
        all.select(&part)
    };
    Ok(Split {
        train: sorted(train),
        calibration: sorted(calibration),
        held_out: sorted(held_out),
    })
}

fn parse(text: &str) -> Result<Images> {
    let mut images = Images::default();
    for (number, line) in text.lines().enumerate() {
        let values = line
            .split(',')
            .map(str::parse::<u8>)
            .collect::<Result<Vec<_>, _>>()
            .with_context(|| format!("line {}: not a list of small integers", number + 1))?;
        ensure!(
            values.len() == PIXELS + 1,
            "line {}: {} values instead of 64 pixels and a label",
            number + 1,
            values.len()
        );
        let (pixels, label) = values.split_at(PIXELS);
        ensure!(
            pixels.iter().all(|&p| p <= BRIGHTEST) && usize::from(label[0]) < CLASSES,
            "line {}: a pixel above 16 or a label above 9",
            number + 1
        );
        images.pixels.extend_from_slice(pixels);
        images.labels.push(label[0]);
    }
    Ok(images)
}

/// Steele, Lea and Flood's generator ("Fast splittable pseudorandom number generators", 2014):
/// ours, so that no library's change of generator moves the split or the first weights.
pub struct SplitMix64(pub u64);

impl SplitMix64 {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// An integer in `0..bound` (biased by less than `bound` / 2^64).
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// A number in `-1.0..1.0`.
    pub fn symmetric(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generator_matches_the_published_sequence() {
        let mut random = SplitMix64(1234567);
        let first: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            first,
            [
                6457827717110365317,
                3203168211198807973,
                9817491932198370423
            ]
        );
    }

    #[test]
    fn parts_are_disjoint_and_cover_the_file() {
        let all = parse(IMAGES).unwrap();
        let parts = split().unwrap();
        assert_eq!(
            (
                parts.train.len(),
                parts.calibration.len(),
                parts.held_out.len()
            ),
            (1077, 360, 360)
        );
        let rows = |images: &Images| {
            images
                .pixels
                .chunks(PIXELS)
                .zip(&images.labels)
                .map(|(p, l)| (p.to_vec(), *l))
                .collect::<Vec<_>>()
        };
        let mut whole = rows(&all);
        let mut together = [
            rows(&parts.train),
            rows(&parts.calibration),
            rows(&parts.held_out),
        ]
        .concat();
        whole.sort();
        together.sort();
        assert_eq!(whole, together);
    }

    #[test]
    fn refuses_lines_that_are_no_image() {
        let good = format!("{}7", "0,".repeat(PIXELS));
        assert_eq!(parse(&good).unwrap().labels, [7]);
        for bad in [
            good.replacen('0', "17", 1),
            good.replacen('0', "-1", 1),
            format!("{good},0"),
            format!("{}10", "0,".repeat(PIXELS)),
            String::from("0,1"),
        ] {
            let message = format!("{:#}", parse(&bad).unwrap_err());
            assert!(message.contains("line 1"), "{message}");
        }
    }
}

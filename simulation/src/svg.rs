//! Line charts as SVG.

use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 80.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 50.0;
const COLOURS: [&str; 6] = [
    "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#8c564b", "#e377c2",
];

/// One line.
#[derive(Clone)]
pub struct Series {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// A chart with linear axes.
#[derive(Clone)]
pub struct Plot {
    pub title: String,
    pub x: String,
    pub y: String,
    pub series: Vec<Series>,
}

/// Lowest and highest of some values, apart; zero is always among the values.
fn bounds(values: impl Iterator<Item = f64>, zero: bool) -> (f64, f64) {
    let start = if zero {
        (0.0, 0.0)
    } else {
        (f64::INFINITY, f64::NEG_INFINITY)
    };
    let (low, high) = values.fold(start, |(low, high), v| (low.min(v), high.max(v)));
    match (low.is_finite() && high.is_finite(), high > low) {
        (true, true) => (low, high),
        (true, false) => (low - 0.5, low + 0.5),
        _ => (0.0, 1.0),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

impl Plot {
    pub fn to_svg(&self) -> String {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let (x0, x1) = bounds(points().map(|point| point.0), false);
        let (y0, y1) = bounds(points().map(|point| point.1), true);
        let (plot_width, plot_height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
        let at_x = |x: f64| LEFT + (x - x0) / (x1 - x0) * plot_width;
        let at_y = |y: f64| TOP + (y1 - y) / (y1 - y0) * plot_height;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
        );
        let mut text = |x: f64, y: f64, anchor: &str, text: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
                escape(text)
            );
        };
        text(WIDTH / 2.0, 22.0, "middle", &self.title);
        text(LEFT + plot_width / 2.0, HEIGHT - 12.0, "middle", &self.x);
        text(LEFT, TOP - 8.0, "middle", &self.y);
        for step in 0..=4 {
            let part = f64::from(step) / 4.0;
            let (x, y) = (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part);
            text(at_x(x), HEIGHT - BOTTOM + 18.0, "middle", &label(x));
            text(LEFT - 8.0, at_y(y) + 4.0, "end", &label(y));
        }
        for (index, series) in self.series.iter().enumerate() {
            let y = TOP + 16.0 * (index as f64 + 1.0);
            text(LEFT + plot_width + 30.0, y, "start", &series.name);
        }
        let mut line = |points: &[(f64, f64)], colour: &str, width: f64| {
            let path: Vec<_> = points
                .iter()
                .map(|(x, y)| format!("{x:.1},{y:.1}"))
                .collect();
            let _ = writeln!(
                out,
                "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" points=\"{}\"/>",
                path.join(" ")
            );
        };
        let (bottom, right) = (HEIGHT - BOTTOM, LEFT + plot_width);
        line(
            &[(LEFT, TOP), (LEFT, bottom), (right, bottom)],
            "black",
            1.0,
        );
        line(&[(LEFT, at_y(0.0)), (right, at_y(0.0))], "#999999", 1.0);
        for (index, series) in self.series.iter().enumerate() {
            let colour = COLOURS[index % COLOURS.len()];
            let points: Vec<_> = series
                .points
                .iter()
                .map(|(x, y)| (at_x(*x), at_y(*y)))
                .collect();
            line(&points, colour, 2.0);
            let y = TOP + 16.0 * (index as f64 + 1.0) - 4.0;
            line(&[(right + 8.0, y), (right + 26.0, y)], colour, 3.0);
        }
        out.push_str("</svg>\n");
        out
    }
}

fn label(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0" } else { text }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_is_well_formed_and_inside_its_frame() {
        let plot = Plot {
            title: "a < b & c".into(),
            x: "x".into(),
            y: "y".into(),
            series: vec![Series {
                name: "line".into(),
                points: vec![(0.0, -2.0), (1.0, 3.0)],
            }],
        };
        let svg = plot.to_svg();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
        assert!(svg.contains("a &lt; b &amp; c"));
        assert!(svg.contains("80.0,350.0 550.0,40.0"), "{svg}");
        assert!(!svg.contains("NaN"));
    }

    #[test]
    fn nothing_to_draw_is_drawn() {
        let plot = Plot {
            title: String::new(),
            x: String::new(),
            y: String::new(),
            series: vec![],
        };
        assert!(!plot.to_svg().contains("NaN"));
    }
}

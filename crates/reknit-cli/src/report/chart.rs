//! The charts: SVG written by hand, sized by the page, coloured by its style.
//!
//! All take counts and give one `<svg>` element. Classes `c0` to `c8` are the channels in order of
//! how busy they are; further channels share the last one.

use std::fmt::Write;

use super::escape::{Text, count};
use super::{Input, Week};

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 230.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 8.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 26.0;

/// How many channels have a colour of their own.
pub(crate) const COLORS: usize = 9;

/// The class of a channel's colour.
pub(crate) fn color(input: &Input, channel: &str) -> usize {
    input.channels.iter().position(|(name, _)| name == channel).unwrap_or(COLORS).min(COLORS - 1)
}

/// A frame: grid lines with their numbers, and a scale from counts to heights.
struct Frame {
    svg: String,
    top: f64,
}

impl Frame {
    fn new(name: &str, highest: f64) -> Self {
        let (step, top) = round_scale(highest);
        let mut svg =
            format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">"#, Text(name));
        let mut frame = Self { svg: String::new(), top };
        let mut line = 0.0;
        while line <= top + 1e-9 {
            let y = frame.y(line);
            let _ = write!(
                svg,
                r#"<line class="grid" x1="{LEFT}" x2="{:.1}" y1="{y:.1}" y2="{y:.1}"/><text class="tick" x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 3.5,
                count(line as usize)
            );
            line += step;
        }
        frame.svg = svg;
        frame
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)
    }

    fn bar(&mut self, class: &str, (x, width): (f64, f64), (from, to): (f64, f64), hint: &str) {
        let (low, high) = (self.y(from), self.y(to));
        let _ = write!(
            self.svg,
            r#"<rect class="{class}" x="{x:.1}" y="{high:.1}" width="{width:.1}" height="{:.1}"><title>{}</title></rect>"#,
            (low - high).max(0.0),
            Text(hint)
        );
    }

    fn label(&mut self, x: f64, text: &str) {
        let y = HEIGHT - 8.0;
        let _ = write!(
            self.svg,
            r#"<text class="tick" x="{x:.1}" y="{y}" text-anchor="middle">{}</text>"#,
            Text(text)
        );
    }

    fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

/// A step of 1, 2 or 5 times a power of ten, and the multiple of it that covers `highest`.
fn round_scale(highest: f64) -> (f64, f64) {
    let rough = (highest / 4.0).max(1.0);
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|n| n * power).find(|&s| s >= rough).unwrap_or(rough);
    (step, (highest / step).ceil().max(1.0) * step)
}

/// The place and width of bar `at` of `n`.
fn slot(at: usize, n: usize) -> (f64, f64) {
    let whole = (WIDTH - LEFT - RIGHT) / n.max(1) as f64;
    let gap = (whole * 0.22).min(10.0);
    (LEFT + at as f64 * whole + gap / 2.0, whole - gap)
}

/// Every how many bars a label fits below.
fn every(n: usize, width: f64) -> usize {
    (n as f64 * width / (WIDTH - LEFT - RIGHT)).ceil().max(1.0) as usize
}

/// The day and month of an ISO date.
fn short(day: &str) -> &str {
    day.get(5..10).unwrap_or(day)
}

/// Messages over time, one colour a channel.
pub(crate) fn volume(input: &Input) -> String {
    let highest = input.weeks.iter().map(|week| week.by_channel.values().sum::<usize>()).max().unwrap_or(0);
    let mut frame = Frame::new("Messages over time by channel", highest as f64);
    let n = input.weeks.len();
    for (at, week) in input.weeks.iter().enumerate() {
        let mut base = 0.0;
        for (channel, _) in &input.channels {
            let Some(&messages) = week.by_channel.get(channel) else { continue };
            let hint = format!("{}, {channel}: {}", week.from, count(messages));
            let class = format!("c{}", color(input, channel));
            frame.bar(&class, slot(at, n), (base, base + messages as f64), &hint);
            base += messages as f64;
        }
        label_week(&mut frame, at, n, week);
    }
    frame.finish()
}

fn label_week(frame: &mut Frame, at: usize, n: usize, week: &Week) {
    if at.is_multiple_of(every(n, 46.0)) {
        let (x, width) = slot(at, n);
        frame.label(x + width / 2.0, short(&week.from));
    }
}

/// The labels in the order they are stacked.
pub(crate) const LABELS: [&str; 4] = ["negative", "mixed", "neutral", "positive"];

/// The share of each label over time, with the mean score as a line.
pub(crate) fn sentiment(input: &Input) -> String {
    let mut frame = Frame::new("Sentiment over time", 100.0);
    let n = input.weeks.len();
    let mut points = String::new();
    let mut dots = String::new();
    for (at, week) in input.weeks.iter().enumerate() {
        let all: usize = week.by_label.values().sum();
        let mut base = 0.0;
        for label in LABELS {
            let messages = week.by_label.get(label).copied().unwrap_or(0);
            let share = 100.0 * messages as f64 / all.max(1) as f64;
            let hint = format!("{}, {label}: {} ({share:.0} %)", week.from, count(messages));
            frame.bar(label, slot(at, n), (base, base + share), &hint);
            base += share;
        }
        if let Some(mean) = week.mean {
            let (x, width) = slot(at, n);
            let (x, y) = (x + width / 2.0, frame.y(50.0 + 50.0 * mean));
            let _ = write!(points, "{x:.1},{y:.1} ");
            let _ = write!(
                dots,
                r#"<circle class="dot" cx="{x:.1}" cy="{y:.1}" r="3"><title>{}, mean score {mean:+.2}</title></circle>"#,
                Text(&week.from)
            );
        }
        label_week(&mut frame, at, n, week);
    }
    let _ = write!(frame.svg, r#"<polyline class="mean" points="{}"/>{dots}"#, points.trim_end());
    frame.finish()
}

/// Bars with a name each.
pub(crate) fn histogram(name: &str, what: &str, bins: &[(String, usize)]) -> String {
    let highest = bins.iter().map(|bin| bin.1).max().unwrap_or(0);
    let mut frame = Frame::new(name, highest as f64);
    for (at, (label, n)) in bins.iter().enumerate() {
        let (x, width) = slot(at, bins.len());
        frame.bar("plain", (x, width), (0.0, *n as f64), &format!("{label}: {} {what}", count(*n)));
        if at.is_multiple_of(every(bins.len(), 40.0)) {
            frame.label(x + width / 2.0, label);
        }
    }
    frame.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_cover_the_highest() {
        assert_eq!(round_scale(0.0), (1.0, 1.0));
        assert_eq!(round_scale(100.0), (50.0, 100.0));
        assert_eq!(round_scale(730.0), (200.0, 800.0));
    }

    #[test]
    fn an_empty_run_still_has_charts() {
        let input = Input::default();
        for chart in [volume(&input), sentiment(&input), histogram("n", "w", &[])] {
            assert!(chart.starts_with("<svg") && chart.ends_with("</svg>"));
            assert!(!chart.contains("NaN"));
        }
    }
}

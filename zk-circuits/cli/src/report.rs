//! What the commands print: progress and messages on stderr, the result on stdout.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{json, Value};

/// Where results and progress go.
pub struct Report {
    json: bool,
}

impl Report {
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// The result: one JSON object, or lines for people.
    pub fn result(&self, value: &Value, lines: &[String]) {
        if self.json {
            println!("{value}");
        } else {
            for line in lines {
                println!("{line}");
            }
        }
    }

    /// The error with its causes.
    pub fn error(&self, error: &anyhow::Error) {
        let text = format!("{error:#}");
        if self.json {
            println!("{}", json!({ "error": text }));
        } else {
            eprintln!("error: {text}");
        }
    }

    /// A message for people beside the result.
    pub fn note(&self, text: &str) {
        eprintln!("{text}");
    }

    /// A spinner with a message on a terminal, a line elsewhere; hidden with `--json`.
    pub fn task(&self, message: impl Into<String>) -> Task {
        let message = message.into();
        if self.json {
            return Task(ProgressBar::hidden());
        }
        if !std::io::stderr().is_terminal() {
            eprintln!("{message}");
            return Task(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(1000);
        bar.set_style(
            ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        bar.set_message(message);
        bar.enable_steady_tick(Duration::from_millis(100));
        Task(bar)
    }
}

/// Something under way; its line disappears when this is dropped.
pub struct Task(ProgressBar);

impl Task {
    /// Replaces the message.
    pub fn say(&self, message: impl Into<String>) {
        self.0.set_message(message.into());
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// `0x` and lower-case hex.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// A size for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} B"),
        10_000..=9_999_999 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

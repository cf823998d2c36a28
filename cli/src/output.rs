//! What a command prints: one JSON object or lines for people on stdout, progress on stderr.

use std::{io::IsTerminal, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

/// A command's result.
pub struct Report {
    json: Value,
    lines: Vec<(String, String)>,
    exit_code: u8,
}

impl Report {
    /// A report that prints this object with `--json`.
    pub fn new(json: Value) -> Self {
        Self {
            json,
            lines: Vec::new(),
            exit_code: 0,
        }
    }

    /// The program ends with this code after printing.
    pub fn with_exit_code(mut self, code: u8) -> Self {
        self.exit_code = code;
        self
    }

    /// Adds fields to what `--json` prints.
    pub fn fields(mut self, fields: Value) -> Self {
        if let (Value::Object(own), Value::Object(fields)) = (&mut self.json, fields) {
            own.extend(fields);
        }
        self
    }

    /// Adds a line for people.
    pub fn line(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.lines.push((name.into(), value.to_string()));
        self
    }

    /// Adds lines for people.
    pub fn lines(mut self, lines: impl IntoIterator<Item = (String, String)>) -> Self {
        self.lines.extend(lines);
        self
    }

    /// What `--json` prints.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The lines for people.
    pub fn text(&self) -> String {
        let width = self.lines.iter().map(|(name, _)| name.len()).max();
        let width = width.unwrap_or(0);
        let line = |(name, value): &(String, String)| format!("{name:width$}  {value}\n");
        self.lines.iter().map(line).collect()
    }

    /// Prints it.
    pub fn print(&self, json: bool) {
        match json {
            true => println!("{}", self.json()),
            false => print!("{}", self.text()),
        }
    }

    /// What the program ends with.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

/// Progress on stderr: bars on a terminal, a line at each change of state elsewhere.
#[derive(Clone)]
pub struct Progress {
    bars: MultiProgress,
    terminal: bool,
}

impl Progress {
    /// Bars if stderr is a terminal.
    pub fn new() -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target = if terminal {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            bars: MultiProgress::with_draw_target(target),
            terminal,
        }
    }

    /// A message that stays.
    pub fn say(&self, message: impl AsRef<str>) {
        if self.terminal {
            // Nothing to do about a terminal that went away.
            let _ = self.bars.println(message.as_ref());
        } else {
            eprintln!("{}", message.as_ref());
        }
    }

    /// Something whose length is not known.
    pub fn spinner(&self, message: impl Into<String>) -> Task {
        let bar = self.bars.add(ProgressBar::new_spinner());
        bar.set_style(template("{spinner} {msg} ({elapsed})"));
        bar.enable_steady_tick(Duration::from_millis(120));
        self.task(bar, message.into())
    }

    /// So many steps.
    pub fn steps(&self, total: u64, message: impl Into<String>) -> Task {
        let bar = self.bars.add(ProgressBar::new(total));
        bar.set_style(template(
            "{spinner} [{bar:24}] {pos}/{len} {msg} ({elapsed})",
        ));
        bar.enable_steady_tick(Duration::from_millis(120));
        self.task(bar, message.into())
    }

    /// So many bytes.
    pub fn bytes(&self, total: u64, message: impl Into<String>) -> Task {
        let bar = self.bars.add(ProgressBar::new(total));
        bar.set_style(template("{spinner} [{bar:24}] {bytes}/{total_bytes} {msg}"));
        self.task(bar, message.into())
    }

    fn task(&self, bar: ProgressBar, message: String) -> Task {
        let task = Task {
            bar,
            terminal: self.terminal,
        };
        task.message(message);
        task
    }
}

/// One bar; it disappears when dropped.
pub struct Task {
    bar: ProgressBar,
    terminal: bool,
}

impl Task {
    /// Shows a new state; where there is no terminal, prints it if it changed.
    pub fn message(&self, message: impl Into<String>) {
        let message = message.into();
        if !self.terminal && self.bar.message() != message {
            eprintln!("{message}");
        }
        self.bar.set_message(message);
    }

    /// Steps or bytes done.
    pub fn position(&self, position: u64) {
        self.bar.set_position(position);
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn template(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

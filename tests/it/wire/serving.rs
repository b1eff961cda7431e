//! Programs that a test starts and that are gone when it ends; `referee serve` as one of them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// A program that is killed when it is dropped.
pub(super) struct Started(pub(super) Child);

impl Started {
    /// The first line that it prints; what it prints later is lost.
    pub(super) fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line
    }

    /// Nothing is drained: this is what a power switch does.
    pub(super) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A server that is a program of its own.
pub(super) struct Serving {
    pub(super) program: Started,
    /// Where it listens: `host:port`.
    pub(super) place: String,
}

impl Serving {
    /// Starts `command`, a `referee serve`, and waits until it listens.
    pub(super) fn start(command: &mut Command) -> Self {
        let mut program = Started(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
        let line = program.first_line();
        let place = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next()).map(str::to_owned);
        Self { program, place: place.expect("the server says where it listens") }
    }
}

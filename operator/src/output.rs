//! Where the tool writes: lines for programs on one stream, sentences for people on the other.

use std::{
    error::Error,
    fmt::Display,
    io::{self, Write},
};

/// An error with what caused it, in one line; a cause that its effect repeats is told once.
pub fn told(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !told.contains(&said) {
            told = format!("{told}: {said}");
        }
        cause = error.source();
    }
    told
}

/// The two streams.
pub struct Output {
    lines: Box<dyn Write + Send>,
    sentences: Box<dyn Write + Send>,
}

impl Output {
    /// Standard output for programs, standard error for people.
    pub fn standard() -> Self {
        Self::new(io::stdout(), io::stderr())
    }

    /// Any two streams.
    pub fn new(lines: impl Write + Send + 'static, sentences: impl Write + Send + 'static) -> Self {
        Self { lines: Box::new(lines), sentences: Box::new(sentences) }
    }

    /// Writes a line that a program may read. It leaves at once, so that a pipe sees what happens
    /// when it happens.
    pub fn line(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.lines, "{line}")?;
        self.lines.flush()
    }

    /// Tells a person something.
    pub fn tell(&mut self, sentence: impl Display) -> io::Result<()> {
        writeln!(self.sentences, "{sentence}")
    }
}

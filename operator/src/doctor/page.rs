//! The page: areas with one line for each thing that was looked at.

use std::fmt;

use serde_json::{Value, json};

/// What was found about one thing: how it is, or what is wrong with it.
pub(super) type Finding = Result<String, String>;

/// Everything that was found.
#[derive(Default)]
pub(super) struct Page {
    lines: Vec<(&'static str, String, Finding)>,
}

impl Page {
    /// Adds what was found about `name`.
    pub(super) fn add(&mut self, area: &'static str, name: impl Into<String>, finding: Finding) {
        self.lines.push((area, name.into(), finding));
    }

    /// How many things are wrong.
    pub(super) fn wrong(&self) -> usize {
        self.lines.iter().filter(|(_, _, finding)| finding.is_err()).count()
    }

    /// What was found, for programs.
    pub(super) fn json(&self) -> Vec<Value> {
        let found = |(area, name, finding): &(&str, String, Finding)| {
            let (Ok(detail) | Err(detail)) = finding;
            json!({ "area": area, "name": name, "well": finding.is_ok(), "detail": detail })
        };
        self.lines.iter().map(found).collect()
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.lines.iter().map(|(_, name, _)| name.chars().count()).max().unwrap_or_default();
        let mut before = "";
        for (area, name, finding) in &self.lines {
            if *area != before {
                writeln!(f, "\n{area}")?;
                before = area;
            }
            let (mark, detail) = match finding {
                Ok(detail) => ("ok   ", detail),
                Err(detail) => ("WRONG", detail),
            };
            writeln!(f, "  {mark} {name:<width$}  {detail}")?;
        }
        match self.wrong() {
            0 => write!(f, "\nAll is well."),
            1 => write!(f, "\nOne thing is wrong."),
            wrong => write!(f, "\n{wrong} things are wrong."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_groups_what_was_found_and_counts_what_is_wrong() {
        let mut page = Page::default();
        page.add("functions", "passport", Ok("ready".to_owned()));
        page.add("functions", "api-gateway", Err("no answer".to_owned()));
        page.add("disk", "/", Ok("12 GiB free".to_owned()));
        assert_eq!(
            page.to_string(),
            "\nfunctions\n  ok    passport     ready\n  WRONG api-gateway  no answer\n\ndisk\n  ok    /            12 GiB free\n\n\
             One thing is wrong."
        );
    }
}

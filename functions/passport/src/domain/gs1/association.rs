//! Which AIs may and must stand together, GS1 General Specifications section 4.13.

use super::code::Element;
use super::dictionary::{Ai, Requirement, fits, lookup};
use super::error::{CodeError, CodeErrorKind};

/// AIs whose serial component is optional, but not beside a digital signature.
const SERIALISED_FOR_SIGNATURES: [&str; 3] = ["253", "255", "8003"];

/// Checks all AIs of a code against each other; `places` are their offsets in the input.
///
/// The first `in_path` stand in the path of a Digital Link URI, in an order that its grammar allows.
/// There the grammar alone decides what a qualifier needs: URI Syntax section 4.9 lets AI 22
/// qualify an ITIP (8006), though the General Specifications, and with them GS1's C syntax engine,
/// want AI 22 beside AI 01 only.
pub(super) fn check(elements: &[Element], places: &[usize], in_path: usize) -> Result<(), CodeError> {
    for (index, (element, place)) in elements.iter().zip(places).enumerate() {
        let Some(ai) = lookup(element.ai) else {
            continue;
        };
        let others = || elements.iter().map(|other| other.ai).filter(|other| *other != ai.name);
        for pattern in ai.entry.excludes {
            if let Some(other) = others().find(|other| fits(other, pattern)) {
                let detail = format!("{} may not stand beside AI {other}.", subject(ai));
                return Err(CodeError::at(CodeErrorKind::NotAllowedHere, *place, detail).of_ai(ai.name));
            }
        }
        let is_qualifier = (1..in_path).contains(&index);
        let missing = ai.entry.requires.iter().find(|requirement| {
            !is_qualifier && !is_met(requirement, |pattern| others().any(|ai| fits(ai, pattern)))
        });
        if let Some(requirement) = missing {
            let detail = format!("{} needs AI {}.", subject(ai), alternatives(requirement));
            return Err(CodeError::at(CodeErrorKind::MissingRequired, *place, detail).of_ai(ai.name));
        }
    }
    signature_has_a_serial(elements, places)
}

fn is_met(requirement: &Requirement, present: impl Fn(&str) -> bool) -> bool {
    requirement.iter().any(|group| group.iter().all(|pattern| present(pattern)))
}

/// `01 with 21, or 02`
fn alternatives(requirement: &Requirement) -> String {
    let groups: Vec<_> = requirement.iter().map(|group| group.join(" with ")).collect();
    groups.join(", or ")
}

fn signature_has_a_serial(elements: &[Element], places: &[usize]) -> Result<(), CodeError> {
    if !elements.iter().any(|element| element.ai == "8030") {
        return Ok(());
    }
    for (element, place) in elements.iter().zip(places) {
        let Some(ai) = lookup(element.ai) else {
            continue;
        };
        let without_serial = element.value.len() == ai.entry.length().0;
        if SERIALISED_FOR_SIGNATURES.contains(&ai.name) && without_serial {
            let detail = format!("{} needs its serial number beside AI 8030.", subject(ai));
            return Err(CodeError::at(CodeErrorKind::MissingRequired, *place, detail).of_ai(ai.name));
        }
    }
    Ok(())
}

fn subject(ai: Ai) -> String {
    format!("AI {} ({})", ai.name, ai.entry.title)
}

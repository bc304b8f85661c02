//! W3C Trace Context: a `traceparent` that came in goes on with a span of ours.

use std::fmt;

use aws_lc_rs::rand;

/// One hop of a trace (W3C Trace Context, section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

impl TraceContext {
    /// Starts a new trace.
    pub fn start() -> Self {
        Self { trace_id: u128::from_be_bytes(random()), span_id: u64::from_be_bytes(random()), sampled: true }
    }

    /// Reads a `traceparent` value; a malformed one is `None`, and the reader starts a trace.
    pub fn parse(traceparent: &str) -> Option<Self> {
        let mut parts = traceparent.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let well_formed = version.len() == 2
            && version != "ff"
            && (version != "00" || parts.next().is_none())
            && trace.len() == 32
            && span.len() == 16
            && flags.len() == 2
            && traceparent.bytes().all(|b| matches!(b, b'-' | b'0'..=b'9' | b'a'..=b'f'));
        if !well_formed {
            return None;
        }
        let context = Self {
            trace_id: u128::from_str_radix(trace, 16).ok()?,
            span_id: u64::from_str_radix(span, 16).ok()?,
            sampled: u8::from_str_radix(flags, 16).ok()? & 1 == 1,
        };
        (context.trace_id != 0 && context.span_id != 0).then_some(context)
    }

    /// The same trace, with a new span for the next hop.
    #[must_use]
    pub fn child(self) -> Self {
        Self { span_id: u64::from_be_bytes(random()), ..self }
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, u8::from(self.sampled))
    }
}

/// Random bytes; all ones if the system's generator fails, which keeps the id valid.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0xff; N];
    if rand::fill(&mut bytes).is_err() {
        tracing::error!("the system's random generator failed; a trace id is not unique");
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_goes_on_with_the_same_trace_and_another_span() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parent = TraceContext::parse(text).unwrap();
        assert_eq!(parent.to_string(), text);
        let child = parent.child();
        assert_eq!(child.trace_id, parent.trace_id);
        assert_ne!(child.span_id, parent.span_id);
    }

    #[test]
    fn malformed_traceparents_are_not_read() {
        for text in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert_eq!(TraceContext::parse(text), None, "{text}");
        }
    }
}

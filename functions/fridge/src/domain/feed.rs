//! The calendar feed (RFC 5545): one all-day event for each item with a date. It names products and
//! dates; nothing of anybody's health is known here.

use chrono::{DateTime, Days, Utc};
use shared_contracts::fridge::{ExpiryKind, FridgeItem};

/// Longest line, in bytes, without its end (RFC 5545, section 3.1).
const LINE: usize = 75;

/// The calendar of these items.
pub fn calendar(items: &[FridgeItem], now: DateTime<Utc>) -> String {
    let mut text = String::new();
    let head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//PackyTrace//Fridge//EN", "CALSCALE:GREGORIAN"];
    for content in head {
        line(&mut text, content);
    }
    for content in ["METHOD:PUBLISH", "X-WR-CALNAME:PackyTrace", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"] {
        line(&mut text, content);
    }
    for item in items {
        event(&mut text, item, now);
    }
    line(&mut text, "END:VCALENDAR");
    text
}

fn event(text: &mut String, item: &FridgeItem, now: DateTime<Utc>) {
    let Some(day) = item.expires_on else { return };
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    let kind = match item.expires_kind {
        ExpiryKind::UseBy => "Use by",
        ExpiryKind::BestBefore => "Best before",
        ExpiryKind::Estimated | ExpiryKind::None => "Estimated",
    };
    line(text, "BEGIN:VEVENT");
    line(text, &format!("UID:{}@packytrace", item.item_id));
    line(text, &format!("DTSTAMP:{}", now.format("%Y%m%dT%H%M%SZ")));
    line(text, &format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
    line(text, &format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
    line(text, &format!("SUMMARY:{}", escaped(&format!("{kind}: {}", item.name))));
    line(text, "TRANSP:TRANSPARENT");
    line(text, "END:VEVENT");
}

/// RFC 5545, section 3.3.11.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// One content line, folded where it is too long, never within a character.
fn line(text: &mut String, content: &str) {
    let mut length = 0;
    for c in content.chars() {
        if length + c.len_utf8() > LINE {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(c);
        length += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_feed_is_a_calendar_with_a_day_for_each_date() {
        let item = |name: &str, on: Option<&str>| -> FridgeItem {
            let mut item = json!({
                "item_id": "0193e3a1-5c00-7b2e-8d41-2f6a9c0e7b01", "name": name, "quantity": {"value": 1, "unit": "g"},
                "expires_kind": "use_by", "state": "soon", "recall_status": "none", "recalls": [],
                "added_at": "2026-11-22T10:00:00Z", "last_event_id": "0193e3a1-5c00-7b2e-8d41-2f6a9c0e7b02",
            });
            if let Some(on) = on {
                item["expires_on"] = json!(on);
            }
            serde_json::from_value(item).unwrap()
        };
        let long = "Käse, mild; ".repeat(12);
        let items = [item(&long, Some("2026-12-31")), item("No date", None)];
        let text = calendar(&items, "2026-11-22T10:00:00Z".parse().unwrap());
        assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"));
        assert!(unfolded.contains("SUMMARY:Use by: Käse\\, mild\\; Käse"));
        assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 1);
        assert!(unfolded.ends_with("END:VCALENDAR\r\n"));
    }
}

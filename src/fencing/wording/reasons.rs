//! Why: one sentence for the row that ruled, then the whole verdict as a referee would tell it.

use super::Words;
use crate::right_of_way::Verdict;
use crate::{Call, Side};

impl Words {
    /// The reason in one sentence, with the article: "Attack from left; the counter-attack from right is out of time. (t.106.3)".
    pub fn reason(&self, verdict: &Verdict) -> String {
        let mut text = self.rule_sentence(verdict);
        let priority = verdict.rule.0.starts_with(['B', 'M']);
        if priority && verdict.call == Call::NoTouch {
            text = format!("{text} {}", self.text("reason_off_target_priority"));
        }
        if verdict.article.is_empty() { text } else { format!("{text} ({})", verdict.article) }
    }

    fn rule_sentence(&self, verdict: &Verdict) -> String {
        let Some(winner) = favoured(verdict) else {
            return self.text(&rule_key(verdict, None));
        };
        let (own, other) = (self.side(winner), self.side(winner.opponent()));
        self.with(&rule_key(verdict, Some(winner)), &[("winner", &own), ("loser", &other)])
    }

    /// The call as a referee says it aloud, with what gave the right where one action did: "Attack from the left. Touch left."
    pub fn said(&self, verdict: &Verdict) -> String {
        let call = self.call_of(verdict);
        match (said_key(verdict.rule.0), verdict.call.winner()) {
            (Some(key), Some(winner)) => format!("{}. {call}.", self.with(key, &[("winner", &self.side(winner))])),
            _ => format!("{call}."),
        }
    }

    /// Everything a referee would say, a line each: call, reason, facts, margin, what was not seen.
    pub fn full(&self, verdict: &Verdict) -> String {
        let mut lines = vec![self.headline(verdict), self.reason(verdict)];
        lines.extend(verdict.facts.iter().filter_map(|fact| self.fact(fact)));
        lines.extend(verdict.margin.map(|margin| self.margin(&margin)));
        lines.extend(self.missing(verdict));
        lines.join("\n")
    }

    /// Call and reason where no lamp is known: the verdict is open.
    pub fn open(&self) -> [String; 2] {
        [self.text("call_open"), self.text("reason_open")]
    }

    /// What was not seen and would have helped, in one line; `None` when nothing was missing.
    pub fn missing(&self, verdict: &Verdict) -> Option<String> {
        let what: Vec<String> = verdict.missing.iter().map(|key| self.text(key)).collect();
        (!what.is_empty()).then(|| self.with("missing_label", &[("what", &what.join("; "))]))
    }
}

/// The side that the sentence speaks for: who got the touch, or who had right of way when the lamps gave nothing.
fn favoured(verdict: &Verdict) -> Option<Side> {
    let p = verdict.probabilities;
    verdict.call.winner().or(match p.left.partial_cmp(&p.right) {
        Some(std::cmp::Ordering::Greater) => Some(Side::Left),
        Some(std::cmp::Ordering::Less) => Some(Side::Right),
        _ => None,
    })
}

fn rule_key(verdict: &Verdict, winner: Option<Side>) -> String {
    match (verdict.rule.0, winner) {
        ("M1", Some(_)) if verdict.call != Call::Simultaneous => "reason_m1_side".to_owned(),
        ("M1", _) => "reason_m1_none".to_owned(),
        ("N1", _) => "reason_n1".to_owned(),
        (rule, _) => format!("reason_{}", rule.to_lowercase()),
    }
}

/// What is said before the call: the action that had the right; nothing where no single action did.
fn said_key(rule: &str) -> Option<&'static str> {
    match rule {
        "B1" => Some("said_line"),
        "B4" | "B6" | "B7" => Some("said_riposte"),
        "B8" => Some("said_counter"),
        "B2" | "B5" | "B9" | "B10" | "B12" | "B13" => Some("said_attack"),
        _ => None,
    }
}

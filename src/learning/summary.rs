//! A tally as text for a terminal.

use super::tally::Tally;
use fencing::ConfidenceWord;
use std::fmt::{self, Display, Formatter};

/// The figures of one set under its name.
pub struct Summary<'a>(pub &'a str, pub &'a Tally);

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name, t) = self;
        writeln!(f, "== {name}")?;
        writeln!(f, "two-way (forced)      {}", t.two_way)?;
        writeln!(f, "log loss, two-way     {:.4}", t.log_loss)?;
        writeln!(f, "three-way (forced)    {}", t.three_way)?;
        writeln!(f, "abstained             {}", t.abstained)?;
        writeln!(f, "right where called    {}", t.called)?;
        writeln!(f, "recall left           {}", t.recall[0])?;
        writeln!(f, "recall right          {}", t.recall[1])?;
        writeln!(f, "blade in last second  {}", t.by_contact[0])?;
        writeln!(f, "no blade then         {}", t.by_contact[1])?;
        lengths(f, t)?;
        for (kept, share) in &t.by_coverage {
            writeln!(f, "surest {:>3.0} %          {share}", kept * 100.0)?;
        }
        calibration(f, t)?;
        confusion(f, t)?;
        baseline(f, t)
    }
}

fn lengths(f: &mut Formatter<'_>, t: &Tally) -> fmt::Result {
    for (end, share) in &t.by_length {
        let class = end.map_or_else(|| "longer        ".to_owned(), |e| format!("under {e:.1} s   "));
        writeln!(f, "{class}        {share}")?;
    }
    Ok(())
}

fn calibration(f: &mut Formatter<'_>, t: &Tally) -> fmt::Result {
    writeln!(f, "calibration error     {:.3}", t.calibration.error)?;
    let chance = t.calibration.by_chance;
    let (mean, low, high) = (chance.mean, chance.low, chance.high);
    writeln!(f, "  a judge without any {mean:.3} [{low:.3}, {high:.3}] by chance, on as many")?;
    for (word, claimed, held) in t.by_word.iter().filter(|(_, _, held)| held.all > 0) {
        writeln!(f, "  {:<12}claimed {claimed:.3}, held {held}", word_of(*word))?;
    }
    for bin in &t.calibration.bins {
        writeln!(f, "  from {:.1}: claimed {:.3}, held {}", bin.from, bin.claimed, bin.held)?;
    }
    Ok(())
}

/// The word as the program shows it.
fn word_of(word: ConfidenceWord) -> &'static str {
    match word {
        ConfidenceWord::Sure => "sure",
        ConfidenceWord::Likely => "likely",
        ConfidenceWord::Leaning => "leaning",
        ConfidenceWord::TooClose => "too close",
    }
}

fn confusion(f: &mut Formatter<'_>, t: &Tally) -> fmt::Result {
    writeln!(f, "referee \\ machine      left  right  simul  close  other")?;
    for (name, row) in ["left", "right", "simultaneous"].iter().zip(&t.confusion) {
        let [left, right, together, close, other] = row;
        writeln!(f, "  {name:<18} {left:>6} {right:>6} {together:>6} {close:>6} {other:>6}")?;
    }
    Ok(())
}

fn baseline(f: &mut Formatter<'_>, t: &Tally) -> fmt::Result {
    let (paired, own) = &t.against_baseline;
    if own.all == 0 {
        return Ok(());
    }
    writeln!(f, "stored baseline       {own}")?;
    let (we, they) = (paired.first_only, paired.second_only);
    writeln!(f, "  only we right {we}, only it right {they}, McNemar p = {:.3}", paired.p_value)
}

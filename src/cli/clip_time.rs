//! Times of a clip in arguments: `3.533`, `3,533`, `0:03.5`, `1:02:03`.

/// Parser for clap: seconds from the start of the clip. Accepts a sign; the caller checks the range.
pub(crate) fn clip_time(typed: &str) -> Result<f64, String> {
    let refused = || {
        format!("\"{typed}\" is no moment of a clip; give seconds such as 3.533, or minutes and seconds such as 0:03.5")
    };
    let text = typed.trim().trim_end_matches(['s', 'S']).trim_end().replace(',', ".");
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text.as_str()), |rest| (-1.0, rest));
    let parts: Vec<&str> = text.split(':').collect();
    let (last, whole) = parts.split_last().ok_or_else(refused)?;
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let secs = Some(*last).filter(|last| plain(last)).and_then(|last| last.parse::<f64>().ok()).ok_or_else(refused)?;
    if whole.len() > 2 || (!whole.is_empty() && secs >= 60.0) {
        return Err(refused());
    }
    let mut minutes = 0.0;
    for (place, part) in whole.iter().enumerate() {
        let number = part.parse::<u32>().map_err(|_| refused())?;
        if place > 0 && number >= 60 {
            return Err(refused());
        }
        minutes = minutes * 60.0 + f64::from(number);
    }
    Ok(sign * (minutes * 60.0 + secs))
}

/// Parser for clap: seconds of the scene per second of the clip, such as `0.25`, `0,25` or `1/4`.
pub(crate) fn clip_speed(typed: &str) -> Result<f64, String> {
    let refused = || {
        format!(
            "\"{typed}\" is no speed; give 0.25 or 1/4 for a clip that plays four times as long as the scene took, 1 for real time"
        )
    };
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().map_err(|_| refused());
    let speed = match typed.split_once('/') {
        Some((above, below)) => number(above)? / number(below)?,
        None => number(typed.trim().trim_end_matches(['x', 'X']))?,
    };
    if (0.01..=16.0).contains(&speed) { Ok(speed) } else { Err(refused()) }
}

/// Parser for clap: degrees clockwise as quarter turns.
pub(crate) fn quarter_turns(typed: &str) -> Result<u8, String> {
    match typed.trim().trim_end_matches('°') {
        "0" => Ok(0),
        "90" => Ok(1),
        "180" => Ok(2),
        "270" | "-90" => Ok(3),
        _ => Err(format!("\"{typed}\" is no quarter turn; give 0, 90, 180 or 270 degrees clockwise")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_understood_as_people_type_them() {
        let expected = [
            ("3.533", 3.533),
            ("3,533", 3.533),
            ("0:03.5", 3.5),
            ("0:03,5", 3.5),
            ("1:02", 62.0),
            ("1:02:03.25", 3723.25),
            (" 14 s", 14.0),
            ("-1", -1.0),
            ("90", 90.0),
        ];
        for (typed, secs) in expected {
            let read = clip_time(typed).unwrap();
            assert!((read - secs).abs() < 1e-9, "{typed}: {read}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused_with_an_example() {
        for typed in ["", "soon", "NaN", "inf", "1:2:3:4", "0:75", "1:70:00", ":3", "3:", "1e3", "3,5,3", "--1"] {
            let error = clip_time(typed).unwrap_err();
            assert!(error.contains("3.533") && error.contains("0:03.5"), "{typed}: {error}");
        }
    }

    #[test]
    fn speeds_and_turns_are_understood() {
        assert_eq!([clip_speed("0.25"), clip_speed("1/4"), clip_speed("0,25x")], [Ok(0.25), Ok(0.25), Ok(0.25)]);
        for typed in ["0", "-1", "fast", "1/0", "NaN"] {
            assert!(clip_speed(typed).unwrap_err().contains("1/4"), "{typed}");
        }
        assert_eq!(["0", "90", "180", "270"].map(quarter_turns), [Ok(0), Ok(1), Ok(2), Ok(3)]);
        assert!(quarter_turns("45").is_err());
    }
}

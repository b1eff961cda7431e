//! The languages, each with its message file and its way to write a number.

/// A language of the messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French, the language of the rulebook.
    French,
    /// Italian.
    Italian,
    /// Spanish.
    Spanish,
    /// German.
    German,
    /// Chinese (simplified).
    Chinese,
}

impl Language {
    /// All languages, in the order that menus show.
    pub const ALL: [Self; 6] = [Self::English, Self::French, Self::Italian, Self::Spanish, Self::German, Self::Chinese];

    /// `en`, `fr`, `it`, `es`, `de` or `zh`, as files and flags spell it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Italian => "it",
            Self::Spanish => "es",
            Self::German => "de",
            Self::Chinese => "zh",
        }
    }

    /// Its name in itself.
    pub const fn native_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
            Self::Italian => "Italiano",
            Self::Spanish => "Español",
            Self::German => "Deutsch",
            Self::Chinese => "中文",
        }
    }

    /// Its message file.
    pub(super) const fn messages(self) -> &'static str {
        match self {
            Self::English => include_str!("../../../assets/lang/en.ftl"),
            Self::French => include_str!("../../../assets/lang/fr.ftl"),
            Self::Italian => include_str!("../../../assets/lang/it.ftl"),
            Self::Spanish => include_str!("../../../assets/lang/es.ftl"),
            Self::German => include_str!("../../../assets/lang/de.ftl"),
            Self::Chinese => include_str!("../../../assets/lang/zh.ftl"),
        }
    }

    /// The words of reports, then those of the window: of every screen and of the single ones.
    pub(super) const fn other_messages(self) -> [&'static str; 5] {
        macro_rules! messages {
            ($code:literal) => {
                [
                    include_str!(concat!("../../../assets/lang/report/", $code, ".ftl")),
                    include_str!(concat!("../../../assets/lang/window/", $code, ".ftl")),
                    include_str!(concat!("../../../assets/lang/piste/", $code, ".ftl")),
                    include_str!(concat!("../../../assets/lang/library/", $code, ".ftl")),
                    include_str!(concat!("../../../assets/lang/bout/", $code, ".ftl")),
                ]
            };
        }
        match self {
            Self::English => messages!("en"),
            Self::French => messages!("fr"),
            Self::Italian => messages!("it"),
            Self::Spanish => messages!("es"),
            Self::German => messages!("de"),
            Self::Chinese => messages!("zh"),
        }
    }

    /// A number with so many decimals, with the language's decimal sign. Nothing has no sign: "-0.0" is written nowhere.
    pub fn number(self, value: f64, decimals: usize) -> String {
        let text = format!("{value:.decimals$}");
        let nothing = text.chars().all(|c| matches!(c, '-' | '0' | '.'));
        let text = if nothing { text.replace('-', "") } else { text };
        match self {
            Self::English | Self::Chinese => text,
            Self::French | Self::Italian | Self::Spanish | Self::German => text.replace('.', ","),
        }
    }
}

impl std::str::FromStr for Language {
    type Err = String;

    /// Reads a code or a locale such as `fr_CH.UTF-8`.
    fn from_str(text: &str) -> Result<Self, String> {
        let code = text.trim().split(['_', '-', '.']).next().unwrap_or_default().to_lowercase();
        let known = Self::ALL.into_iter().find(|language| language.code() == code);
        known.ok_or_else(|| format!("'{text}' is no language that is spoken here; say en, fr, it, es, de or zh"))
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn what_rounds_to_nothing_has_no_sign() {
        assert_eq!(Language::German.number(-0.004, 2), "0,00");
        assert_eq!(Language::English.number(-0.0, 1), "0.0");
        assert_eq!(Language::English.number(-0.06, 1), "-0.1");
        assert_eq!(Language::French.number(-3.0, 0), "-3");
    }
}

//! The guides that ship with the program, as pages of blocks: a reader of the Markdown that they are written in, and a search.
//!
//! Does not depend on the toolkit. The subset: headings, paragraphs, lists (one level), fenced code, tables, images on a line of their own; inside a
//! line **strong**, *emphasised*, `code` and links, of which the text is shown.

/// The guides in the order of the list: those for a referee first, then those for engineers. File name and text.
pub const PAGES: [(&str, &str); 13] = [
    ("quick-start.md", include_str!("../../assets/guide/quick-start.md")),
    ("beside-the-piste.md", include_str!("../../assets/guide/beside-the-piste.md")),
    ("reviewing.md", include_str!("../../assets/guide/reviewing.md")),
    ("club-evening.md", include_str!("../../assets/guide/club-evening.md")),
    ("teaching.md", include_str!("../../assets/guide/teaching.md")),
    ("verdict.md", include_str!("../../assets/guide/verdict.md")),
    ("troubleshooting.md", include_str!("../../assets/guide/troubleshooting.md")),
    ("privacy.md", include_str!("../../assets/guide/privacy.md")),
    ("protocol.md", include_str!("../../assets/guide/protocol.md")),
    ("deployment.md", include_str!("../../assets/guide/deployment.md")),
    ("configuration.md", include_str!("../../assets/guide/configuration.md")),
    ("migration.md", include_str!("../../assets/guide/migration.md")),
    ("threats.md", include_str!("../../assets/guide/threats.md")),
];

/// What the guide window shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guide {
    /// Index of the page; `None` for the list of keys.
    pub page: Option<usize>,
    /// Block of the page that was asked for, such as one that was found.
    pub block: usize,
    /// Words that are searched.
    pub search: String,
}

impl Guide {
    /// The page for when something is wrong.
    pub fn troubleshooting() -> Self {
        Self { page: PAGES.iter().position(|(name, _)| *name == "troubleshooting.md"), ..Self::default() }
    }
}

/// One thing below the other on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of level 1 to 3.
    Heading(u8, Vec<Span>),
    /// Lines that belong together.
    Paragraph(Vec<Span>),
    /// An entry of a list, with what stands before it: a bullet or a number.
    Item(String, Vec<Span>),
    /// Lines as they are.
    Code(String),
    /// Rows of cells, the header first.
    Table(Vec<Vec<Vec<Span>>>),
    /// A picture: its path beside the guide, and what it shows.
    Image(String, String),
}

/// A part of a line in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub text: String,
    /// How they are set.
    pub style: Style,
}

/// How words are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As the rest.
    Plain,
    /// Emphasised.
    Strong,
    /// What is typed or printed.
    Code,
}

/// A place where all words of a search stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index of the page.
    pub page: usize,
    /// Index of the block.
    pub block: usize,
    /// The page's title and the words found, shortened.
    pub text: String,
}

/// Longest text of a hit, in characters: two lines of the list.
const HIT_CHARS: usize = 90;

impl Block {
    /// The words of the block.
    pub fn text(&self) -> String {
        let joined = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
        match self {
            Self::Heading(_, spans) | Self::Paragraph(spans) | Self::Item(_, spans) => joined(spans),
            Self::Code(text) => text.clone(),
            Self::Table(rows) => rows.iter().flatten().map(|cell| joined(cell)).collect::<Vec<_>>().join(" "),
            Self::Image(_, about) => about.clone(),
        }
    }
}

/// Title of a page: its first heading.
pub fn title(page: usize) -> &'static str {
    let line = PAGES.get(page).and_then(|(_, text)| text.lines().find_map(|line| line.strip_prefix("# ")));
    line.unwrap_or_default()
}

/// Every block that has all words of `search`, in the order of the pages; none for a search without words.
pub fn search(search: &str) -> Vec<Hit> {
    let words: Vec<String> = search.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut hits = Vec::new();
    for (page, (_, text)) in PAGES.iter().enumerate() {
        for (block, content) in blocks(text).iter().enumerate() {
            let content = content.text();
            let lowercase = content.to_lowercase();
            if words.iter().all(|word| lowercase.contains(word)) {
                let shown: String = format!("{}: {content}", title(page)).chars().take(HIT_CHARS).collect();
                hits.push(Hit { page, block, text: shown.replace('\n', " ") });
            }
        }
    }
    hits
}

/// Reads a page.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    let mut open: Option<Block> = None;
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if line.starts_with("```") {
            blocks.extend(open.take());
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            blocks.push(Block::Code(code.join("\n")));
        } else if trimmed.is_empty() {
            blocks.extend(open.take());
        } else if let Some((level, words)) = heading(line) {
            blocks.extend(open.take());
            blocks.push(Block::Heading(level, spans(words)));
        } else if let Some((about, path)) = image(trimmed) {
            blocks.extend(open.take());
            blocks.push(Block::Image(path.to_owned(), about.to_owned()));
        } else if trimmed.starts_with('|') {
            if !is_rule_of_table(trimmed) {
                add_row(&mut blocks, &mut open, trimmed);
            }
        } else if let Some((marker, words)) = item(line) {
            blocks.extend(open.take());
            open = Some(Block::Item(marker, spans(words)));
        } else {
            go_on(&mut open, trimmed);
        }
    }
    blocks.extend(open);
    blocks
}

/// A line that belongs to the paragraph or entry before it, or begins a paragraph.
fn go_on(open: &mut Option<Block>, line: &str) {
    match open {
        Some(Block::Paragraph(words) | Block::Item(_, words)) => {
            words.push(Span { text: " ".into(), style: Style::Plain });
            words.extend(spans(line));
        }
        _ => *open = Some(Block::Paragraph(spans(line))),
    }
}

fn add_row(blocks: &mut Vec<Block>, open: &mut Option<Block>, line: &str) {
    let cells = line.trim_matches('|').split('|').map(|cell| spans(cell.trim())).collect();
    if let Some(Block::Table(rows)) = open {
        rows.push(cells);
    } else {
        blocks.extend(open.replace(Block::Table(vec![cells])));
    }
}

/// `|---|:--|`
fn is_rule_of_table(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' '))
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let words = line.get(level..)?.strip_prefix(' ')?;
    (1..=3).contains(&level).then_some((level as u8, words))
}

fn image(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("![")?.strip_suffix(')')?.split_once("](")
}

fn item(line: &str) -> Option<(String, &str)> {
    if let Some(words) = line.strip_prefix("- ") {
        return Some(("\u{2022}".into(), words));
    }
    let (number, words) = line.split_once(". ")?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then(|| (format!("{number}."), words))
}

/// The parts of a line. What opens and does not close is shown as it stands.
fn spans(line: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut rest = line;
    let mut plain = String::new();
    while let Some(next) = rest.chars().next() {
        let special = enclosed(rest, "`", "`")
            .map(|(text, after)| (Style::Code, text, after))
            .or_else(|| enclosed(rest, "**", "**").map(|(text, after)| (Style::Strong, text, after)))
            .or_else(|| emphasis(rest).map(|(text, after)| (Style::Strong, text, after)))
            .or_else(|| link(rest).map(|(text, after)| (Style::Plain, text, after)));
        if let Some((style, text, after)) = special {
            flush(&mut plain, &mut found);
            found.push(Span { text: text.to_owned(), style });
            rest = after;
        } else {
            plain.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    flush(&mut plain, &mut found);
    found
}

fn flush(plain: &mut String, found: &mut Vec<Span>) {
    if !plain.is_empty() {
        found.push(Span { text: std::mem::take(plain), style: Style::Plain });
    }
}

/// What stands between two marks at the beginning of a text, and what comes after.
fn enclosed<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    text.strip_prefix(open)?.split_once(close).filter(|(inside, _)| !inside.is_empty())
}

/// `*words*`, where the first mark stands before a letter: an asterisk by itself is one.
fn emphasis(text: &str) -> Option<(&str, &str)> {
    enclosed(text, "*", "*").filter(|(inside, _)| inside.starts_with(char::is_alphabetic) && !inside.ends_with(' '))
}

/// `[words](address)`
fn link(text: &str) -> Option<(&str, &str)> {
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    Some((words, rest.split_once(')')?.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_block_is_read() {
        let text = "# A\nOne\n**two** `x*` *three* 2 * 3 [there](a.md).\n\n- first\n  goes on\n2. second\n\n```\nreferee doctor\n# no heading\n```\n\
                    | a | b |\n|---|---|\n| `1` | 2 |\n\n![what it shows](../review.png)\n";
        let plain = |text: &str| Span { text: text.into(), style: Style::Plain };
        let read = blocks(text);
        assert_eq!(read[0], Block::Heading(1, vec![plain("A")]));
        assert_eq!(read[1].text(), "One two x* three 2 * 3 there.");
        assert_eq!(read[2], Block::Item("\u{2022}".into(), vec![plain("first"), plain(" "), plain("goes on")]));
        assert_eq!(read[3], Block::Item("2.".into(), vec![plain("second")]));
        assert_eq!(read[4], Block::Code("referee doctor\n# no heading".into()));
        assert!(matches!(&read[5], Block::Table(rows) if rows.len() == 2 && rows[1][0][0].style == Style::Code));
        assert_eq!(read[6], Block::Image("../review.png".into(), "what it shows".into()));
        assert_eq!(read.len(), 7);
    }

    fn words_outside_code(block: &Block) -> String {
        let plain = |spans: &[Span]| {
            let words = spans.iter().filter(|span| span.style != Style::Code).map(|span| span.text.as_str());
            words.collect::<String>()
        };
        match block {
            Block::Heading(_, spans) | Block::Paragraph(spans) | Block::Item(_, spans) => plain(spans),
            Block::Table(rows) => rows.iter().flatten().map(|cell| plain(cell)).collect(),
            Block::Code(_) | Block::Image(..) => String::new(),
        }
    }

    #[test]
    fn every_page_has_a_title_and_no_mark_is_left_over() {
        for (page, (name, text)) in PAGES.iter().enumerate() {
            assert!(!title(page).is_empty(), "{name}");
            let headings = blocks(text).iter().filter(|block| matches!(block, Block::Heading(1, _))).count();
            assert_eq!(headings, 1, "{name}");
            for block in blocks(text) {
                let words = words_outside_code(&block);
                assert!(!words.contains(['*', '`']) && !words.contains("]("), "{name}: {words}");
            }
        }
    }

    #[test]
    fn the_page_for_when_something_is_wrong_is_there() {
        assert!(Guide::troubleshooting().page.is_some_and(|page| title(page).contains("wrong")));
    }

    #[test]
    fn a_search_finds_words_in_any_order_and_leads_to_their_block() {
        let hits = search("FFMPEG install");
        let first = hits.first().unwrap();
        let found = blocks(PAGES[first.page].1)[first.block].text().to_lowercase();
        assert!(found.contains("ffmpeg") && found.contains("install"), "{found}");
        assert_eq!((search("  "), search("no such word anywhere")), (Vec::new(), Vec::new()));
    }
}

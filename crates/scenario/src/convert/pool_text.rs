//! The text of a pool file, with the origin of every value.

use std::path::Path;

use toml::Value;

/// A value and where it comes from.
struct Line {
    key: &'static str,
    /// `None` where the key is left to its default.
    value: Option<String>,
    from: String,
}

/// A pool file in the making.
#[derive(Default)]
pub(super) struct PoolText {
    /// What kind of record it is made of.
    pub(super) kind: &'static str,
    tables: Vec<(String, Vec<Line>)>,
}

impl PoolText {
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, tables: Vec::new() }
    }

    /// Opens the table with this header.
    pub(super) fn table(&mut self, header: &str) {
        self.tables.push((header.to_owned(), Vec::new()));
    }

    /// Adds a text to the table.
    pub(super) fn word(&mut self, key: &'static str, word: &str, from: &str) {
        self.raw(key, Value::String(word.to_owned()).to_string(), from);
    }

    /// Adds a number of the user to the table.
    pub(super) fn number(&mut self, key: &'static str, number: f64, from: &str) {
        self.raw(key, Value::Float(number).to_string(), from);
    }

    /// Adds a value that is TOML already.
    pub(super) fn raw(&mut self, key: &'static str, value: String, from: &str) {
        self.push(key, Some(value), from);
    }

    /// Says why a key is left to its default.
    pub(super) fn note(&mut self, key: &'static str, from: &str) {
        self.push(key, None, from);
    }

    fn push(&mut self, key: &'static str, value: Option<String>, from: &str) {
        if let Some((_, lines)) = self.tables.last_mut() {
            lines.push(Line { key, value, from: from.to_owned() });
        }
    }

    /// The whole file; `name` is that of the record.
    pub(super) fn text(&self, name: &Path) -> String {
        let mut head =
            format!("# {}, converted from {}.\n#\n", self.kind, commented(&name.display().to_string()));
        let mut body = String::new();
        for (header, lines) in &self.tables {
            body.push_str(&format!("\n{header}\n"));
            let table = header.trim_matches(['[', ']']);
            for Line { key, value, from } in lines {
                if let Some(value) = value {
                    body.push_str(&format!("{key} = {value}\n"));
                }
                head.push_str(&format!("# {:<44} {}\n", format!("{table}.{key}"), commented(from)));
            }
        }
        head + &body
    }
}

/// Without what would end a comment.
fn commented(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `digits`, a whole number, over `10^decimals`, digit by digit.
pub(super) fn scaled(digits: &str, decimals: usize) -> String {
    let padded = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = padded.split_at(padded.len() - decimals);
    let whole = whole.trim_start_matches('0');
    format!(
        "{}.{}",
        if whole.is_empty() { "0" } else { whole },
        if fraction.is_empty() { "0" } else { fraction }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_is_set_among_the_digits() {
        assert_eq!(scaled("10055123456789012345678", 18), "10055.123456789012345678");
        assert_eq!(scaled("5", 18), "0.000000000000000005");
        assert_eq!(scaled("1234567", 6), "1.234567");
        assert_eq!(scaled("42", 0), "42.0");
        assert_eq!(scaled("000", 1), "0.0");
    }

    #[test]
    fn a_word_cannot_leave_its_quotes_nor_a_comment_its_line() {
        let mut text = PoolText::new("A record");
        text.table("[token]");
        text.word("symbol", "a\"\n[b]", "c\nd = 1");
        let written = text.text(Path::new("x\ny"));
        let parsed: toml::Table = written.parse().expect("TOML");
        assert_eq!(parsed.keys().collect::<Vec<_>>(), ["token"]);
        assert_eq!(parsed["token"]["symbol"].as_str(), Some("a\"\n[b]"));
    }
}

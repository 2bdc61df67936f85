//! What was compared, and what did not agree.

use crate::Document;
use crate::words::FieldError;
use serde_json::Value;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Display;

/// A result that differs from the file's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Where in the file, such as `pools[3].sequence[7].after.balances[1]`.
    pub place: String,
    /// The file's result; `revert` where the contract reverted.
    pub expected: String,
    /// Ours; `revert (reason)` where ours refused.
    pub got: String,
}

/// Comparisons of one file.
#[derive(Debug, Clone, Default)]
pub struct Record {
    compared: BTreeMap<&'static str, u64>,
    skipped: BTreeMap<&'static str, u64>,
    mismatches: Vec<Mismatch>,
}

impl Record {
    /// Compares one result; `expected` is `None` where the original reverted. `kind` is the word of the summary
    /// (`swaps`, `views`, `balances`, ...), `place` says where in the file.
    ///
    /// Returns whether they agree.
    pub fn check<T: PartialEq + Display, E: Display>(
        &mut self,
        kind: &'static str,
        place: impl FnOnce() -> String,
        expected: Option<T>,
        got: Result<T, E>,
    ) -> bool {
        let agree = match (&expected, &got) {
            (Some(expected), Ok(got)) => expected == got,
            (None, Err(_)) => true,
            _ => false,
        };
        *self.compared.entry(kind).or_default() += 1;
        if !agree {
            let expected = expected.map_or_else(|| "revert".to_owned(), |value| value.to_string());
            let got = got.map_or_else(|error| format!("revert ({error})"), |value| value.to_string());
            self.mismatches.push(Mismatch { place: place(), expected, got });
        }
        agree
    }

    /// Compares a result that cannot fail.
    pub fn equal<T: PartialEq + Display>(
        &mut self,
        kind: &'static str,
        place: impl FnOnce() -> String,
        expected: T,
        got: T,
    ) -> bool {
        self.check(kind, place, Some(expected), Ok::<_, Infallible>(got))
    }

    /// Compares lists entry by entry; where there is no list of that length, as a whole.
    pub fn check_list<T: PartialEq + Display, E: Display>(
        &mut self,
        kind: &'static str,
        place: impl Fn() -> String,
        expected: &[T],
        got: Result<&[T], E>,
    ) {
        let length = |list: &[T]| format!("{} entries", list.len());
        match got {
            Ok(got) if got.len() == expected.len() => {
                for (k, (expected, got)) in expected.iter().zip(got).enumerate() {
                    self.equal(kind, || format!("{}[{k}]", place()), expected, got);
                }
            }
            other => {
                self.check(kind, place, Some(length(expected)), other.map(length));
            }
        }
    }

    /// A case that cannot be read as its format asks: counted as a mismatch, never skipped.
    pub fn unreadable(&mut self, place: String, wanted: &str, found: String) {
        *self.compared.entry("unreadable").or_default() += 1;
        self.mismatches.push(Mismatch { place, expected: wanted.to_owned(), got: found });
    }

    /// A result that is out of the reference's scope: counted by kind and reported, never passed over in silence.
    pub fn skip(&mut self, kind: &'static str) {
        *self.skipped.entry(kind).or_default() += 1;
    }

    /// Adds the comparisons of another record, after these.
    pub(crate) fn absorb(&mut self, other: Self) {
        for (kind, count) in other.compared {
            *self.compared.entry(kind).or_default() += count;
        }
        for (kind, count) in other.skipped {
            *self.skipped.entry(kind).or_default() += count;
        }
        self.mismatches.extend(other.mismatches);
    }

    /// What was read, if it could be; else the field counts as [`Self::unreadable`].
    pub(crate) fn readable<T>(&mut self, place: &str, read: Result<T, FieldError>) -> Option<T> {
        read.map_err(|error| {
            self.unreadable(format!("{place}.{}", error.key), error.wanted, error.found);
        })
        .ok()
    }

    /// Compares every item of the list at `place`; what cannot be read of one does not keep the others from it.
    pub(crate) fn each(
        &mut self,
        place: &str,
        items: &[Value],
        mut compare: impl FnMut(&mut Self, &str, &Value) -> Result<(), FieldError>,
    ) {
        for (k, item) in items.iter().enumerate() {
            let place = format!("{place}[{k}]");
            let compared = compare(self, &place, item);
            self.readable(&place, compared);
        }
    }

    /// [`Self::each`] of a document's cases.
    pub(crate) fn each_case(
        &mut self,
        document: &Document,
        compare: impl FnMut(&mut Self, &str, &Value) -> Result<(), FieldError>,
    ) {
        self.each(document.place_of_cases(), document.cases(), compare);
    }

    /// Number of comparisons by kind.
    pub fn compared(&self) -> &BTreeMap<&'static str, u64> {
        &self.compared
    }

    /// Number of results out of scope by kind.
    pub fn skipped(&self) -> &BTreeMap<&'static str, u64> {
        &self.skipped
    }

    /// Comparisons that agree.
    pub fn passed(&self) -> u64 {
        self.compared.values().sum::<u64>() - self.failed()
    }

    /// Comparisons that do not.
    pub fn failed(&self) -> u64 {
        self.mismatches.len() as u64
    }

    /// Every mismatch, in the file's order.
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }
}

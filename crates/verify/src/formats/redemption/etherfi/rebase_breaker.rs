//! Single reports against the breaker.
//!
//! Keys of a case: `in` with `tvl`, `acceptable_apr_bps`, `max_negative_rebase_bps_override` (0 for the default),
//! `elapsed_slots`, `accrued_rewards` (signed), `protocol_fees`, `finalized_amount`; `out` with `accepted` and
//! `reason`, the contract's text or nothing. A report that finalises requests needs a queue, which these files do
//! not have.

use crate::formats::Format;
use crate::formats::steps::panic_word;
use crate::words::{FieldError, flag, object, signed, small, text, word};
use crate::{Document, Record};
use pegstress_exact::redemption::etherfi::{Report, ReportError, ReportLimits};
use serde_json::Value;

pub(in super::super) const FORMAT: Format =
    Format { name: "ether.fi reports", recognise, exact, lanes: None };

fn recognise(document: &Document) -> bool {
    document.some_case_has(&["in.elapsed_slots", "in.accrued_rewards", "out.accepted"])
}

fn exact(document: &Document, record: &mut Record) {
    record.each_case(document, compare);
}

fn compare(record: &mut Record, place: &str, case: &Value) -> Result<(), FieldError> {
    let (input, out) = (object(case, "in")?, object(case, "out")?);
    if !word(input, "finalized_amount")?.is_zero() {
        let (key, found) = ("in.finalized_amount", &input["finalized_amount"]);
        return Err(FieldError::new(key, "0, there is no queue to finalise", found));
    }
    let limits = ReportLimits {
        acceptable_apr_bps: small(input, "acceptable_apr_bps")?,
        max_loss_bps_override: small(input, "max_negative_rebase_bps_override")?,
        ..ReportLimits::MAINNET
    };
    let protocol_fees = word(input, "protocol_fees")?.try_into().map_err(|_| {
        FieldError::new("in.protocol_fees", "an integer below 2^128", &input["protocol_fees"])
    })?;
    let report = Report {
        elapsed_slots: small(input, "elapsed_slots")?,
        accrued_rewards: signed(input, "accrued_rewards")?,
        protocol_fees,
        ..Report::default()
    };
    let tvl = word(input, "tvl")?;
    let (accepted, reason) = (flag(out, "accepted")?, text(out, "reason")?);
    let got = limits.check(&report, tvl, tvl);
    record.equal("verdicts", || format!("{place}.out.accepted"), accepted, got.is_ok());
    record.equal("reasons", || format!("{place}.out.reason"), reason, got.err().map_or("", reason_of));
    Ok(())
}

/// The contract's text.
fn reason_of(error: ReportError) -> &'static str {
    match error {
        ReportError::ZeroSlots => "EtherFiAdmin: report spans zero slots",
        ReportError::AprAboveLimit => "EtherFiAdmin: TVL changed too much",
        ReportError::LossAboveCap => "EtherFiAdmin: negative rebase exceeds cap",
        ReportError::FeesTooLarge => "EtherFiAdmin: protocol fees exceed int128 max",
        ReportError::FeesAboveShare => "EtherFiAdmin: protocol fees exceed 20% total rewards",
        ReportError::FinalizedAboveDailyCap => "EtherFiAdmin: finalized withdrawal amount exceeds max",
        ReportError::FinalizedAboveLiquidity => "EtherFiAdmin: finalized withdrawal exceeds LP liquidity",
        ReportError::TooManyRequests => "EtherFiAdmin: number of requests to finalize exceeds max",
        ReportError::Arithmetic(error) => panic_word(error),
    }
}

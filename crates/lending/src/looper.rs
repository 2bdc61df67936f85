//! A loop's thresholds in closed form (plain numbers, for tables).
//!
//! ```text
//! leverage            1 / (1 - LTV)
//! fall to liquidation 1 - LTV / LT                  of the price that the oracle sees
//! fall to bad debt    1 - LTV (1 + LB)              a call then takes all collateral and does not cover the debt
//! breakeven discount  1 - 1 / (1 + LB (1 - f))      of the market to the oracle: beyond it nobody liquidates
//! days                ln(LT / LTV) / (rate - yield) * 365
//! ```

use crate::rules::Rules;
use pegstress_num::ln;

/// Where a loop breaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LooperThresholds {
    /// Collateral over equity.
    pub leverage: f64,
    /// Fall of the oracle's price from which it is due; negative: it is already.
    pub fall_to_liquidation: f64,
    /// Fall of the oracle's price from which its liquidation leaves a loss to lenders.
    pub fall_to_bad_debt: f64,
    /// Discount of the market to the oracle's price from which a liquidator loses money.
    pub breakeven_discount: f64,
}

/// Thresholds of a loop at a loan-to-value below 1. With Compound the fall to bad debt is the one at which the discounted sale
/// does not bring the debt in.
pub fn looper_thresholds(rules: &Rules, ltv: f64) -> LooperThresholds {
    LooperThresholds {
        leverage: 1.0 / (1.0 - ltv),
        fall_to_liquidation: 1.0 - ltv / rules.threshold(),
        fall_to_bad_debt: 1.0 - ltv * rules.value_per_debt(),
        breakeven_discount: 1.0 - rules.price_to_liquidator(),
    }
}

/// Days until interest alone makes a loan due: its value earns `yield_per_year`, its debt costs `borrow_rate_per_year`,
/// both compounding. `None`: never.
pub fn days_to_liquidation(
    ltv: f64,
    threshold: f64,
    borrow_rate_per_year: f64,
    yield_per_year: f64,
) -> Option<f64> {
    if ltv >= threshold {
        return Some(0.0);
    }
    let carry = borrow_rate_per_year - yield_per_year;
    (carry > 0.0).then(|| ln(threshold / ltv) / carry * 365.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Aave;

    fn e_mode(bonus: f64) -> Rules {
        Rules::Aave(Aave { liquidation_threshold: 0.95, bonus, protocol_fee: 0.1 })
    }

    fn close(found: f64, printed: f64, half_a_digit: f64) {
        assert!((found - printed).abs() <= half_a_digit, "{found} {printed}");
    }

    #[test]
    fn mechanics_5_1_thresholds_of_an_e_mode_looper() {
        let high = looper_thresholds(&e_mode(0.01), 0.93);
        close(high.leverage, 14.29, 0.005);
        close(high.fall_to_liquidation, 0.02105, 5e-6);
        close(high.fall_to_bad_debt, 0.0607, 5e-5);
        let low = looper_thresholds(&e_mode(0.01), 0.90);
        close(low.fall_to_liquidation, 0.05263, 5e-6);
        close(low.fall_to_bad_debt, 0.0910, 5e-5);
    }

    #[test]
    fn mechanics_5_1_breakeven_discounts() {
        for (bonus, printed, half_a_digit) in
            [(0.01, 0.00892, 5e-6), (0.0125, 0.01112, 5e-6), (0.075, 0.0632, 5e-5)]
        {
            close(looper_thresholds(&e_mode(bonus), 0.93).breakeven_discount, printed, half_a_digit);
        }
    }

    #[test]
    fn a_loop_lasts_until_its_loan_to_value_has_grown_to_the_threshold() {
        let days = days_to_liquidation(0.93, 0.95, 0.18, 0.03).expect("negative carry");
        let grown = 0.93 * pegstress_num::exp((0.18 - 0.03) * days / 365.0);
        // Rounding of one exp and one ln.
        assert!((grown - 0.95).abs() < 1e-14, "{grown}");
        assert_eq!(days_to_liquidation(0.93, 0.95, 0.03, 0.03), None);
        assert_eq!(days_to_liquidation(0.96, 0.95, 0.0, 0.03), Some(0.0));
    }
}

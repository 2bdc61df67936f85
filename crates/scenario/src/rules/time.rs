//! The window, its grid, and starts within it.

use super::Rules;

/// More points would not fit a machine; a step in the wrong unit is likelier.
const MOST_POINTS: i64 = 1_000_000;

impl Rules<'_, '_> {
    pub(super) fn check_time(&mut self) {
        let time = self.raw.time;
        let window_secs = time.end.as_second() - time.start.as_second();
        if window_secs <= 0 {
            self.refuse(
                "time.end",
                format!("time.end is {}, must be after time.start = {}", time.end, time.start),
            );
            return;
        }
        let Some(step_minutes) = time.step_minutes else { return };
        let step_secs = i64::from(step_minutes) * 60;
        if window_secs % step_secs != 0 {
            let message = format!(
                "time.step_minutes is {step_minutes}, must divide the window of {} minutes",
                window_secs as f64 / 60.0
            );
            self.refuse("time.step_minutes", message);
        } else if window_secs / step_secs > MOST_POINTS {
            let steps = window_secs / step_secs;
            self.refuse(
                "time.step_minutes",
                format!("the window has {steps} steps, must be at most {MOST_POINTS}"),
            );
        }
    }

    pub(super) fn check_rolling(&mut self) {
        let (Some(rolling), Some(step_minutes)) = (self.raw.rolling, self.raw.time.step_minutes) else {
            return;
        };
        let hours = [("every_hours", rolling.every_hours), ("horizon_hours", rolling.horizon_hours)];
        for (key, value) in hours {
            if u64::from(value) * 60 % u64::from(step_minutes) != 0 {
                let message = format!(
                    "rolling.{key} is {value}, must be a multiple of the step of {step_minutes} minutes"
                );
                self.refuse(&format!("rolling.{key}"), message);
            }
        }
        let window_secs = self.raw.time.end.as_second() - self.raw.time.start.as_second();
        if i64::from(rolling.horizon_hours) * 3600 > window_secs {
            let message = format!(
                "rolling.horizon_hours is {}, must fit the window of {} hours",
                rolling.horizon_hours,
                window_secs as f64 / 3600.0
            );
            self.refuse("rolling.horizon_hours", message);
        }
    }
}

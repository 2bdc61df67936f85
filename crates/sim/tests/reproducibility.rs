//! The outcome of path i is a function of (scenario, seed, i) and of nothing else.

mod common;

use common::every_part::every_part;
use common::every_shock::every_shock;
use common::{options, outcomes, run_all, run_all_in_blocks_of, study};
use pegstress_num::Isa;
use pegstress_sim::scenario::{PathStudy, Starts};
use pegstress_sim::{Plan, RunOptions};

fn small() -> PathStudy {
    PathStudy { paths: 300, ..study() }
}

/// The simple study, one with restaking, a breaker and every kind of lending market, and one with every kind of shock besides.
fn all() -> [PathStudy; 3] {
    [small(), every_part(), every_shock()]
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for study in all() {
        let (_, one) = outcomes(&study);
        assert_eq!(one.faults(), 0);
        for threads in [2, 7] {
            let (_, many) = run_all(&study, |plan| RunOptions { threads, ..options(plan) });
            assert_eq!(one.bits(), many.bits(), "{threads} threads");
        }
    }
}

#[test]
fn the_lane_width_changes_no_bit() {
    for study in all() {
        let (_, wide) = outcomes(&study);
        assert_eq!(wide.bits(), run_all_in_blocks_of::<1>(&study, options).1.bits(), "one lane");
        assert_eq!(wide.bits(), run_all_in_blocks_of::<8>(&study, options).1.bits(), "8 lanes");
        assert_eq!(wide.bits(), run_all_in_blocks_of::<37>(&study, options).1.bits(), "37 lanes");
    }
}

#[test]
fn the_instruction_set_changes_no_bit() {
    for study in all() {
        let (_, baseline) = run_all(&study, |plan| RunOptions { isa: Isa::Baseline, ..options(plan) });
        for isa in Isa::available() {
            let (_, other) = run_all(&study, |plan| RunOptions { isa, ..options(plan) });
            assert_eq!(baseline.bits(), other.bits(), "{isa}");
        }
    }
}

#[test]
fn a_slice_of_paths_run_alone_equals_that_slice_of_the_whole() {
    for study in all() {
        let (_, whole) = outcomes(&study);
        let (_, slice) = run_all(&study, |plan| RunOptions { paths: 131..197, ..options(plan) });
        assert_eq!(whole.slice(131..197).bits(), slice.bits());
    }
}

#[test]
fn more_paths_leave_the_first_ones_as_they_were() {
    let (_, few) = outcomes(&small());
    let (_, more) = outcomes(&PathStudy { paths: 400, ..study() });
    assert_eq!(few.bits(), more.slice(0..300).bits());
}

#[test]
fn rolling_starts_change_no_bit_either() {
    let rolling = || {
        let mut study = small();
        study.steps = 60;
        study.starts = Starts::Rolling { every_steps: 6, paths_per_start: 27 };
        study.paths = 27 * 11;
        study
    };
    let (_, one) = outcomes(&rolling());
    let (_, other) =
        run_all_in_blocks_of::<8>(&rolling(), |plan: &Plan| RunOptions { threads: 2, ..options(plan) });
    assert_eq!(one.bits(), other.bits());
    // Paths of different starts live through different drivers.
    assert_ne!(one.rows[0].1, one.rows[27].1);
}

#[test]
fn another_seed_gives_other_paths() {
    let (_, one) = outcomes(&small());
    let (_, other) = outcomes(&PathStudy { seed: 43, ..small() });
    assert_ne!(one.bits(), other.bits());
}

//! Exit clocks against published tables, and at the ends of their domain.

use pegstress_exact::consensus::exit_clock::{
    CountedExitQueue, ExitClock, ExitClockError, activation_exit_epoch, withdrawable_epoch,
};

const ETH: u64 = 1_000_000_000;

/// MECHANICS 1.3: single calls at a churn of 256 ETH in epoch 990.
#[test]
fn mechanics_1_3_clock_table() {
    for (earliest, budget, balance, epoch, left) in [
        (1000, 10 * ETH, 32 * ETH, 1001, 234 * ETH),
        (900, 0, 2048 * ETH, 1002, 0),
        (995, 256 * ETH, 256 * ETH, 995, 0),
        (995, 0, 1, 996, 256 * ETH - 1),
    ] {
        let mut clock = ExitClock { earliest_exit_epoch: earliest, exit_balance_to_consume: budget };
        assert_eq!(clock.assign(990, balance, 256 * ETH), Ok(epoch));
        assert_eq!(clock, ExitClock { earliest_exit_epoch: epoch, exit_balance_to_consume: left });
    }
}

/// MECHANICS 1.3: 78,125 exits of 32 ETH from an empty clock, one by one and as one balance.
#[test]
fn mechanics_1_3_bulk_exit() {
    let mut single = ExitClock::default();
    for _ in 0..78_125 {
        single.assign(0, 32 * ETH, 256 * ETH).expect("in range");
    }
    let mut bulk = ExitClock::default();
    assert_eq!(bulk.assign(0, 2_500_000 * ETH, 256 * ETH), Ok(9770));
    assert_eq!(single, bulk);
    assert_eq!(bulk.exit_balance_to_consume, 96 * ETH);
    assert_eq!(withdrawable_epoch(9770), Ok(10_026));
    let days = 10_026.0 * 384.0 / 86_400.0;
    assert!(f64::abs(days - 44.56) < 0.005, "{days}");
}

/// MECHANICS 1.3: `days = Q / churn * 384 / 86400`, and a bulk arrival ends at `cur + 5 + ceil(Q / churn) - 1`.
#[test]
fn mechanics_1_3_waiting_table() {
    // Half a unit of the table's second decimal.
    for (queue_eth, churn_eth, days) in [
        (2_500_000_u64, 256_u64, 43.40),
        (2_500_000, 1288, 8.63),
        (2_673_349, 256, 46.41),
        (475_708, 256, 8.26),
        (530_985, 256, 9.22),
        (1_000_000, 256, 17.36),
    ] {
        let epoch = ExitClock::default().assign(0, queue_eth * ETH, churn_eth * ETH).expect("in range");
        assert_eq!(epoch, 5 + queue_eth.div_ceil(churn_eth) - 1);
        let found = queue_eth as f64 / churn_eth as f64 * 384.0 / 86_400.0;
        assert!((found - days).abs() <= 0.0051, "{queue_eth} ETH: {found} days, table {days}");
        assert!((epoch as f64 - 4.0 - found * 225.0).abs() < 1.0);
    }
}

#[test]
fn the_electra_fork_starts_the_clock_behind_all_assigned_exits() {
    let clock = |latest| ExitClock::at_electra_fork(364_032, latest, 256 * ETH).expect("in range");
    assert_eq!(clock(None).earliest_exit_epoch, 364_038);
    assert_eq!(clock(Some(364_000)).earliest_exit_epoch, 364_038);
    assert_eq!(clock(Some(364_500)).earliest_exit_epoch, 364_501);
    assert_eq!(clock(None).exit_balance_to_consume, 256 * ETH);
}

#[test]
fn counted_exits_fill_an_epoch_before_the_next() {
    let mut queue = CountedExitQueue::default();
    let epochs: Vec<_> = (0..9).map(|_| queue.assign(100, 4)).collect();
    let expected = [105, 105, 105, 105, 106, 106, 106, 106, 107].map(Ok);
    assert_eq!(epochs, expected);
}

#[test]
fn numbers_beyond_64_bits_and_a_zero_churn_are_refused() {
    let mut clock = ExitClock { earliest_exit_epoch: u64::MAX, exit_balance_to_consume: 0 };
    let before = clock;
    assert_eq!(clock.assign(0, 1, 1), Err(ExitClockError::Overflow));
    assert_eq!(clock.assign(0, 1, 0), Err(ExitClockError::ZeroChurn));
    assert_eq!(clock, before);
    assert_eq!(activation_exit_epoch(u64::MAX - 4), Err(ExitClockError::Overflow));
    assert_eq!(withdrawable_epoch(u64::MAX), Err(ExitClockError::Overflow));
    assert_eq!(CountedExitQueue::default().assign(0, 0), Err(ExitClockError::ZeroChurn));
}

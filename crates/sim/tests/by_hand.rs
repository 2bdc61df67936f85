//! Five daily steps solved with independent arithmetic: the step's order and every formula of MODEL 5 and 6, with a pool, a
//! buffer and a queue, arbitrage, providers, and a lender who liquidates on a feed of the market price.
//!
//! Nothing is random: the dispersion of demand, the background flow and the spread of the shocks are zero.

#![allow(clippy::disallowed_methods, reason = "independent of the kernels' own exp and ln, to 1e-15")]

mod common;

use common::{DAY, outcomes, redemption, report, study};
use pegstress_lending::{BucketSpec, Curve, InterestSpec, Kinked, MarketSpec, Morpho, OracleSpec, Rules};
use pegstress_sim::MetricKind::*;
use pegstress_sim::scenario::*;
use pegstress_sim::{MetricKind, Plan};

const STEPS: usize = 5;
const NAV: [f64; STEPS + 1] = [1.04, 1.0401, 1.0402, 1.0403, 1.0404, 1.0405];
const QUEUE: [f64; STEPS + 1] = [20_000.0, 30_000.0, 25_000.0, 40_000.0, 90_000.0, 60_000.0];
const DRAWDOWN: [f64; STEPS + 1] = [0.0, 0.15, 0.05, 0.14, 0.1, 0.2];
const CHURN_PER_DAY: f64 = 256.0 * 225.0;
const ANN: f64 = 200.0;
const FEE: f64 = 4e-4;
const FLOAT: f64 = 400_000.0;
const BUFFER: f64 = 300.0;
/// So little that the buffer, once paid out, stays below the ether from which it counts.
const REFILL_PER_DAY: f64 = 0.05;
const INSTANT_FEE: f64 = 0.003;
/// Share of the float that asks for redemption in the second step, by force.
const FORCED: f64 = 0.01;
/// Share of the float that is sold in the fourth step, by force.
const DUMPED: f64 = 0.002;

/// A Morpho market of two single positions, collateral and loan-to-value at the start, the safer one first. The riskier one
/// falls due in the third step and goes whole; of the other, due in the fourth, liquidators take what still pays them.
const LOANS: [(f64, f64); 2] = [(900.0, 0.86), (60.0, 0.87)];
const LLTV: f64 = 0.915;
const SUPPLIED: f64 = 2_000.0;
const OTHER_DEBT: f64 = 500.0;
const DEVIATION: f64 = 0.01;
const HEARTBEAT_DAYS: f64 = 2.0;
/// Base, slopes and kink of the borrow rate.
const RATE: Kinked = Kinked { base_per_year: 0.01, slope_1_per_year: 0.03, slope_2_per_year: 0.6, kink: 0.6 };

fn loans() -> LendingMarket {
    let bucket = |(collateral_lrt, ltv): (f64, f64)| BucketSpec {
        positions: 1.0,
        collateral_lrt,
        debt_eth: collateral_lrt * NAV[0] * ltv,
    };
    LendingMarket {
        spec: MarketSpec {
            name: "market".into(),
            rules: Rules::Morpho(Morpho { lltv: LLTV }),
            oracle: OracleSpec::MarketFeed { heartbeat_secs: HEARTBEAT_DAYS * DAY, deviation: DEVIATION },
            interest: InterestSpec { curve: Curve::Kinked(RATE), protocol_share: 0.1 },
            buckets: LOANS.map(bucket).to_vec(),
            supplied_eth: SUPPLIED,
            other_debt_eth: OTHER_DEBT,
        },
        carry: None,
    }
}

fn five_days() -> PathStudy {
    let base = study();
    PathStudy {
        step_secs: 86_400,
        steps: STEPS,
        paths: 3,
        drivers: Drivers {
            nav: NAV.to_vec(),
            network_queue_eth: QUEUE.to_vec(),
            eth_drawdown: DRAWDOWN.to_vec(),
            eth_usd: vec![3_000.0; STEPS + 1],
            observed_price: None,
            synthetic: None,
        },
        network: Network { churn_eth_per_epoch: 256.0, changes: Vec::new(), sweep_secs: 0.0 },
        redemption: redemption(BUFFER, REFILL_PER_DAY, INSTANT_FEE, 0.0, 0.0),
        agents: Agents {
            exit_demand: ExitDemand {
                base_per_day: 0.002,
                delay_threshold_secs: DAY,
                per_delay_day_per_day: 1e-4,
                dispersion: 0.0,
                ..base.agents.exit_demand
            },
            background: Background { net_sd_lrt_per_sqrt_day: 0.0 },
            ..base.agents
        },
        lending: vec![loans()],
        shocks: vec![
            shock(ShockKind::RedeemShareOfFloat, 1.0, FORCED),
            shock(ShockKind::SellShareOfFloat, 3.0, DUMPED),
        ],
        ..base
    }
}

fn shock(kind: ShockKind, day: f64, size: f64) -> Shock {
    Shock { kind, trigger: None, start_secs: day * DAY, duration_secs: 0.0, size, size_log_sd: 0.0 }
}

/// A StableSwap pool by textbook Newton iterations (Curve's `get_D` and `get_y`), in doubles.
#[derive(Clone)]
struct Pool {
    eth: f64,
    lrt: f64,
    rate: f64,
}

impl Pool {
    fn invariant(&self) -> f64 {
        let (x, y) = (self.eth, self.rate * self.lrt);
        let mut d = x + y;
        for _ in 0..100 {
            let dp = d * d * d / (4.0 * x * y);
            d = (ANN * (x + y) + 2.0 * dp) * d / ((ANN - 1.0) * d + 3.0 * dp);
        }
        d
    }

    /// The other balance at which `one` keeps `d`.
    fn other(one: f64, d: f64) -> f64 {
        let (b, c) = (one + d / ANN, d * d * d / (4.0 * one * ANN));
        let mut y = d;
        for _ in 0..200 {
            y = (y * y + c) / (2.0 * y + b - d);
        }
        y
    }

    fn price(&self) -> f64 {
        let (x, y, d) = (self.eth, self.rate * self.lrt, self.invariant());
        let term = d * d * d / (4.0 * x * y);
        self.rate * (ANN + term / y) / (ANN + term / x)
    }

    fn gross_of_sale(&self, lrt: f64) -> f64 {
        self.eth - Self::other(self.rate * (self.lrt + lrt), self.invariant())
    }

    fn quote(&self, lrt: f64) -> f64 {
        self.gross_of_sale(lrt) * (1.0 - FEE)
    }

    /// Half of the fee leaves the pool.
    fn sell(&mut self, lrt: f64) -> f64 {
        let gross = self.gross_of_sale(lrt);
        self.eth -= gross * (1.0 - 0.5 * FEE);
        self.lrt += lrt;
        gross * (1.0 - FEE)
    }

    fn buy(&mut self, eth: f64) -> f64 {
        let y = Self::other(self.eth + eth, self.invariant());
        let gross = self.lrt - y / self.rate;
        self.eth += eth;
        self.lrt -= gross * (1.0 - 0.5 * FEE);
        gross * (1.0 - FEE)
    }

    /// ETH to put in until the next token costs `limit`, fee included: bisection along the curve.
    fn eth_to_reach(&self, limit: f64) -> f64 {
        let d = self.invariant();
        let cost = |eth: f64| {
            let there =
                Pool { eth: self.eth + eth, lrt: Self::other(self.eth + eth, d) / self.rate, ..*self };
            there.price() / (1.0 - FEE)
        };
        let (mut low, mut high) = (0.0, 4.0 * d);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if cost(middle) < limit { low = middle } else { high = middle }
        }
        low
    }

    /// Tokens to put in until the next one brings `bid`, fee included: bisection along the curve.
    fn lrt_to_reach(&self, bid: f64) -> f64 {
        let d = self.invariant();
        let brings = |lrt: f64| {
            let lrt = self.lrt + lrt;
            Pool { eth: Self::other(self.rate * lrt, d), lrt, ..*self }.price() * (1.0 - FEE)
        };
        let (mut low, mut high) = (0.0, 4.0 * d);
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if brings(middle) > bid { low = middle } else { high = middle }
        }
        low
    }
}

/// The lender: two positions, a feed, interest by utilisation (MECHANICS 5.3, crate `lending`).
struct Lender {
    collateral: [f64; 2],
    debt: [f64; 2],
    other: f64,
    supplied: f64,
    pushed: f64,
    age_days: f64,
}

/// What a day of liquidations did.
struct Liquidated {
    seized: f64,
    repaid: f64,
    bad: f64,
}

impl Lender {
    fn new(price: f64) -> Self {
        Self {
            collateral: LOANS.map(|(collateral, _)| collateral),
            debt: LOANS.map(|(collateral, ltv)| collateral * NAV[0] * ltv),
            other: OTHER_DEBT,
            supplied: SUPPLIED,
            pushed: price,
            age_days: 0.0,
        }
    }

    fn accrue(&mut self) {
        let debt = self.debt[0] + self.debt[1] + self.other;
        let used = debt / self.supplied;
        let rate = if used <= RATE.kink {
            RATE.base_per_year + RATE.slope_1_per_year * used / RATE.kink
        } else {
            let beyond = (used - RATE.kink) / (1.0 - RATE.kink);
            RATE.base_per_year + RATE.slope_1_per_year + RATE.slope_2_per_year * beyond
        };
        let x = rate / 365.0;
        let gained = x + x * x / 2.0 + x * x * x / 6.0;
        self.debt = self.debt.map(|debt| debt * (1.0 + gained));
        self.other *= 1.0 + gained;
        self.supplied += debt * gained;
    }

    fn read(&mut self, price: f64) {
        self.age_days += 1.0;
        if (price - self.pushed).abs() >= DEVIATION * self.pushed || self.age_days >= HEARTBEAT_DAYS {
            (self.pushed, self.age_days) = (price, 0.0);
        }
    }

    /// The riskier position first, while the next token sells above what a liquidator paid for it.
    fn liquidate(&mut self, pool: &Pool) -> Liquidated {
        let incentive = f64::min(1.15, 1.0 / (1.0 - 0.3 * (1.0 - LLTV)));
        let mut room = pool.lrt_to_reach(self.pushed / incentive);
        let mut done = Liquidated { seized: 0.0, repaid: 0.0, bad: 0.0 };
        for k in [1, 0] {
            let value = self.collateral[k] * self.pushed;
            if value * LLTV >= self.debt[k] {
                continue;
            }
            let whole = f64::min(self.collateral[k], self.debt[k] * incentive / self.pushed);
            let share = f64::min(room / whole, 1.0);
            let repaid = share * f64::min(self.debt[k], value / incentive);
            room -= share * whole;
            done.seized += share * whole;
            done.repaid += repaid;
            self.collateral[k] -= share * whole;
            self.debt[k] -= repaid;
            if share == 1.0 {
                // What no collateral is left for is the suppliers'; collateral beyond the debt is the owner's.
                done.bad += self.debt[k];
                self.supplied -= self.debt[k];
                (self.collateral[k], self.debt[k]) = (0.0, 0.0);
            }
        }
        done
    }

    /// Debt beyond what the collateral is worth.
    fn uncovered(&self, price: f64) -> f64 {
        (0..2).map(|k| f64::max(self.debt[k] - self.collateral[k] * price, 0.0)).sum()
    }
}

/// The normal distribution function by Simpson's rule: 4000 intervals over at most 8 are good to 1e-13.
fn normal_cdf(z: f64) -> f64 {
    let (n, z) = (4000, z.clamp(-8.0, 8.0));
    let h = z / n as f64;
    let density = |t: f64| (-0.5 * t * t).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let inner: f64 = (1..n).map(|k| density(h * k as f64) * if k % 2 == 1 { 4.0 } else { 2.0 }).sum();
    0.5 + h / 3.0 * (density(0.0) + inner + density(z))
}

/// What the five steps leave, in the engine's units.
#[derive(Default, Debug)]
struct Answer {
    /// Largest fall of the price over the redemption rate by one more token, at a print.
    steepest: f64,
    close: Vec<f64>,
    print: Vec<f64>,
    executable: Vec<f64>,
    delay_days: Vec<f64>,
    pipeline_days: Vec<f64>,
    liquidity: Vec<f64>,
    /// Exits that chose between market and queue, tokens.
    left: f64,
    sold: f64,
    sellers_loss: f64,
    redeemed: f64,
    spent: f64,
    gain: f64,
    liquidated: Vec<f64>,
    repaid: f64,
    bad_debt: f64,
    latent: f64,
    liquidators_gain: f64,
}

/// Exit queue: 5 epochs at least, 256 epochs to be withdrawable; no sweep, no processing.
fn pipeline_days(queue: f64) -> f64 {
    (queue / CHURN_PER_DAY).max(5.0 / 225.0) + 256.0 / 225.0
}

/// Delay and fee of the marginal redemption.
fn quoted(buffer: f64, queue: f64) -> (f64, f64) {
    if buffer >= 1.0 { (0.0, INSTANT_FEE) } else { (pipeline_days(queue), 0.0) }
}

fn solve() -> Answer {
    let agents = five_days().agents;
    let (e, a, l) = (agents.exit_demand, agents.arbitrage, agents.liquidity);
    let mut pool = Pool { eth: 4000.0, lrt: 5000.0, rate: NAV[0] };
    let mut discount = 1.0 - pool.price() / NAV[0];
    let (mut queue, mut buffer, mut float, mut capital) = (QUEUE[0], BUFFER, FLOAT, a.capital_eth);
    let (mut excitation, mut share_left) = (0.0, 1.0);
    // Claims of arbitrageurs by the step in which they mature.
    let mut maturing = [0.0; 16];
    let mut lender = Lender::new(pool.price());
    let mut answer = Answer::default();
    for step in 0..STEPS {
        let nav = NAV[step + 1];
        pool.rate = nav;

        // Exit pipeline.
        let inflow = QUEUE[step + 1] - f64::max(QUEUE[step] - CHURN_PER_DAY, 0.0);
        queue = f64::max(f64::max(queue - CHURN_PER_DAY, 0.0) + inflow, 0.0);
        capital += maturing[step];
        buffer += f64::min(REFILL_PER_DAY, BUFFER - buffer);

        // Quote.
        let pipeline = pipeline_days(queue);
        let (delay, fee) = quoted(buffer, queue);

        // Liquidity.
        let fright = f64::max(discount - l.discount_threshold, 0.0);
        // The implicit step of a decay (agents/liquidity.rs); a day is one step.
        let hazard = l.removal_per_day + l.removal_per_discount_per_day * fright;
        let leave = hazard / (1.0 + hazard);
        let back = if fright > 0.0 {
            0.0
        } else {
            (1.0 - share_left) * (1.0 - (-l.return_per_day).exp()) / share_left
        };
        float += pool.lrt * leave;
        pool.eth *= 1.0 - leave;
        pool.lrt *= 1.0 - leave;
        float -= pool.lrt * back;
        pool.eth *= 1.0 + back;
        pool.lrt *= 1.0 + back;
        share_left *= (1.0 - leave) * (1.0 + back);

        // Exit demand.
        let intensity = e.base_per_day
            + e.per_discount_per_day * f64::max(discount - e.discount_threshold, 0.0)
            + e.per_delay_day_per_day * f64::max(delay - 1.0, 0.0)
            + e.per_eth_drawdown_per_day * f64::max(DRAWDOWN[step + 1] - e.eth_drawdown_threshold, 0.0)
            + excitation;
        let leaving = 1.0 - (-intensity).exp();
        excitation = excitation * (-e.excitation_decay_per_day).exp()
            + e.branching_ratio * e.excitation_decay_per_day * leaving;
        let exits = float * leaving;
        let forced = if step == 1 { FORCED * float } else { 0.0 };
        let d_exec = 1.0 - pool.price() * (1.0 - FEE) / nav;
        let gain = -(1.0 - d_exec).ln() + (1.0 - fee).ln() + (1.0 - agents.impatience.expected_loss).ln();
        let indifferent = gain * 365.0 / f64::max(delay, 60.0 / 86_400.0);
        let sell = if indifferent > 0.0 {
            normal_cdf((agents.impatience.median_per_year.ln() - indifferent.ln()) / agents.impatience.log_sd)
        } else {
            1.0
        };
        let dumped = if step == 3 { DUMPED * float } else { 0.0 };
        let (sale, redeemed) = (exits * sell + dumped, exits * (1.0 - sell) + forced);
        float -= sale + redeemed;
        let proceeds = pool.sell(sale);
        let claim = redeemed * nav;
        let instant = claim.min(buffer / (1.0 - INSTANT_FEE));
        buffer -= instant * (1.0 - INSTANT_FEE);
        queue += claim - instant;
        answer.left += exits;
        answer.sold += sale;
        answer.sellers_loss += sale * nav - proceeds;
        answer.redeemed += claim;

        // Lending: what is seized is sold at once, what is left of the price is the print.
        lender.accrue();
        lender.read(pool.price());
        let liquidated = lender.liquidate(&pool);
        let brought = if liquidated.seized > 0.0 { pool.sell(liquidated.seized) } else { 0.0 };
        answer.liquidated.push(liquidated.seized);
        answer.repaid += liquidated.repaid;
        answer.bad_debt += liquidated.bad;
        answer.liquidators_gain += brought - liquidated.repaid;
        answer.latent = answer.latent.max(lender.uncovered(pool.price()));
        answer.print.push(1.0 - pool.price() / nav);
        let mut one_more = Pool { eth: pool.eth, lrt: pool.lrt, rate: pool.rate };
        one_more.sell(1.0);
        answer.steepest = answer.steepest.max((pool.price() - one_more.price()) / nav);

        // Arbitrage.
        let (delay_then, fee_then) = quoted(buffer, queue);
        let keep = (1.0 - fee_then) * (1.0 - a.expected_loss) * (1.0 - a.cost);
        let limit = nav * keep / (1.0 + a.required_return_per_year * delay_then / 365.0);
        let room = if delay_then > 0.0 { f64::INFINITY } else { buffer };
        let budget = room.min(capital * (1.0 - (1.0 - a.deployed_per_hour).powi(24)));
        let spent = pool.eth_to_reach(limit).min(budget);
        let bought = pool.buy(spent) * nav;
        let instant = bought.min(buffer / (1.0 - INSTANT_FEE));
        buffer -= instant * (1.0 - INSTANT_FEE);
        let queued = bought - instant;
        queue += queued;
        capital += instant * (1.0 - INSTANT_FEE) - spent;
        // Whole days, rounded up.
        maturing[step + pipeline_days(queue).ceil() as usize] += queued;
        answer.spent += spent;
        answer.gain += instant * (1.0 - INSTANT_FEE) + queued - spent;

        // Observe.
        discount = 1.0 - pool.price() / nav;
        answer.close.push(discount);
        let size = report().reference_size_lrt();
        answer.executable.push(1.0 - pool.quote(size) / (size * nav));
        answer.delay_days.push(delay);
        answer.pipeline_days.push(pipeline);
        answer.liquidity.push(share_left);
    }
    answer
}

fn deepest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn five_steps_by_hand_are_the_engine_s_five_steps() {
    let hand = solve();
    let (plan, rows): (Plan, _) = outcomes(&five_days());
    assert_eq!(rows.faults(), 0);
    for path in 0..3 {
        let metric = |kind: MetricKind| rows.column(&plan, kind)[path];
        let near = |what: &str, engine: f64, by_hand: f64, tolerance: f64| {
            assert!((engine - by_hand).abs() <= tolerance, "{what}: engine {engine}, by hand {by_hand}");
        };
        let trace = &rows.traces[path].1;
        // The normal law's seven digits on everybody who chose, through the steepest place of the pool's curve.
        let price = 1e-9 + 7.5e-8 * hand.left * hand.steepest;
        for step in 0..STEPS {
            // Prices to 1e-9 besides: the engine's inverse of the price is good to 1e-9 of a reserve, which moves the price of
            // a pool with A = 100 by a hundredth of that.
            near("close", trace[step] / 1e4, hand.close[step], price);
            // The seven digits of those who chose the queue, in front of who asks next.
            let delay = 1e-9 + 7.5e-8 * hand.left / CHURN_PER_DAY;
            near("delay", trace[STEPS + step], hand.delay_days[step], delay);
            // Providers leave at 5 a day per unit of discount: an error of the price goes on to them.
            near(
                "liquidity",
                trace[2 * STEPS + step],
                hand.liquidity[step],
                1e-9 + 5.0 * STEPS as f64 * price,
            );
        }
        near("deepest close", metric(DeepestClose) / 1e4, deepest(&hand.close), price);
        near("deepest print", metric(DeepestPrint) / 1e4, deepest(&hand.print), price);
        near("deepest executable", metric(DeepestExecutable) / 1e4, deepest(&hand.executable), price);
        near("longest delay", metric(LongestDelay), deepest(&hand.delay_days), 1e-9);
        near("longest pipeline", metric(LongestPipelineDelay), deepest(&hand.pipeline_days), 1e-9);
        // Amounts: 1e-9 of the reserve of 5000 for the same reason, and the documented 7.5e-8 of the engine's normal
        // distribution function on everybody who chose; a token is worth little more than an ether.
        let amount = 5e-6 + 7.5e-8 * 1.05 * hand.left;
        near("sold", metric(SoldLrt), hand.sold, amount);
        near("sellers' loss", metric(SellersLoss), hand.sellers_loss, amount);
        near("redeemed", metric(RedeemedEth), hand.redeemed, amount);
        near("spent", metric(ArbitrageSpent), hand.spent, amount);
        near("gain", metric(ArbitrageGain), hand.gain, amount);
        let seized: f64 = hand.liquidated.iter().sum();
        near("liquidated", metric(LiquidatedLrt), seized, amount);
        near("repaid", metric(LiquidatedDebt), hand.repaid, amount);
        near("bad debt", metric(BadDebt(0)), hand.bad_debt, amount);
        near("liquidators' gain", metric(LiquidatorsGain), hand.liquidators_gain, amount);
        // The price moves what is latent by the collateral times its error.
        let all: f64 = LOANS.iter().map(|(collateral, _)| collateral).sum();
        near("latent bad debt", metric(LatentBadDebt), hand.latent, amount + all * 1.05 * price);
        let summed: f64 = hand.close.iter().map(|d| d.max(0.0)).sum();
        near("discount time", metric(DiscountHours), summed * 1e4 * 24.0, price * 1e4 * 24.0 * STEPS as f64);
        // The end of the step with the deepest close, in hours.
        let trough = (0..STEPS).max_by(|a, b| hand.close[*a].total_cmp(&hand.close[*b])).expect("five steps");
        near("trough", metric(TroughTime), 24.0 * (trough as f64 + 1.0), 0.0);
    }
}

#[test]
fn the_five_steps_pass_through_every_branch_that_they_are_meant_to() {
    let hand = solve();
    // The buffer pays at first and the pipeline is quoted later.
    assert!(hand.delay_days[0] == 0.0 && hand.delay_days[2] > 1.0, "{hand:?}");
    assert!(hand.sold > 100.0 && hand.redeemed > 1000.0, "{hand:?}");
    assert!(hand.spent > 100.0 && hand.gain > 0.0, "{hand:?}");
    assert!(hand.print.iter().zip(&hand.close).any(|(print, close)| print > close), "{hand:?}");
    assert!(
        hand.pipeline_days[0] <= 2.0,
        "what arbitrage bought in the first step is back in the third: {hand:?}"
    );
    assert!(hand.liquidity[2] < 1.0, "{hand:?}");
    let liquidated = &hand.liquidated;
    assert!(
        liquidated[1] == 0.0 && liquidated[2] > 50.0 && liquidated[3] > 100.0 && liquidated[4] == 0.0,
        "{hand:?}"
    );
    assert!(liquidated.iter().sum::<f64>() < LOANS[0].0 && hand.liquidators_gain > 0.0, "{hand:?}");
}

//! State of a block: `W` neighbouring paths in structure-of-arrays lanes.

use crate::drivers::{DriverState, Origin};
use crate::joint::Others;
use crate::measures::{Accounts, CoverageWatch, MarketWatch, TroughWatch, VenueWatch};
use crate::outcome::{Fault, OutcomeBlock};
use crate::plan::Plan;
use crate::scenario::{ShockKind, Starts};
use crate::shocks::{ShockLanes, Sights};
use crate::step::Traces;
use crate::values::in_unit;
use pegstress_amm::{Venue, route};
use pegstress_lending::Market;
use pegstress_num::{Isa, Lanes, greater};
use pegstress_restake::Restake;
use pegstress_unlock::{Breaker, ExitClock, Redemption, Room, Survival};

/// Relative violation of a balance that makes a path faulty. A path sums up to 1e5 flows, each rounded to 1e-16
/// of a balance; a real leak of one ETH in a million is four orders larger.
pub(crate) const IMBALANCE_TOLERANCE: f64 = 1e-9;

/// Paths that are stepped together.
#[derive(Debug, Clone)]
pub(crate) struct Block<const W: usize> {
    /// Address of the first path's own draws: its number, and in a joint run the member's.
    pub(crate) first_path: u64,
    /// Grid point at which each path starts.
    pub(crate) offsets: [usize; W],
    /// Drivers that are drawn, if there are any.
    pub(crate) driven: Option<Box<DriverState<W>>>,
    pub(crate) venues: Vec<Venue<W>>,
    pub(crate) redemption: Redemption<W>,
    /// How the rate on chain follows the true one; at once where there is none.
    pub(crate) breaker: Option<Breaker<W>>,
    /// What slashing has left of the token's value; 1 where nothing can be slashed.
    pub(crate) restake: Option<RestakeState<W>>,
    /// What paying at a stale rate has left of the value of those who stayed.
    pub(crate) stayers_factor: Lanes<W>,
    /// What unbacked tokens have left of the value of the others.
    pub(crate) dilution: Lanes<W>,
    /// Redemption rates at the end of the last step: the driver's, and the one on chain.
    pub(crate) last_recorded: Lanes<W>,
    pub(crate) last_onchain: Lanes<W>,
    pub(crate) markets: Vec<Market<W>>,
    pub(crate) float_lrt: Lanes<W>,
    pub(crate) excitation_per_day: Lanes<W>,
    pub(crate) arbitrage_free_eth: Lanes<W>,
    pub(crate) dip_buyers: Vec<DipLanes<W>>,
    /// Tokens that each whale has left.
    pub(crate) whales_lrt: Vec<Lanes<W>>,
    pub(crate) liquidity_share: Lanes<W>,
    pub(crate) discount: Lanes<W>,
    pub(crate) shocks: ShockLanes<W>,
    /// Bucket of each shock that posts unbacked tokens as collateral.
    pub(crate) posted_buckets: Vec<Option<usize>>,
    /// What the other tokens of a joint run mean to this one; nothing where it is alone.
    pub(crate) others: Others<W>,
    pub(crate) ledger: Ledger<W>,
    pub(crate) watch: Watch<W>,
    pub(crate) accounts: Accounts<W>,
    /// The true redemption rate of the latest step.
    pub(crate) truth: Lanes<W>,
    pub(crate) called_isa: Isa,
}

/// A group of dip buyers.
#[derive(Debug, Clone)]
pub(crate) struct DipLanes<const W: usize> {
    pub(crate) free_eth: Lanes<W>,
    pub(crate) held_lrt: Lanes<W>,
}

/// Restaking with the history that exits in escrow need.
#[derive(Debug, Clone)]
pub(crate) struct RestakeState<const W: usize> {
    pub(crate) restake: Restake<W>,
    pub(crate) survival: Survival<W>,
}

/// Sums of everything that crosses the border of the model, for the balances.
#[derive(Debug, Clone)]
pub(crate) struct Ledger<const W: usize> {
    start_eth: Lanes<W>,
    pub(crate) start_lrt: Lanes<W>,
    /// ETH that left to (and came from) sellers, redeemers, providers and traders.
    pub(crate) outside_eth: Lanes<W>,
    /// Tokens that background traders hold.
    pub(crate) outside_lrt: Lanes<W>,
    /// Tokens handed in for redemption.
    pub(crate) burned_lrt: Lanes<W>,
    /// Tokens that appeared without assets.
    pub(crate) minted_lrt: Lanes<W>,
    /// Arbitrage capital that a joint run has handed to this token, less what it has taken back.
    pub(crate) handed_eth: Lanes<W>,
}

/// Running metrics of each path.
#[derive(Debug, Clone)]
pub(crate) struct Watch<const W: usize> {
    pub(crate) deepest_close: Lanes<W>,
    pub(crate) deepest_print: Lanes<W>,
    pub(crate) deepest_executable: Lanes<W>,
    pub(crate) trough_step: Lanes<W>,
    pub(crate) discount_sum: Lanes<W>,
    pub(crate) steps_above: Vec<Lanes<W>>,
    pub(crate) first_passage: Vec<Lanes<W>>,
    pub(crate) breach: Lanes<W>,
    pub(crate) calm_since: Lanes<W>,
    pub(crate) recovered: Lanes<W>,
    pub(crate) longest_delay: Lanes<W>,
    pub(crate) longest_pipeline: Lanes<W>,
    pub(crate) least_liquidity: Lanes<W>,
    pub(crate) sold_lrt: Lanes<W>,
    pub(crate) sellers_loss: Lanes<W>,
    pub(crate) redeemed_eth: Lanes<W>,
    pub(crate) arbitrage_spent: Lanes<W>,
    pub(crate) arbitrage_gain: Lanes<W>,
    pub(crate) lending: LendingWatch<W>,
    /// Deepest fall of the true redemption rate below the driver's.
    pub(crate) value_loss: Lanes<W>,
    /// Steps with a rate on chain above the true one.
    pub(crate) stale_steps: Lanes<W>,
    /// Last close beyond each threshold.
    pub(crate) last_passage: Vec<Lanes<W>>,
    /// By discount of the report.
    pub(crate) least_exit_depth_lrt: Vec<Lanes<W>>,
    /// Tokens that arbitrageurs bought.
    pub(crate) arbitrage_bought_lrt: Lanes<W>,
    /// Tokens that shocks made holders sell.
    pub(crate) forced_lrt: Lanes<W>,
    pub(crate) venues: Vec<VenueWatch<W>>,
    pub(crate) markets: Vec<MarketWatch<W>>,
    pub(crate) trough: TroughWatch<W>,
    pub(crate) coverage: CoverageWatch<W>,
}

/// Running metrics of the lending markets.
#[derive(Debug, Clone)]
pub(crate) struct LendingWatch<const W: usize> {
    pub(crate) liquidated_lrt: Lanes<W>,
    pub(crate) repaid_eth: Lanes<W>,
    pub(crate) unwound_lrt: Lanes<W>,
    pub(crate) latent_bad_debt_eth: Lanes<W>,
    pub(crate) stalled_steps: Lanes<W>,
    pub(crate) liquidators_gain_eth: Lanes<W>,
    /// Largest over markets and steps; 0 where nothing was ever due.
    pub(crate) cascade_ratio: Lanes<W>,
    /// By market.
    pub(crate) bad_debt_eth: Vec<Lanes<W>>,
    /// By market, the largest so far.
    pub(crate) haircut: Vec<Lanes<W>>,
}

/// Values of a driver at grid point `at` after each lane's start.
#[inline(always)]
pub(crate) fn driver<const W: usize>(
    starts: Starts,
    series: &[f64],
    offsets: &[usize; W],
    at: usize,
) -> Lanes<W> {
    match starts {
        Starts::Together => [series[at]; W],
        Starts::Rolling { .. } => offsets.map(|offset| series[offset + at]),
    }
}

impl<const W: usize> Block<W> {
    /// The block at the start of its paths. Lanes beyond the study's last path repeat it: they are padding.
    #[inline(always)]
    pub(crate) fn new(plan: &Plan, first_path: u64, called_isa: Isa, room: Room<W>) -> Self {
        let study = &plan.study;
        let last_path = study.paths - 1;
        let address = plan.own_address(first_path);
        let offsets: [usize; W] =
            std::array::from_fn(|i| study.starts.offset((first_path + i as u64).min(last_path)));
        let nav = driver(study.starts, &study.drivers.nav, &offsets, 0);
        let queue = driver(study.starts, &study.drivers.network_queue_eth, &offsets, 0);
        let usd_per_eth = driver(study.starts, &study.drivers.eth_usd, &offsets, 0);
        let venues: Vec<_> = study.venues.iter().map(|spec| Venue::new(spec, &nav).on(called_isa)).collect();
        let clock = ExitClock::new(queue, study.network.churn_eth_per_epoch, study.network.sweep_secs);
        let price = route::best_marginal_price(&venues);
        let mut discount = [0.0; W];
        for i in 0..W {
            discount[i] = 1.0 - price[i] / nav[i];
        }
        let whales_lrt: f64 = study.agents.whales.iter().map(|whale| whale.holding_lrt).sum();
        let redemption = Redemption::new(study.redemption.rules, clock, study.steps, room);
        let markets: Vec<_> = study
            .lending
            .iter()
            .map(|market| Market::new(&market.spec, &nav, &price, &usd_per_eth))
            .collect();
        let mut block = Self {
            first_path: address,
            offsets,
            driven: plan.driven.as_ref().map(|driven| {
                let price = study.drivers.synthetic.as_ref().and_then(|synthetic| synthetic.eth_usd.as_ref());
                let origin = Origin {
                    first_path,
                    offsets: &offsets,
                    nav: &nav,
                    queue_eth: &queue,
                    usd_per_eth: &usd_per_eth,
                };
                Box::new(DriverState::new(driven, price, origin, called_isa))
            }),
            breaker: study.redemption.breaker.map(|rules| Breaker::new(rules, &nav)),
            restake: study.restaking.as_ref().map(|restaking| RestakeState {
                restake: Restake::new(&restaking.spec),
                survival: Survival::default(),
            }),
            stayers_factor: [1.0; W],
            dilution: [1.0; W],
            last_recorded: nav,
            last_onchain: nav,
            float_lrt: [study.free_float_lrt - whales_lrt; W],
            excitation_per_day: [0.0; W],
            arbitrage_free_eth: [study.agents.arbitrage.capital_eth; W],
            dip_buyers: study
                .agents
                .dip_buyers
                .iter()
                .map(|group| DipLanes { free_eth: [group.capital_eth; W], held_lrt: [0.0; W] })
                .collect(),
            whales_lrt: study.agents.whales.iter().map(|whale| [whale.holding_lrt; W]).collect(),
            liquidity_share: [1.0; W],
            discount,
            shocks: ShockLanes::new(plan, address),
            posted_buckets: Vec::new(),
            others: Others::default(),
            ledger: Ledger::default(),
            watch: Watch::new(plan, redemption.instant_room_eth()),
            accounts: Accounts::new(&venues, &markets, &redemption),
            truth: nav,
            called_isa,
            venues,
            markets,
            redemption,
        };
        if plan.has_mints {
            block.posted_buckets = plan
                .shocks
                .iter()
                .map(|planned| posted_bucket(&mut block.markets, planned.shock.kind))
                .collect();
        }
        if plan.has_triggers {
            let sights = block.sights(&block.last_recorded);
            block.shocks.pull_triggers(plan, 0, &sights);
        }
        block.ledger.start_eth = block.eth();
        block.ledger.start_lrt = block.lrt();
        block
    }

    /// Draws the synthetic drivers of a step, before anything asks for them.
    #[inline(always)]
    pub(crate) fn drive(&mut self, plan: &Plan, step: usize) {
        if let (Some(driven), Some(plan)) = (&mut self.driven, &plan.driven) {
            driven.advance(plan, step);
        }
    }

    /// The true redemption rate at the end of a step.
    #[inline(always)]
    pub(crate) fn nav(&self, plan: &Plan, step: usize) -> Lanes<W> {
        match self.driven.as_ref().and_then(|driven| driven.nav()) {
            Some(nav) => *nav,
            None => driver(plan.study.starts, &plan.study.drivers.nav, &self.offsets, step + 1),
        }
    }

    /// The network's exit queue before and after a step, ETH.
    #[inline(always)]
    pub(crate) fn network_queue_eth(&self, plan: &Plan, step: usize) -> (Lanes<W>, Lanes<W>) {
        match self.driven.as_ref().and_then(|driven| driven.network_queue_eth()) {
            Some((before, now)) => (*before, *now),
            None => {
                let queue = &plan.study.drivers.network_queue_eth;
                let at = |point| driver(plan.study.starts, queue, &self.offsets, point);
                (at(step), at(step + 1))
            }
        }
    }

    /// The fall of ETH/USD below its 24-hour high at the end of a step.
    #[inline(always)]
    pub(crate) fn eth_drawdown(&self, plan: &Plan, step: usize) -> Lanes<W> {
        let mut fall = match self.driven.as_ref().and_then(|driven| driven.eth_drawdown()) {
            Some(fall) => *fall,
            None => driver(plan.study.starts, &plan.study.drivers.eth_drawdown, &self.offsets, step + 1),
        };
        if plan.has_usd_moves {
            // The high of the last 24 hours is taken to be from before the shock: too high by at most what the driver
            // itself has risen since.
            let [_, recent] = self.shocks.usd_left(plan, step);
            for i in 0..W {
                fall[i] = 1.0 - (1.0 - fall[i]) * recent[i];
            }
        }
        fall
    }

    /// US dollars per ETH at the end of a step.
    #[inline(always)]
    pub(crate) fn eth_usd(&self, plan: &Plan, step: usize) -> Lanes<W> {
        let mut price = match self.driven.as_ref().and_then(|driven| driven.eth_usd()) {
            Some(price) => price,
            None => driver(plan.study.starts, &plan.study.drivers.eth_usd, &self.offsets, step + 1),
        };
        if plan.has_usd_moves {
            let [left, _] = self.shocks.usd_left(plan, step);
            for i in 0..W {
                price[i] *= left[i];
            }
        }
        price
    }

    /// What triggers look at, the true redemption rate being `truth`.
    #[inline(always)]
    pub(crate) fn sights(&self, truth: &Lanes<W>) -> Sights<W> {
        let mut sights = Sights {
            discount: self.discount,
            buffer_eth: self.redemption.buffer_eth,
            value_loss: [0.0; W],
            bad_debt_eth: [0.0; W],
        };
        for i in 0..W {
            sights.value_loss[i] = 1.0 - truth[i] / self.last_recorded[i];
        }
        for market in &self.markets {
            let bad = market.bad_debt_eth();
            for i in 0..W {
                sights.bad_debt_eth[i] += bad[i];
            }
        }
        sights
    }

    /// Whether the rate on chain can stand above the true one while somebody is paid.
    #[inline(always)]
    pub(crate) fn may_pay_stale(&self, plan: &Plan) -> bool {
        self.breaker.is_some() || plan.has_frozen_rate
    }

    /// ETH inside of the model: pools with the fees they paid away, free capital of arbitrageurs and dip buyers, the protocol's contracts, less
    /// what deposits and exits brought.
    fn eth(&self) -> Lanes<W> {
        let mut sum = [0.0; W];
        for venue in &self.venues {
            let (held, fees) = (venue.reserves().eth, venue.fees_paid().eth);
            for i in 0..W {
                sum[i] += held[i] + fees[i];
            }
        }
        for group in &self.dip_buyers {
            for i in 0..W {
                sum[i] += group.free_eth[i];
            }
        }
        let (held, redemption) = (self.redemption.held_eth(), &self.redemption);
        for i in 0..W {
            let brought = redemption.refilled_eth[i] + redemption.arrived_eth[i];
            sum[i] += self.arbitrage_free_eth[i] + held[i] - brought;
        }
        sum
    }

    /// Tokens inside of the model: free, with whales and dip buyers, in pools with the fees they paid away, and in lending
    /// markets.
    pub(crate) fn lrt(&self) -> Lanes<W> {
        let mut sum = self.float_lrt;
        for held in self.whales_lrt.iter().chain(self.dip_buyers.iter().map(|group| &group.held_lrt)) {
            for i in 0..W {
                sum[i] += held[i];
            }
        }
        for market in &self.markets {
            let collateral = market.collateral_lrt();
            for i in 0..W {
                sum[i] += collateral[i];
            }
        }
        for venue in &self.venues {
            let (held, fees) = (venue.reserves().lrt, venue.fees_paid().lrt);
            for i in 0..W {
                sum[i] += held[i] + fees[i];
            }
        }
        sum
    }

    /// ETH that has come out of nowhere since the start (what a joint run has handed over included), and what the books
    /// are measured by: the start and what exits have brought.
    pub(crate) fn books(&self) -> (Lanes<W>, Lanes<W>) {
        let (eth, ledger) = (self.eth(), &self.ledger);
        let (mut created, mut flow) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            created[i] = eth[i] + ledger.outside_eth[i] - ledger.start_eth[i];
            flow[i] = ledger.start_eth[i] + self.redemption.arrived_eth[i];
        }
        (created, flow)
    }

    /// Closes the books and writes the outcome of the first `active` lanes.
    #[inline(always)]
    pub(crate) fn finish(&mut self, plan: &Plan, active: usize, traces: Traces<W>) -> OutcomeBlock<W> {
        let lrt = self.lrt();
        let (created_eth, flow_eth) = self.books();
        let (traces, flows) = traces.into_lanes();
        self.close_accounts();
        let redemption = &self.redemption;
        let (requested, ordered) = (redemption.requested_lrt(), redemption.ordered_eth());
        let ledger = &self.ledger;
        let (mut eth_imbalance, mut lrt_imbalance) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            let money = created_eth[i] - ledger.handed_eth[i];
            let in_flight = ordered[i] - redemption.in_flight_eth()[i];
            eth_imbalance[i] = greater(money.abs(), in_flight.abs()) / flow_eth[i];
            let tokens = lrt[i] + ledger.outside_lrt[i] + ledger.burned_lrt[i]
                - ledger.start_lrt[i]
                - ledger.minted_lrt[i];
            let waiting = requested[i] - redemption.waiting_lrt[i];
            lrt_imbalance[i] = greater(tokens.abs(), waiting.abs()) / ledger.start_lrt[i];
        }
        let metrics: Vec<_> = plan
            .metrics
            .iter()
            .map(|metric| {
                in_unit(self.value(plan, metric.kind), metric.unit, f64::from(plan.study.step_secs))
            })
            .collect();
        let broken: Vec<[bool; W]> = self.venues.iter().map(Venue::faults).collect();
        let mut faults = [None; W];
        for (i, fault) in faults.iter_mut().enumerate() {
            let pool = broken.iter().any(|lanes| lanes[i]);
            let finite = self.watch.deepest_close[i].is_finite() && self.float_lrt[i].is_finite();
            let balanced = eth_imbalance[i] <= IMBALANCE_TOLERANCE && lrt_imbalance[i] <= IMBALANCE_TOLERANCE;
            *fault = match (pool, finite, balanced) {
                (true, _, _) => Some(Fault::Pool),
                (false, false, _) => Some(Fault::NotFinite),
                (false, true, false) => Some(Fault::Conservation),
                (false, true, true) => None,
            };
        }
        OutcomeBlock {
            first_path: plan.number(self.first_path),
            active,
            metrics,
            traces,
            flows,
            faults,
            eth_imbalance,
            lrt_imbalance,
        }
    }
}

/// A bucket for the tokens that a shock posts, if it does.
fn posted_bucket<const W: usize>(markets: &mut [Market<W>], kind: ShockKind) -> Option<usize> {
    match kind {
        ShockKind::MintUnbacked(Some(posting)) => Some(markets[posting.market].add_empty_bucket()),
        _ => None,
    }
}

impl<const W: usize> Default for Ledger<W> {
    fn default() -> Self {
        let zero = [0.0; W];
        Self {
            start_eth: zero,
            start_lrt: zero,
            outside_eth: zero,
            outside_lrt: zero,
            burned_lrt: zero,
            minted_lrt: zero,
            handed_eth: zero,
        }
    }
}

impl<const W: usize> Watch<W> {
    fn new(plan: &Plan, buffer_eth: Lanes<W>) -> Self {
        let (thresholds, markets) = (plan.report.thresholds.len(), plan.study.lending.len());
        let (zero, never) = ([0.0; W], [f64::INFINITY; W]);
        Self {
            deepest_close: [f64::NEG_INFINITY; W],
            deepest_print: [f64::NEG_INFINITY; W],
            deepest_executable: [f64::NEG_INFINITY; W],
            trough_step: zero,
            discount_sum: zero,
            steps_above: vec![zero; thresholds],
            first_passage: vec![never; thresholds],
            breach: never,
            calm_since: never,
            recovered: never,
            longest_delay: zero,
            longest_pipeline: zero,
            least_liquidity: [1.0; W],
            sold_lrt: zero,
            sellers_loss: zero,
            redeemed_eth: zero,
            arbitrage_spent: zero,
            arbitrage_gain: zero,
            lending: LendingWatch {
                liquidated_lrt: zero,
                repaid_eth: zero,
                unwound_lrt: zero,
                latent_bad_debt_eth: zero,
                stalled_steps: zero,
                liquidators_gain_eth: zero,
                cascade_ratio: zero,
                bad_debt_eth: vec![zero; markets],
                haircut: vec![zero; markets],
            },
            value_loss: zero,
            stale_steps: zero,
            last_passage: vec![zero; thresholds],
            least_exit_depth_lrt: vec![never; plan.report.depth_discounts.len()],
            arbitrage_bought_lrt: zero,
            forced_lrt: zero,
            venues: plan.study.venues.iter().map(|_| VenueWatch::default()).collect(),
            markets: plan.study.lending.iter().map(|_| MarketWatch::default()).collect(),
            trough: TroughWatch::default(),
            coverage: CoverageWatch::new(buffer_eth),
        }
    }
}

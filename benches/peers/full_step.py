#!/usr/bin/env python3
"""The study benches/scenarios/full-model.toml in vectorised NumPy: arrays over paths, a loop over steps.

Three StableSwap venues with routing to equal marginal proceeds, two lending markets of eight buckets (Aave v3 and Morpho
Blue on feeds of the market price), arbitrage by redemption, providers, a redemption queue, background flow. Same model as
the engine's, written from MODEL and the modules' documentation; it shares no code with it and draws its own normals, so that
agreement of the distributions checks both; with --engine-draws path i is the engine's path i.

In the peer's favour: venues and buckets are rows of one array, what only some paths need (liquidations, purchases short of
money, unsettled splits) is done for those paths alone, drivers are scalars, the normal distribution function is a polynomial
(1.5e-7), ten metrics are kept where the engine keeps all of its metrics, balances are not audited and no quantiles are formed
while the clock runs.
"""

import math

import numpy as np

from weeth_step import (DAY, EPOCH, YEAR, SCENARIO, Study, cold_invariant, marginal_price, measure, normal_cdf,
                        refresh_invariant)

FULL = SCENARIO.parents[1] / "benches" / "scenarios" / "full-model.toml"
# A lane is done when a step of the split has moved this share of its size, or less.
NEAR = 1e-3
# From this step on half of a step is taken: between two sides of a cliff of the curve whole steps go back and forth.
DAMPED_FROM = 3
# Amounts within this of all count as all.
ALL = 1.0 - 1e-12


class FullStudy(Study):
    def refuse(self, raw):
        for venue in raw["venues"]:
            if venue["stableswap"]["rate"] != "redemption_rate" or "offpeg_fee_multiplier" in venue["stableswap"]:
                raise ValueError("this peer has StableSwap venues with the redemption rate and a static fee")
        if any(shock["kind"] != "sell_share_of_float" for shock in raw.get("shocks", [])):
            raise ValueError("this peer has no other shock than sell_share_of_float")


# --- venues: rows of arrays, one column per path -----------------------------------------------------------------

def amount_out(x, y, k, dx):
    """What dx of the coin with reserve x takes out, before fee, on the curve x + y + s = k/(x y)."""
    x1, c = x + dx, x * y
    e = c * (y + dx) + k
    p = x1 * (e - 2.0 * c * y)
    c *= c
    s = np.sqrt(p * p + 4.0 * k * x1 * c)
    return 2.0 * dx * y * (x * y * x1 + k) / (x1 * e + s)


def margin(a, b, k, scale, into):
    """What the next unit in brings, and how many units lower that by one."""
    m = a * b
    bm = b * m
    inverse = 1.0 / (m * (bm + k))
    per_m, per_pull = (bm + k) * inverse, bm * m * inverse
    per_a, per_b = b * per_m, a * per_m
    pull_a, pull_b = k * per_a * per_m, k * per_b * per_m
    p = b * (a * m + k) * per_a * (m * inverse)
    fall = (p * pull_b * (2.0 * p * per_b - per_a) - pull_a * (p * per_b - 2.0 * per_a)) * per_pull
    return scale * p, 1.0 / (scale * into * fall)


def level(part, brings, width, size):
    """Parts of the size among the tangents."""
    gap = brings.max(0) - brings
    base = part - width * gap
    parts, takes = None, None
    for _ in range(len(part)):
        w, r = (width, base) if takes is None else (width * takes, base * takes)
        parts = base + width * ((size - r.sum(0)) / w.sum(0))
        now = parts >= 0.0 if takes is None else (parts >= 0.0) & takes
        if now.all():
            return parts
        if takes is not None and (now == takes).all():
            break
        takes = now
    return parts * takes


def split(a, b, k, scale, into, size):
    """Newton's method in the amounts; columns that have settled stay."""
    part = level(np.zeros_like(a), *margin(a, b, k, scale, into), size)
    todo = None
    for step in range(1, 12):
        pick = (slice(None), slice(None)) if todo is None else (slice(None), todo)
        a_now, b_now, k_now, held = a[pick], b[pick], k[pick], part[pick]
        wanted = size if todo is None else size[todo]
        dx = held * into
        gross = amount_out(a_now, b_now, k_now, dx)
        fresh = level(held, *margin(a_now + dx, b_now - gross, k_now, scale, into), wanted)
        moved = np.abs(fresh - held).sum(0)
        far = ~(moved <= NEAR * wanted) & (wanted > 0.0)
        if step >= DAMPED_FROM:
            fresh[:, far] = 0.5 * (fresh[:, far] + held[:, far])
        if todo is None:
            part = fresh
        else:
            part[:, todo] = fresh
        if not far.any():
            return part
        todo = np.flatnonzero(far) if todo is None else todo[far]
    raise ArithmeticError("a split did not settle")


def reserves_at_price(q, ann):
    """x/D and y/D at which the second coin costs q <= 1 of the first: Newton for w = D^2/(4 x y)."""
    per_ann = 1.0 / ann
    c = 0.25 * (1.0 - q) * ann
    k = 0.25 * (1.0 + q) ** 2
    w = np.maximum(np.sqrt((c + k) / q), 1.0)
    for _ in range(4):
        w2 = w * w
        s = 1.0 + (w - 1.0) * per_ann
        t = s * w2
        slope_t = w2 * per_ann + 2.0 * s * w
        long, short = t + c, q * t - c
        w = w - (long * short - k * w2 * w) / (slope_t * (short + q * long) - 3.0 * k * w2)
    w2 = w * w
    t = (1.0 + (w - 1.0) * per_ann) * w2
    scale = 1.0 / (w2 * (1.0 + q))
    return (q * t - c) * scale, (t + c) * scale


class Venues:
    """All pools: `eth` and `lrt` are (venues, paths)."""

    def __init__(self, raw, nav, n):
        column = lambda key, factor=1.0: np.array([[venue["stableswap"][key] * factor] for venue in raw])
        self.ann, fee = column("amplification", 2.0), column("fee_bps", 1e-4)
        self.keep, self.left = 1.0 - fee, 1.0 - fee + fee * column("admin_fee_share")
        self.quarter = 0.25 / self.ann
        wide = lambda rows: np.ascontiguousarray(np.broadcast_to(rows, (len(raw), n)))
        self.eth, self.lrt = wide(column("reserve_quote")), wide(column("reserve_lrt"))
        self.nav = nav
        self.d = cold_invariant(self.eth, nav * self.lrt, self.ann)

    def k(self, at=slice(None)):
        d = self.d[:, at]
        return d * d * d * self.quarter

    def settle(self, at=slice(None)):
        self.d[:, at] = refresh_invariant(self.eth[:, at], self.nav * self.lrt[:, at], self.d[:, at], self.ann)

    def prices(self):
        return self.nav * marginal_price(self.eth, self.nav * self.lrt, self.d, self.ann)

    def split_sale(self, size, at=slice(None)):
        value = self.nav * self.lrt[:, at]
        return split(value, self.eth[:, at], self.k(at), self.keep * self.nav, self.nav, size)

    def quote(self, parts):
        return (self.keep * amount_out(self.nav * self.lrt, self.eth, self.k(), self.nav * parts)).sum(0)

    def sell(self, size, at=slice(None)):
        """ETH paid for a sale."""
        parts = self.split_sale(size, at)
        gross = amount_out(self.nav * self.lrt[:, at], self.eth[:, at], self.k(at), self.nav * parts)
        self.eth[:, at] -= gross * self.left
        self.lrt[:, at] += parts
        self.settle(at)
        return (gross * self.keep).sum(0)

    def room_to(self, bid, at):
        """Tokens until the next one brings the bid."""
        _, v = reserves_at_price(bid / (self.keep * self.nav), self.ann)
        return np.maximum(v * self.d[:, at] / self.nav - self.lrt[:, at], 0.0).sum(0)

    def buy_to(self, limit, budget):
        """ETH spent up to the limit, fee included, and the ETH worth of the tokens bought."""
        u, _ = reserves_at_price(limit * self.keep / self.nav, self.ann)
        parts = np.maximum(u * self.d - self.eth, 0.0)
        wanted = parts.sum(0)
        budget = np.maximum(budget, 0.0)
        short = np.flatnonzero((budget < wanted) & (budget > 0.0))
        parts[:, budget <= 0.0] = 0.0
        if len(short):
            value = self.nav * self.lrt[:, short]
            parts[:, short] = split(self.eth[:, short], value, self.k(short), self.keep / self.nav, 1.0, budget[short])
        gross = amount_out(self.eth, self.nav * self.lrt, self.k(), parts)
        self.eth += parts
        self.lrt -= gross * (self.left / self.nav)
        self.settle()
        return parts.sum(0), (gross * self.keep).sum(0)

    def trade(self, flow):
        """Traders sell, where positive, or buy worth of `flow` tokens."""
        amount = np.abs(flow) * self.nav * (self.lrt / self.lrt.sum(0))
        buys, value = flow < 0.0, self.nav * self.lrt
        x, y = np.where(buys, self.eth, value), np.where(buys, value, self.eth)
        gross = amount_out(x, y, self.k(), amount) * self.left
        self.eth += np.where(buys, amount, -gross)
        self.lrt += np.where(buys, -gross, amount) / self.nav
        self.settle()

    def scale(self, factor):
        self.eth *= factor
        self.lrt *= factor
        self.d *= factor


# --- lending -----------------------------------------------------------------------------------------------------

class Market:
    """Eight buckets: rows of `collateral`, `debt` (without interest) and `positions`."""

    def __init__(self, raw, nav, price, dt, n):
        rows = lambda values: np.repeat(np.array(values, dtype=float)[:, None], n, axis=1)
        buckets = raw["buckets"]
        self.collateral = rows([b["collateral_lrt"] for b in buckets])
        self.debt = rows([b["collateral_lrt"] * nav * b["ltv_pct"] / 100.0 for b in buckets])
        self.positions = rows([b["positions"] for b in buckets])
        self.other, self.index = raw["other_debt_eth"], np.ones(n)
        self.supplied, self.deficit, self.bad_debt = np.full(n, float(raw["supplied_eth"])), np.zeros(n), np.zeros(n)
        feed = raw["oracle"]["market_feed"]
        self.heartbeat, self.deviation = feed["heartbeat_hours"] * 3600.0, feed["deviation_bps"] * 1e-4
        self.pushed, self.age = price.copy(), np.zeros(n)
        self.dt, self.years = dt, dt / YEAR
        if aave := raw.get("aave"):
            self.threshold, self.bonus = aave["liquidation_threshold_pct"] / 100.0, aave["bonus_pct"] / 100.0
            self.fee_share = aave["protocol_fee_pct"] / 100.0
            self.to_liquidator = 1.0 / (1.0 + self.bonus * (1.0 - self.fee_share))
        else:
            self.threshold = raw["morpho"]["lltv_pct"] / 100.0
            self.incentive = min(1.15, 1.0 / (1.0 - 0.3 * (1.0 - self.threshold)))
            self.to_liquidator = 1.0 / self.incentive
        self.is_aave = bool(aave)
        interest = raw["interest"]
        self.kinked = interest.get("kinked")
        if self.kinked is None:
            self.target = np.full(n, interest["adaptive"]["rate_at_target_pct"] / 100.0)

    def accrue(self):
        debt = (self.debt.sum(0) + self.other) * self.index
        used = debt / (self.supplied - self.deficit)
        if self.kinked:
            kink = self.kinked["kink_pct"] / 100.0
            low, high = self.kinked["slope_1_pct"] / 100.0 / kink, self.kinked["slope_2_pct"] / 100.0 / (1.0 - kink)
            above = used - kink
            rate = self.kinked["base_pct"] / 100.0 + low * kink + np.where(above > 0.0, high, low) * above
        else:
            distance = used - 0.9
            error = distance * np.where(distance > 0.0, 10.0, 1.0 / 0.9)
            adapted = lambda x: np.clip(self.target * (1.0 + x + 0.5 * x * x), 0.001, 2.0)  # r = x: an hour is short
            shift = 50.0 * self.years * error
            end = adapted(shift)
            mean = 0.25 * (self.target + end + 2.0 * adapted(0.5 * shift))
            self.target = end
            rate = mean * (1.0 + np.where(error < 0.0, 0.75, 3.0) * error)
        x = rate * self.years
        gained = x * (1.0 + x * (0.5 + x / 6.0))
        self.supplied += debt * gained
        self.index *= 1.0 + gained

    def read(self, price):
        self.age += self.dt
        due = (np.abs(price - self.pushed) >= self.deviation * self.pushed) | (self.age >= self.heartbeat)
        self.pushed[due] = price[due]
        self.age[due] = 0.0

    def call(self, collateral, debt, positions, price, usd_per_eth):
        """One call on every position: tokens to liquidators, to the protocol, debt repaid, whether it closes."""
        value = collateral * price
        if not self.is_aave:
            wanted = debt * self.incentive
            every = wanted >= value
            seized = np.where(every, collateral, wanted / price)
            return seized, 0.0 * seized, np.where(every, value / self.incentive, debt), np.ones_like(every)
        per_debt = 1.0 + self.bonus
        usd = positions / usd_per_eth
        large = (value >= 2_000.0 * usd) & (debt >= 2_000.0 * usd)
        half = large & (value * self.threshold > 0.95 * debt)
        most = np.where(half, np.minimum(0.5 * debt, (value - 1_000.0 * usd) / per_debt), debt)
        wanted = most * per_debt
        every = wanted >= value
        taken = np.where(every, collateral, wanted / price)
        fee = taken * (1.0 - 1.0 / per_debt) * self.fee_share
        return taken - fee, fee, np.where(every, value / per_debt, most), every | ~half

    def liquidate(self, venues, usd_per_eth):
        """Paths in which something is due, tokens seized there, and debt repaid; proceeds go to the liquidators."""
        due = self.collateral * (self.pushed * self.threshold) < self.debt * self.index
        at = np.flatnonzero(due.any(0))
        if not len(at):
            return at, None
        due, price, index = due[:, at], self.pushed[at], self.index[at]
        collateral, stored, positions = self.collateral[:, at], self.debt[:, at], self.positions[:, at]
        debt = stored * index
        seized, fee, repaid, closes = self.call(collateral, debt, positions, price, usd_per_eth)
        due &= seized > 0.0
        seized, fee, repaid = seized * due, fee * due, repaid * due
        most = np.minimum(seized.sum(0), venues.room_to(price * self.to_liquidator, at))
        # The riskiest first.
        with np.errstate(divide="ignore", invalid="ignore"):
            order = np.argsort(np.where(due, -stored / collateral, np.inf), axis=0, kind="stable")
        ranked = np.take_along_axis(seized, order, 0)
        ahead = np.empty_like(seized)
        np.put_along_axis(ahead, order, np.cumsum(ranked, axis=0) - ranked, 0)
        offered = most - ahead
        every = due & (offered >= seized * ALL)
        some = due & ~every & (offered > 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(some, offered / seized, 0.0)
            count = np.floor(share * positions * (2.0 - ALL))
            closing = some & closes
            whole = np.where(closing, count, np.where(every & closes, positions, 0.0))
            whole_share = np.where(closing, count / positions, np.where(every & closes, 1.0, 0.0))
            limit = 1.0
            if self.is_aave:
                left = 1_000.0 * positions / usd_per_eth
                limit = np.minimum((debt - left) / repaid, (collateral * price - left) / ((seized + fee) * price))
                limit = np.where(limit > 0.0, limit, 0.0)
            rest = np.minimum(np.maximum(share - whole_share, 0.0) / (1.0 - whole_share), limit)
            part = np.where(closing, rest, np.where(some, share, np.where(every & ~closes, 1.0, 0.0)))
        kept = 1.0 - whole_share
        part = np.where(kept > 0.0, kept * part, 0.0)
        taken = whole_share + part
        loss = (whole_share * np.maximum(debt - repaid, 0.0)).sum(0)
        self.collateral[:, at] = np.maximum(kept * collateral - part * (seized + fee), 0.0)
        self.debt[:, at] = np.maximum(kept * stored - part * repaid / index, 0.0)
        self.positions[:, at] = positions - whole
        self.bad_debt[at] += loss
        if self.is_aave:
            self.deficit[at] += loss
        else:
            self.supplied[at] -= loss
        got = (taken * seized).sum(0)
        trades = got > 0.0
        if trades.any():
            venues.sell(got[trades], at[trades])
        return at, got


# --- the simulation ----------------------------------------------------------------------------------------------

def simulate(study, n, draws):
    """Metrics of n paths: name -> values, NaN where undefined."""
    dt, steps = study.dt, study.steps
    days = dt / DAY
    raw = study.raw

    holders = study.agents["exit_demand"]
    h0 = holders["base_pct_per_day"] / 100.0
    h_discount = holders["pct_per_day_per_bps_discount"] * 100.0
    d0 = holders["discount_threshold_bps"] * 1e-4
    h_delay = holders["pct_per_day_per_delay_day"] / 100.0 / DAY
    t0 = holders["delay_threshold_days"] * DAY
    h_market = holders["pct_per_day_per_pct_eth_drawdown"]
    m0 = holders["eth_drawdown_threshold_pct"] / 100.0
    decay = math.exp(-holders["excitation_decay_per_day"] * days)
    kick = holders["branching_ratio"] * holders["excitation_decay_per_day"]
    cube = holders["dispersion"] / 9.0
    root_cube, per_mean = math.sqrt(cube), 1.0 / (1.0 - cube**3)

    impatience = study.agents["impatience"]
    ln_median = math.log(impatience["median_pct_per_year"] / 100.0)
    per_sd = 1.0 / impatience["log_sd"]
    keep_loss = 1.0 - impatience["expected_loss_pct"] / 100.0

    arbitrage = study.agents["arbitrage"]
    arb_keep = (1.0 - arbitrage["expected_loss_pct"] / 100.0) * (1.0 - arbitrage["cost_bps"] * 1e-4)
    arb_return = arbitrage["required_return_pct_per_year"] / 100.0 / YEAR
    arb_share = 1.0 - (1.0 - arbitrage["deployed_pct_per_hour"] / 100.0) ** (dt / 3600.0)

    providers = study.agents["liquidity"]
    l0 = providers["removal_pct_per_day"] / 100.0 * days
    l1 = providers["removal_pct_per_day_per_bps_discount"] * 100.0 * days
    dl = providers["discount_threshold_bps"] * 1e-4
    back = 1.0 - math.exp(-providers["return_pct_per_day"] / 100.0 * days)

    flow_sd = study.agents["background"]["net_sd_lrt_per_sqrt_day"] * math.sqrt(days)

    redemption = study.redemption
    buffer_most, refill = redemption["buffer_eth"], redemption["buffer_refill_eth_per_day"] * days
    instant_fee = redemption["instant_fee_bps"] * 1e-4
    keep_instant = 1.0 - instant_fee
    escrow, processing = redemption["escrow_days"] * DAY, redemption["processing_days"] * DAY
    churn = study.network["churn_eth_per_epoch"] / EPOCH
    served = churn * dt
    fixed_secs = 256.0 * EPOCH + study.network["sweep_days"] * DAY

    sizes = study.report["sizes_lrt"]
    size = float(sizes[len(sizes) // 2])
    bps = study.report["thresholds_bps"][0]
    forced = study.forced_sales(draws, n)

    # State.
    nav = study.nav[0]
    venues = Venues(raw["venues"], nav, n)
    best = venues.prices().max(0)
    discount = 1.0 - best / nav
    markets = [Market(market, nav, best, dt, n) for market in raw["lending"]]
    floating = np.full(n, float(raw["token"]["free_float_lrt"]))
    excitation, liquidity = np.zeros(n), np.ones(n)
    capital = np.full(n, float(arbitrage["capital_eth"]))
    buffer, queue = np.full(n, float(buffer_most)), np.full(n, study.queue[0])
    # Arbitrageurs' claims by the step in which they mature; the last row is beyond the horizon.
    maturing = np.zeros((steps + 1, n))
    flat, lanes = maturing.reshape(-1), np.arange(n)

    # The ten metrics; times in steps, the end of the first step being 1.
    never = lambda: np.full(n, np.inf)
    deepest, deepest_print, deepest_executable = -never(), -never(), -never()
    discount_sum, above, first, longest_delay = np.zeros(n), np.zeros(n), never(), np.zeros(n)
    least_liquidity, sold, liquidated = np.ones(n), np.zeros(n), np.zeros(n)

    def pipeline():
        wait = np.maximum(queue * (1.0 / churn), 5.0 * EPOCH)
        wait += fixed_secs
        return np.maximum(wait, escrow) + processing

    for step in range(steps):
        now = step + 1.0
        normals = draws.normals(step, n)
        nav, inverse_nav = study.nav[step + 1], 1.0 / study.nav[step + 1]

        # Value: the pools' rate follows the redemption rate.
        venues.nav = nav
        venues.settle()

        # Exit pipeline.
        inflow = study.queue[step + 1] - max(study.queue[step] - served, 0.0)
        queue = np.maximum(np.maximum(queue - served, 0.0) + inflow, 0.0)
        capital += maturing[step]
        buffer = np.minimum(buffer + refill, buffer_most)

        # Quote.
        waits = (buffer < 1.0).astype(np.float64)
        delay = pipeline() * waits

        # Liquidity leaves, or returns with tokens of the float.
        excess = discount - dl
        hazard = l0 + l1 * np.maximum(excess, 0.0)
        restore = np.where(excess > 0.0, 0.0, np.maximum(1.0 - liquidity, 0.0) * back)
        present = np.maximum(liquidity, 1e-3)
        pooled = venues.lrt.sum(0)
        add = np.minimum(np.minimum(restore / present, 0.5 * floating / pooled), 1.0)
        factor = (1.0 + add) / (1.0 + hazard)
        liquidity = liquidity * factor
        floating += pooled * (1.0 - factor)
        venues.scale(factor)

        # Holders leave.
        intensity = excitation + (h0 + h_market * max(study.drawdown[step + 1] - m0, 0.0))
        intensity += h_discount * np.maximum(discount - d0, 0.0)
        intensity += h_delay * np.maximum(delay - t0, 0.0)
        root = np.maximum(1.0 - cube + root_cube * normals[0], 0.0)
        share = 1.0 - np.exp(intensity * (root * root * root) * (-days * per_mean))
        exits = floating * share
        excitation = excitation * decay + kick * share
        pushed = sum(part for begin, end, part in forced if begin <= step < end)
        if forced_now := np.ndim(pushed) > 0:
            pushed = np.minimum(pushed, 1.0) * floating

        # Market or queue: log-normal impatience against the bid as it stands.
        bid = (venues.prices() * venues.keep).max(0) * inverse_nav
        kept = keep_loss * (keep_instant + instant_fee * waits) / np.maximum(bid, 1e-9)
        indifferent = np.log(np.maximum(kept, 1e-9)) * YEAR / np.maximum(delay, 60.0)
        score = (ln_median - np.log(np.maximum(indifferent, 1e-12))) * per_sd
        sale = exits * np.where(indifferent > 0.0, normal_cdf(score), 1.0)
        leaving = exits - sale
        if forced_now:
            sale = np.minimum(sale + pushed, floating)
            leaving = np.minimum(leaving, floating - sale)
        floating = floating - (sale + leaving)
        venues.sell(sale)
        sold += sale

        # The redemption: from the buffer first, the rest reserves its exit.
        claim = leaving * nav
        now_paid = np.minimum(claim, buffer / keep_instant)
        buffer -= now_paid * keep_instant
        queue += claim - now_paid

        # Lending.
        best = venues.prices().max(0)
        for market in markets:
            market.accrue()
            market.read(best)
            at, got = market.liquidate(venues, study.usd[step + 1])
            if len(at):
                liquidated[at] += got
                best = venues.prices().max(0)
        at_print = 1.0 - best * inverse_nav

        # Arbitrage up to the fair discount, at the delay that the requests have left.
        after = pipeline()
        instant = buffer >= 1.0
        waits = 1.0 - instant
        offer = nav * arb_keep * (keep_instant + instant_fee * waits) / (1.0 + arb_return * (after * waits))
        budget = np.minimum(capital * arb_share, np.where(instant, buffer, np.inf))
        spent, claim = venues.buy_to(offer, budget)
        now_paid = np.minimum(claim, buffer / keep_instant)
        queued = claim - now_paid
        buffer -= now_paid * keep_instant
        queue += queued
        capital += now_paid * keep_instant - spent

        # The claims of this step mature together.
        due = np.ceil(pipeline() * (1.0 / dt))
        due = np.minimum(step + np.maximum(due, 1.0), steps).astype(np.int64)
        flat[due * n + lanes] += queued

        # Background flow: a positive normal sells, a negative one buys.
        venues.trade(flow_sd * normals[1])

        # Observe.
        discount = 1.0 - venues.prices().max(0) * inverse_nav
        average = venues.quote(venues.split_sale(np.full(n, size))) * (inverse_nav / size)
        np.maximum(discount, deepest, out=deepest)
        np.maximum(at_print, deepest_print, out=deepest_print)
        np.maximum(1.0 - average, deepest_executable, out=deepest_executable)
        discount_sum += np.maximum(discount, 0.0)
        over = discount > bps * 1e-4
        above += over
        first[over & (first > now)] = now
        np.maximum(delay, longest_delay, out=longest_delay)
        np.minimum(liquidity, least_liquidity, out=least_liquidity)

    hours = dt / 3600.0
    return {
        "deepest_discount_close_bps": deepest * 1e4,
        "deepest_discount_print_bps": deepest_print * 1e4,
        f"deepest_executable_discount_{size:g}_lrt_bps": deepest_executable * 1e4,
        "discount_time_bps_hours": discount_sum * 1e4 * hours,
        f"time_above_{bps:g}bps_hours": above * hours,
        f"first_passage_{bps:g}bps_hours": np.where(np.isfinite(first), first, np.nan) * hours,
        "longest_unlock_delay_days": longest_delay / DAY,
        "least_liquidity_share": least_liquidity,
        "sold_lrt": sold,
        "liquidated_lrt": liquidated,
    }


if __name__ == "__main__":
    measure(__doc__, FullStudy(FULL), simulate, [250, 500, 1000, 2000, 4000])

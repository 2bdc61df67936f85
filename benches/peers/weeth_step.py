#!/usr/bin/env python3
"""The study scenarios/weeth-2024-08.toml in vectorised NumPy: arrays over paths, a loop over steps.

Same model and same algorithms as the engine: closed-form StableSwap output, invariant kept warm by Newton steps,
Newton for the arbitrage amount, exits through a fluid clock, claims by the step in which they mature, all metrics.
It shares no code with the engine and draws its own normals, so that agreement of the distributions checks both;
with --engine-draws path i is the engine's path i.

In the peer's favour: drivers are the same for all paths and stay scalars, the normal distribution function is
the polynomial 7.1.26 of Abramowitz and Stegun (1.5e-7), balances are not audited, no quantiles are formed while
the clock runs, and holders' claims are not followed after the request, because nothing depends on them. Supports
what that scenario uses: one StableSwap pool with the redemption rate, paths that start together, forced sales.
"""

import os

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_threads] = "1"

import argparse
import csv
import json
import math
import tomllib
from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import perf_counter

import numpy as np

DAY = 86_400.0
YEAR = 365.0 * DAY
EPOCH = 384.0
SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "weeth-2024-08.toml"


# --- the study ---------------------------------------------------------------------------------------------------

def read_column(folder, driver):
    """Time stamps and values of a column, the shift of the stamps applied."""
    shift = timedelta(hours=driver.get("time_shift_hours", 0))
    stamps, values = [], []
    with open(folder / driver["file"], newline="") as file:
        for row in csv.DictReader(file):
            stamp = datetime.fromisoformat(row[driver["time_column"]].replace("Z", "+00:00"))
            if stamp.tzinfo is None:
                stamp = stamp.replace(tzinfo=timezone.utc)
            stamps.append(stamp + shift)
            values.append(float(row[driver["value_column"]]) * driver.get("scale", 1.0))
    return stamps, values


def on_grid(folder, driver, start, step, points):
    """The last value at or before each grid point."""
    stamps, values = read_column(folder, driver)
    oldest = timedelta(hours=driver.get("max_age_hours", 0))
    out = np.empty(points)
    for k in range(points):
        at = start + k * step
        place = bisect_right(stamps, at) - 1
        if place < 0 or at - stamps[place] > oldest:
            raise ValueError(f"{driver['file']} has no value for {at}")
        out[k] = values[place]
    return out


class Study:
    """Parameters in fractions, seconds and days; drivers on the grid."""

    def __init__(self, path):
        with open(path, "rb") as file:
            raw = tomllib.load(file)
        self.refuse(raw)
        time = raw["time"]
        moment = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00"))
        start, step = moment(time["start"]), timedelta(minutes=time["step_minutes"])
        self.dt = step.total_seconds()
        self.steps = int((moment(time["end"]) - start) / step)
        points, before = self.steps + 1, int(timedelta(days=1) / step)
        drivers, folder = raw["drivers"], path.parent
        self.nav = on_grid(folder, drivers["redemption_rate"], start, step, points)
        self.queue = on_grid(folder, drivers["network_exit_queue_eth"], start, step, points)
        usd = on_grid(folder, drivers["eth_usd"], start - before * step, step, points + before)
        highs = np.lib.stride_tricks.sliding_window_view(usd, before + 1).max(axis=1)
        self.usd, self.drawdown = usd[before:], 1.0 - usd[before:] / highs
        self.raw, self.agents, self.venue = raw, raw["agents"], raw["venues"][0]["stableswap"]
        self.redemption, self.network, self.report = raw["redemption"], raw["network"], raw["report"]

    def refuse(self, raw):
        """What this peer does not have."""
        if len(raw["venues"]) != 1 or raw["venues"][0]["stableswap"]["rate"] != "redemption_rate":
            raise ValueError("this peer has one StableSwap pool with the redemption rate")
        if any(shock["kind"] != "sell_share_of_float" for shock in raw.get("shocks", [])):
            raise ValueError("this peer has no other shock than sell_share_of_float")

    def forced_sales(self, draws, n):
        """First and last step, share of the float per step; the whole size is reached over the duration."""
        forced = []
        for number, shock in enumerate(self.raw.get("shocks", [])):
            begin, sd = int(shock["start_hours"] * 3600.0 / self.dt), shock.get("size_log_sd", 0.0)
            length = max(math.ceil(shock.get("duration_hours", 0.0) * 3600.0 / self.dt), 1)
            whole = shock["size"] * np.exp(sd * draws.shock_normal(number, n) - 0.5 * sd * sd)
            forced.append((begin, begin + length, 1.0 - (1.0 - np.clip(whole, 0.0, 0.999999)) ** (1.0 / length)))
        return forced


# --- the pool ----------------------------------------------------------------------------------------------------

def amount_out(x, y, d, k, inverse_ann, dx):
    """What dx of the coin with reserve x takes out of the coin with reserve y, before fee; k = d^3/(4 Ann)."""
    x1 = x + dx
    m = x * x1
    pm = (x1 + d * (inverse_ann - 1.0)) * m
    ym = y * m
    return 2.0 * dx * (ym + k) / (2.0 * ym + pm + np.sqrt(pm * pm + 4.0 * k * x * m))


def marginal_price(x, y, d, ann):
    """Price of the second coin in the first, before fee."""
    d3 = d * d * d
    q = 4.0 * ann * x * y
    return x * (y * q + d3) / (y * (x * q + d3))


def cold_invariant(x, y, ann):
    d = x + y
    for _ in range(60):
        dp = d * d * d / (4.0 * x * y)
        d = (ann * (x + y) + 2.0 * dp) * d / ((ann - 1.0) * d + 3.0 * dp)
    return d


def refresh_invariant(x, y, d, ann):
    """A Newton step and two more with its slope; from scratch where that does not settle."""
    product = 4.0 * x * y
    linear = product * (ann - 1.0)
    constant = ann * product * (x + y)
    d2 = d * d
    per_slope = 1.0 / (3.0 * d2 + linear)
    d = d - ((d2 + linear) * d - constant) * per_slope
    d = d - ((d * d + linear) * d - constant) * per_slope
    correction = ((d * d + linear) * d - constant) * per_slope
    d -= correction
    far = np.abs(correction) > 1e-11 * d
    if far.any():
        d[far] = cold_invariant(x[far], y[far], ann)
    return d


def eth_reserve_at_price(q, ann):
    """x/D at which the second coin costs q <= 1 of the first: Newton for w = D^2/(4 x y)."""
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
    return (q * t - c) / (w2 * (1.0 + q))


def normal_cdf(x):
    """Abramowitz and Stegun 7.1.26 with z = |x|/sqrt(2): absolute error below 1.5e-7."""
    z = np.abs(x) * math.sqrt(0.5)
    t = 1.0 / (1.0 + 0.3275911 * z)
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    tail *= 0.5 * np.exp(-z * z)
    return 0.5 + np.copysign(0.5 - tail, x)


# --- the draws ---------------------------------------------------------------------------------------------------

class OwnNormals:
    """NumPy's own normals: the fastest bit generator, ziggurat."""

    def __init__(self, seed):
        self.rng = np.random.Generator(np.random.SFC64(seed))

    def normals(self, step, n):
        return self.rng.standard_normal((2, n))

    def shock_normal(self, shock, n):
        return self.rng.standard_normal(n)


class EngineNormals:
    """The normals of the engine: Philox4x32-10 at (seed; path, step, stream), then Box and Muller.

    With them every path can be compared with the same path of the engine. Slow, for comparison only."""

    def __init__(self, seed):
        self.key = (seed & 0xFFFFFFFF, seed >> 32)

    def shock_normal(self, shock, n):
        return self.normals(shock, n, stream=1)[0]

    def normals(self, step, n, stream=0):
        low = np.uint64(0xFFFFFFFF)
        word = lambda value: np.full(n, value, dtype=np.uint64)
        path = np.arange(n, dtype=np.uint64)
        c0, c1, c2, c3 = path & low, path >> np.uint64(32), word(step), word(stream)
        k0, k1 = self.key
        for _ in range(10):
            p0, p1 = word(0xD2511F53) * c0, word(0xCD9E8D57) * c2
            c0, c1, c2, c3 = (p1 >> np.uint64(32)) ^ c1 ^ word(k0), p1 & low, \
                (p0 >> np.uint64(32)) ^ c3 ^ word(k1), p0 & low
            k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
        top = lambda a, b: ((a | (b << np.uint64(32))) >> np.uint64(12)).astype(np.float64) * 2.0**-52
        radius = np.sqrt(-2.0 * np.log(top(c0, c1) + 2.0**-53))
        angle = 2.0 * math.pi * top(c2, c3)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)])


# --- the simulation ----------------------------------------------------------------------------------------------

def simulate(study, n, draws):
    """Metrics of n paths: name -> values, NaN where undefined."""
    dt, steps = study.dt, study.steps
    days = dt / DAY

    venue = study.venue
    ann, fee = 2.0 * venue["amplification"], venue["fee_bps"] * 1e-4
    inverse_ann, keep = 1.0 / ann, 1.0 - fee
    left = 1.0 - fee + fee * venue["admin_fee_share"]  # of the gross output, leaves the pool

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

    report = study.report
    thresholds = [bps * 1e-4 for bps in report["thresholds_bps"]]
    level = report["recovery_bps"] * 1e-4
    hold = report["recovery_hold_hours"] * 3600.0 / dt
    sizes = report["sizes_lrt"]
    size = float(sizes[len(sizes) // 2])

    forced = study.forced_sales(draws, n)

    # State.
    eth, lrt = np.full(n, float(venue["reserve_quote"])), np.full(n, float(venue["reserve_lrt"]))
    invariant = cold_invariant(eth, study.nav[0] * lrt, ann)
    discount = 1.0 - marginal_price(eth, study.nav[0] * lrt, invariant, ann)
    floating = np.full(n, float(study.raw["token"]["free_float_lrt"]))
    excitation, liquidity = np.zeros(n), np.ones(n)
    capital = np.full(n, float(arbitrage["capital_eth"]))
    buffer, queue = np.full(n, float(buffer_most)), np.full(n, study.queue[0])
    # Arbitrageurs' claims by the step in which they mature; the last row is beyond the horizon.
    maturing = np.zeros((steps + 1, n))
    flat, lanes = maturing.reshape(-1), np.arange(n)

    # Metrics; times in steps, the end of the first step being 1.
    never = lambda: np.full(n, np.inf)
    deepest, deepest_print, deepest_executable = -never(), -never(), -never()
    trough, discount_sum = np.zeros(n), np.zeros(n)
    above, first = [np.zeros(n) for _ in thresholds], [never() for _ in thresholds]
    breach, calm_since, recovered = never(), never(), never()
    longest_delay, longest_pipeline, least_liquidity = np.zeros(n), np.zeros(n), np.ones(n)
    sold, loss, redeemed, spent_sum, gain = (np.zeros(n) for _ in range(5))
    observed = set(range(steps - 1, -1, -max(-(-steps // 120), 1)))
    traces = []

    def pipeline():
        wait = np.maximum(queue * (1.0 / churn), 5.0 * EPOCH)
        wait += fixed_secs
        return np.maximum(wait, escrow) + processing

    for step in range(steps):
        now = step + 1.0
        normals = draws.normals(step, n)
        nav, inverse_nav = study.nav[step + 1], 1.0 / study.nav[step + 1]

        # Value: the pool's rate follows the redemption rate.
        value = nav * lrt
        invariant = refresh_invariant(eth, value, invariant, ann)

        # Exit pipeline.
        inflow = study.queue[step + 1] - max(study.queue[step] - served, 0.0)
        queue = np.maximum(np.maximum(queue - served, 0.0) + inflow, 0.0)
        capital += maturing[step]
        buffer = np.minimum(buffer + refill, buffer_most)

        # Quote.
        pipeline_secs = pipeline()
        waits = (buffer < 1.0).astype(np.float64)  # one where the buffer is empty; cheaper than np.where
        delay = pipeline_secs * waits

        # Liquidity leaves, or returns with tokens of the float.
        excess = discount - dl
        stay = 1.0 / (1.0 + l0 + l1 * np.maximum(excess, 0.0))
        restore = np.where(excess > 0.0, 0.0, np.maximum(1.0 - liquidity, 0.0) * back)
        present = np.maximum(liquidity, 1e-3)
        add = np.minimum(np.minimum(restore / present, 0.5 * floating / lrt), 1.0)
        factor = stay * (1.0 + add)
        liquidity = liquidity * factor
        floating += lrt * (1.0 - factor)
        eth, lrt, invariant = eth * factor, lrt * factor, invariant * factor

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
        value = nav * lrt
        d3 = invariant * invariant * invariant
        k = d3 * (0.25 * inverse_ann)
        bid = keep * marginal_price(eth, value, invariant, ann)
        kept = keep_loss * (keep_instant + instant_fee * waits) / np.maximum(bid, 1e-9)
        indifferent = np.log(np.maximum(kept, 1e-9)) * YEAR / np.maximum(delay, 60.0)
        score = (ln_median - np.log(np.maximum(indifferent, 1e-12))) * per_sd
        sell = np.where(indifferent > 0.0, normal_cdf(score), 1.0)
        sale = exits * sell
        leaving = exits - sale
        if forced_now:
            sale = np.minimum(sale + pushed, floating)
            leaving = np.minimum(leaving, floating - sale)
        floating = floating - (sale + leaving)

        # The sale.
        worth = nav * sale
        gross = amount_out(value, eth, invariant, k, inverse_ann, worth)
        eth = eth - gross * left
        lrt = lrt + sale
        value = nav * lrt
        invariant = refresh_invariant(eth, value, invariant, ann)
        sold += sale
        loss += worth - gross * keep
        at_print = 1.0 - marginal_price(eth, value, invariant, ann)

        # The redemption: from the buffer first, the rest reserves its exit.
        claim = leaving * nav
        redeemed += claim
        now_paid = np.minimum(claim, buffer / keep_instant)
        buffer -= now_paid * keep_instant
        queue += claim - now_paid

        # Arbitrage up to the fair discount, at the delay that the requests have left.
        after = pipeline()
        instant = buffer >= 1.0
        waits = 1.0 - instant
        offer = arb_keep * (keep_instant + instant_fee * waits) / (1.0 + arb_return * (after * waits))
        target = eth_reserve_at_price(offer * keep, ann) * invariant
        budget = np.minimum(capital * arb_share, np.where(instant, buffer, np.inf))
        spent = np.minimum(np.maximum(target - eth, 0.0), np.maximum(budget, 0.0))
        k = invariant * invariant * invariant * (0.25 * inverse_ann)
        gross = amount_out(eth, value, invariant, k, inverse_ann, spent)
        eth = eth + spent
        value = value - gross * left
        invariant = refresh_invariant(eth, value, invariant, ann)
        claim = gross * keep
        now_paid = np.minimum(claim, buffer / keep_instant)
        queued = claim - now_paid
        paid = now_paid * keep_instant
        buffer -= paid
        queue += queued
        capital += paid - spent
        spent_sum += spent
        gain += paid + queued - spent

        # The claims of this step mature together.
        due = np.ceil(pipeline() * (1.0 / dt))
        due = np.minimum(step + np.maximum(due, 1.0), steps).astype(np.int64)
        flat[due * n + lanes] += queued

        # Background flow: a positive normal sells, a negative one buys.
        flow = (nav * flow_sd) * normals[1]
        buys = flow < 0.0
        amount = np.abs(flow)
        k = invariant * invariant * invariant * (0.25 * inverse_ann)
        x, y = np.where(buys, eth, value), np.where(buys, value, eth)
        gross = amount_out(x, y, invariant, k, inverse_ann, amount) * left
        eth = eth + np.where(buys, amount, -gross)
        value = value + np.where(buys, -gross, amount)
        lrt = value * inverse_nav
        invariant = refresh_invariant(eth, value, invariant, ann)

        # Observe.
        discount = 1.0 - marginal_price(eth, value, invariant, ann)
        k = invariant * invariant * invariant * (0.25 * inverse_ann)
        average = keep * amount_out(value, eth, invariant, k, inverse_ann, nav * size) / (nav * size)
        deeper = discount > deepest
        np.maximum(discount, deepest, out=deepest)
        trough[deeper] = now
        np.maximum(at_print, deepest_print, out=deepest_print)
        np.maximum(1.0 - average, deepest_executable, out=deepest_executable)
        discount_sum += np.maximum(discount, 0.0)
        beyond = discount > level
        breach[beyond & (breach > now)] = now
        np.minimum(calm_since, now, out=calm_since)
        calm_since[beyond] = np.inf
        held = (calm_since <= now - hold) & (breach < calm_since) & (calm_since < recovered)
        recovered[held] = calm_since[held]
        recovered[deeper] = np.inf
        for k_th, threshold in enumerate(thresholds):
            over = discount > threshold
            above[k_th] += over
            first[k_th][over & (first[k_th] > now)] = now
        np.maximum(delay, longest_delay, out=longest_delay)
        np.maximum(pipeline_secs, longest_pipeline, out=longest_pipeline)
        np.minimum(liquidity, least_liquidity, out=least_liquidity)
        if step in observed:
            traces.append((discount * 1e4, delay / DAY, liquidity))

    hours = dt / 3600.0
    defined = lambda values: np.where(np.isfinite(values), values, np.nan)
    metrics = {
        "deepest_discount_close_bps": deepest * 1e4,
        "deepest_discount_print_bps": deepest_print * 1e4,
        f"deepest_executable_discount_{size:g}_lrt_bps": deepest_executable * 1e4,
        "trough_time_hours": trough * hours,
        "discount_time_bps_hours": discount_sum * 1e4 * hours,
    }
    for bps, over, passage in zip(report["thresholds_bps"], above, first):
        metrics[f"time_above_{bps:g}bps_hours"] = over * hours
        metrics[f"first_passage_{bps:g}bps_hours"] = defined(passage) * hours
    metrics[f"first_passage_of_recovery_level_{report['recovery_bps']:g}bps_hours"] = defined(breach) * hours
    with np.errstate(invalid="ignore"):
        metrics[f"recovery_to_{report['recovery_bps']:g}bps_hours"] = defined(recovered - breach) * hours
    metrics |= {
        "longest_unlock_delay_days": longest_delay / DAY,
        "longest_pipeline_delay_days": longest_pipeline / DAY,
        "least_liquidity_share": least_liquidity,
        "sold_lrt": sold,
        "sellers_loss_eth": loss,
        "redeemed_eth": redeemed,
        "arbitrage_spent_eth": spent_sum,
        "arbitrage_gain_eth": gain,
    }
    return metrics


# --- measuring ---------------------------------------------------------------------------------------------------

def speed(study, simulate, n, seconds):
    """Million path-steps per second with n paths side by side: the median of at least five repetitions."""
    rates, begun = [], perf_counter()
    while len(rates) < 6 or perf_counter() - begun < seconds:
        start = perf_counter()
        simulate(study, n, OwnNormals(len(rates)))
        rates.append(n * study.steps / (perf_counter() - start) / 1e6)
    return float(np.median(rates[1:]))


def describe(values, levels=(0.5, 0.95)):
    """Mean with standard error, quantiles with their 95 % interval by order statistics."""
    seen = np.sort(values[~np.isnan(values)])
    count = len(seen)
    out = {"count": count, "undefined": len(values) - count}
    if count > 1:
        place = lambda rank: float(seen[min(max(int(rank), 0), count - 1)])
        out |= {"mean": float(seen.mean()), "standard_error": float(seen.std(ddof=1)) / math.sqrt(count)}
        for level in levels:
            name, half = f"q{round(100 * level)}", 1.96 * math.sqrt(level * (1.0 - level) * count)
            out |= {name: place(level * count), f"{name}_low": place(level * count - half)}
            out |= {f"{name}_high": place(level * count + half)}
    return out


def measure(doc, study, simulate, sizes):
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--paths", type=int, default=20_000, help="paths of the statistics; 0 for none")
    parser.add_argument("--sizes", type=int, nargs="*", default=sizes, metavar="N",
                        help="paths side by side of each speed measurement")
    parser.add_argument("--seconds", type=float, default=2.0, help="time for each speed measurement")
    parser.add_argument("--seed", type=int, default=1, help="seed of the statistics")
    parser.add_argument("--engine-draws", action="store_true", help="statistics with the engine's random numbers")
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args()

    rates = {n: speed(study, simulate, n, args.seconds) for n in args.sizes}
    summary = {}
    if args.paths:
        draws = EngineNormals(study.raw["paths"]["seed"]) if args.engine_draws else OwnNormals(args.seed)
        metrics = simulate(study, args.paths, draws)
        summary = {name: describe(values) for name, values in metrics.items()}
    if args.json:
        print(json.dumps({"numpy": np.__version__, "rates": rates, "best": max(rates.values(), default=None),
                          "paths": args.paths, "metrics": summary}))
        return
    for n, rate in rates.items():
        print(f"{n:>7} paths side by side  {rate:7.2f} million path-steps per second")
    if rates:
        print(f"best{'':22}  {max(rates.values()):7.2f}")
    for name, row in summary.items():
        mean = f"{row['mean']:14.4f} +- {row['standard_error']:.4f}" if "mean" in row else "undefined"
        print(f"{name:45} mean {mean}")


if __name__ == "__main__":
    measure(__doc__, Study(SCENARIO), simulate, [2000, 5000, 10_000, 20_000])

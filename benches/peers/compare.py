#!/usr/bin/env python3
"""Sets the figures of the engine beside those of the NumPy peer: speed, and the distributions of 20,000 paths.

    compare.py FOLDER [--same RELATIVE]     with engine.N.json, peer.N.json, metrics.csv, peer-own-draws.json and
                          peer-same-draws.json, as `run` leaves them
"""

import argparse
import csv
import json
import math
from pathlib import Path
from statistics import median

# Half a bin of the engine's quantiles, relative.
BIN = 2.0**-11
# Quantiles that are compared.
LEVELS = (0.5, 0.95)


def name_of(level):
    return f"q{round(100 * level)}"


def engine_metrics(file):
    metrics = {}
    with open(file, newline="") as table:
        for row in csv.DictReader(table):
            entry = metrics.setdefault(row["metric"], {"count": int(row["count"])})
            number = lambda column: float(row[column]) if row[column] else math.nan
            if row["statistic"] in ("mean", "standard_error"):
                entry[row["statistic"]] = number("value")
                decimals = len(row["value"].partition(".")[2])
                entry.setdefault("printed_to", 0.5 * 10.0**-decimals)
            elif row["statistic"] == "quantile" and float(row["level"]) in LEVELS:
                q = name_of(float(row["level"]))
                entry |= {q: number("value"), f"{q}_low": number("low"), f"{q}_high": number("high")}
    return metrics


def error_of_quantile(entry, q):
    return (entry[f"{q}_high"] - entry[f"{q}_low"]) / (2 * 1.96)


def sigmas(difference, error):
    return "-" if not error else f"{difference / error:+.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--same", type=float, default=1e-5, help="how far apart means on the same draws may be, relative")
    args = parser.parse_args()
    folder = args.folder
    load = lambda pattern: [json.loads(file.read_text()) for file in sorted(folder.glob(pattern))]
    engine_runs, peer_runs = load("engine.*.json"), load("peer.*.json")
    best = lambda run: max(run["one_thread"].items(), key=lambda item: item[1])
    engine = median(best(run)[1] for run in engine_runs)
    peer = median(run["best"] for run in peer_runs)
    print(f"Million path-steps per second, one thread, median of {len(engine_runs)} rounds")
    print(f"  engine ({best(engine_runs[0])[0]}){engine:>12.2f}    rounds: "
          + " ".join(f"{best(run)[1]:.2f}" for run in engine_runs))
    print(f"  NumPy {peer_runs[0]['numpy']:<10}{peer:>10.2f}    rounds: "
          + " ".join(f"{run['best']:.2f}" for run in peer_runs))
    print(f"  ratio {engine / peer:>20.1f}")

    ours, theirs = engine_metrics(folder / "metrics.csv"), load("peer-own-draws.json")[0]["metrics"]
    same = load("peer-same-draws.json")[0]["metrics"]
    print(f"\n{'20,000 paths':45}{'engine':>13}{'NumPy':>13}{'sigmas':>8}{'same draws':>13}{'relative':>10}")
    disagreements = []
    for name in theirs:
        a, b, c = ours[name], theirs[name], same[name]
        if "mean" not in b or "mean" not in c:
            print(f"{name:45}{'defined on':>13} {a['count']}, {b['count']}, {c['count']} paths")
            if (a["count"] > 1) != (b["count"] > 1):
                disagreements.append(name)
            continue
        error = math.hypot(a["standard_error"], b["standard_error"])
        allowed = args.same * abs(a["mean"]) + a["printed_to"]
        relative = c["mean"] / a["mean"] - 1.0 if a["mean"] else c["mean"] - a["mean"]
        print(f"{name:45}{a['mean']:13.4f}{b['mean']:13.4f}{sigmas(b['mean'] - a['mean'], error):>8}"
              f"{c['mean']:13.4f}{relative:10.1e}")
        if (error and abs(b["mean"] - a["mean"]) > 4 * error) \
                or abs(c["mean"] - a["mean"]) > allowed or a["count"] != c["count"]:
            disagreements.append(name)
        # Times are whole steps, of which order statistics know nothing.
        grain = 1.0 if name.endswith("_hours") and not name.startswith("discount_time") else 0.0
        for level in LEVELS:
            q = name_of(level)
            error = math.hypot(error_of_quantile(a, q), error_of_quantile(b, q), BIN * a[q], grain)
            print(f"{f'  {round(100 * level)} % quantile':45}{a[q]:13.4f}{b[q]:13.4f}{sigmas(b[q] - a[q], error):>8}"
                  f"{c[q]:13.4f}{c[q] / a[q] - 1.0 if a[q] else 0.0:10.1e}")
            if error and abs(b[q] - a[q]) > 4 * error:
                disagreements.append(f"{name}, {round(100 * level)} % quantile")
    print("\nThe two sides agree." if not disagreements else "\nDISAGREEMENTS: " + "; ".join(disagreements))


if __name__ == "__main__":
    main()

"""Exchanges of curvesim, for `pools`.

Reads one exchange per line (amplification, fee, two balances, coin sold, coin bought, amount), does each in a fresh pool, and
prints what each pays, then the mean time of one in nanoseconds: the quickest of some rounds over all of them.
"""

import sys
from time import perf_counter_ns

from curvesim.pool.stableswap.pool import CurvePool

ROUNDS = 25


def main() -> None:
    states = [[int(word) for word in line.split()] for line in sys.stdin]
    quickest = float("inf")
    for _ in range(ROUNDS):
        pools = []
        for amplification, fee, x, y, i, j, amount in states:
            # curvesim's A is the contract's, with the owner's share left in the pool.
            pool = CurvePool(amplification, [x, y], 2, fee=fee, admin_fee=0)
            pools.append((pool, i, j, amount))
        start = perf_counter_ns()
        paid = [pool.exchange(i, j, amount)[0] for pool, i, j, amount in pools]
        quickest = min(quickest, (perf_counter_ns() - start) / len(pools))
    for amount in paid:
        print(amount)
    print(quickest)


if __name__ == "__main__":
    main()

# One list of tasks for people and for CI.

# Everything a change must pass.
ci:
    bash .ci/run

# Reports of all shipped scenarios.
run:
    cargo run --release -- run scenarios/

# Every scenario with targets against what was observed.
backtest:
    cargo run --release -- backtest scenarios/ --strict

test:
    cargo test --workspace

lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Throughput of the engine, and of every kernel beside its reference.
bench:
    cargo run --release -- bench
    cargo bench -p pegstress-benches

# The same step in NumPy, and the same pools by others, in one run with ours.
peers:
    benches/peers/run
    benches/peers/pools

deny:
    cargo deny check

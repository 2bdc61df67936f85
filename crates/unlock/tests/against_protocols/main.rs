//! The lanes of a token's redemption against the integer references of the protocols' contracts.
//!
//! Random histories of requests, moves of the rate, inflows, finalisations and claims go through the contracts' integers and
//! through [`Redemption`](pegstress_unlock::Redemption) or [`Breaker`](pegstress_unlock::Breaker) under the rules of that
//! protocol. After every step they agree on the tokens that wait, the ETH paid in the step and in all, the ETH left, and the
//! bucket where there is one.
//!
//! Bound: 1e-9 of the number compared. A contract rounds to wei, so its amounts of 0.01 ETH and more are off by 1e-16 of
//! themselves at most, and a rate of 18 decimals by as much; but a sum or a difference of lanes is off by roundings of
//! everything that went through it. These are at most some hundred, of 1.1e-16 each: 1e-12 of that volume is added.
//!
//! There is one request per step at most, so that the FIFO by step and the contract's FIFO by request are one order. The
//! lanes are fluid, the contracts are not, so a history keeps to what both mean:
//!
//! - Lido, ether.fi, Kelp, Swell finalise whole requests. What flows in before a finalisation is topped up to the cost of a
//!   whole number of them. Without that the contract is behind by less than one request, which has a test of its own.
//! - ether.fi locks a request's amount and takes back at the claim what a loss left of it; after a loss the history tops up
//!   to the amounts, and both pay all. A redemption beyond the pool's cash is refused there and paid in part here. Its
//!   watermark is a part of the pooled ether, so that stays what it is where there is a watermark.
//! - Renzo pays a request whole once its fill is complete: compared is what is paid or set aside for requests old enough. A
//!   claim below its request makes the rest available although others wait, and the next request may overtake them; the
//!   lanes let nobody overtake. So the rate falls only while nothing is lacking, and while anybody waits for a
//!   claim below his request new requests keep to what is available.
//! - Renzo's instant fee is in whole basis points and leaves the buffer. The lanes' fee is within one basis point of it, and
//!   stays in the buffer: the history gives it back.
//! - Puffer's batch is ten requests; here they are worth the same, and the batch is their sum. At most one batch is
//!   finalised in a step, for the contract values each at the rate that the one before it left. A treasury fee, which
//!   leaves Puffer's vault, is zero.
//! - ether.fi's bound on the annual change binds before its cap on one loss where reports come daily, and tightens with
//!   the pace of reports; the breaker's bound is one number. Reports are every other day, where the cap binds.

mod common;
mod etherfi;
mod kelp;
mod lido;
mod puffer;
mod renzo;
mod reports;
#[path = "../common/mod.rs"]
mod rules;
mod swell;
mod whole_requests;

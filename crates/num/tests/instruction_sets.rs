//! A kernel gives the same bits on every instruction set this processor has.

use pegstress_num::{
    Isa, Lanes, Stream, cos_sin_2pi, draw, exp, greater, ln, ln_1p, normal_cdf, normal_quantile, per_isa,
};

/// A step that goes through every function of the crate.
#[inline(always)]
fn step_inline<const W: usize>(seed: u64, step: u32, state: &mut Lanes<W>) -> f64 {
    let (mut a, mut b) = ([0.0; W], [0.0; W]);
    draw::normals(seed, 11, step, Stream::FlowNormals, &mut a, &mut b);
    for i in 0..W {
        let grown = state[i] * exp(0.1 * a[i]) + greater(b[i], 0.0).sqrt() * 0.3;
        let turned = cos_sin_2pi(grown).1 + ln_1p(grown * 0.01) + 2.0;
        state[i] = ln(turned) + normal_quantile(0.001 + 0.998 * normal_cdf(b[i] * turned)) * 0.7 + 3.0;
    }
    state[0]
}

per_isa! {
    /// The step, compiled for every instruction set.
    fn step<const W: usize>(seed: u64, step: u32, state: &mut Lanes<W>) -> f64 = step_inline
}

#[inline(always)]
fn double_inline(x: &mut [f64]) {
    for x in x {
        *x *= 2.0;
    }
}

per_isa! { fn double(x: &mut [f64]) = double_inline }

fn digest_after_steps<const W: usize>(isa: Isa) -> Vec<u64> {
    let mut state = [1.0; W];
    for i in 0..2_000 {
        let first = step(isa, 99, i, &mut state);
        assert_eq!(first.to_bits(), state[0].to_bits());
    }
    state.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn every_instruction_set_and_lane_width_gives_the_same_bits() {
    let one = digest_after_steps::<64>(Isa::Baseline);
    assert!(one.iter().all(|bits| f64::from_bits(*bits).is_finite()));
    for isa in Isa::available() {
        assert_eq!(digest_after_steps::<64>(isa), one, "{isa}");
        assert_eq!(digest_after_steps::<16>(isa), one[..16], "{isa}");
        assert_eq!(digest_after_steps::<1>(isa), one[..1], "{isa}");
    }
}

/// On a processor without it, a requested instruction set falls back to the baseline instead of crashing.
#[test]
fn every_instruction_set_may_be_requested_anywhere() {
    for isa in Isa::ALL {
        let mut x = [1.0, 2.5];
        double(isa, &mut x);
        assert_eq!(x, [2.0, 5.0], "{isa}");
    }
}

#[test]
fn the_best_instruction_set_is_the_last_available() {
    assert_eq!(Isa::available().first(), Some(&Isa::Baseline));
    assert_eq!(Isa::available().last(), Some(&Isa::best()));
}

#[test]
fn names_of_instruction_sets_parse_back_and_others_are_refused() {
    for isa in Isa::ALL {
        assert_eq!(isa.to_string().parse(), Ok(isa));
    }
    let refusal = "sse9".parse::<Isa>().map_err(|error| error.to_string());
    assert_eq!(refusal, Err("instruction set is \"sse9\", must be one of baseline, avx2, avx512".to_owned()));
}

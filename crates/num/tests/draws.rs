//! Draws: frozen values, independence of lane width, and their distribution.

use pegstress_num::draw::{bits, normals, unit, unit_open};
use pegstress_num::{Stream, normal_cdf};

const SEED: u64 = 20_260_722;
const SAMPLES: usize = 1_000_000;

/// Two normals of one path.
fn pair(seed: u64, path: u64, step: u32, stream: Stream) -> (f64, f64) {
    let (mut a, mut b) = ([0.0], [0.0]);
    normals(seed, path, step, stream, &mut a, &mut b);
    (a[0], b[0])
}

/// First normals of `SAMPLES` neighbouring paths.
fn normals_of_paths(seed: u64, first_path: u64, step: u32, stream: Stream) -> Vec<f64> {
    (0..SAMPLES as u64).map(|i| pair(seed, first_path + i, step, stream).0).collect()
}

/// Greatest distance of the empirical from the uniform distribution, times the root of the sample's size.
fn kolmogorov_smirnov(mut uniforms: Vec<f64>) -> f64 {
    uniforms.sort_by(f64::total_cmp);
    let n = uniforms.len() as f64;
    let distances = uniforms.iter().enumerate().map(|(i, u)| (u - i as f64 / n).max((i + 1) as f64 / n - u));
    distances.fold(0.0, f64::max) * n.sqrt()
}

/// Kolmogorov's limit (1933; tabulated by Smirnov, Annals of Mathematical Statistics 19 (1948) 279-281):
/// `2 exp(-2 x^2)` is 0.001 at this x.
const KOLMOGOROV_0_001: f64 = 1.949_5;

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    ab / (aa * bb).sqrt()
}

/// Changing one of these is result-breaking: every published number depends on them.
#[test]
fn draws_keep_their_frozen_values() {
    for (seed, path, step, stream, a, b) in FROZEN_NORMALS {
        let (x, y) = pair(seed, path, step, stream);
        let found = (x.to_bits(), y.to_bits());
        assert_eq!(found, (a, b), "seed {seed} path {path} step {step} {stream:?}: {x:?} {y:?} {found:#x?}");
    }
}

/// (seed, path, step, stream, bits of the first normal, bits of the second); within 1 ulp of the 50-digit values.
const FROZEN_NORMALS: [(u64, u64, u32, Stream, u64, u64); 5] = [
    (0, 0, 0, Stream::FlowNormals, 0xbfd9_7362_8c13_1c0c, 0xbfd3_dd84_ff91_e707),
    (1, 0, 0, Stream::FlowNormals, 0xbfbd_1a25_3882_cf85, 0xbfdd_4dbc_7142_17a3),
    (42, 7, 1000, Stream::FlowNormals, 0xbff7_a187_2e42_b64c, 0xbfcf_c4f7_518c_f6bd),
    (42, 7, 1000, Stream::ShockSizes, 0x3ff9_ae8e_8770_4ab3, 0xbfe5_9756_a163_f43a),
    (u64::MAX, u64::MAX, u32::MAX, Stream::ShockSizes, 0x3fdb_300a_404a_3bec, 0x3fe0_b4d5_1349_f41f),
];

/// The address layout, spelled out against the published vector of counter 0 and key 0.
#[test]
fn the_words_of_the_first_address_are_those_of_the_published_vector() {
    let words = bits(0, 0, 0, Stream::FlowNormals);
    assert_eq!(words, (0xe169_c58d_6627_e8d5, 0x9b00_dbd8_bc57_ac4c));
}

#[test]
fn stream_numbers_are_frozen() {
    assert_eq!([Stream::FlowNormals as u32, Stream::ShockSizes as u32], [0, 1]);
}

#[test]
fn a_lane_draws_the_same_at_every_width() {
    fn check<const W: usize>() {
        let (mut a, mut b) = ([0.0; W], [0.0; W]);
        let first_path = (1 << 32) - 3; // lanes straddle the carry into the high word
        normals(SEED, first_path, 17, Stream::ShockSizes, &mut a, &mut b);
        for i in 0..W {
            let alone = pair(SEED, first_path + i as u64, 17, Stream::ShockSizes);
            assert_eq!((a[i].to_bits(), b[i].to_bits()), (alone.0.to_bits(), alone.1.to_bits()), "lane {i}");
        }
    }
    check::<1>();
    check::<3>();
    check::<8>();
    check::<64>();
}

#[test]
fn uniforms_stay_within_their_interval() {
    assert_eq!(unit(0), 0.0);
    assert_eq!(unit(u64::MAX), 1.0 - f64::EPSILON);
    assert_eq!(unit_open(0), f64::EPSILON / 2.0);
    assert_eq!(unit_open(u64::MAX), 1.0 - f64::EPSILON / 2.0);
}

#[test]
fn units_are_uniform() {
    let both = (0..SAMPLES as u64 / 2).flat_map(|path| {
        let (a, b) = bits(SEED, path, 3, Stream::FlowNormals);
        [unit(a), unit_open(b)]
    });
    let statistic = kolmogorov_smirnov(both.collect());
    assert!(statistic < KOLMOGOROV_0_001, "{statistic}");
}

#[test]
fn normals_are_normal() {
    let mut first = Vec::with_capacity(SAMPLES);
    let mut second = Vec::with_capacity(SAMPLES);
    for path in 0..SAMPLES as u64 {
        let (a, b) = pair(SEED, path, 0, Stream::FlowNormals);
        first.push(normal_cdf(a));
        second.push(normal_cdf(b));
    }
    let statistics = (kolmogorov_smirnov(first), kolmogorov_smirnov(second));
    assert!(statistics.0 < KOLMOGOROV_0_001 && statistics.1 < KOLMOGOROV_0_001, "{statistics:?}");
}

/// Standard errors of the first four sample moments of a normal: roots of 1, 2, 15, 96 over n.
#[test]
fn moments_of_normals_are_within_four_and_a_half_standard_errors() {
    let x = normals_of_paths(SEED, 0, 5, Stream::FlowNormals);
    let moment = |power| x.iter().map(|x| x.powi(power)).sum::<f64>() / SAMPLES as f64;
    for (power, expected, variance) in [(1, 0.0, 1.0_f64), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0)] {
        let error = moment(power) - expected;
        assert!(error.abs() < 4.5 * (variance / SAMPLES as f64).sqrt(), "moment {power} is off by {error}");
    }
}

/// The correlation of n independent pairs has standard deviation 1/sqrt(n); 4.5 of them are exceeded with
/// probability 7e-6.
#[test]
fn neighbouring_addresses_are_uncorrelated() {
    let bound = 4.5 / (SAMPLES as f64).sqrt();
    let base = normals_of_paths(SEED, 0, 5, Stream::FlowNormals);
    let second = (0..SAMPLES as u64).map(|path| pair(SEED, path, 5, Stream::FlowNormals).1).collect();
    let neighbours = [
        ("path", normals_of_paths(SEED, 1, 5, Stream::FlowNormals)),
        ("step", normals_of_paths(SEED, 0, 6, Stream::FlowNormals)),
        ("stream", normals_of_paths(SEED, 0, 5, Stream::ShockSizes)),
        ("seed", normals_of_paths(SEED + 1, 0, 5, Stream::FlowNormals)),
        ("second of the pair", second),
    ];
    for (name, other) in neighbours {
        let found = correlation(&base, &other);
        assert!(found.abs() < bound, "{name}: {found}");
        let squares = |x: &[f64]| x.iter().map(|x| x * x).collect::<Vec<_>>();
        let found = correlation(&squares(&base), &squares(&other));
        assert!(found.abs() < bound, "squares, {name}: {found}");
    }
}

//! Dependence between synthetic drivers: correlated normals, or the copula of a Student-t law.
//!
//! ```text
//! z = L e,   L L^T = R (Cholesky),   e independent standard normals
//! Gaussian:   scores z
//! Student t:  scores g(t),  t = z sqrt(v / c),  c chi-squared with v degrees of freedom,  g(t) = Phi^-1(T_v(t))
//! ```
//!
//! Each score is standard normal whatever the copula, so that a process keeps its law; Kendall's tau is `2/pi asin(rho)` for
//! both (Lindskog, McNeil, Schmock 2003), and the t copula has tail dependence `2 T_{v+1}(-sqrt((v+1)(1-rho)/(1+rho)))` (Demarta,
//! McNeil, International Statistical Review 73 (2005) 111-129). `R` is the correlation of the scores, not of the drivers.
//!
//! `c` is a sum of `v/2` exponentials, plus a squared normal where `v` is odd: a fixed number of draws.
//!
//! `g` is smooth, odd and close to `y = sqrt(v ln(1 + t^2/v))` (Wallace, Annals of Mathematical Statistics 30 (1959) 1121-1130): it is `y h(y)` with
//! `h` from a table of 401 points over `y` in 0..12, made once by the series of the incomplete beta function (DLMF 8.17.22, all
//! terms positive), and read by cubic interpolation. Error of a score: below 1e-8. Beyond 12 (probability below 1e-30) `h`
//! stays.

use pegstress_num::draw::{normals, units};
use pegstress_num::{Lanes, Stream, exp, exp_m1, lesser, ln, ln_1p, normal_quantile};
use std::f64::consts::PI;

/// Synthetic drivers with a score each.
pub const SCORES: usize = 3;

const TABLE_STEPS: usize = 400;
const TABLE_END: f64 = 12.0;
/// Addresses of a step's mixing draws.
const MIXING_ADDRESSES: u32 = 32;
/// That of the normal of an odd number of degrees of freedom.
const ODD_ADDRESS: u32 = 16;

/// The law that binds the scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Copula {
    /// Of the normal law.
    #[default]
    Gaussian,
    /// Of the Student-t law with these degrees of freedom, in `2..=30`.
    StudentT(u32),
}

/// Correlation of the scores and their copula.
#[derive(Debug, Clone, PartialEq)]
pub struct Dependence {
    factor: [[f64; SCORES]; SCORES],
    student: Option<Student>,
}

#[derive(Debug, Clone, PartialEq)]
struct Student {
    degrees: u32,
    /// `h` at `(k - 1) * TABLE_END / TABLE_STEPS`.
    table: Vec<f64>,
}

impl Default for Dependence {
    fn default() -> Self {
        Self { factor: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], student: None }
    }
}

impl Dependence {
    /// `None` where `correlation` is not positive definite.
    pub fn new(correlation: &[[f64; SCORES]; SCORES], copula: Copula) -> Option<Self> {
        let factor = cholesky(correlation)?;
        let student = match copula {
            Copula::Gaussian => None,
            Copula::StudentT(degrees) => Some(Student { degrees, table: table(degrees) }),
        };
        Some(Self { factor, student })
    }

    /// Scores of a step from independent standard normals.
    #[inline(always)]
    pub fn scores<const W: usize>(
        &self,
        (seed, first_path, step): (u64, u64, u32),
        independent: &[Lanes<W>; SCORES],
    ) -> [Lanes<W>; SCORES] {
        let mut scores = [[0.0; W]; SCORES];
        for (row, score) in self.factor.iter().zip(&mut scores) {
            for (weight, normal) in row.iter().zip(independent) {
                for i in 0..W {
                    score[i] += weight * normal[i];
                }
            }
        }
        if let Some(student) = &self.student {
            let spread: Lanes<W> = student.spread(seed, first_path, step);
            for score in &mut scores {
                for i in 0..W {
                    score[i] = student.score(score[i] * spread[i]);
                }
            }
        }
        scores
    }
}

impl Student {
    /// `sqrt(v / c)`.
    #[inline(always)]
    fn spread<const W: usize>(&self, seed: u64, first_path: u64, step: u32) -> Lanes<W> {
        let base = step.wrapping_mul(MIXING_ADDRESSES);
        let stream = Stream::DriverMixing;
        let (mut product, mut u, mut v) = ([1.0; W], [0.0; W], [0.0; W]);
        let uniforms = self.degrees / 2;
        for pair in 0..uniforms.div_ceil(2) {
            units(seed, first_path, base + pair, stream, &mut u, &mut v);
            let both = 2 * pair + 1 < uniforms;
            for i in 0..W {
                product[i] *= if both { u[i] * v[i] } else { u[i] };
            }
        }
        let mut chi = [0.0; W];
        for i in 0..W {
            chi[i] = -2.0 * ln(product[i]);
        }
        if self.degrees % 2 == 1 {
            normals(seed, first_path, base + ODD_ADDRESS, stream, &mut u, &mut v);
            for i in 0..W {
                chi[i] += u[i] * u[i];
            }
        }
        chi.map(|c| (f64::from(self.degrees) / c).sqrt())
    }

    /// `g(t)`.
    #[inline(always)]
    fn score(&self, t: f64) -> f64 {
        let degrees = f64::from(self.degrees);
        let y = (degrees * ln_1p(t * t / degrees)).sqrt();
        let at = lesser(y, TABLE_END * 0.999_999) * (TABLE_STEPS as f64 / TABLE_END);
        // A NaN stays one: it reads the first place and multiplies it.
        let place = at as usize;
        let x = at - place as f64;
        let row: [f64; 4] = std::array::from_fn(|k| self.table[place + k]);
        let h = cubic(row, x);
        (y * h).copysign(t)
    }
}

/// The cubic through four neighbouring points at -1, 0, 1, 2.
#[inline(always)]
fn cubic(p: [f64; 4], x: f64) -> f64 {
    let (a, b, c) = (x + 1.0, x - 1.0, x - 2.0);
    -x * b * c / 6.0 * p[0] + a * b * c / 2.0 * p[1] - a * x * c / 2.0 * p[2] + a * x * b / 6.0 * p[3]
}

/// `h` at `(k - 1) * TABLE_END / TABLE_STEPS` for `k` up to two beyond the end; `h` is even.
fn table(degrees: u32) -> Vec<f64> {
    let of = |k: usize| ratio(degrees, k as f64 * TABLE_END / TABLE_STEPS as f64);
    std::iter::once(of(1)).chain((0..TABLE_STEPS + 3).map(of)).collect()
}

/// `g / y` at `y`.
fn ratio(degrees: u32, y: f64) -> f64 {
    let degrees = f64::from(degrees);
    if y == 0.0 {
        // The ratio of the densities at zero.
        return (2.0 * PI).sqrt() / (degrees.sqrt() * beta_with_half(degrees / 2.0));
    }
    let (central, tail) = central_and_tail(degrees, y);
    let score =
        if central < 0.5 { normal_quantile(0.5 + 0.5 * central) } else { -normal_quantile(0.5 * tail) };
    score / y
}

/// `P(|T| <= t)` and `P(|T| > t)` at the `t` that belongs to `y`; the smaller of the two to double precision.
fn central_and_tail(degrees: f64, y: f64) -> (f64, f64) {
    let a = 0.5 * degrees;
    // x = v / (v + t^2), x^a = e^(-y^2/2)
    let (x, rest) = (exp(-y * y / degrees), -exp_m1(-y * y / degrees));
    let common = exp(-0.5 * y * y) * rest.sqrt() / beta_with_half(a);
    if x <= 0.5 {
        let tail = common / a * series(a + 0.5, a + 1.0, x);
        (1.0 - tail, tail)
    } else {
        let central = common / 0.5 * series(a + 0.5, 1.5, rest);
        (central, 1.0 - central)
    }
}

/// `sum (p)_n / (q)_n x^n` for `x` at most about a half.
fn series(p: f64, q: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0, 1.0, 0.0);
    while term > 1e-18 * sum {
        term *= (p + n) / (q + n) * x;
        sum += term;
        n += 1.0;
    }
    sum
}

/// `B(a, 1/2)` for a multiple `a` of one half.
fn beta_with_half(a: f64) -> f64 {
    let (mut at, mut beta) = if (2.0 * a) % 2.0 == 0.0 { (1.0, 2.0) } else { (0.5, PI) };
    while at < a {
        beta *= at / (at + 0.5);
        at += 1.0;
    }
    beta
}

/// The lower triangle `L` with `L L^T` the matrix; `None` where it is not positive definite.
fn cholesky(matrix: &[[f64; SCORES]; SCORES]) -> Option<[[f64; SCORES]; SCORES]> {
    let mut factor = [[0.0; SCORES]; SCORES];
    for row in 0..SCORES {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| factor[row][k] * factor[column][k]).sum();
            let left = matrix[row][column] - known;
            factor[row][column] = match row == column {
                // Roundings of sums of three numbers of size one.
                true if left > 1e-12 => left.sqrt(),
                true => return None,
                false => left / factor[column][column],
            };
        }
    }
    Some(factor)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;
    use crate::drivers::sample::kolmogorov;
    use pegstress_num::normal_cdf;

    const CORRELATION: [[f64; 3]; 3] = [[1.0, -0.6, 0.3], [-0.6, 1.0, 0.1], [0.3, 0.1, 1.0]];

    /// `T_v(t)` in closed form (Abramowitz and Stegun 26.7.3, 26.7.4 for small v).
    fn student_cdf(degrees: u32, t: f64) -> f64 {
        let v = f64::from(degrees);
        let (sin, cos2) = (t / (v + t * t).sqrt(), v / (v + t * t));
        let both = match degrees {
            2 => sin,
            4 => sin * (1.0 + 0.5 * cos2),
            6 => sin * (1.0 + 0.5 * cos2 + 0.375 * cos2 * cos2),
            3 => 2.0 / PI * ((t / v.sqrt()).atan() + sin * cos2.sqrt()),
            _ => unreachable!("no closed form here"),
        };
        0.5 + 0.5 * both
    }

    fn scores(correlation: [[f64; 3]; 3], copula: Copula, blocks: u64) -> [Vec<f64>; 3] {
        let dependence = Dependence::new(&correlation, copula).expect("positive definite");
        let mut all = [Vec::new(), Vec::new(), Vec::new()];
        for block in 0..blocks {
            let mut e = [[0.0; 64]; 3];
            let [a, b, c] = &mut e;
            normals(23, block * 64, 0, Stream::DriverNormals, a, b);
            normals(23, block * 64, 1, Stream::DriverNormals, c, &mut [0.0; 64]);
            let found = dependence.scores((23, block * 64, 0), &e);
            for (list, score) in all.iter_mut().zip(found) {
                list.extend(score);
            }
        }
        all
    }

    #[test]
    fn the_map_to_a_score_is_that_of_the_closed_distribution_function() {
        for degrees in [2, 3, 4, 6] {
            let student = Student { degrees, table: table(degrees) };
            for k in -400..=400 {
                let t = 0.02 * f64::from(k);
                let (found, exact) = (student.score(t), normal_quantile(student_cdf(degrees, t)));
                assert!((found - exact).abs() < 1e-8, "{degrees} {t}: {found} {exact}");
            }
        }
    }

    #[test]
    fn between_the_points_of_the_table_the_error_is_below_the_stated_one() {
        for degrees in [2, 3, 5, 8, 15, 30] {
            let student = Student { degrees, table: table(degrees) };
            for k in 0..2300 {
                let y = 0.001 + 0.005 * f64::from(k);
                let v = f64::from(degrees);
                let t = (v * (y * y / v).exp_m1()).sqrt();
                assert!((student.score(t) - y * ratio(degrees, y)).abs() < 1e-8, "{degrees} {y}");
            }
        }
    }

    #[test]
    fn every_score_is_standard_normal_under_either_copula() {
        for copula in [Copula::Gaussian, Copula::StudentT(3), Copula::StudentT(4), Copula::StudentT(11)] {
            for score in scores(CORRELATION, copula, 15_625) {
                // A million samples; the 0.1 % point of Kolmogorov's statistic, nine comparisons.
                let distance = kolmogorov(&score, normal_cdf);
                assert!(distance < 2.1e-3, "{copula:?}: {distance}");
            }
        }
    }

    /// Kendall's tau from disjoint pairs: concordant less discordant.
    fn kendall(x: &[f64], y: &[f64]) -> f64 {
        let pairs = x.chunks_exact(2).zip(y.chunks_exact(2));
        let sum: f64 = pairs.map(|(x, y)| ((x[1] - x[0]) * (y[1] - y[0])).signum()).sum();
        sum / (x.len() / 2) as f64
    }

    #[test]
    fn kendalls_tau_is_the_arcsine_of_the_correlation_under_either_copula() {
        for copula in [Copula::Gaussian, Copula::StudentT(3), Copula::StudentT(8)] {
            let found = scores(CORRELATION, copula, 10_000);
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                let expected = 2.0 / PI * CORRELATION[a][b].asin();
                // 320,000 pairs of signs: standard error below 0.0018; five of them.
                let tau = kendall(&found[a], &found[b]);
                assert!((tau - expected).abs() < 0.009, "{copula:?} {a} {b}: {tau} {expected}");
            }
        }
    }

    #[test]
    fn the_t_copula_has_more_joint_extremes_than_the_gaussian() {
        // Probability that both are in their lowest per cent, over one per cent, at a correlation of 1/2. By numerical
        // integration of the bivariate laws: 0.3296 with 3 degrees of freedom (limit in the tail 2 T_4(-sqrt(4/3)) = 0.3125),
        // 0.1294 for the normal law.
        let correlation = [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let share = |copula| {
            let found = scores(correlation, copula, 15_625);
            let low = normal_quantile(0.01);
            let both = found[0].iter().zip(&found[1]).filter(|(x, y)| **x < low && **y < low).count();
            both as f64 / found[0].len() as f64 / 0.01
        };
        let (student, gaussian) = (share(Copula::StudentT(3)), share(Copula::Gaussian));
        // A million samples: standard errors sqrt(p n) / (0.01 n) = 0.0057 and 0.0036; five of them.
        assert!((student - 0.3296).abs() < 0.029, "{student}");
        assert!((gaussian - 0.1294).abs() < 0.018, "{gaussian}");
    }

    #[test]
    fn a_matrix_that_is_no_correlation_is_refused() {
        let bad = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]];
        assert!(Dependence::new(&bad, Copula::Gaussian).is_none());
        let alike = [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        assert!(Dependence::new(&alike, Copula::Gaussian).is_none());
        assert!(cholesky(&CORRELATION).is_some());
    }
}

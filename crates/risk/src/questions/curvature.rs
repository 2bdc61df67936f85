//! Eigenvalues of a small symmetric matrix, by Jacobi's rotations: every sweep zeroes each off-diagonal element once.
//! Golub and Van Loan, Matrix Computations, section 8.5.

/// Sweeps; convergence is quadratic, and ten dimensions take about six.
const SWEEPS: usize = 30;

/// Eigenvalues in rising order, each with its unit vector.
pub(super) fn eigen(mut a: Vec<Vec<f64>>) -> Vec<(f64, Vec<f64>)> {
    let n = a.len();
    let unit = |i: usize| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
    // Row `k` becomes the vector of the `k`th value.
    let mut vectors: Vec<Vec<f64>> = (0..n).map(unit).collect();
    for _ in 0..SWEEPS {
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    let mut pairs: Vec<(f64, Vec<f64>)> = (0..n).map(|k| a[k][k]).zip(vectors).collect();
    pairs.sort_by(|one, two| one.0.total_cmp(&two.0));
    pairs
}

/// Turns the plane of `p` and `q` such that their element vanishes.
fn rotate(a: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    // The smaller root of t^2 + 2 theta t - 1.
    let sign = if theta < 0.0 { -1.0 } else { 1.0 };
    let t = sign / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for row in a.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    for k in 0..a.len() {
        (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]);
    }
    for k in 0..a.len() {
        (vectors[p][k], vectors[q][k]) =
            (c * vectors[p][k] - s * vectors[q][k], s * vectors[p][k] + c * vectors[q][k]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_of_known_eigenvalues_gives_them_with_their_vectors() {
        // [[2, 1], [1, 2]] (+) [5]: 1 along (1, -1), 3 along (1, 1), 5 along the third axis.
        let found = eigen(vec![vec![2.0, 1.0, 0.0], vec![1.0, 2.0, 0.0], vec![0.0, 0.0, 5.0]]);
        let half = 0.5_f64.sqrt();
        for ((value, vector), (known, axis)) in
            found.iter().zip([(1.0, [half, -half, 0.0]), (3.0, [half, half, 0.0]), (5.0, [0.0, 0.0, 1.0])])
        {
            let along: f64 = vector.iter().zip(axis).map(|(a, b)| a * b).sum();
            // Rounding of some rotations.
            assert!((value - known).abs() < 1e-14 && (along.abs() - 1.0).abs() < 1e-14, "{value} {vector:?}");
        }
    }

    #[test]
    fn a_singular_matrix_has_a_vanishing_eigenvalue() {
        // J^T J of the one row (1, 2): 0 and 5.
        let found = eigen(vec![vec![1.0, 2.0], vec![2.0, 4.0]]);
        assert!(found[0].0.abs() < 1e-15 && (found[1].0 - 5.0).abs() < 1e-14, "{found:?}");
    }
}

//! Points of a variance-based sensitivity study: two independent matrices from one low-discrepancy sequence, and
//! their mixtures.
//!
//! Saltelli et al., Computer Physics Communications 181 (2010) 259-270: rows of `A` and `B` are the two halves of a
//! sequence in `2 k` dimensions, `AB_i` is `A` with column `i` of `B`. The sequence is Sobol's in the order of Gray's
//! code, with direction numbers of Joe and Kuo, SIAM J. Sci. Comput. 30 (2008) 2635-2654 (`new-joe-kuo-6.21201`,
//! first 20 dimensions), shifted digitally by bits of the seed: a power of two of points keeps the balance of the
//! net, and no point lies on the boundary.

use pegstress_num::philox::philox_pair;

/// Keys of a design at most.
pub const MAX_KEYS: usize = 10;

const DIMENSIONS: usize = 2 * MAX_KEYS;
const BITS: usize = 32;

/// Degree and inner coefficients of each primitive polynomial and its first direction integers, from the second
/// dimension on.
const DIRECTIONS: [(u32, &[u32]); DIMENSIONS - 1] = [
    (0, &[1]),
    (1, &[1, 3]),
    (1, &[1, 3, 1]),
    (2, &[1, 1, 1]),
    (1, &[1, 1, 3, 3]),
    (4, &[1, 3, 5, 13]),
    (2, &[1, 1, 5, 5, 17]),
    (4, &[1, 1, 5, 5, 5]),
    (7, &[1, 1, 7, 11, 19]),
    (11, &[1, 1, 5, 1, 1]),
    (13, &[1, 1, 1, 3, 11]),
    (14, &[1, 3, 5, 5, 31]),
    (1, &[1, 3, 3, 9, 7, 49]),
    (13, &[1, 1, 1, 15, 21, 21]),
    (16, &[1, 3, 1, 13, 27, 49]),
    (19, &[1, 1, 1, 15, 7, 5]),
    (22, &[1, 3, 1, 15, 13, 25]),
    (25, &[1, 1, 5, 5, 19, 61]),
    (1, &[1, 3, 7, 11, 23, 15, 103]),
];

/// The direction numbers of a dimension, most significant bit first.
fn directions(dimension: usize) -> [u32; BITS] {
    let mut v = [0_u32; BITS];
    let Some((coefficients, first)) = dimension.checked_sub(1).and_then(|k| DIRECTIONS.get(k)) else {
        // The first dimension is van der Corput's sequence.
        v.iter_mut().enumerate().for_each(|(bit, one)| *one = 1 << (BITS - 1 - bit));
        return v;
    };
    let degree = first.len();
    for bit in 0..BITS {
        v[bit] = match first.get(bit) {
            Some(m) => m << (BITS - 1 - bit),
            None => {
                let mut next = v[bit - degree] ^ (v[bit - degree] >> degree);
                for k in 1..degree {
                    if (coefficients >> (degree - 1 - k)) & 1 == 1 {
                        next ^= v[bit - k];
                    }
                }
                next
            }
        };
    }
    v
}

/// `points` points of the sequence in `dimensions` dimensions, each in (0, 1).
pub(super) fn sequence(dimensions: usize, points: usize, seed: u64) -> Vec<Vec<f64>> {
    let shift = |dimension: usize| philox_pair(dimension as u64, u64::MAX, seed).0 as u32;
    let columns: Vec<_> = (0..dimensions).map(|k| (directions(k), shift(k))).collect();
    let mut state = vec![0_u32; dimensions];
    let mut list = Vec::with_capacity(points);
    for point in 0..points {
        let place =
            |(x, (_, shift)): (&u32, &([u32; BITS], u32))| (f64::from(x ^ shift) + 0.5) / 4_294_967_296.0;
        list.push(state.iter().zip(&columns).map(place).collect());
        // Gray's code: the next point differs by the direction of the lowest zero bit.
        let bit = (point as u32).trailing_ones() as usize;
        if bit < BITS {
            state.iter_mut().zip(&columns).for_each(|(x, (v, _))| *x ^= v[bit]);
        }
    }
    list
}

/// Where a design's model has to be evaluated.
#[derive(Debug, Clone)]
pub struct Design {
    /// Keys.
    pub keys: usize,
    /// Rows of each matrix.
    pub rows: usize,
    /// Seed of the shift, and of the bootstrap over rows.
    pub seed: u64,
    /// `rows * (keys + 2)` points of the unit cube: of each row that of `A`, that of `B`, then those of `AB_1` to
    /// `AB_k`.
    pub points: Vec<Vec<f64>>,
}

impl Design {
    /// A design over `keys` keys (1 to [`MAX_KEYS`]) with `rows` rows, best a power of two.
    pub fn new(keys: usize, rows: usize, seed: u64) -> Self {
        let keys = keys.clamp(1, MAX_KEYS);
        let mut points = Vec::with_capacity(rows * (keys + 2));
        for both in sequence(2 * keys, rows, seed) {
            let (a, b) = both.split_at(keys);
            points.push(a.to_vec());
            points.push(b.to_vec());
            for key in 0..keys {
                let mut mixed = a.to_vec();
                mixed[key] = b[key];
                points.push(mixed);
            }
        }
        Self { keys, rows, seed, points }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unshifted_points_are_the_published_ones() {
        // Dimensions 1 to 3 of the sequence after Joe and Kuo's own generator.
        let axes: Vec<_> = (0..3).map(directions).collect();
        let mut x = [0_u32; 3];
        let mut found = vec![x];
        for point in 0..7_u32 {
            let bit = point.trailing_ones() as usize;
            x.iter_mut().zip(&axes).for_each(|(x, v)| *x ^= v[bit]);
            found.push(x);
        }
        let as_eighths: Vec<[u32; 3]> = found.iter().map(|p| p.map(|x| x >> 29)).collect();
        let published =
            [[0, 0, 0], [4, 4, 4], [6, 2, 2], [2, 6, 6], [3, 3, 5], [7, 7, 1], [5, 1, 7], [1, 5, 3]];
        assert_eq!(as_eighths, published);
    }

    #[test]
    fn every_dimension_has_one_point_in_each_of_equal_parts() {
        for seed in [0, 1, 20_240_805] {
            for point_bits in [3, 7, 10] {
                let n = 1 << point_bits;
                let points = sequence(DIMENSIONS, n, seed);
                for dimension in 0..DIMENSIONS {
                    let mut parts = vec![0; n];
                    points.iter().for_each(|p| parts[(p[dimension] * n as f64) as usize] += 1);
                    assert!(parts.iter().all(|count| *count == 1), "dimension {dimension}, {n} points");
                }
            }
        }
    }

    #[test]
    fn the_first_two_dimensions_fill_every_elementary_box_once() {
        let points = sequence(2, 256, 3);
        for split in 0..=8 {
            let (wide, high) = (1_usize << split, 1_usize << (8 - split));
            let mut boxes = vec![0; 256];
            for p in &points {
                boxes[(p[0] * wide as f64) as usize * high + (p[1] * high as f64) as usize] += 1;
            }
            assert!(boxes.iter().all(|count| *count == 1), "{wide} x {high}");
        }
    }

    #[test]
    fn a_mixed_row_takes_one_column_from_the_other_matrix() {
        let design = Design::new(3, 4, 1);
        assert_eq!(design.points.len(), 4 * 5);
        let row = &design.points[5..10];
        assert_eq!(row[3], [row[0][0], row[1][1], row[0][2]]);
    }
}

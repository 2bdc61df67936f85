//! Which row of a table a key falls into, for lanes: eight keys at a time.
//!
//! ```text
//! largest j with keys[j] <= key
//! ```
//!
//! The upper levels hold every eighth, every sixty-fourth key and so on. A step compares the key with the eight of a group
//! and goes on to the group below the last that is not above it: the work depends on the number of keys and not on where
//! the key falls, and there are no branches. Levels stand outside and lanes inside.

use pegstress_num::{Lanes, greater, lesser};

/// Keys of a group.
const GROUP: usize = 8;
/// Keys count as not larger than this, in size.
const GREATEST_KEY: f64 = 1e300;
/// What nothing is above, and what nothing reaches.
const NO_KEY: (f64, f64) = (f64::MIN, f64::MAX);

/// Ascending lists of equal length. Each is padded by at least a group to a power of eight, and key `j` of list `k` stands at
/// `k * stride + j`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Search {
    /// From the top, which is one group per list. Groups of a level stand one after the other.
    levels: Vec<Vec<[f64; GROUP]>>,
    /// The keys, list by list.
    keys: Vec<f64>,
    stride: usize,
}

impl Search {
    /// Of ascending keys, as many in each list.
    pub(super) fn new(mut lists: Vec<Vec<f64>>) -> Self {
        let count = lists.iter().map(Vec::len).max().unwrap_or(0);
        let mut stride = GROUP;
        while stride < count + GROUP {
            stride *= GROUP;
        }
        for keys in &mut lists {
            keys.resize(stride, NO_KEY.1);
            // A key below the first belongs to it.
            keys.iter_mut().take(1).for_each(|first| *first = NO_KEY.0);
        }
        let all = lists.concat();
        let mut keys = all.clone();
        let mut levels = Vec::new();
        let mut per_list = stride;
        while per_list > 1 {
            levels.push(keys.as_chunks().0.to_vec());
            keys = keys.into_iter().step_by(GROUP).collect();
            per_list /= GROUP;
        }
        levels.reverse();
        Self { levels, keys: all, stride }
    }

    /// Places from list to list.
    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// Place of each lane's key in its list, keys being [`limited`].
    #[inline(always)]
    pub(super) fn find<const W: usize>(&self, list: &[usize; W], key: &Lanes<W>) -> [usize; W] {
        let mut place = *list;
        for groups in &self.levels {
            for i in 0..W {
                // A place of the level above is a group of this one; leaving the loop otherwise keeps it from becoming gathers.
                let Some(group) = groups.get(place[i]) else { break };
                place[i] = GROUP * place[i] + (GROUP - 1) - above(group, key[i]);
            }
        }
        place
    }

    /// The same where no key is below that at `from`, a place of its list. Most keys are among the next few.
    #[inline(always)]
    pub(super) fn find_from<const W: usize>(
        &self,
        list: &[usize; W],
        from: &[usize; W],
        key: &Lanes<W>,
    ) -> [usize; W] {
        let (mut place, mut farther) = ([0; W], false);
        for i in 0..W {
            let Some(window) = self.keys.get(from[i]..).and_then(<[f64]>::first_chunk) else { break };
            let above = above(window, key[i]);
            place[i] = from[i] + (GROUP - 1) - above;
            farther |= above == 0;
        }
        if farther { self.find(list, key) } else { place }
    }

    /// The same for one lane.
    pub(super) fn find_one(&self, list: usize, key: f64) -> usize {
        let [place] = self.find(&[list], &[limited(key)]);
        place
    }
}

/// A key that is in the range of keys; one that is not a number counts as the largest.
#[inline(always)]
pub(super) fn limited(key: f64) -> f64 {
    greater(lesser(key, GREATEST_KEY), 0.0 - GREATEST_KEY)
}

/// How many keys of a group are above; the first never is. Sign bits of differences are added up, which the compiler makes
/// a vector operation of, and not comparisons.
#[inline(always)]
fn above(group: &[f64; GROUP], key: f64) -> usize {
    let mut above = 0;
    for t in 0..GROUP {
        above += (key - group[t]).to_bits() >> 63;
    }
    above as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_last_key_that_is_not_above() {
        for count in [1, 2, 7, 8, 9, 63, 64, 65, 500, 512, 513, 4_096, 5_000] {
            let up: Vec<f64> = (0..count).map(f64::from).collect();
            let twice: Vec<f64> = up.iter().map(|key| 2.0 * key).collect();
            let search = Search::new(vec![up, twice]);
            let second = search.stride();
            for j in 0..count {
                let (place, key) = (j as usize, f64::from(j));
                assert_eq!(
                    search.find(&[0, 1, 0, 1], &[key, 2.0 * key, key + 0.5, 2.0 * key + 1.5]),
                    [place, second + place, place, second + place]
                );
                assert_eq!(search.find_one(1, 2.0 * key), second + place);
                for from in [place, place / 2, 0] {
                    assert_eq!(
                        search.find_from(&[0, 1], &[from, second + from], &[key, 2.0 * key]),
                        [place, second + place]
                    );
                }
            }
            let last = count as usize - 1;
            let found = search.find(&[0, 1, 0, 0], &[f64::INFINITY, 1e300, -1.0, f64::NAN].map(limited));
            assert_eq!(found, [last, second + last, 0, last]);
        }
    }

    #[test]
    fn of_equal_keys_finds_the_last() {
        let keys = vec![0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0];
        let search = Search::new(vec![keys.clone(), keys]);
        assert_eq!(search.find(&[0, 0, 0, 1], &[0.0, 1.5, 2.0, 3.0]), [1, 4, 6, search.stride() + 10]);
    }
}

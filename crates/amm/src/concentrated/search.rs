//! Which row of a table a key falls into, for lanes: eight keys at a time.
//!
//! ```text
//! largest j with keys[j] <= key
//! ```
//!
//! The upper levels hold every eighth, every sixty-fourth key and so on. A step compares the key with the eight of a group
//! and goes on to the group below the last that is not above it: the work depends on the number of keys and not on where
//! the key falls, and there are no branches. Levels stand outside and lanes inside.

use pegstress_num::Lanes;

/// Keys of a group.
const GROUP: usize = 8;
/// A key that nothing reaches; compares false even with infinity.
const NO_KEY: [f64; GROUP] = [f64::NAN; GROUP];

/// Ascending lists of equal length, one per direction of a trade and table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Search {
    /// From the top, which is one group per list.
    levels: Vec<Level>,
}

#[derive(Debug, Clone, PartialEq)]
struct Level {
    /// List by list.
    groups: Vec<[f64; GROUP]>,
    per_list: usize,
}

impl Search {
    /// Of ascending keys, as many in each list.
    pub(super) fn new(mut lists: Vec<Vec<f64>>) -> Self {
        let mut levels = Vec::new();
        loop {
            let level = Level::new(&lists);
            let is_top = level.per_list <= 1;
            levels.push(level);
            if is_top {
                break;
            }
            lists = lists.iter().map(|keys| keys.iter().copied().step_by(GROUP).collect()).collect();
        }
        levels.reverse();
        Self { levels }
    }

    /// Place of each lane's key in its list. A key below the first gives 0.
    #[inline(always)]
    pub(super) fn find<const W: usize>(&self, list: &[usize; W], key: &Lanes<W>) -> [usize; W] {
        let mut place = [0; W];
        for level in &self.levels {
            for i in 0..W {
                let Some(group) = level.group(list[i], place[i]) else { break };
                place[i] = GROUP * place[i] + not_above(group, key[i]);
            }
        }
        place
    }

    /// The same for one lane.
    #[inline(always)]
    pub(super) fn find_one(&self, list: usize, key: f64) -> usize {
        let step = |place, level: &Level| {
            GROUP * place + level.group(list, place).map_or(0, |group| not_above(group, key))
        };
        self.levels.iter().fold(0, step)
    }
}

impl Level {
    fn new(lists: &[Vec<f64>]) -> Self {
        let mut groups = Vec::new();
        for keys in lists {
            for part in keys.chunks(GROUP) {
                let mut group = NO_KEY;
                group.iter_mut().zip(part).for_each(|(place, key)| *place = *key);
                groups.push(group);
            }
        }
        let per_list = groups.len() / lists.len().max(1);
        Self { groups, per_list }
    }

    #[inline(always)]
    fn group(&self, list: usize, place: usize) -> Option<&[f64; GROUP]> {
        self.groups.get(list * self.per_list + place)
    }
}

/// Place of the last key of a group that is not above; 0 if there is none.
#[inline(always)]
fn not_above(group: &[f64; GROUP], key: f64) -> usize {
    let mut count = 0_usize;
    for t in 0..GROUP {
        count += usize::from(group[t] <= key);
    }
    count.saturating_sub(1)
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
            for j in 0..count {
                let (place, key) = (j as usize, f64::from(j));
                assert_eq!(
                    search.find(&[0, 1, 0, 1], &[key, 2.0 * key, key + 0.5, 2.0 * key + 1.5]),
                    [place; 4]
                );
                assert_eq!(search.find_one(1, 2.0 * key), place);
            }
            let last = count as usize - 1;
            assert_eq!(search.find(&[0, 1, 0], &[f64::INFINITY, 1e300, -1.0]), [last, last, 0]);
        }
    }

    #[test]
    fn of_equal_keys_finds_the_last() {
        let keys = vec![0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0];
        let search = Search::new(vec![keys.clone(), keys]);
        assert_eq!(search.find(&[0, 0, 0, 1], &[0.0, 1.5, 2.0, 3.0]), [1, 4, 6, 10]);
    }
}

//! The instant path, and what a request leads to: paid at once while the path lasts, the rest waits.

use super::{Claimant, Redemption, Served};
use pegstress_num::{Lanes, greater, lesser};

impl<const W: usize> Redemption<W> {
    /// Claims that the instant path takes now, ETH gross of its fee.
    #[inline(always)]
    pub fn instant_room_eth(&self) -> Lanes<W> {
        let mut room = [0.0; W];
        if self.rules.buffer.serves.is_instant() {
            for i in 0..W {
                let above = greater(self.buffer_eth[i] - self.rules.buffer.watermark_eth, 0.0);
                room[i] = lesser(above, self.bucket_eth[i]);
            }
        }
        room
    }

    /// Fee of the instant path if `eth` leaves the buffer now, fraction.
    #[inline(always)]
    pub fn instant_fee(&self, eth: &Lanes<W>) -> Lanes<W> {
        let curve = self.rules.buffer.fee;
        let mut fee = [curve.at_full; W];
        if curve.at_empty == curve.at_full {
            return fee;
        }
        for i in 0..W {
            fee[i] = curve.at(self.buffer_eth[i] - eth[i]);
        }
        fee
    }

    /// Asks for redemption of `lrt` tokens at `rate`: at once while the instant path lasts, the rest waits.
    #[inline(always)]
    pub fn request(&mut self, claimant: Claimant, lrt: &Lanes<W>, rate: &Lanes<W>) -> Served<W> {
        let zero = [0.0; W];
        let mut served = Served { paid_now_eth: zero, paid_now_lrt: zero, queued_lrt: *lrt };
        if self.rules.buffer.serves.is_instant() {
            let mut leaves = self.instant_room_eth();
            for i in 0..W {
                leaves[i] = lesser(leaves[i], lrt[i] * rate[i]);
            }
            let fee = self.instant_fee(&leaves);
            for i in 0..W {
                // The fee stays in the buffer: claims up to `above / keep` empty it.
                let keep = 1.0 - fee[i];
                let above = greater(self.buffer_eth[i] - self.rules.buffer.watermark_eth, 0.0);
                let claim = lrt[i] * rate[i];
                let instant = lesser(lesser(claim, self.bucket_eth[i]), above / keep);
                self.bucket_eth[i] -= instant;
                self.buffer_eth[i] = greater(self.buffer_eth[i] - instant * keep, 0.0);
                served.paid_now_eth[i] = instant * keep;
                served.queued_lrt[i] = greater(claim - instant, 0.0) / rate[i];
                served.paid_now_lrt[i] = lrt[i] - served.queued_lrt[i];
            }
        }
        let asked = &mut self.asked[claimant as usize];
        for i in 0..W {
            asked[i] += served.queued_lrt[i];
            self.waiting_lrt[i] += served.queued_lrt[i];
        }
        self.asked_rate = *rate;
        served
    }
}

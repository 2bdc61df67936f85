//! The pool of a case and who uses it.

use crate::words::{FieldError, flag, object, small, text, word};
use pegstress_exact::U256;
use pegstress_exact::lending::aave::{
    Account, EMode, Error, Pool, RateParameters, RateStrategy, Reserve, ReserveConfig,
};
use serde_json::Value;

pub(super) struct World {
    pub(super) pool: Pool,
    pub(super) borrower: Account,
    pub(super) liquidator: Account,
    pub(super) now: u64,
    names: Vec<String>,
}

/// Supply that liquidations gave out, at a time.
pub(super) struct Received {
    pub(super) liquidator: U256,
    pub(super) treasury: U256,
}

impl World {
    /// The pool as it stood before the first step.
    pub(super) fn before(case: &Value, first: &Value) -> Result<Self, FieldError> {
        let assets = object(case, "assets")?;
        let names: Vec<String> =
            assets.as_object().map(|assets| assets.keys().cloned().collect()).unwrap_or_default();
        let state = object(first, "state")?;
        let waited = if text(first, "op")? == "wait" { small(object(first, "in")?, "seconds")? } else { 0 };
        let now = small(state, "timestamp")?.saturating_sub(waited);
        let states = object(state, "reserves")?;
        let mut reserves = Vec::new();
        for name in &names {
            let price = word(object(states, name)?, "price")?;
            let reserve = Reserve::new(config(object(assets, name)?)?, price, now);
            reserves.push(reserve.map_err(|error| no_pool(name, &error))?);
        }
        let mut world = Self {
            pool: Pool::new(reserves),
            borrower: Account::new(names.len(), emode(case, &names)?),
            liquidator: Account::new(names.len(), None),
            now,
            names,
        };
        world.supply_of_others(first, states)?;
        Ok(world)
    }

    /// The index of the asset that `value[key]` names.
    pub(super) fn asset(&self, value: &Value, key: &str) -> Result<usize, FieldError> {
        let name = text(value, key)?;
        self.names
            .iter()
            .position(|known| known == name)
            .ok_or_else(|| FieldError::new(key, "one of the assets", name))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (usize, &str)> {
        self.names.iter().map(String::as_str).enumerate()
    }

    pub(super) fn received(&self, asset: usize) -> Result<Received, Error> {
        let reserve = self.pool.reserves().get(asset).ok_or(Error::UnknownReserve(asset))?;
        let scaled = self.liquidator.position(asset)?.scaled_supply;
        Ok(Received {
            liquidator: reserve.supply_balance(scaled, self.now)?,
            treasury: reserve.treasury_balance(self.now)?,
        })
    }

    fn supply_of_others(&mut self, first: &Value, states: &Value) -> Result<(), FieldError> {
        let input = object(first, "in")?;
        let supplied = if text(first, "op")? == "supply" && first["out"].get("revert").is_none() {
            Some((self.asset(input, "asset")?, word(input, "amount")?))
        } else {
            None
        };
        let mut others = Account::new(self.names.len(), None);
        for (asset, name) in self.names.iter().enumerate() {
            let total = word(object(states, name)?, "total_atoken")?;
            let of_first = supplied.filter(|(of, _)| *of == asset).map_or(U256::ZERO, |(_, amount)| amount);
            let amount = total.saturating_sub(of_first);
            if !amount.is_zero() {
                let done = self.pool.supply(&mut others, asset, amount, self.now);
                done.map_err(|error| no_pool(name, &error))?;
            }
        }
        Ok(())
    }
}

fn config(asset: &Value) -> Result<ReserveConfig, FieldError> {
    let rates = object(asset, "rate_params_bps")?;
    let strategy = RateStrategy::new(RateParameters {
        optimal_bps: small(rates, "optimal")?,
        base_bps: small(rates, "base")?,
        slope1_bps: small(rates, "slope1")?,
        slope2_bps: small(rates, "slope2")?,
    });
    let decimals = small(asset, "decimals")?;
    Ok(ReserveConfig {
        decimals: decimals
            .try_into()
            .map_err(|_| FieldError::new("decimals", "an integer below 2^8", decimals))?,
        ltv_bps: small(asset, "ltv")?,
        liquidation_threshold_bps: small(asset, "liquidation_threshold")?,
        liquidation_bonus_bps: small(asset, "liquidation_bonus")?,
        protocol_fee_bps: small(asset, "protocol_fee_bps")?,
        reserve_factor_bps: small(asset, "reserve_factor_bps")?,
        strategy: strategy.map_err(|error| no_pool("rate_params_bps", &error))?,
    })
}

fn emode(case: &Value, names: &[String]) -> Result<Option<EMode>, FieldError> {
    if case.get("emode").is_some_and(Value::is_null) {
        return Ok(None);
    }
    let emode = object(case, "emode")?;
    if !flag(emode, "active")? {
        return Ok(None);
    }
    let bitmap = object(emode, "collateral_in_bitmap")?;
    let mut collateral_bitmap = 0;
    for (asset, name) in names.iter().enumerate() {
        if bitmap.get(name).is_some() && flag(bitmap, name)? {
            collateral_bitmap |= 1_u128 << (asset % 128);
        }
    }
    Ok(Some(EMode {
        ltv_bps: small(emode, "ltv")?,
        liquidation_threshold_bps: small(emode, "liquidation_threshold")?,
        liquidation_bonus_bps: small(emode, "liquidation_bonus")?,
        collateral_bitmap,
    }))
}

fn no_pool(key: &str, error: &dyn std::fmt::Display) -> FieldError {
    FieldError::new(key, "a reserve", format!("revert ({error})"))
}

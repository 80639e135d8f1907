//! Amounts and quantities, exact where floats are not.

use serde_json::{Value, json};

/// A number of four decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Amount(i64);

const ONE: i64 = 10_000;
const CENT: i64 = ONE / 100;

impl Amount {
    pub(crate) const ZERO: Self = Self(0);

    /// So many hundredths.
    pub(crate) fn cents(cents: u64) -> Self {
        Self(cents as i64 * CENT)
    }

    /// So many thousandths.
    pub(crate) fn thousandths(thousandths: u64) -> Self {
        Self(thousandths as i64 * (ONE / 1000))
    }

    /// The number that JSON means, if four decimals can hold it.
    pub(crate) fn parse(value: &Value) -> Option<Self> {
        let scaled = value.as_f64()? * ONE as f64;
        let rounded = scaled.round();
        (scaled.abs() < 1e15 && (scaled - rounded).abs() < 1e-3).then_some(Self(rounded as i64))
    }

    /// So many of it, rounded to hundredths.
    pub(crate) fn times(self, other: Self) -> Self {
        self.share(other.0, ONE)
    }

    /// That part of it, rounded to hundredths, half away from zero.
    pub(crate) fn share(self, of: i64, whole: i64) -> Self {
        let exact = i128::from(self.0) * i128::from(of);
        let step = i128::from(whole) * i128::from(CENT);
        let half = if exact < 0 { -step / 2 } else { step / 2 };
        Self(((exact + half) / step) as i64 * CENT)
    }

    /// It in JSON as money is written: with a point, also where the amount is whole.
    pub(crate) fn money(self) -> Value {
        json!(self.0 as f64 / ONE as f64)
    }

    /// It in JSON as a quantity is written: without a point where it is whole.
    pub(crate) fn quantity(self) -> Value {
        if self.0 % ONE == 0 { json!(self.0 / ONE) } else { self.money() }
    }
}

impl std::ops::Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::ops::Sub for Amount {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::ops::Neg for Amount {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, |sum, one| sum + one)
    }
}

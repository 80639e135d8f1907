//! Exact decimals, for money: no amount is ever computed in binary floating point.

use std::fmt;

/// An exact decimal: `digits` × 10^−`scale`.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    digits: i128,
    scale: u32,
}

/// More places than any currency or percentage has; beyond them a product is refused rather than rounded in silence.
const MAX_SCALE: u32 = 18;

impl Decimal {
    /// Nothing.
    pub const ZERO: Decimal = Decimal { digits: 0, scale: 0 };

    /// Reads `12`, `-0.50` or `1e-2`; none for anything else or past 38 digits.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if unsigned.is_empty() || !all_digits(unsigned) || !all_digits(fraction) {
            return None;
        }
        let mut digits: i128 = 0;
        for byte in unsigned.bytes().chain(fraction.bytes()) {
            digits = digits.checked_mul(10)?.checked_add((byte - b'0') as i128)?;
        }
        if unsigned.len() != whole.len() {
            digits = -digits;
        }
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        if scale < 0 {
            let factor = power(scale.unsigned_abs())?;
            return Some(Decimal { digits: digits.checked_mul(factor)?, scale: 0 });
        }
        Some(Decimal { digits, scale: scale as u32 }.trimmed()).filter(|decimal| decimal.scale <= MAX_SCALE)
    }

    /// The sum; none past 38 digits.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let scale = self.scale.max(other.scale);
        let digits = self.at(scale)?.checked_add(other.at(scale)?)?;
        Some(Decimal { digits, scale })
    }

    /// The product; none past 38 digits.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(Decimal { digits, scale: self.scale + other.scale }.trimmed()).filter(|decimal| decimal.scale <= MAX_SCALE)
    }

    /// Rounded half away from zero to so many places.
    pub fn round(self, places: u32) -> Decimal {
        if self.scale <= places {
            return self;
        }
        let Some(factor) = power(self.scale - places) else { return Decimal::ZERO };
        let (whole, rest) = (self.digits / factor, self.digits % factor);
        let away = if rest.abs() >= factor / 2 { rest.signum() } else { 0 };
        Decimal { digits: whole + away, scale: places }
    }

    /// The nearest multiple of `step`, halves away from zero; none past 38 digits, or where `step` is nothing or less.
    pub fn round_to(self, step: Decimal) -> Option<Decimal> {
        let scale = self.scale.max(step.scale);
        let (digits, step) = (self.at(scale)?, step.at(scale).filter(|step| *step > 0)?);
        let (whole, rest) = (digits / step, digits % step);
        let away = if rest.abs() >= step - rest.abs() { rest.signum() } else { 0 };
        Some(Decimal { digits: (whole + away).checked_mul(step)?, scale }.trimmed())
    }

    /// Whether nothing.
    pub fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// With at least two places, as amounts are written: `80` as `80.00`, `0.125` as it is.
    pub fn to_amount(self) -> String {
        match self.at(2) {
            Some(digits) if self.scale < 2 => Decimal { digits, scale: 2 }.to_string(),
            _ => self.to_string(),
        }
    }

    /// The nearest double: for counts, never for money.
    pub fn to_f64(self) -> f64 {
        self.digits as f64 / 10f64.powi(self.scale as i32)
    }

    fn at(self, scale: u32) -> Option<i128> {
        match scale.checked_sub(self.scale) {
            Some(more) => self.digits.checked_mul(power(more)?),
            None => Some(self.digits),
        }
    }

    fn trimmed(mut self) -> Decimal {
        // `0e-2147483647` is no reason to count for seconds.
        if self.digits == 0 {
            return Decimal::ZERO;
        }
        while self.scale > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.scale -= 1;
        }
        self
    }
}

fn power(exponent: u32) -> Option<i128> {
    10i128.checked_pow(exponent)
}

impl From<u32> for Decimal {
    fn from(value: u32) -> Decimal {
        Decimal { digits: value.into(), scale: 0 }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> std::cmp::Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at(scale), other.at(scale)) {
            (Some(a), Some(b)) => a.cmp(&b),
            // What does not fit is larger than whatever does.
            (None, _) => self.digits.signum().cmp(&0),
            (_, None) => 0.cmp(&other.digits.signum()),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.digits.unsigned_abs().to_string();
        let scale = self.scale as usize;
        if self.digits < 0 {
            f.write_str("-")?;
        }
        if scale == 0 {
            return f.write_str(&text);
        }
        let padded = format!("{text:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{whole}.{fraction}")
    }
}

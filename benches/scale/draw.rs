//! Numbers of a Zipf distribution, drawn in constant time (Vose's alias method).

/// The first of `n` is drawn most often; the k-th as often as the first, divided by k to the power of an exponent.
pub struct Zipf {
    share: Vec<f64>,
    keep: Vec<f64>,
    other: Vec<u32>,
}

impl Zipf {
    pub fn new(n: usize, exponent: f64) -> Zipf {
        let weights: Vec<f64> = (1..=n).map(|rank| (rank as f64).powf(-exponent)).collect();
        let sum: f64 = weights.iter().sum();
        let share: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
        let mut keep: Vec<f64> = share.iter().map(|share| share * n as f64).collect();
        let mut other: Vec<u32> = (0..n as u32).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&at| keep[at] < 1.0);
        while let (Some(less), Some(&more)) = (small.pop(), large.last()) {
            other[less] = more as u32;
            keep[more] -= 1.0 - keep[less];
            if keep[more] < 1.0 {
                large.pop();
                small.push(more);
            }
        }
        // What rounding has left over is whole.
        small.iter().chain(&large).for_each(|&at| keep[at] = 1.0);
        Zipf { share, keep, other }
    }

    pub fn share(&self, rank: usize) -> f64 {
        self.share[rank]
    }

    pub fn draw(&self, rng: &mut fastrand::Rng) -> usize {
        let at = rng.usize(0..self.keep.len());
        if rng.f64() < self.keep[at] { at } else { self.other[at] as usize }
    }
}

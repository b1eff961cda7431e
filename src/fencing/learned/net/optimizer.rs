//! Adam with decoupled weight decay, a clipped gradient, and a one-cycle learning rate.

/// How fast, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Schedule {
    /// The highest rate.
    pub(crate) peak: f32,
    /// Steps in all.
    pub(crate) steps: usize,
    /// Share of the weight that decays per step at rate 1.
    pub(crate) decay: f32,
}

/// Share of the steps in which the rate rises.
const WARM_UP: f32 = 0.2;
/// The gradient is clipped to this norm.
const MAX_GRAD_NORM: f32 = 1.0;
const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;

impl Schedule {
    /// From a 25th of the peak up and, after the peak, down to nearly nothing, both along half a cosine.
    pub(crate) fn rate(&self, step: usize) -> f32 {
        let at = step as f32 / self.steps.max(1) as f32;
        let along =
            |from: f32, to: f32, share: f32| to + (from - to) * 0.5 * (1.0 + (std::f32::consts::PI * share).cos());
        if at < WARM_UP {
            along(self.peak / 25.0, self.peak, at / WARM_UP)
        } else {
            along(self.peak, self.peak * 1e-5, ((at - WARM_UP) / (1.0 - WARM_UP)).min(1.0))
        }
    }
}

/// The optimiser's state of one net.
#[derive(Clone, Debug)]
pub(crate) struct Optimizer {
    schedule: Schedule,
    /// Running means of the gradient and of its square.
    first: Vec<f32>,
    second: Vec<f32>,
    step: usize,
}

impl Optimizer {
    /// For `weights` weights.
    pub(crate) fn new(schedule: Schedule, weights: usize) -> Self {
        Self { schedule, first: vec![0.0; weights], second: vec![0.0; weights], step: 0 }
    }

    /// One step down the gradient, which is cleared.
    pub(crate) fn step(&mut self, weights: &mut [f32], decayed: &[bool], gradient: &mut [f32]) {
        let norm = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
        let clip = (MAX_GRAD_NORM / norm.max(1e-9)).min(1.0);
        let rate = self.schedule.rate(self.step);
        self.step += 1;
        let unbias = |beta: f32| 1.0 - beta.powi(self.step as i32);
        let (unbias_first, unbias_second) = (unbias(BETA1), unbias(BETA2));
        for (i, grad) in gradient.iter_mut().enumerate() {
            let g = *grad * clip;
            self.first[i] = BETA1 * self.first[i] + (1.0 - BETA1) * g;
            self.second[i] = BETA2 * self.second[i] + (1.0 - BETA2) * g * g;
            let direction = (self.first[i] / unbias_first) / ((self.second[i] / unbias_second).sqrt() + 1e-8);
            let decay = if decayed[i] { self.schedule.decay * weights[i] } else { 0.0 };
            weights[i] -= rate * (direction + decay);
            *grad = 0.0;
        }
    }
}

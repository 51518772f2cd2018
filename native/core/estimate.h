#pragma once

#include <cmath>

namespace heaptide::core {

// Live memory of one stack, as far as samples tell.
struct Estimate {
  double bytes = 0;
  double count = 0;
  // Of `bytes`, in bytes squared, from the sampling alone.
  double variance = 0;
  double samples = 0;

  Estimate& operator+=(const Estimate& other) noexcept {
    bytes += other.bytes;
    count += other.count;
    variance += other.variance;
    samples += other.samples;
    return *this;
  }
};

// Probability that V8 samples one object of `size` bytes, both in bytes. As V8
// computes it, with the digits that it loses where `interval` is large.
inline double SamplingProbability(double size, double interval) noexcept {
  return 1 - std::exp(-size / interval);
}

// The number of samples behind `scaled_count`, which V8 obtains by dividing it
// by `probability` and rounding to a whole number. Exact: rounding moves the
// quotient by at most one half, and the probability is at most 1.
inline double SamplesBehind(double scaled_count, double probability) noexcept {
  return std::round(scaled_count * probability);
}

// Estimates the objects of one size from `samples` of them, each sampled
// independently with `probability`: the count is unbiased, and its variance is
// the one of a negative binomial distribution.
inline Estimate EstimateLive(double size,
                             double samples,
                             double probability) noexcept {
  const double count = samples / probability;
  return {.bytes = size * count,
          .count = count,
          .variance = size * size * count * (1 - probability) / probability,
          .samples = samples};
}

}  // namespace heaptide::core

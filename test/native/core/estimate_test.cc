#include "../../../native/core/estimate.h"

#include <cmath>
#include <initializer_list>

#include "check.h"

namespace heaptide::test {

using core::Estimate;

void TestEstimate() {
  Test("small objects stand for an interval each", [] {
    const double interval = 131'072;
    const double probability = core::SamplingProbability(64, interval);

    const Estimate live = core::EstimateLive(64, 10, probability);

    Check(std::abs(live.bytes / (10 * interval) - 1) < 0.001);
    Check(std::abs(live.count - live.bytes / 64) < 1e-6);
    Check(live.samples == 10);
    // The relative standard deviation of n samples is 1 / sqrt(n).
    Check(std::abs(std::sqrt(live.variance) / live.bytes - std::sqrt(0.1)) <
          0.001);
  });

  Test("objects far above the interval are counted exactly", [] {
    const double probability = core::SamplingProbability(1e9, 1024);

    const Estimate live = core::EstimateLive(1e9, 3, probability);

    Check(live.count == 3);
    Check(live.variance == 0);
  });

  Test("samples are recovered from scaled and rounded counts", [] {
    for (const double size : {16., 1000., 65'536., 131'072., 400'000., 1e9}) {
      const double probability = core::SamplingProbability(size, 131'072);
      for (double samples = 1; samples < 5000; samples = samples * 1.7 + 1) {
        const double whole = std::floor(samples);
        const double scaled = std::floor(whole / probability + 0.5);

        Check(core::SamplesBehind(scaled, probability) == whole);
      }
    }
  });
}

}  // namespace heaptide::test

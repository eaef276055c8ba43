// Generated images for tests and first steps: Gaussian blobs.
#pragma once

#include <cstdint>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// One random prototype per class, and images that are the prototype plus Gaussian noise, rounded
/// to bytes. The first row is 0, as in MNIST, so that label pixels overwrite nothing. With the
/// defaults a linear readout classifies about 95 % of the test images correctly.
struct SyntheticOptions {
  std::int64_t train_count = 2000;
  std::int64_t test_count = 500;
  std::int64_t classes = 4;
  std::int64_t height = 8;
  std::int64_t width = 16;
  double spread = 12;  // standard deviation of the prototypes' pixels, in grey levels
  double noise = 40;   // standard deviation of the noise, in grey levels
  std::int64_t seed = 0;
};

/// Generates the images; the same options give the same bytes on all machines.
RawData make_blobs(const SyntheticOptions& options);

Dataset synthetic();

}  // namespace ff::experiments

// Small images that the program makes itself: Gaussian blobs, for tests and first steps.
#pragma once

#include <cstdint>

#include "experiments/data/dataset.h"

namespace ff::experiments {

/// One random prototype per class, and images around it, rounded to bytes; the first row is dark,
/// as in MNIST, so that label pixels hide nothing. With these defaults a linear readout gets about
/// 95 % of the test images right.
struct SyntheticOptions {
  std::int64_t train_count = 2000;
  std::int64_t test_count = 500;
  std::int64_t classes = 4;
  std::int64_t height = 8;
  std::int64_t width = 16;
  double spread = 12;  // standard deviation of the prototypes' pixels, in grey levels
  double noise = 40;   // and of the images' around their prototype
  std::int64_t seed = 0;
};

/// The same options give the same bytes on every machine.
RawData make_blobs(const SyntheticOptions& options);

Dataset synthetic();

}  // namespace ff::experiments

// DataInfo: the properties of the training data that a learner needs before the first batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <c10/core/Device.h>

#include "ff/data/image_set.h"
#include "ff/nn/shape.h"

namespace ff {

/// Shape, range and classes of the samples, and the device to train on. Includes the training set
/// if it is resident, i.e. held in memory as a whole, rather than a stream.
struct DataInfo {
  /// From a resident training set. Implicit, so that a learner can be constructed from an ImageSet.
  DataInfo(ImageSet train);                         // NOLINT(google-explicit-constructor)
  DataInfo(std::shared_ptr<const ImageSet> train);  // NOLINT(google-explicit-constructor)

  /// For a stream.
  DataInfo(const Shape& shape_in, std::int64_t classes_in, const at::Device& device_in = at::kCPU)
      : shape(shape_in), classes(classes_in), device(device_in) {}

  /// Returns the largest normalised value of the training data: computed from the resident set, or
  /// `largest` for a stream; nullopt if that was not set.
  std::optional<double> max_value() const;

  Shape shape;
  std::int64_t classes = 0;
  at::Device device = at::kCPU;
  std::shared_ptr<const ImageSet> resident;  // the training set; null for a stream

  // For streams only, if known; for a resident set these are computed from the data.
  std::optional<double> largest;     // largest normalised value
  std::optional<double> background;  // normalised value of at least half of the pixels
};

}  // namespace ff

// DataInfo: what a learner knows of its data before the first batch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <c10/core/Device.h>

#include "ff/data/image_set.h"
#include "ff/nn/shape.h"

namespace ff {

/// The samples' shape and range, their classes and the device to train on. With a resident training
/// set, the set itself as well; a stream has none.
struct DataInfo {
  /// Of a resident training set. Implicit, so that a learner can be made from a set.
  DataInfo(ImageSet train);                         // NOLINT(google-explicit-constructor)
  DataInfo(std::shared_ptr<const ImageSet> train);  // NOLINT(google-explicit-constructor)

  /// Of a stream.
  DataInfo(const Shape& shape_in, std::int64_t classes_in, const at::Device& device_in = at::kCPU)
      : shape(shape_in), classes(classes_in), device(device_in) {}

  /// The largest normalised value of the training data: of the resident set, or as given for a
  /// stream; none where it was not given.
  std::optional<double> max_value() const;

  Shape shape;
  std::int64_t classes = 0;
  at::Device device = at::kCPU;
  std::shared_ptr<const ImageSet> resident;  // the whole training set; null: a stream

  // Of a stream, where they are known; a resident set is looked at itself.
  std::optional<double> largest;     // normalised value
  std::optional<double> background;  // the value of at least half of the pixels, normalised
};

}  // namespace ff

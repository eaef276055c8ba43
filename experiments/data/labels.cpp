#include "experiments/data/labels.h"

#include <stdexcept>

#include <ATen/Functions.h>

namespace ff::experiments {

at::Tensor checked_labels(const at::Tensor& numbers, std::int64_t classes, const DataFile& file) {
  auto labels = numbers.to(at::kLong);
  const auto wrong = labels.ge(classes).logical_or(labels.lt(0));
  if (wrong.any().item<bool>()) {
    const auto place = wrong.to(at::kByte).argmax().item<std::int64_t>();
    throw std::runtime_error(file.path + ": label " +
                             std::to_string(labels[place].item<std::int64_t>()) + " of image " +
                             std::to_string(place) + " (counted from 0); allowed: 0 to " +
                             std::to_string(classes - 1) + file.cure);
  }
  return labels;
}

}  // namespace ff::experiments

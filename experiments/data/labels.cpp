#include "experiments/data/labels.h"

#include <stdexcept>

#include <ATen/Functions.h>

#include "experiments/data/bytes.h"

namespace ff::experiments {

at::Tensor checked_labels(const at::Tensor& bytes, std::int64_t classes, const std::string& path) {
  auto labels = bytes.to(at::kLong);
  const auto wrong = labels.ge(classes);
  if (wrong.any().item<bool>()) {
    const auto place = wrong.to(at::kByte).argmax().item<std::int64_t>();
    throw std::runtime_error(path + ": label " +
                             std::to_string(labels[place].item<std::int64_t>()) + " of image " +
                             std::to_string(place) + " (counted from 0); allowed: 0 to " +
                             std::to_string(classes - 1) + kGetAgain);
  }
  return labels;
}

}  // namespace ff::experiments

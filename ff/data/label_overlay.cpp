#include "ff/data/label_overlay.h"

#include <ATen/Functions.h>

#include "ff/core/option_error.h"

namespace ff {

LabelOverlay::LabelOverlay(std::int64_t classes, std::int64_t pixels, double value, double neutral)
    : classes_(classes), value_(at::full({1}, value, at::kDouble)), neutral_(neutral) {
  if (classes > pixels) {
    throw OptionError({"label.embedding",
                       std::to_string(classes) + " classes do not fit into an image of " +
                           std::to_string(pixels) +
                           " pixels; use a data set with larger images or fewer classes"});
  }
}

void LabelOverlay::write_(at::Tensor rows, const at::Tensor& labels) const {
  auto pixels = rows.narrow(/*dim=*/1, /*start=*/0, classes_);
  pixels.zero_();
  pixels.scatter_(/*dim=*/1, labels.unsqueeze(1), value_.item<double>());
}

void LabelOverlay::write_(at::Tensor rows, std::int64_t label) const {
  rows.narrow(/*dim=*/1, /*start=*/0, classes_).zero_();
  rows.select(/*dim=*/1, label).fill_(value_.item<double>());
}

void LabelOverlay::write_neutral_(at::Tensor rows) const {
  rows.narrow(/*dim=*/1, /*start=*/0, classes_).fill_(neutral_);
}

}  // namespace ff

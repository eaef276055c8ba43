#include "experiments/records/figures.h"

#include <stdexcept>

namespace ff::experiments {
namespace {

constexpr const char* kGradients =
    "angle, norm, signs: a layer's gradient by the rule compared with backpropagation's, on the "
    "same\nbatch: angle in degrees, ratio of norms, fraction of equal signs.";
constexpr const char* kFeedback =
    "feedback angle, signs: the matrix that projects errors to a hidden layer, compared with that "
    "of\nbackpropagation: angle in degrees, fraction of entries with the same sign.";
constexpr const char* kDead =
    "dead units: fraction of a hidden layer's units that were 0 on every image evaluated.";

}  // namespace

const std::vector<FigureInfo>& figures() {
  static const std::vector<FigureInfo> list = {
      {"train_loss", "loss", "", 4, Better::kLower, true},
      {"layer_losses", "loss of each layer", "", 4, Better::kLower, true},
      {"thresholds", "thresholds", "", 3, Better::kNeither, true},
      {"head_loss", "loss of the head", "", 4, Better::kLower, true},
      {"test_loss", "test loss", "", 4, Better::kLower, true},
      {"validation_loss", "validation loss", "", 4, Better::kLower, true},
      {"test_accuracy", "test accuracy", "fraction", 4, Better::kHigher, true},
      {"validation_accuracy", "validation accuracy", "fraction", 4, Better::kHigher, true},
      {"train_accuracy", "train accuracy", "fraction", 4, Better::kHigher},
      {"angle", "angle to BP", "degrees", 1, Better::kLower, false, kGradients},
      {"norm_ratio", "norm to BP's", "", 2, Better::kNeither, false, kGradients},
      {"sign_agreement", "signs as BP's", "fraction", 3, Better::kHigher, false, kGradients},
      {"feedback_angle", "feedback angle", "degrees", 1, Better::kNeither, false, kFeedback},
      {"feedback_signs", "feedback signs", "fraction", 3, Better::kNeither, false, kFeedback},
      {"dead_units", "dead units", "fraction", 3, Better::kLower, false, kDead},
      {"seconds", "seconds", "s", 1, Better::kLower},
      {"train_seconds", "train s", "s", 1, Better::kLower},
      {"evaluate_seconds", "evaluate s", "s", 1, Better::kLower},
      {"milliseconds_per_step", "ms per step", "ms", 3, Better::kLower},
      {"peak_memory_bytes", "peak MiB", "bytes", 0, Better::kLower},
  };
  return list;
}

const std::vector<std::string>& measure_keys() {
  static const std::vector<std::string> keys = {
      "angle", "norm_ratio", "sign_agreement", "feedback_angle", "feedback_signs", "dead_units"};
  return keys;
}

const FigureInfo& figure_info(const std::string& key) {
  for (const auto& figure : figures()) {
    if (figure.key == key) return figure;
  }
  throw std::logic_error("no figure is called " + key);
}

}  // namespace ff::experiments

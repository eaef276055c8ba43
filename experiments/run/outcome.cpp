#include "experiments/run/outcome.h"

#include <algorithm>
#include <cmath>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/text.h"

namespace ff::experiments {
namespace {

double most_frequent_share(const at::Tensor& labels) {
  const auto counts = at::bincount(labels.to(at::kCPU));
  return counts.max().item<double>() / static_cast<double>(labels.numel());
}

std::string lower_rate(const Config& config) {
  const auto rate = config.optimizer.learning_rate;
  return "a lower optimizer.learning_rate (here " + significant(rate) + "; try " +
         significant(rate / 10) + ")";
}

std::string of_layer(const Config& config, const ImageSet& test, const ConstantLayer& constant) {
  const auto layer = "layer " + std::to_string(constant.layer);
  const auto images = "all " + std::to_string(test.size()) + " test images, whatever the label";
  if (constant.goodness == 0) {
    return "every unit of " + layer + " is 0 on " + images + " (dead units); " +
           lower_rate(config) + " usually fixes it";
  }
  return layer + " has the same goodness, " + significant(std::abs(constant.goodness)) + ", on " +
         images + " (saturated units); " + lower_rate(config) +
         " or another model.threshold.initial usually fixes it";
}

}  // namespace

double accuracy_of_guessing(const at::Tensor& labels) {
  const auto share = most_frequent_share(labels);
  const auto deviation = std::sqrt(share * (1 - share) / static_cast<double>(labels.numel()));
  return std::min(1.0, share + 3 * deviation);
}

std::string outcome_warning(const Config& config,
                            const ImageSet& test,
                            const FinalEvaluation& evaluation) {
  if (config.schedule.epochs == 0) return "";
  if (!evaluation.constant_layers.empty()) {
    return of_layer(config, test, evaluation.constant_layers.front());
  }
  const auto& predictions = evaluation.predictions.at("test");
  const auto share = most_frequent_share(test.labels);
  const auto first = predictions[0].item<std::int64_t>();
  if (share < 1 && (predictions == first).all().item<bool>()) {
    return "all " + std::to_string(test.size()) + " test images are classified as class " +
           std::to_string(first) + "; " + lower_rate(config) + " usually fixes it";
  }
  const auto accuracy = evaluation.figures.at("test_accuracy").get<double>();
  const auto guessing = accuracy_of_guessing(test.labels);
  if (share == 1 || guessing >= 1 || accuracy > guessing) return "";
  return "test accuracy " + fixed(accuracy, 4) +
         " is at chance level (always predicting the most frequent class gives " + fixed(share, 4) +
         "); " + lower_rate(config) + ", a higher one, or more schedule.epochs usually fix it";
}

}  // namespace ff::experiments

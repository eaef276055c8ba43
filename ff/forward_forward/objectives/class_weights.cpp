#include "ff/forward_forward/objectives/class_weights.h"

#include <cmath>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff {

ClassWeights::ClassWeights(const ClassWeightsOptions& options, const ObjectivePlace& place)
    : options_(options) {
  weight = register_parameter("weight", at::full({place.shape.channels, place.classes}, 0.5));
  log_temperature =
      register_parameter("log_temperature", at::full({1}, std::log(options.initial_temperature)));
  epoch = register_buffer("epoch", at::zeros({1}));
}

void ClassWeights::enter_epoch(std::int64_t value) { epoch.fill_(static_cast<double>(value)); }

at::Tensor ClassWeights::shares() const {
  const auto temperature =
      log_temperature.exp().clamp(0.1, 100) * at::pow(options_.temperature_decay, epoch);
  return (weight / temperature).softmax(/*dim=*/1);
}

at::Tensor ClassWeights::scores(const at::Tensor& activations) const {
  const auto maps = activations.reshape({activations.size(0), activations.size(1), -1});
  const auto pooled = (1 - options_.pool_max) * maps.mean(/*dim=*/2) +
                      options_.pool_max * maps.amax(/*dim=*/2) -
                      options_.pool_min * maps.amin(/*dim=*/2);
  return at::mm(pooled, shares());
}

at::Tensor ClassWeights::loss(const at::Tensor& activations, const at::Tensor& labels) const {
  auto loss = Objective::loss(activations, labels);
  const auto shares = this->shares();
  const auto channels = static_cast<double>(shares.size(0));
  const auto classes = static_cast<double>(shares.size(1));
  if (options_.entropy > 0) {
    // Shares may round to 0, where -a log a is 0 but its derivative is not a number.
    const auto safe = shares.clamp_min(1e-12);
    loss = loss + options_.entropy * -(safe * safe.log()).sum() / classes;
  }
  if (options_.orthogonality > 0) {
    const auto columns = shares / shares.norm(2, /*dim=*/0, /*keepdim=*/true);
    const auto network_stride =
        at::mm(columns.t(), columns) - at::eye(shares.size(1), shares.options());
    const auto rise = (epoch / 50).clamp_max(1).squeeze();
    loss = loss + options_.orthogonality * rise * network_stride.pow(2).mean() /
                      (classes * classes * channels);
  }
  return loss;
}

namespace {

ClassWeightsOptions options_of(const ObjectiveOptions& options) {
  return {.pool_max = options.get<double>("pool_max"),
          .pool_min = options.get<double>("pool_min"),
          .initial_temperature = options.get<double>("initial_temperature"),
          .temperature_decay = options.get<double>("temperature_decay"),
          .entropy = options.get<double>("entropy"),
          .orthogonality = options.get<double>("orthogonality")};
}

}  // namespace

ObjectiveKind class_weights_objective() {
  const ClassWeightsOptions standard;
  return {
      .name = "class-weights",
      .fields = {{"pool_max",
                  standard.pool_max,
                  between(0, 1),
                  "class-weights: share of the maximum of a map in the response of its "
                  "channel; the mean has the rest."},
                 {"pool_min",
                  standard.pool_min,
                  between(0, 1),
                  "class-weights: share of the minimum of a map, subtracted from the response."},
                 {"initial_temperature",
                  standard.initial_temperature,
                  between(0.1, 100),
                  "class-weights: initial temperature of the softmax that divides a channel "
                  "among the classes; it is learned."},
                 {"temperature_decay",
                  standard.temperature_decay,
                  {.min = 0, .max = 1, .open_min = true},
                  "class-weights: factor on that temperature after every epoch."},
                 {"entropy",
                  standard.entropy,
                  at_least(0),
                  "class-weights: weight of the entropy of the shares in the loss."},
                 {"orthogonality",
                  standard.orthogonality,
                  at_least(0),
                  "class-weights: weight of the overlap of the classes' channels in the loss, "
                  "which rises over the first 50 epochs."}},
      .make = [](const ObjectiveOptions& options,
                 const ObjectivePlace& place) -> std::shared_ptr<Objective> {
        return std::make_shared<ClassWeights>(options_of(options), place);
      }};
}

}  // namespace ff

#include "ff/forward_forward/objectives/class_channels.h"

#include <stdexcept>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

namespace ff {

ClassChannels::ClassChannels(bool squares, double temperature, const ObjectivePlace& place)
    : squares_(squares), temperature_(temperature), classes_(place.classes) {
  const auto channels = place.shape.channels;
  if (channels % classes_ == 0) return;
  const auto below = channels / classes_ * classes_;
  throw std::invalid_argument(
      "objective.type class-channels divides the channels among the classes, but " +
      std::to_string(channels) + " is not a multiple of " + std::to_string(classes_) +
      "; allowed: " + (below > 0 ? std::to_string(below) + ", " : "") +
      std::to_string(below + classes_) + " and other multiples");
}

at::Tensor ClassChannels::scores(const at::Tensor& activations) const {
  const auto groups = activations.reshape({activations.size(0), classes_, -1});
  const auto means = squares_ ? groups.pow(2).mean(/*dim=*/2) : groups.mean(/*dim=*/2);
  return temperature_ == 1 ? means : means / temperature_;
}

ObjectiveKind class_channels_objective() {
  return {.name = "class-channels",
          .fields = {{"mean_of",
                      std::string("squares"),
                      one_of({"squares", "activations"}),
                      "class-channels: the score of a class is the mean of the squares of the "
                      "activations of its channels (CwComp), or of the activations themselves "
                      "(DeeperForward)."},
                     {"temperature",
                      1.0,
                      above(0),
                      "class-channels: divisor of the scores in the softmax."}},
          .make = [](const ObjectiveOptions& options,
                     const ObjectivePlace& place) -> std::shared_ptr<Objective> {
            return std::make_shared<ClassChannels>(options.get<std::string>("mean_of") == "squares",
                                                   options.get<double>("temperature"),
                                                   place);
          }};
}

}  // namespace ff

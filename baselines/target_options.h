// Config keys of target propagation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ff/core/fields.h"

namespace ff::baselines {

struct TargetOptions {
  double step = 0.1;
  std::string penultimate = "gradient";
  double noise = 0.1;
  std::int64_t pretrain_epochs = 0;
  std::optional<double> feedback_learning_rate;
  double feedback_decay = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("step",
          self.step,
          above(0),
          "Step size of the output target: output - step x gradient of the image's loss.");
    visit("penultimate",
          self.penultimate,
          one_of({"gradient", "feedback"}),
          "Target of the last hidden layer: gradient, a step along its true negative gradient (Lee "
          "et al. 2015); feedback, through the feedback weights, as for the other layers.");
    visit("noise",
          self.noise,
          above(0),
          "Standard deviation of the noise added to activations, which the feedback weights learn "
          "to remove.");
    visit("pretrain_epochs",
          self.pretrain_epochs,
          between(0, 1e6),
          "Epochs that train only the feedback weights, before the network is trained.");
    visit("feedback_learning_rate",
          self.feedback_learning_rate,
          above(0),
          "Learning rate of the feedback weights; null: optimizer.learning_rate.");
    visit("feedback_decay",
          self.feedback_decay,
          at_least(0),
          "Weight decay of the feedback weights; regularises the inverse that they learn.");
  }
};

}  // namespace ff::baselines

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
    visit(
        "step",
        self.step,
        above(0),
        "How far the output's target lies from the output, down the gradient of an image's loss.");
    visit(
        "penultimate",
        self.penultimate,
        one_of({"gradient", "feedback"}),
        "The target of the last hidden layer: a step down its true gradient (Lee et al. 2015), or "
        "through feedback as the others.");
    visit("noise",
          self.noise,
          above(0),
          "Standard deviation of the noise on activations that feedback learns to undo.");
    visit("pretrain_epochs",
          self.pretrain_epochs,
          between(0, 1e6),
          "Epochs in which feedback learns alone, ahead of the network.");
    visit("feedback_learning_rate",
          self.feedback_learning_rate,
          above(0),
          "Step size of the feedback weights; null: the network's.");
    visit("feedback_decay",
          self.feedback_decay,
          at_least(0),
          "Weight decay of the feedback weights; it damps the inverse that they learn.");
  }
};

}  // namespace ff::baselines

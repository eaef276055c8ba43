// Config keys of feedback matrices.
#pragma once

#include <string>
#include <vector>

#include "ff/core/fields.h"

namespace ff::baselines {

struct FeedbackOptions {
  std::string init = "torch";
  double scale = 1;
  std::string sign_scale = "original";
  double concordant = 1;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("init",
          self.init,
          one_of(inits()),
          "Distribution of the feedback matrices (frsf, brsf: of their magnitudes): torch, "
          "U(+-1/sqrt(fan_in)); xavier, U(+-sqrt(6/(fan_in + fan_out))); kaiming, "
          "U(+-sqrt(6/fan_in)); normal, N(0, 1); copy, the initial weights.");
    visit("scale", self.scale, above(0), "Factor applied to the feedback matrices.");
    visit("sign_scale",
          self.sign_scale,
          one_of({"original", "init-std", "none"}),
          "Factor applied to the weights' signs used as feedback: original, 1/sqrt(inputs), for "
          "convolutions 1/sqrt(input channels); init-std, the root mean square of the initial "
          "weights; none, 1.");
    visit("concordant",
          self.concordant,
          between(0, 1),
          "Fraction of the feedback weights with the sign of the forward weight, drawn once; the "
          "others have the opposite sign.");
  }
  /// Allowed values of `init`.
  static std::vector<std::string> inits();
};

}  // namespace ff::baselines

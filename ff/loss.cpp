#include "ff/loss.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/choice.h"
#include "ff/loss_relu.h"
#include "ff/loss_softplus.h"

namespace ff {

const std::vector<Loss>& losses() {
  static const std::vector<Loss> all = {
      {"softplus", softplus_loss, softplus_of_row, softplus_slope},
      {"relu", relu_loss, relu_of_row, relu_slope},
      {"symba", softplus_loss, softplus_of_row, softplus_slope, /*paired=*/true},
  };
  return all;
}

const Loss& find_loss(const std::string& name) { return find_choice(losses(), name, "loss"); }

const std::vector<std::string>& direction_names() {
  static const std::vector<std::string> names = {"max-ssq", "min-ssq"};
  return names;
}

Direction find_direction(const std::string& name) {
  if (name == "max-ssq") return Direction::kMaxSsq;
  if (name == "min-ssq") return Direction::kMinSsq;
  throw std::invalid_argument("unknown direction '" + name +
                              "'; allowed: " + joined(direction_names()));
}

at::Tensor wrong_side(const at::Tensor& goodness_pos,
                      const at::Tensor& goodness_neg,
                      const at::Tensor& threshold,
                      Direction direction) {
  const auto pos = goodness_pos - threshold;
  const auto neg = goodness_neg - threshold;
  return direction == Direction::kMaxSsq ? at::cat({-pos, neg}) : at::cat({pos, -neg});
}

std::vector<std::string> LossOptions::names() { return names_of(losses()); }

}  // namespace ff

#include "ff/forward_forward/loss.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/choice.h"
#include "ff/core/open_list.h"
#include "ff/forward_forward/losses/relu.h"
#include "ff/forward_forward/losses/softplus.h"
#include "ff/math/loss.h"

namespace ff {
namespace {

// A loss whose value and slope on one row are written down, so that the fused engines have it.
template <class Rows>
Loss closed_form(at::Tensor (*of)(const at::Tensor& z), bool paired = false) {
  return {Rows::name, of, Rows::template value<double>, Rows::template slope<double>, paired};
}

OpenList<Loss>& list_of_losses() {
  static OpenList<Loss> all("loss",
                            {
                                closed_form<fused::SoftplusLoss>(softplus_loss),
                                closed_form<fused::ReluLoss>(relu_loss),
                                closed_form<fused::SymbaLoss>(softplus_loss, /*paired=*/true),
                            });
  return all;
}

}  // namespace

const std::vector<Loss>& losses() { return list_of_losses().read(); }

void register_loss(Loss loss) { list_of_losses().add(loss); }

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

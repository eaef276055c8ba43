#include "ff/forward_forward/loss.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/core/find_choice.h"
#include "ff/core/open_list.h"
#include "ff/forward_forward/losses/relu.h"
#include "ff/forward_forward/losses/softplus.h"
#include "ff/math/loss.h"

namespace ff {
namespace {

// Tensor operation, differentiable by autograd, of each closed form.
decltype(Loss::of) loss_of(fused::SoftplusLoss) { return softplus_loss; }
decltype(Loss::of) loss_of(fused::ReluLoss) { return relu_loss; }
decltype(Loss::of) loss_of(fused::SymbaLoss) { return softplus_loss; }

template <class... Rows>
void add_losses(std::vector<Loss>& losses, Types<Rows...>, bool paired) {
  (losses.push_back({Rows::name,
                     loss_of(Rows{}),
                     Rows::template value<double>,
                     Rows::template slope<double>,
                     paired}),
   ...);
}

std::vector<Loss> closed_forms() {
  std::vector<Loss> losses;
  add_losses(losses, fused::Losses{}, /*paired=*/false);
  add_losses(losses, fused::PairedLosses{}, /*paired=*/true);
  return losses;
}

OpenList<Loss>& list_of_losses() {
  // Losses without a closed form would be appended here.
  static OpenList<Loss> all("loss", closed_forms());
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
std::vector<std::string> LossOptions::directions() { return direction_names(); }

}  // namespace ff

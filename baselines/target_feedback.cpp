// Feedback losses of target propagation: reconstruction of noisy activations.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/target_propagation.h"

namespace ff::baselines {
namespace {

// The mean of error^2 / scale over samples and units, and its gradient with respect to `error`.
struct Loss {
  at::Tensor value, delta;
};

Loss mean_square(const at::Tensor& error, double scale) {
  return {error.square().mean() / scale,
          error * (2 / (scale * static_cast<double>(error.numel())))};
}

}  // namespace

// Mean of (g_l(f_{l+1}(h_l + n)) - (h_l + n))^2 (Lee et al. 2015, equation 13).
at::Tensor TargetPropagation::add_reconstruction(TensorDict& by_name,
                                                 std::size_t l,
                                                 const at::Tensor& noise,
                                                 const Trace& trace) const {
  const auto noisy = trace.h[l + 1] + noise;
  const auto up = mlp_.activate(l + 1, mlp_.apply(l + 1, noisy));
  const auto q = pull(l, up);
  const auto back = mlp_.activate(l, q);
  const auto loss = mean_square(back - noisy, 1);
  const auto delta = mlp_.slope(l, loss.delta, q, back);
  by_name[prefix(l) + "weight"] = delta.t().mm(up);
  by_name[prefix(l) + "bias"] = delta.sum(/*dim=*/0);
  return loss.value;
}

// Difference reconstruction loss (Meulemans et al. 2020, equation 13): reconstructs h_l + n by the
// path of the targets, from the output that h_l + n leads to. Only Q_l and c_l are trained; they
// occur twice, in g_l(target) and in g_l(h_{l+1}).
at::Tensor TargetPropagation::add_difference(TensorDict& by_name,
                                             std::size_t l,
                                             const at::Tensor& noise,
                                             const Trace& trace) const {
  auto target = mlp_.trace_from(l + 1, trace.h[l + 1] + noise).logits();
  for (auto k = feedback.size() - 1; k > l; --k) target = target_below(k, target, trace);
  const auto& from = above(l, trace);
  const auto q = pull(l, target), q0 = pull(l, from);
  const auto back = mlp_.activate(l, q), back0 = mlp_.activate(l, q0);
  const auto loss = mean_square(back - back0 - noise, targets_.noise * targets_.noise);
  const auto delta = mlp_.slope(l, loss.delta, q, back);
  const auto delta0 = mlp_.slope(l, loss.delta, q0, back0);
  by_name[prefix(l) + "weight"] = delta.t().mm(target) - delta0.t().mm(from);
  by_name[prefix(l) + "bias"] = (delta - delta0).sum(/*dim=*/0);
  return loss.value;
}

// Mean of (Q_l (z_L(h_l + n) - z_L) - n)^2 / noise^2. With weight decay, the minimum is the damped
// pseudoinverse of the Jacobian of the output with respect to h_l (Meulemans et al. 2020).
at::Tensor TargetPropagation::add_direct(TensorDict& by_name,
                                         std::size_t l,
                                         const at::Tensor& noise,
                                         const Trace& trace) const {
  const auto moved = mlp_.trace_from(l + 1, trace.h[l + 1] + noise).logits() - trace.logits();
  const auto loss = mean_square(pull(l, moved) - noise, targets_.noise * targets_.noise);
  by_name[prefix(l) + "weight"] = loss.delta.t().mm(moved);
  return loss.value;
}

}  // namespace ff::baselines

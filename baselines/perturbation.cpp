#include "baselines/perturbation.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/noise.h"

namespace ff::baselines {
namespace {

// Cross-entropy of each sample, (N).
at::Tensor losses(const at::Tensor& logits, const at::Tensor& labels) {
  return at::cross_entropy_loss(logits, labels, /*weight=*/{}, at::Reduction::None);
}

}  // namespace

Perturbation::Perturbation(PerturbationOptions perturbation,
                           bool exact,
                           NetworkLearnerOptions options,
                           DataInfo info)
    : MlpLearner(std::move(options), std::move(info)),
      perturbation_(std::move(perturbation)),
      exact_(exact) {}

Perturbation::Change Perturbation::draw(std::size_t first,
                                        std::size_t last,
                                        const Trace& clean,
                                        const at::Generator& generator) const {
  const auto depth = mlp_.depth();
  using Tensors = std::vector<at::Tensor>;
  Change change{first, last, Tensors(depth), Tensors(depth), Tensors(depth)};
  for (auto l = first; l <= last; ++l) {
    if (perturbation_.of == "units") {
      change.units[l] = normal_like(clean.z[l], generator);
    } else {
      change.weight[l] = normal_like(mlp_.weight(l), generator);
      change.bias[l] = normal_like(mlp_.bias(l), generator);
    }
  }
  return change;
}

at::Tensor Perturbation::added(const Change& change, std::size_t l, const at::Tensor& h) const {
  return change.units[l].defined() ? change.units[l]
                                   : at::linear(h, change.weight[l], change.bias[l]);
}

at::Tensor Perturbation::logits_after(const Change& change,
                                      double scale,
                                      const Trace& clean) const {
  auto h = clean.h[change.first];
  at::Tensor z;
  for (auto l = change.first; l < mlp_.depth(); ++l) {
    z = mlp_.apply(l, h);
    if (l <= change.last) z = z + scale * added(change, l, h);
    h = mlp_.activate(l, z);
  }
  return z;
}

at::Tensor Perturbation::tangent(const Change& change, const Trace& clean) const {
  at::Tensor dh, dz;
  for (auto l = change.first; l < mlp_.depth(); ++l) {
    dz = dh.defined() ? dh.mm(mlp_.weight(l).t()) : at::Tensor();
    if (l <= change.last) {
      const auto own = added(change, l, clean.h[l]);
      dz = dz.defined() ? dz + own : own;
    }
    if (l + 1 < mlp_.depth()) dh = mlp_.slope(l, dz, clean.z[l], clean.h[l + 1]);
  }
  return dz;
}

at::Tensor Perturbation::derivative(const Change& change,
                                    const Trace& clean,
                                    const OutputError& output,
                                    const at::Tensor& labels) const {
  if (exact_) {
    const auto error = output.delta * labels.size(0);
    return (error * tangent(change, clean)).sum(/*dim=*/1);
  }
  const auto scale = perturbation_.scale;
  const auto up = losses(logits_after(change, scale, clean), labels);
  if (!perturbation_.central) return (up - losses(clean.logits(), labels)) / scale;
  return (up - losses(logits_after(change, -scale, clean), labels)) / (2 * scale);
}

Gradient Perturbation::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) {
  const auto generator = random_.next(pass);
  const auto clean = mlp_.trace(inputs);
  const auto output = output_error(clean.logits(), labels);
  const auto last = mlp_.depth() - 1;
  Gradient found{output.loss, {}};
  if (perturbation_.exact_output) add_layer(found.by_name, last, output.delta, clean.h[last]);
  const auto changed = perturbation_.exact_output ? last : last + 1;  // number of perturbed layers
  const auto step = perturbation_.layers == "all" ? changed : 1;
  for (std::size_t first = 0; first < changed; first += step) {
    const auto change = draw(first, first + step - 1, clean, generator);
    const auto d = derivative(change, clean, output, labels);
    for (auto l = change.first; l <= change.last; ++l) {
      if (perturbation_.of == "units") {
        add_layer(
            found.by_name, l, change.units[l] * (d / labels.size(0)).unsqueeze(1), clean.h[l]);
      } else {
        const auto name = "layers." + std::to_string(l);
        found.by_name[name + ".weight"] = change.weight[l] * d.mean();
        found.by_name[name + ".bias"] = change.bias[l] * d.mean();
      }
    }
  }
  return found;
}

TensorDict Perturbation::training_state() const {
  auto state = MlpLearner::training_state();
  state["random"] = random_.state();
  return state;
}

}  // namespace ff::baselines

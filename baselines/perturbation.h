// Learning by random perturbations: weight perturbation, node perturbation, and the forward
// gradient, which replaces the finite difference by an exact directional derivative.
#pragma once

#include <string>
#include <vector>

#include "baselines/mlp_learner.h"
#include "baselines/perturbation_options.h"
#include "baselines/random_stream.h"

namespace ff::baselines {

/// With noise xi ~ N(0, 1), sigma = perturbation.scale and N samples:
///
///   of weights  d = (loss(W + sigma xi) - loss(W)) / sigma,  dW = d xi,  loss: the batch mean
///               (Jabri and Flower 1992)
///   of units    d_n = (loss_n(z + sigma xi) - loss_n(z)) / sigma,  delta_l = d_n xi_l / N,
///               dW_l = delta_l^T h_{l-1},  xi per unit and sample, added before the non-linearity
///               (Widrow and Lehr 1990; Werfel, Xie and Seung 2005)
///   exact       d = <d loss, xi>, the Jacobian-vector product by forward-mode differentiation
///               (Baydin et al. 2022; of units: Ren et al. 2022)
///
/// With perturbation.central d = (loss(+sigma xi) - loss(-sigma xi)) / (2 sigma). For sigma -> 0
/// the estimate of backpropagation's gradient is unbiased; its variance grows with the number of
/// perturbed values.
class Perturbation : public MlpLearner {
 public:
  /// `exact`: the forward gradient. Throws as MlpLearner's constructor.
  Perturbation(PerturbationOptions perturbation,
               bool exact,
               NetworkLearnerOptions options,
               DataInfo info);

  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;
  TensorDict training_state() const override;

 private:
  /// Noise of the layers first to last, inclusive; entries of other layers are undefined.
  struct Change {
    std::size_t first = 0, last = 0;
    std::vector<at::Tensor> units;         // noise added to z, (N, out)
    std::vector<at::Tensor> weight, bias;  // noise added to the parameters, of their shapes
  };

  /// Draws the noise of layers `first` to `last`, inclusive.
  Change draw(std::size_t first,
              std::size_t last,
              const Trace& clean,
              const at::Generator& generator) const;
  /// Returns the change of z[l] due to `change`, (N, out) or (out), for the layer input h (N, in).
  at::Tensor added(const Change& change, std::size_t l, const at::Tensor& h) const;
  /// Returns the logits (N, C) with `scale` times `change` added.
  at::Tensor logits_after(const Change& change, double scale, const Trace& clean) const;
  /// Returns the derivative of the logits along `change`, (N, C), by forward-mode differentiation.
  at::Tensor tangent(const Change& change, const Trace& clean) const;
  /// Returns d for each sample, (N): the derivative of its loss along `change`, exact or by a
  /// finite difference.
  at::Tensor derivative(const Change& change,
                        const Trace& clean,
                        const OutputError& output,
                        const at::Tensor& labels) const;

  PerturbationOptions perturbation_;
  bool exact_;
  RandomStream random_;
};

}  // namespace ff::baselines

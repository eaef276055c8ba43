// Learning from the effect of random changes: weight and node perturbation, and the forward
// gradient, which takes the effect of an infinitely small change exactly.
#pragma once

#include <string>
#include <vector>

#include "baselines/perceptron_learner.h"
#include "baselines/perturbation_options.h"
#include "baselines/random_stream.h"

namespace ff::baselines {

/// With the noise xi ~ N(0, 1) at the weights or at the units' input (before the non-linearity) and
/// d the derivative of the loss along it, the gradient is d xi at the weights, or delta_l = d xi_l
/// for each image (with its own d), an unbiased estimate of backpropagation's, whose variance grows
/// with the number of what is perturbed. d is a difference quotient (weight perturbation; node
/// perturbation: Widrow and Lehr 1990; Werfel et al. 2005) or exact, by a tangent that travels
/// forward with the activations (forward gradient: Baydin et al. 2022; of units: Ren et al. 2022).
class Perturbation : public PerceptronLearner {
 public:
  /// `exact`: the forward gradient. Throws as PerceptronLearner does.
  Perturbation(PerturbationOptions perturbation,
               bool exact,
               NetworkLearnerOptions options,
               DataInfo info);

  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;
  TensorDict training_state() const override;

 private:
  /// What is added to the layers [first, last]; entries of others are undefined.
  struct Change {
    std::size_t first = 0, last = 0;
    std::vector<at::Tensor> units;         // (N, out), to z
    std::vector<at::Tensor> weight, bias;  // as the parameters
  };

  Change draw(std::size_t first,
              std::size_t last,
              const Trace& clean,
              const at::Generator& generator) const;
  /// What `change` adds to z[l] when h (N, in) goes into layer l, (N, out) or (out).
  at::Tensor added(const Change& change, std::size_t l, const at::Tensor& h) const;
  at::Tensor logits_after(const Change& change, double scale, const Trace& clean) const;
  at::Tensor tangent(const Change& change, const Trace& clean) const;
  at::Tensor derivative(const Change& change,
                        const Trace& clean,
                        const OutputError& output,
                        const at::Tensor& labels) const;

  PerturbationOptions perturbation_;
  bool exact_;
  RandomStream random_;
};

}  // namespace ff::baselines

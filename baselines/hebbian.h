// Hebbian learning: hidden layers learn from their inputs and outputs alone, without labels or
// errors, one after the other; then the last layer learns to read them out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "baselines/hebbian_options.h"
#include "baselines/network_learner.h"

namespace ff::baselines {

/// How units share an input among them.
struct HebbianRule {
  const char* name;
  const char* help;
  /// The units' outputs y (N, out) for u (N, out), the products of inputs of length 1 with weights
  /// of lengths (out).
  at::Tensor (*outputs)(const at::Tensor& u, const at::Tensor& lengths, double temperature);
  /// Scales the sum over the batch dW (out, in) to a step, given y and the lengths.
  at::Tensor (*scaled)(const at::Tensor& dw, const at::Tensor& y, const at::Tensor& lengths);
};

/// oja (1982): y = u, the mean over the batch. competitive (Rumelhart and Zipser 1985): y = 1 for
/// the unit nearest by angle, 0 for the others; each unit's mean over the inputs it won. soft-hebb
/// (Moraitis et al. 2022; anti-Hebbian losers, scaling by the largest entry and by the distance of
/// each length from 1 as Journe et al. 2023): y = softmax(u / temperature), negative for all but
/// the winner.
const std::vector<HebbianRule>& hebbian_rules();

/// Of a layer with inputs x, scaled to length 1: dW = sum over the batch of y x^T - y u W, scaled;
/// W moves by the learning rate times that. Biases of hidden layers stay 0: where units are to be
/// centred, batch normalisation does it.
class HebbianLearner : public NetworkLearner {
 public:
  /// `rule`: a name of hebbian_rules(). Throws as NetworkLearner does, and where a layer is
  /// convolutional.
  HebbianLearner(const std::string& rule,
                 HebbianOptions hebbian,
                 NetworkLearnerOptions options,
                 DataInfo info);

  std::vector<Phase> phases() const override;
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;

  /// The loss of a hidden layer is 1 less the cosine of each input with the weights nearest it.

  /// Of the hidden layers what they move against, -dW; of the last the cross-entropy's.
  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;

  /// dW of hidden layer `l` for inputs x (N, in), and the loss.
  struct Step {
    at::Tensor dw, loss;
  };
  Step step(std::size_t l, const at::Tensor& x) const;

 protected:
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

 private:
  at::Tensor forward_to(std::size_t layer, const at::Tensor& rows) const;

  const HebbianRule& rule_;
  HebbianOptions hebbian_;
};

}  // namespace ff::baselines

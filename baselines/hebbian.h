// Hebbian learning: hidden layers learn from their inputs and outputs alone, without labels or
// errors, one after the other; then the last layer learns to read them out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "baselines/network_learner.h"
#include "ff/core/fields.h"

namespace ff::baselines {

struct HebbianOptions {
  double learning_rate = 0.05;
  double init_scale = 25;
  double temperature = 0.05;
  std::int64_t epochs = 1;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("learning_rate", self.learning_rate, above(0), "Step size of the hidden layers.");
    visit("init_scale",
          self.init_scale,
          above(0),
          "Hidden weights begin as N(0, 1) times this over the square root of their inputs, their "
          "biases at 0.");
    visit(
        "temperature",
        self.temperature,
        above(0),
        "soft-hebb: units compete by a softmax of their inputs over this; the lower, the more the "
        "winner takes.");
    visit("epochs", self.epochs, between(0, 1e6), "Epochs of each hidden layer.");
  }
};

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

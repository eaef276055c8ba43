// Hebbian learning: hidden layers learn one after the other from their inputs and outputs, without
// labels or an error; then the last layer is trained as a readout.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "baselines/hebbian_options.h"
#include "baselines/network_learner.h"

namespace ff::baselines {

/// Competition between the units of a layer.
struct HebbianRule {
  const char* name;
  const char* help;
  /// Returns the outputs y (N, out), given u = x W^T (N, out) with x of length 1, and the norms of
  /// the weight vectors, `lengths` (out).
  at::Tensor (*outputs)(const at::Tensor& u, const at::Tensor& lengths, double temperature);
  /// Scales dW (out, in), a sum over the batch, to an update, given y and the norms.
  at::Tensor (*scaled)(const at::Tensor& dw, const at::Tensor& y, const at::Tensor& lengths);
};

/// The rules, with u_i = <W_i, x>, dW_i as in HebbianLearner and N samples:
///
///   oja          y_i = u_i; W_i += lr dW_i / N (Oja 1982)
///   competitive  y_i = 1 if i = argmax_j u_j / |W_j|, else 0; W_i += lr dW_i / max(1, number of
///                inputs that i won) (Rumelhart and Zipser 1985)
///   soft-hebb    y = softmax(u / temperature), negated for all units but the winner (losers are
///                anti-Hebbian); W_i += lr dW_i sqrt(| |W_i| - 1 |) / max |dW| (Moraitis et al.
///                2022; sign and scaling as in Journe et al. 2023)
const std::vector<HebbianRule>& hebbian_rules();

/// For a layer with inputs h_{l-1}, normalised to length 1:
///
///   x = h_{l-1} / |h_{l-1}|    u = W x    dW_i = sum over the batch of y_i (x - u_i W_i)
///   W <- W + hebbian.learning_rate * scaled(dW)
///
/// Oja 1982, "A simplified neuron model as a principal component analyzer", with y and the scaling
/// of hebbian_rules(). Hidden biases stay 0; batch normalisation can centre the units. The loss
/// reported for a hidden layer is 1 minus the cosine of an input with the nearest weight vector,
/// averaged over the batch.
class HebbianLearner : public NetworkLearner {
 public:
  /// `rule`: a name in hebbian_rules(). Throws as NetworkLearner's constructor, std::exception if a
  /// layer is convolutional, and OptionError for a stream if there is a hidden layer.
  HebbianLearner(const std::string& rule,
                 HebbianOptions hebbian,
                 NetworkLearnerOptions options,
                 DataInfo info);

  std::vector<Phase> phases() const override;
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;

  /// Returns -dW (scaled) for hidden weights, and the cross-entropy's gradient for the last layer.
  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;

  /// The scaled dW of hidden layer `l` for inputs x (N, in), and the loss of the layer.
  struct Step {
    at::Tensor dw, loss;
  };
  Step step(std::size_t l, const at::Tensor& x) const;

 protected:
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

 private:
  at::Tensor forward_to(std::size_t layer, const at::Tensor& inputs) const;

  const HebbianRule& rule_;
  HebbianOptions hebbian_;
};

}  // namespace ff::baselines

// Rules that differ from backpropagation in the backward pass alone: how the error at the network's
// output reaches the layers, and what they make of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "baselines/engines/cpu/mlp_backward.h"
#include "baselines/feedback.h"
#include "baselines/gradient.h"
#include "baselines/measures.h"
#include "ff/nn/network.h"

namespace ff::baselines {

/// One such rule with what it needs beside the network.
class BackwardRule {
 public:
  explicit BackwardRule(Network network) : network_(std::move(network)) {}
  virtual ~BackwardRule() = default;

  /// The gradient on rows (N, D) with labels (N). Only Pass::kTrain may change what the next one
  /// depends on.
  virtual Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) = 0;

  /// Live tensors beside the network's that the next step depends on: "feedback.1.weight", ...
  virtual TensorDict state() const { return {}; }

  /// Those of them that the optimizer updates; gradient() has theirs by these names.
  virtual std::vector<NamedParameter> learned_feedback() const { return {}; }

  /// For each hidden layer what brings it errors; empty where no matrix does.
  virtual std::vector<FeedbackPair> feedback_pairs() const { return {}; }

  /// The rule on a perceptron as the fused engine computes it; none where it does not.
  virtual std::optional<fused::MlpBackward> closed_form() const { return std::nullopt; }

 protected:
  Network network_;
};

/// A rule as a config names it.
struct BackwardRuleKind {
  const char* name;
  const char* help;
  std::vector<std::string> options;  // those of FeedbackOptions that it reads
  bool direct;  // feedback goes from the output to each layer, so it has no weight's shape
  bool has_closed_form;
  const char* perceptrons_only;  // why it has nothing to do with convolutions; null: it has
  std::unique_ptr<BackwardRule> (*make)(const Network&, const FeedbackOptions&);
};

const std::vector<BackwardRuleKind>& backward_rules();
const BackwardRuleKind& find_backward_rule(const std::string& name);

}  // namespace ff::baselines

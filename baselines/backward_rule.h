// Interface of rules that differ from backpropagation only in the backward pass: in how the output
// error reaches a layer, or in how the layer uses it.
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

/// A learning rule with its feedback tensors.
class BackwardRule {
 public:
  explicit BackwardRule(Network network) : network_(std::move(network)) {}
  virtual ~BackwardRule() = default;

  /// Returns the gradient on samples `inputs` (N, D) with labels (N). Only Pass::kTrain may change
  /// state that later calls depend on (random draws, running statistics).
  virtual Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) = 0;

  /// Tensors beside the network's that the next step depends on, by name ("feedback.1.weight").
  /// They share storage with the rule; a checkpoint saves and restores them.
  virtual TensorDict state() const { return {}; }

  /// The tensors of state() that the optimizer updates; gradient() returns their gradients under
  /// the same names. Empty unless the feedback is learned.
  virtual std::vector<NamedParameter> learned_feedback() const { return {}; }

  /// For each hidden layer its feedback matrix and the one of backpropagation; empty if the rule
  /// has no such matrices.
  virtual std::vector<FeedbackPair> feedback_pairs() const { return {}; }

  /// The rule's backward pass for the fused engine, which supports MLPs; nullopt if the rule has no
  /// closed form.
  virtual std::optional<fused::MlpBackward> closed_form() const { return std::nullopt; }

 protected:
  Network network_;
};

/// Registry entry of a rule.
struct BackwardRuleKind {
  const char* name;
  const char* help;
  std::vector<std::string> options;  // keys of FeedbackOptions that the rule reads
  bool direct;  // feedback from the output to each layer, of shape (classes, units)
  bool has_closed_form;
  const char* mlp_only;  // error text, if convolutions are not supported; null if they are
  std::unique_ptr<BackwardRule> (*make)(const Network&, const FeedbackOptions&);
};

/// All rules, in the order of the help text.
const std::vector<BackwardRuleKind>& backward_rules();
/// Throws std::invalid_argument, naming the alternatives, if there is no rule of this name.
const BackwardRuleKind& find_backward_rule(const std::string& name);

}  // namespace ff::baselines

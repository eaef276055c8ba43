// Rules that differ from backpropagation in the backward pass alone: how the error at the network's
// output reaches the layers, and what they make of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baselines/gradient.h"
#include "baselines/network.h"

namespace ff::baselines {

/// One such rule with what it needs beside the network.
class BackwardRule {
 public:
  explicit BackwardRule(Network network) : network_(std::move(network)) {}
  virtual ~BackwardRule() = default;

  /// The gradient on rows (N, D) with labels (N). Only Pass::kTrain may change what the next one
  /// depends on.
  virtual Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) = 0;

 protected:
  Network network_;
};

/// A rule as a config names it.
struct BackwardRuleKind {
  const char* name;
  const char* help;
  std::unique_ptr<BackwardRule> (*make)(const Network&);
};

const std::vector<BackwardRuleKind>& backward_rules();
const BackwardRuleKind& find_backward_rule(const std::string& name);

}  // namespace ff::baselines

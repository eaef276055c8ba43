#include "baselines/target_propagation.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/noise.h"
#include "ff/core/find_choice.h"
#include "ff/core/separate_seed.h"
#include "ff/nn/init.h"

namespace ff::baselines {
namespace {

OptimizerOptions feedback_optimizer(OptimizerOptions options, const TargetOptions& targets) {
  options.learning_rate = targets.feedback_learning_rate.value_or(options.learning_rate);
  options.weight_decay = targets.feedback_decay;
  options.decay_biases = false;
  return options;
}

}  // namespace

const std::vector<TargetRule>& target_rules() {
  static const std::vector<TargetRule> all = {
      {"tp", "target propagation", false, false, false},
      {"dtp", "difference target propagation", true, false, false},
      {"dtp-drl",
       "difference target propagation with the difference reconstruction loss",
       true,
       false,
       true},
      {"ddtp-linear",
       "difference target propagation with direct linear feedback from the output",
       true,
       true,
       true}};
  return all;
}

TargetPropagation::TargetPropagation(const std::string& rule,
                                     TargetOptions targets,
                                     NetworkLearnerOptions options,
                                     DataInfo info)
    : MlpLearner(std::move(options), std::move(info)),
      feedback(network->depth() - 1),
      rule_(find_choice(target_rules(), rule, "rule of target propagation")),
      targets_(std::move(targets)) {
  if (targets_.pretrain_epochs > 0) {
    refuse_stream("targets.pretrain_epochs", std::to_string(targets_.pretrain_epochs), "0");
  }
  if (rule_.through_all) targets_.penultimate = "feedback";
  std::vector<NamedParameter> parameters;
  const SeparateSeedGuard own;
  for (std::size_t l = 0; l < feedback.size(); ++l) {
    const bool last = l + 1 == feedback.size();
    if (last && targets_.penultimate == "gradient") continue;
    const auto from = rule_.direct ? network->depth() - 1 : l + 1;
    const auto units = network->layers[l]->output.features();
    auto weight = at::empty({units, network->layers[from]->output.features()});
    auto bias = at::empty({units});
    find_init(options_.init).fill(weight, bias);
    feedback[l].weight = weight.to(info_.device);
    parameters.push_back({prefix(l) + "weight", feedback[l].weight});
    if (rule_.direct) continue;
    feedback[l].bias = bias.to(info_.device);
    parameters.push_back({prefix(l) + "bias", feedback[l].bias});
  }
  feedback_optimizer_ =
      ff::make_optimizer(feedback_optimizer(options_.optimizer, targets_), std::move(parameters));
}

std::vector<Phase> TargetPropagation::phases() const {
  return {{"feedback", targets_.pretrain_epochs}, {"network", options_.epochs}};
}

void TargetPropagation::enter_epoch(const Phase& phase, std::int64_t epoch) {
  if (phase.name == "feedback") return;
  MlpLearner::enter_epoch(phase, epoch);
  feedback_optimizer_->set_lr_scale(lr_scale(options_.optimizer, epoch, phase.epochs));
}

at::Tensor TargetPropagation::train_step(const Phase& phase, const Batch& batch) {
  const auto trace = mlp_.trace(inputs_of(batch));
  const auto of_feedback = feedback_gradient(trace, random_.next(Pass::kTrain));
  auto loss = of_feedback.loss;
  if (phase.name != "feedback") {
    const auto of_network = forward_gradient(trace, labels_of(batch));
    optimizer_->set_gradients(of_network.by_name);
    optimizer_->step();
    loss = of_network.loss;
  }
  feedback_optimizer_->set_gradients(of_feedback.by_name);
  feedback_optimizer_->step();
  return loss.mean().view({1});
}

at::Tensor TargetPropagation::pull(std::size_t l, const at::Tensor& from) const {
  return at::linear(from, feedback[l].weight, feedback[l].bias);
}

const at::Tensor& TargetPropagation::above(std::size_t l, const Trace& trace) const {
  return l + 1 == feedback.size() ? trace.logits() : trace.h[l + 2];
}

at::Tensor TargetPropagation::target_below(std::size_t l,
                                           const at::Tensor& target,
                                           const Trace& trace) const {
  auto below = mlp_.activate(l, pull(l, target));
  if (!rule_.difference) return below;
  return below + trace.h[l + 1] - mlp_.activate(l, pull(l, above(l, trace)));
}

std::vector<at::Tensor> TargetPropagation::targets(const Trace& trace,
                                                   const at::Tensor& error) const {
  const auto last = mlp_.depth() - 1;
  const auto down = error * (targets_.step * error.size(0));
  auto target = trace.logits() - down;
  std::vector<at::Tensor> found(feedback.size());
  for (auto l = feedback.size(); l-- > 0;) {
    const auto& h = trace.h[l + 1];
    if (!feedback[l].weight.defined()) {
      target = h - down.mm(mlp_.weight(last));
    } else if (rule_.direct) {
      target = h - pull(l, down);
    } else {
      target = target_below(l, target, trace);
    }
    found[l] = target;
  }
  return found;
}

Gradient TargetPropagation::gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass) {
  return forward_gradient(mlp_.trace(inputs), labels);
}

Gradient TargetPropagation::forward_gradient(const Trace& trace, const at::Tensor& labels) const {
  const auto output = output_error(trace.logits(), labels);
  const auto target = targets(trace, output.delta);
  Gradient found{output.loss, {}};
  for (std::size_t l = 0; l < target.size(); ++l) {
    const auto& h = trace.h[l + 1];
    const auto error = (h - target[l]) / (targets_.step * labels.size(0));
    add_layer(found.by_name, l, mlp_.slope(l, error, trace.z[l], h), trace.h[l]);
  }
  add_layer(found.by_name, target.size(), output.delta, trace.h[target.size()]);
  return found;
}

Gradient TargetPropagation::feedback_gradient(const Trace& trace, at::Generator generator) const {
  Gradient found;
  std::vector<at::Tensor> losses;
  for (std::size_t l = 0; l < feedback.size(); ++l) {
    if (!feedback[l].weight.defined()) continue;
    const auto noise = targets_.noise * normal_like(trace.h[l + 1], generator);
    losses.push_back(rule_.direct        ? add_direct(found.by_name, l, noise, trace)
                     : rule_.through_all ? add_difference(found.by_name, l, noise, trace)
                                         : add_reconstruction(found.by_name, l, noise, trace));
  }
  // With one hidden layer and penultimate "gradient" there is no feedback to train.
  found.loss = losses.empty() ? at::zeros({1}) : at::stack(losses);
  return found;
}

std::vector<FeedbackPair> TargetPropagation::feedback_pairs() const {
  std::vector<FeedbackPair> pairs;
  for (std::size_t l = 0; l < feedback.size(); ++l) {
    const auto down = rule_.direct ? weights_above(*network, l) : mlp_.weight(l + 1);
    pairs.push_back({feedback[l].weight, down.t()});
  }
  return pairs;
}

TensorDict TargetPropagation::training_state() const {
  auto state = MlpLearner::training_state();
  state["random"] = random_.state();
  merge(state, "feedback_optimizer.", feedback_optimizer_->state());
  for (std::size_t l = 0; l < feedback.size(); ++l) {
    if (feedback[l].weight.defined()) state[prefix(l) + "weight"] = feedback[l].weight;
    if (feedback[l].bias.defined()) state[prefix(l) + "bias"] = feedback[l].bias;
  }
  return state;
}

}  // namespace ff::baselines

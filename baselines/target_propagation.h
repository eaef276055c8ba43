// Target propagation: feedback connections compute a target for the activations of each hidden
// layer in place of an error, and learn to invert the forward pass.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "baselines/mlp_learner.h"
#include "baselines/random_stream.h"
#include "baselines/target_options.h"

namespace ff::baselines {

/// A variant of target propagation.
struct TargetRule {
  const char* name;
  const char* help;
  bool difference;   // adds h_l - g_l(h_{l+1}) to the target
  bool direct;       // linear feedback from the output to every layer
  bool through_all;  // feedback inverts the path from h_l to the output, not only layer l + 1
};

/// tp (Bengio 2014), dtp (Lee et al. 2015), dtp-drl and ddtp-linear (Meulemans et al. 2020).
const std::vector<TargetRule>& target_rules();

/// With the output target t_L = z_L - step (softmax - onehot), where z_L are the logits, and
/// feedback g_l(t) = f_l(Q_l t + c_l) from the layer above (or linear and from the output, if
/// direct), the target of hidden layer l is
///
///   tp            t_l = g_l(t_{l+1})                         (Bengio 2014)
///   difference    t_l = g_l(t_{l+1}) + h_l - g_l(h_{l+1})    (Lee et al. 2015)
///   direct        t_l = h_l + Q_l (t_L - z_L)                (Meulemans et al. 2020)
///
/// With targets.penultimate "gradient" (tp and dtp) the last hidden layer uses t_{L-1} = h_{L-1} -
/// step (softmax - onehot) W_L instead. Each layer minimises |h_l - t_l|^2 / (2 step), averaged
/// over the batch:
///
///   delta_l = (h_l - t_l) / (step N) * f'(z_l)    dW_l = delta_l^T h_{l-1}
///
/// With this scaling the gradient of the last layer is backpropagation's for every step.
///
/// Feedback is trained on each batch, by a separate optimizer, with Gaussian noise n of standard
/// deviation targets.noise; all losses are means over samples and units:
///
///   tp, dtp       (g_l(f_{l+1}(h_l + n)) - (h_l + n))^2
///   dtp-drl       (t_l - (h_l + n))^2 / noise^2, with t_l by the difference formulas from the
///                 output that h_l + n leads to (difference reconstruction loss)
///   ddtp-linear   (Q_l (z_L(h_l + n) - z_L) - n)^2 / noise^2
class TargetPropagation : public MlpLearner {
 public:
  /// `rule`: a name in target_rules(). Initialises the feedback by the network's init. Throws as
  /// MlpLearner's constructor, and OptionError for a stream with pretrain_epochs > 0.
  TargetPropagation(const std::string& rule,
                    TargetOptions targets,
                    NetworkLearnerOptions options,
                    DataInfo info);

  std::vector<Phase> phases() const override;
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;

  /// Returns the gradient of the feedback weights, and the feedback losses, one per hidden layer
  /// with feedback; the noise is drawn from `generator`.
  Gradient feedback_gradient(const Trace& trace, at::Generator generator) const;

  /// Returns the targets (N, units) of the hidden layers, first to last, given the gradient `error`
  /// of the mean cross-entropy at the logits (N, classes).
  std::vector<at::Tensor> targets(const Trace& trace, const at::Tensor& error) const;

  std::vector<FeedbackPair> feedback_pairs() const override;
  TensorDict training_state() const override;

  /// Q_l and c_l of a hidden layer; undefined if it has no feedback.
  struct Feedback {
    at::Tensor weight;  // (units, units of the source: the layer above, or the output if direct)
    at::Tensor bias;    // (units); undefined if feedback is direct
  };
  std::vector<Feedback> feedback;

 protected:
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

 private:
  Gradient forward_gradient(const Trace& trace, const at::Tensor& labels) const;
  static std::string prefix(std::size_t l) { return "feedback." + std::to_string(l) + "."; }
  /// Returns Q_l from + c_l, (N, units).
  at::Tensor pull(std::size_t l, const at::Tensor& from) const;
  /// Returns the target of hidden layer l, given the target of the layer above it.
  at::Tensor target_below(std::size_t l, const at::Tensor& target, const Trace& trace) const;
  /// Returns the output of the layer above hidden layer l: activations, or the logits.
  const at::Tensor& above(std::size_t l, const Trace& trace) const;
  /// Each returns the feedback loss of hidden layer l for `noise` (N, units), a scalar, and adds
  /// its gradient to `by_name`.
  at::Tensor add_reconstruction(TensorDict& by_name,
                                std::size_t l,
                                const at::Tensor& noise,
                                const Trace& trace) const;
  at::Tensor add_difference(TensorDict& by_name,
                            std::size_t l,
                            const at::Tensor& noise,
                            const Trace& trace) const;
  at::Tensor add_direct(TensorDict& by_name,
                        std::size_t l,
                        const at::Tensor& noise,
                        const Trace& trace) const;

  const TargetRule& rule_;
  TargetOptions targets_;
  std::unique_ptr<Optimizer> feedback_optimizer_;
  RandomStream random_;
};

}  // namespace ff::baselines

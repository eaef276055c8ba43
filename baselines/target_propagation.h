// Target propagation: feedback connections bring each layer a target for its activations in place
// of an error, and learn to invert the way up.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "baselines/perceptron_learner.h"
#include "baselines/random_stream.h"
#include "baselines/target_options.h"

namespace ff::baselines {

/// How targets come down, and what feedback learns.
struct TargetRule {
  const char* name;
  const char* help;
  bool difference;   // targets are corrected by what feedback makes of the activations themselves
  bool direct;       // feedback goes from the output to every layer, and is linear
  bool through_all;  // feedback learns to undo the whole way up, not one layer
};

/// tp (Bengio 2014), dtp (Lee et al. 2015), dtp-drl and ddtp-linear (Meulemans et al. 2020).
const std::vector<TargetRule>& target_rules();

/// With logits z_L, their target t_L = z_L - step (softmax - onehot), feedback g_l(t) = f_l(Q_l t +
/// c_l) from the layer above (from the output and linear where direct), the target of layer l is
///
///   tp            t_l = g_l(t_{l+1})
///   difference    t_l = g_l(t_{l+1}) + h_l - g_l(h_{l+1})
///   direct        t_l = h_l + Q_l (t_L - z_L)
///
/// and it goes down |h_l - t_l|^2 / (2 step) on its own, averaged over the batch: delta_l = (h_l -
/// t_l) / step * f'(z_l). So scaled, the last layer's gradient is backpropagation's for every step.
///
/// Feedback learns on each batch, by an optimizer of its own, to undo noise n: in tp and dtp to
/// reconstruct h_l + n from what the layer above makes of it; in dtp-drl and ddtp-linear to
/// reconstruct it by the way that targets come, from the output that it leads to (difference
/// reconstruction loss).
class TargetPropagation : public PerceptronLearner {
 public:
  /// `rule`: a name of target_rules(). Feedback is drawn by the network's init. Throws as
  /// PerceptronLearner does.
  TargetPropagation(const std::string& rule,
                    TargetOptions targets,
                    NetworkLearnerOptions options,
                    DataInfo info);

  std::vector<Phase> phases() const override;
  void enter_epoch(const Phase& phase, std::int64_t epoch) override;
  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;

  /// The gradient of the feedback weights, and the losses that they go down, one for each hidden
  /// layer with feedback; the noise comes from `generator`.
  Gradient feedback_gradient(const Trace& trace, at::Generator generator) const;

  /// The targets of the hidden layers, first to last, under the error at the logits.
  std::vector<at::Tensor> targets(const Trace& trace, const at::Tensor& error) const;

  std::vector<FeedbackPair> feedback_pairs() const override;
  TensorDict training_state() const override;

  /// Q and c of the feedback to a hidden layer; undefined where none comes.
  struct Feedback {
    at::Tensor weight;  // (units, units of what it comes from)
    at::Tensor bias;    // (units); undefined where feedback is direct
  };
  std::vector<Feedback> feedback;

 protected:
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

 private:
  Gradient forward_gradient(const Trace& trace, const at::Tensor& labels) const;
  static std::string prefix(std::size_t l) { return "feedback." + std::to_string(l) + "."; }
  /// Q_l from + c_l
  at::Tensor pull(std::size_t l, const at::Tensor& from) const;
  /// The target of hidden layer l from that of the layer above it.
  at::Tensor target_below(std::size_t l, const at::Tensor& target, const Trace& trace) const;
  /// What the layer above hidden layer l gives: activations, or the logits.
  const at::Tensor& above(std::size_t l, const Trace& trace) const;
  /// The loss of the feedback to hidden layer l with `noise` (N, units), a scalar; its gradient
  /// goes to `by_name`.
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

// Local losses: every hidden block learns from a loss on its own output, and no gradient leaves it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baselines/local_loss.h"
#include "baselines/local_options.h"
#include "baselines/local_prediction.h"
#include "baselines/network_learner.h"

namespace ff::baselines {

/// Which local loss, its options, and the schedule.
struct LocalRule {
  std::string name = "pred";  // pred, sim, predsim or greedy
  LocalLossOptions local;
  AuxiliaryOptions auxiliary;
  bool sequential = false;  // only for greedy: one block at a time, with the blocks below frozen
};

/// Each hidden block minimises a local loss of its output h_l, with t the one-hot labels, CE the
/// mean cross-entropy, p a pooling of feature maps, S similarity() and g a linear or convolutional
/// layer:
///
///   pred     loss_l = CE(C_l p(h_l) + c_l, t)
///   sim      loss_l = mean of (S(g(h_l)) - S(t))^2
///   predsim  loss_l = (1 - beta) pred + beta sim    (Nokland and Eidnes 2019)
///   greedy   loss_l = CE(A_l(p(h_l)), t), A_l an MLP    (Belilovsky et al. 2019; parallel: 2020)
///   W_l <- W_l - lr * d loss_l / dW_l
///
/// The last layer minimises its cross-entropy (times 1 - beta in predsim). In pred, sim and predsim
/// the weights of C_l and of the last layer start at 0. greedy trains one block after the other
/// (sequential) or all blocks on every batch (decoupled).
///
/// A block receives the output of the block below from before that block's update. Blocks are
/// processed one by one, so that only the activations of one block are kept at a time.
class LocalLearner : public NetworkLearner {
 public:
  /// Throws as NetworkLearner's constructor, and OptionError for a stream with rule.sequential.
  LocalLearner(LocalRule rule, NetworkLearnerOptions options, DataInfo info);

  std::vector<Phase> phases() const override;

  /// Gradients of all blocks; `loss` has one entry per block, (depth).
  Gradient gradient(const at::Tensor& inputs, const at::Tensor& labels, Pass pass) override;

  /// Also by layer, from the blocks' classifiers, if the loss has classifiers.
  Scores scores(const at::Tensor& inputs) override;
  TensorDict training_state() const override;

  /// Losses of each hidden block: one, or two for predsim, with the prediction loss first.
  std::vector<std::vector<std::unique_ptr<LocalLoss>>> losses;

 protected:
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

 private:
  void add_losses(std::size_t l);
  /// Adds the gradient of block `l` for its input x to `found`, and sets found.loss to the loss of
  /// the block; returns the output of the block, detached.
  at::Tensor add_block(Gradient& found,
                       std::size_t l,
                       const at::Tensor& x,
                       const at::Tensor& labels,
                       Pass pass) const;
  at::Tensor local_loss(std::size_t l,
                        const at::Tensor& h,
                        const at::Tensor& labels,
                        Pass pass) const;
  std::vector<NamedParameter> local_parameters(std::size_t l) const;

  LocalRule rule_;
};

}  // namespace ff::baselines

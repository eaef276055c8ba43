// Rules by which every hidden block learns from a loss of its own, and no gradient leaves it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baselines/local_loss.h"
#include "baselines/local_options.h"
#include "baselines/local_prediction.h"
#include "baselines/network_learner.h"

namespace ff::baselines {

struct LocalRule {
  std::string name = "pred";  // pred, sim, predsim or greedy
  LocalLossOptions local;
  AuxiliaryOptions auxiliary;
  bool sequential = false;  // greedy: block after block, the earlier ones frozen
};

/// pred, sim and predsim (Nokland and Eidnes 2019): each hidden block goes down the cross-entropy
/// of a linear classifier on what it gives, the similarity loss, or both; the last layer goes down
/// its own cross-entropy (times 1 - beta in predsim). Classifiers and last layer begin with zero
/// weights. greedy (Belilovsky et al. 2019, 2020): an auxiliary network of any depth in the place
/// of the classifier; all blocks on every batch (decoupled), or one after the other.
///
/// Each block is fed what the one below gives before its update. Blocks are let go one by one, so
/// the activations of one block are kept at a time.
class LocalLearner : public NetworkLearner {
 public:
  /// Throws as NetworkLearner does.
  LocalLearner(LocalRule rule, NetworkLearnerOptions options, DataInfo info);

  std::vector<Phase> phases() const override;

  /// That of all blocks; `loss` has an entry for each.
  Gradient gradient(const at::Tensor& rows, const at::Tensor& labels, Pass pass) override;

  /// Where blocks have classifiers: by layer, too.
  Scores scores(const at::Tensor& rows) override;
  TensorDict training_state() const override;

  /// Of each hidden block: one, or in predsim two, the prediction first.
  std::vector<std::vector<std::unique_ptr<LocalLoss>>> losses;

 protected:
  at::Tensor train_step(const Phase& phase, const Batch& batch) override;

 private:
  void add_losses(std::size_t l);
  /// Block `l` on its input x; returns what it gives, without a graph.
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

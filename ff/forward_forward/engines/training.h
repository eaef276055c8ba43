// FFTraining: the interface of the engines that train and evaluate a Forward-Forward network.
#pragma once

#include <string>
#include <vector>

#include "ff/forward_forward/ff_network.h"
#include "ff/forward_forward/head.h"
#include "ff/forward_forward/learner_options.h"
#include "ff/forward_forward/training_data.h"
#include "ff/learn/learner.h"

namespace ff {

/// Name of the phase that trains only the head.
inline constexpr const char* kHeadPhase = "head";

/// What an engine trains: a network, an optional head, and the training data. `options` and `data`
/// must outlive it.
struct FFParts {
  FFNetwork network = nullptr;
  SoftmaxHead head = nullptr;
  const FFLearnerOptions& options;
  const FFData& data;

  /// Returns the layers that feed the head; empty if there is no head.
  std::vector<std::int64_t> head_layers() const;
  /// True if the head is trained in every step along with the layers, rather than in a later phase.
  bool head_along() const { return head && options.head.train == "along"; }
};

class FFTraining {
 public:
  virtual ~FFTraining() = default;

  /// Name of the engine: "autograd", "fused", "mixed".
  virtual std::string engine() const = 0;

  /// Trains one epoch of `phase`, or the rest of it. If the head is trained along with the layers,
  /// adds its loss to `head_loss`, float64 (2): the sum over samples, and the number of samples.
  virtual void train_epoch(const Phase& phase, Epoch& epoch, const at::Tensor& head_loss) = 0;

  /// Returns the layers' thresholds as last reported, without synchronising with a device; empty if
  /// they have to be read from the network.
  virtual std::vector<double> thresholds() const { return {}; }

  /// Returns the normalised activations of the head's layers, (B, F), for the current weights,
  /// optionally with dropout applied. Valid until the next call of a member function.
  virtual at::Tensor activities(const InputBatch& data, bool with_dropout) = 0;

  /// As above, for normalised samples (N, D), without dropout.
  virtual at::Tensor activities(const at::Tensor& rows) = 0;

  /// Label sweep: returns the goodness of every layer for every label, (N, D) -> (N, C, L).
  virtual at::Tensor goodness_by_label(const at::Tensor& rows) = 0;
};

}  // namespace ff

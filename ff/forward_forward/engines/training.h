// What an engine has to offer to train and to evaluate a Forward-Forward network.
#pragma once

#include <string>
#include <vector>

#include "ff/forward_forward/head.h"
#include "ff/forward_forward/learner_options.h"
#include "ff/forward_forward/network.h"
#include "ff/forward_forward/training_data.h"
#include "ff/learn/learner.h"

namespace ff {

/// The name of the phase that trains a head alone.
inline constexpr const char* kHeadPhase = "head";

/// What an engine trains: a network, its head or none, and the data they learn from. Options and
/// data must outlive it.
struct FFParts {
  FFNetwork network = nullptr;
  SoftmaxHead head = nullptr;
  const FFLearnerOptions& options;
  const FFData& data;

  /// The layers that feed the head; empty without one.
  std::vector<std::int64_t> head_layers() const;
  /// Whether the head is trained in every step of the layers, not in a phase after them.
  bool head_along() const { return head && options.head.train == "along"; }
};

class FFTraining {
 public:
  virtual ~FFTraining() = default;

  /// "autograd", "fused"
  virtual std::string engine() const = 0;

  /// Trains an epoch of `phase`, or what is left of it. Adds to `head_loss`, float64 (2), the
  /// losses of a head that is trained along, summed over samples, and the number of these.
  virtual void train_epoch(const Phase& phase, Epoch& epoch, const at::Tensor& head_loss) = 0;

  /// The layers' thresholds as far as they are known without waiting for a device in the midst of
  /// an epoch; empty: ask the network.
  virtual std::vector<double> thresholds() const { return {}; }

  /// Normalised activities of the head's layers, (B, F), by the weights as they are; with dropout
  /// as in training, or without. Good until the next call of anything here.
  virtual at::Tensor activities(const DataRows& data, bool with_dropout) = 0;

  /// The same of normalised rows (N, D), without dropout.
  virtual at::Tensor activities(const at::Tensor& rows) = 0;

  /// Goodness of every layer for every label, (N, D) -> (N, C, L).
  virtual at::Tensor goodness_by_label(const at::Tensor& rows) = 0;
};

}  // namespace ff

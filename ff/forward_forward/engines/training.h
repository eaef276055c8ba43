// What an engine has to offer to train and to judge a Forward-Forward network.
#pragma once

#include <string>
#include <vector>

#include "ff/forward_forward/network.h"
#include "ff/forward_forward/training_data.h"
#include "ff/learn/learner.h"

namespace ff {

/// The name of the phase that trains a head alone.
inline constexpr const char* kHeadPhase = "head";

class FFTraining {
 public:
  virtual ~FFTraining() = default;

  /// "autograd", "fused"
  virtual std::string engine() const = 0;

  /// Whether it wants an epoch, or what is left of it, as a whole; the head's training is then its
  /// own, too. Else it is asked for one batch after the other.
  virtual bool takes_epochs() const { return false; }

  /// Trains an epoch of `phase`. Returns the sum of the losses of a head that is trained along over
  /// the images, and their number, float64 (2).
  virtual at::Tensor train_epoch(const Phase& phase, Epoch& epoch);

  /// One update of the phase's layers. Returns the losses before it, (k), without gradient.
  virtual at::Tensor train(const Phase& phase, const DataRows& pos, const DataRows& neg);

  /// The layers' thresholds as far as they are known without waiting for a device in the midst of
  /// an epoch; empty: ask the network.
  virtual std::vector<double> thresholds() const { return {}; }

  /// Normalised activities of the head's layers, (B, F), by the weights as they are; with units
  /// silenced as in training, or without. Good until the next call of anything here.
  virtual at::Tensor activities(const DataRows& data, bool with_dropout) = 0;

  /// The same of the last train()'s positives, as they were before its update.
  virtual at::Tensor positive_activities() const;

  /// The same of normalised rows (N, D), without dropout.
  virtual at::Tensor activities(const at::Tensor& rows) = 0;

  /// Goodness of every layer for every label, (N, D) -> (N, C, L).
  virtual at::Tensor goodness_by_label(const at::Tensor& rows) = 0;
};

}  // namespace ff

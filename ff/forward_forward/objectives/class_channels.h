// class-channels: each class has its own group of channels, whose goodness is its score.
#pragma once

#include "ff/forward_forward/objective.h"

namespace ff {

/// With G_k the channels of class k (the k-th of K groups of C/K consecutive channels) and P the
/// positions of a map, the score of class k is
///
///   squares       g_k = 1/(|G_k| |P|) sum_{c in G_k, p in P} h_cp^2
///   activations   g_k = 1/(|G_k| |P|) sum_{c in G_k, p in P} h_cp
///
/// divided by the temperature: squares is the goodness of CwComp (Papachristodoulou et al. 2024,
/// arXiv 2312.12668, channel-wise competitive learning), activations that of DeeperForward (Sun et
/// al. 2025). The objective has no parameters.
class ClassChannels : public Objective {
 public:
  /// Throws std::invalid_argument unless the number of channels is a multiple of that of classes.
  ClassChannels(bool squares, double temperature, const ObjectivePlace& place);

  at::Tensor scores(const at::Tensor& activations) const override;

 private:
  bool squares_;
  double temperature_;
  std::int64_t classes_;
};

ObjectiveKind class_channels_objective();

}  // namespace ff

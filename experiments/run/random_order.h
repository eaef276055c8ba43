// The order in which random numbers are drawn, so that a run is the one that Python would make.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "experiments/config/options.h"
#include "ff/core/python_random.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// Draws on the default CPU generator as PyTorch's DataLoader does, in one of the orders of the
/// original's notebooks (docs/random_order.md). Every draw is made on the CPU.
class RandomOrder {
 public:
  /// `name`: plain, notebook, notebook-after-sequential or bp-notebook.
  explicit RandomOrder(std::string name) : name_(std::move(name)) {}

  /// Seeds torch and `random`, makes the draws that come before the network, and makes the learner.
  /// `note` is set where something in the original would have failed.
  std::unique_ptr<Learner> make_learner(const Config& config,
                                        std::int64_t seed,
                                        const ImageSet& train,
                                        PythonRandom& random,
                                        std::string& note) const;

  /// The draws between the network and the first epoch, and those after each epoch's training.
  void before_training() const;
  void after_epoch() const;

  /// The epoch's order of `images`, one permutation int64 (N) per stream: each loader's base seed,
  /// then each sampler's.
  std::vector<at::Tensor> epoch_order(std::int64_t images, std::int64_t streams) const;

 private:
  std::string name_;
};

/// One int64 from the default CPU generator.
std::int64_t draw_int64();

}  // namespace ff::experiments

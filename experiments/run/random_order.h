// Order of random draws, chosen so that runs reproduce those of the Python reference.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "experiments/config/config_options.h"
#include "ff/core/python_random.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

/// Draws from the default CPU generator in the order of PyTorch's DataLoader, following one of the
/// original notebooks (docs/random_order.md). All draws are made on the CPU.
class RandomOrder {
 public:
  /// `name` is plain, notebook, notebook-after-sequential or bp-notebook.
  explicit RandomOrder(std::string name) : name_(std::move(name)) {}

  /// Seeds torch and `random`, makes the draws that precede the network, and creates the learner.
  /// Sets `note` if the original notebook would have failed at one of these draws.
  std::unique_ptr<Learner> make_learner(const Config& config,
                                        std::int64_t seed,
                                        const ImageSet& train,
                                        PythonRandom& random,
                                        std::string& note) const;

  /// Draws between the creation of the network and the first epoch, and after each training epoch.
  void before_training() const;
  void after_epoch() const;

  /// Draws the sample order of an epoch: one permutation of `images` per stream, int64 (N). First
  /// the base seed of each DataLoader is drawn, then the seed of each sampler.
  std::vector<at::Tensor> epoch_order(std::int64_t images, std::int64_t streams) const;

 private:
  std::string name_;
};

/// Draws one int64 from the default CPU generator.
std::int64_t draw_int64();

}  // namespace ff::experiments

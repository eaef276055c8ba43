// Small float64 networks with data, trained by autograd or by the GPU engine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ATen/Functions.h>

#include "ff/forward_forward/engines/gpu/ff_trainer.h"
#include "tests/kernel_bench.h"
#include "tests/toy.h"

namespace ff::test {

inline constexpr std::int64_t kGpuImages = 38, kGpuBatch = 6, kGpuClasses = 3, kGpuWidth = 6;
inline constexpr double kLabelValue = 1.3;

struct Recipe {
  ModelOptions model;
  LossOptions loss;
  OptimizerOptions optimizer;
  double lr_scale = 1;
  std::int64_t batch_size = kGpuBatch;
};

inline Recipe base_recipe() {
  Recipe recipe;
  recipe.model.widths = {41, 8, 3};
  recipe.model.threshold.initial = 0.5;
  recipe.optimizer.learning_rate = 0.01;
  return recipe;
}

inline FFNetwork make_network(const Recipe& recipe,
                              std::uint64_t seed,
                              const at::Device& place = at::kCPU) {
  at::manual_seed(seed);
  FFNetwork network(24, recipe.model, recipe.loss, recipe.optimizer);
  network->to(place, at::kDouble);
  for (auto& layer : network->layers) {
    layer->set_optimizer(recipe.optimizer);  // after the conversion, so that its state is float64
    layer->set_lr_scale(recipe.lr_scale);
  }
  return network;
}

// Training data and label settings, shared by the autograd reference and the engine.
struct Data {
  explicit Data(std::uint64_t seed = 0) {
    at::manual_seed(seed);
    wrong = (images.labels + at::randint(1, 3, {kGpuImages}, at::kLong)).remainder(3);
  }

  ImageSet images = toy_images(kGpuImages, 11);
  at::Tensor wrong;
  LabelOverlay overlay{kGpuClasses, kGpuWidth, kLabelValue, 0};

  at::Tensor rows(const at::Tensor& indices, const at::Tensor& labels) const {
    auto rows = images.rows(indices).to(at::kDouble);
    overlay.write_(rows, labels.index_select(0, indices));
    return rows;
  }
  at::Tensor positives(const at::Tensor& indices) const { return rows(indices, images.labels); }
  at::Tensor negatives(const at::Tensor& indices) const { return rows(indices, wrong); }
};

inline std::unique_ptr<gpu::FFTrainer> training_of(const KernelBench& bench,
                                                   const std::vector<FFNetwork>& networks,
                                                   const Recipe& recipe,
                                                   const std::vector<Data>& data,
                                                   std::int64_t cache_mib = 64) {
  std::vector<gpu::TrainerMember> members;
  for (std::size_t n = 0; n < networks.size(); ++n) {
    members.push_back({networks[n], recipe.optimizer, {bench.put(data[n].wrong), data[n].overlay}});
  }
  return gpu::make_ff_trainer(bench.device(),
                              {.model = recipe.model,
                               .loss = recipe.loss,
                               .batch_size = recipe.batch_size,
                               .streams = 2,
                               .cache = {.mib = cache_mib, .inputs_fixed = true}},
                              std::move(members),
                              data.front().images.to(bench.place()));
}

// Trains all layers, or one of them, for one step by autograd; returns the losses before the
// update.
inline std::vector<double> step_by_autograd(FFNetwork& network,
                                            std::int64_t layer,
                                            at::Tensor pos,
                                            at::Tensor neg) {
  std::vector<double> losses;
  const auto depth = static_cast<std::int64_t>(network->layers.size());
  if (layer >= 0) {
    pos = network->features(pos, layer);
    neg = network->features(neg, layer);
  }
  for (auto l = std::max<std::int64_t>(layer, 0); l < (layer < 0 ? depth : layer + 1); ++l) {
    const auto step = network->layers[l]->train_step(pos, neg);
    pos = step.activations_pos;
    neg = step.activations_neg;
    losses.push_back(step.loss.item<double>());
  }
  return losses;
}

}  // namespace ff::test

// Steps of the GPU engine, emulated on the host or on a GPU, compared with float64 autograd.
#include <ATen/Functions.h>

#include "ff/core/find_choice.h"
#include "ff/forward_forward/engines/cpu/goodness_engine.h"
#include "ff/nn/activation.h"
#include "tests/close.h"
#include "tests/gpu_networks.h"
#include "tests/list_epoch.h"
#include "tests/step_difference.h"

using namespace ff::test;

namespace {

// Compares steps along autograd's trajectory, each starting from autograd's state.
void check_recipe(const KernelBench& bench, const Recipe& recipe) {
  INFO(recipe.model.activation << " " << recipe.model.goodness << " " << recipe.model.normalize.type
                               << " " << recipe.loss.type << " " << recipe.loss.direction << " "
                               << recipe.optimizer.type << " " << recipe.optimizer.momentum);
  const Data data;
  auto truth = make_network(recipe, 7), network = make_network(recipe, 7, bench.place());
  const auto training = training_of(bench, {network}, recipe, {data});
  double worst = 0;
  std::string where;
  at::manual_seed(8);
  for (std::int64_t step = 0; step < kStepsCompared; ++step) {
    const auto before = copies(tensors_of(truth));
    ff::copy_into(tensors_of(network), before);
    const auto size = step % 7 == 6 ? kGpuBatch - 2 : kGpuBatch;  // the last batch of an epoch
    const auto pos = at::randperm(kGpuImages, at::kLong).narrow(0, 0, size);
    const auto neg = at::randperm(kGpuImages, at::kLong).narrow(0, 0, size);
    ListEpoch epoch({pos, neg}, kGpuBatch);
    training->train_epoch({"all layers", 1}, {&epoch});
    const auto losses = step_by_autograd(truth, -1, data.positives(pos), data.negatives(neg));
    const auto want = at::tensor(losses, at::kDouble);
    CHECK_THAT(epoch.losses.at(0)[0], AllClose(want, 1e-12, 1e-12));
    worst = std::max(
        worst, worst_difference(before, tensors_of(truth), copies(tensors_of(network)), where));
  }
  INFO("worst in " << where);
  CHECK(worst <= 1e-12);
}

}  // namespace

FF_BENCH_TEST("a step on a GPU is autograd's in float64, for everything a layer can be made of",
              "[gpu]") {
  auto recipe = base_recipe();
  // With such small momentum, the buffer is nearly the gradient, whose scale Adam would hide.
  recipe.optimizer.type = "sgd";
  recipe.optimizer.momentum = 0.1;
  for (const auto& activation : ff::activations()) {
    for (const auto& goodness : ff::goodnesses()) {
      for (const auto& normalize : ff::length_normalizations()) {
        for (const auto& loss : ff::losses()) {
          for (const auto& direction : ff::direction_names()) {
            recipe.model.activation = activation.name;
            recipe.model.goodness = goodness.name;
            recipe.model.normalize.type = normalize.name;
            recipe.loss = {loss.name, direction, /*temperature=*/0.7};
            const auto reason =
                ff::gpu::reason_against(recipe.model, recipe.loss, recipe.optimizer);
            if (reason.empty()) check_recipe(bench, recipe);
            // Supports the same settings as the fused CPU engine, except losses of pairs.
            if (!loss.paired)
              CHECK(reason ==
                    ff::fused::reason_against(recipe.model, recipe.loss, recipe.optimizer));
          }
        }
      }
    }
  }
}

FF_BENCH_TEST("a step on a GPU with peer normalisation is autograd's", "[gpu]") {
  auto recipe = base_recipe();
  recipe.optimizer.type = "sgd";
  recipe.model.peer = {.weight = 0.3, .momentum = 0.8};
  for (const auto* activation : {"relu", "gelu"}) {
    recipe.model.activation = activation;
    check_recipe(bench, recipe);
  }
}

FF_BENCH_TEST("a step on a GPU is autograd's under every optimizer", "[gpu]") {
  for (const auto& type : ff::OptimizerOptions::names()) {
    for (const double extra : {0.0, 0.05}) {
      for (const bool apart : {false, true}) {
        auto recipe = base_recipe();
        recipe.optimizer.type = type;
        recipe.optimizer.weight_decay = extra;
        recipe.optimizer.momentum = type == "sgd" ? 10 * extra : 0;
        recipe.optimizer.decoupled_decay = apart;
        recipe.optimizer.decay_biases = !apart;
        check_recipe(bench, recipe);
        recipe.lr_scale = 0.3;
        recipe.model.threshold.learned = false;
        recipe.model.normalize.input = false;
        check_recipe(bench, recipe);
      }
    }
  }
}

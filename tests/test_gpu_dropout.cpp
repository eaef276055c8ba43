// A step of the GPU engine with dropout, emulated on the host or on a GPU, compared with float64
// autograd.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/nn/dropout.h"
#include "tests/close.h"
#include "tests/gpu_networks.h"
#include "tests/list_epoch.h"

using namespace ff::test;

// The reference recomputes the dropout masks on the host.
FF_BENCH_TEST("a step on a GPU with dropout is autograd's of the units that are left", "[gpu]") {
  constexpr double kDropped = 0.4, kRate = 0.1;
  auto recipe = base_recipe();
  recipe.optimizer = {.type = "sgd", .learning_rate = kRate};
  recipe.model.dropout = kDropped;
  const Data set;
  auto network = make_network(recipe, 7, bench.place()), truth = make_network(recipe, 7);
  const ff::gpu::TrainerOptions options = {.model = recipe.model,
                                           .loss = recipe.loss,
                                           .batch_size = kGpuBatch,
                                           .streams = 1,
                                           .draws = {.dropout = true}};
  const auto trainer =
      ff::gpu::make_ff_trainer(bench.device(),
                               options,
                               {{network, recipe.optimizer, {bench.put(set.wrong), set.overlay}}},
                               set.images.to(bench.place()));
  const auto order = at::arange(kGpuBatch, at::kLong);
  ListEpoch epoch({order}, kGpuBatch);
  at::manual_seed(9);
  trainer->train_epoch({"all layers", 1}, {&epoch});
  at::manual_seed(9);
  const auto seed = at::empty({1}, at::kLong).random_();
  const ff::gpu::Cursor cursor = {0};
  auto rows = at::cat({set.positives(order), set.negatives(order)});
  for (std::size_t l = 0; l < truth->layers.size(); ++l) {
    INFO("layer " << l);
    auto& layer = truth->layers[l];
    const auto width = layer->weight.size(0);
    const ff::gpu::Dropout<double> dropout = {.seeds = seed.const_data_ptr<std::int64_t>(),
                                              .cursor = &cursor,
                                              .pass = static_cast<std::int64_t>(2 * l + 1),
                                              .kept = 1 - kDropped,
                                              .scale = ff::dropout_scale(kDropped)};
    auto masks = at::empty({2 * kGpuBatch, width}, at::kDouble);
    for (std::int64_t i = 0; i < masks.numel(); ++i) data(masks)[i] = dropout.units()[i];
    CHECK((masks == 0).any().item<bool>());
    const auto a = layer->activation(layer->preactivation(rows)) * masks;
    const auto goodness = layer->goodness(a);
    layer->loss(goodness.narrow(0, 0, kGpuBatch), goodness.narrow(0, kGpuBatch, kGpuBatch))
        .backward();
    const auto weight = (layer->weight - kRate * layer->weight.grad()).detach();
    CHECK_THAT(network->layers[l]->weight.detach(), AllClose(weight, 1e-12, 1e-14));
    rows = a.detach();
  }
}

// Steps of the GPU engine with a head, hard negatives and augmented images, emulated on the host or
// on a GPU, compared with float64 autograd.
#include <ATen/Functions.h>
#include <c10/core/DefaultDtype.h>

#include "ff/forward_forward/engines/training.h"
#include "ff/forward_forward/hard_negatives.h"
#include "ff/forward_forward/head.h"
#include "tests/close.h"
#include "tests/gpu_networks.h"
#include "tests/list_epoch.h"
#include "tests/step_difference.h"

using namespace ff::test;

namespace {

constexpr double kNeutral = 0.4;

struct HeadRecipe {
  Recipe base = base_recipe();
  std::vector<std::int64_t> layers = {0, 2};
  ff::OptimizerOptions optimizer = {
      .type = "sgd", .learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.01};
  ff::AugmentOptions augment = {.shift = 1};
  bool hard = true, along = true, sequential = false;
  std::int64_t streams = 1;
};

ff::SoftmaxHead make_head(const HeadRecipe& recipe, const at::Device& place) {
  const auto usual = c10::get_default_dtype();
  c10::set_default_dtype(caffe2::TypeMeta::Make<double>());
  std::int64_t features = 0;
  for (const auto l : recipe.layers) features += recipe.base.model.widths[l];
  ff::SoftmaxHead head(features, kGpuClasses, recipe.optimizer, place);
  c10::set_default_dtype(usual);
  at::NoGradGuard no_grad;
  at::manual_seed(3);  // nonzero weights, so that wrong labels differ in probability
  head->weight.copy_(at::randn(head->weight.sizes(), at::kDouble));
  return head;
}

class Truth {
 public:
  Truth(const HeadRecipe& recipe, const Data& data)
      : recipe_(recipe),
        data_(data),
        overlay_(kGpuClasses, kGpuWidth, kLabelValue, kNeutral),
        network(make_network(recipe.base, 7)),
        head(make_head(recipe, at::kCPU)) {}

  // Losses of a step: of the head, if it is trained, and of the layers.
  struct Losses {
    double head = 0;
    std::vector<double> layers;
  };

  Losses step(const ff::Batch& batch, std::int64_t layer, bool head_alone) {
    Losses losses;
    const auto& indices = batch.indices.front();
    const auto labels = data_.images.labels.index_select(0, indices);
    const auto moves = ff::draw_moves(recipe_.augment, indices.numel());
    const auto rows = [&](const at::Tensor& of, const ff::Moves& by) {
      return data_.images.rows(of, by).to(at::kDouble);
    };
    at::Tensor logits;
    if (head_alone || recipe_.along) {
      auto neutral = rows(indices, moves);
      overlay_.write_neutral_(neutral);
      at::Tensor seen;
      {
        at::NoGradGuard no_grad;
        seen = network->normalized_activities(neutral, recipe_.layers, /*with_dropout=*/false);
      }
      const auto of_head = head->train_step(seen, labels);
      losses.head = of_head.loss.item<double>();
      logits = of_head.logits;
    }
    if (head_alone) return losses;
    auto pos = rows(indices, moves), neg = pos.clone();
    if (recipe_.hard) {
      overlay_.write_(neg, ff::draw_hard_labels(logits, labels));
    } else {
      const auto& others = batch.indices.back();
      const bool paired = recipe_.streams == 1;
      neg = rows(others, paired ? moves : ff::draw_moves(recipe_.augment, others.numel()));
      overlay_.write_(neg, data_.wrong.index_select(0, others));
    }
    overlay_.write_(pos, labels);
    losses.layers = step_by_autograd(network, layer, pos, neg);
    return losses;
  }

  ff::TensorDict tensors() const {
    auto all = tensors_of(network);
    all["head.weight"] = head->weight;
    ff::merge(all, "head.", head->optimizer_state());
    return all;
  }

 private:
  HeadRecipe recipe_;
  Data data_;
  ff::LabelOverlay overlay_;

 public:
  ff::FFNetwork network;
  ff::SoftmaxHead head;
};

std::unique_ptr<ff::gpu::FFTrainer> trainer_of(const KernelBench& bench,
                                               const HeadRecipe& recipe,
                                               const Data& data,
                                               ff::FFNetwork network,
                                               ff::SoftmaxHead head) {
  const ff::LabelOverlay overlay(kGpuClasses, kGpuWidth, kLabelValue, kNeutral);
  const auto wrong = recipe.hard ? at::Tensor() : bench.put(data.wrong);
  return ff::gpu::make_ff_trainer(
      bench.device(),
      {.model = recipe.base.model,
       .loss = recipe.base.loss,
       .batch_size = recipe.base.batch_size,
       .streams = recipe.streams,
       .cache = {.mib = 64, .inputs_fixed = !recipe.hard && !recipe.augment.on()},
       .draws = {recipe.augment, recipe.hard, recipe.base.model.dropout > 0},
       .head_along = recipe.along},
      {{network,
        recipe.base.optimizer,
        {wrong, overlay},
        ff::gpu::HeadParts{{head->weight, head->optimizer_state(), recipe.optimizer},
                           recipe.layers}}},
      data.images.to(bench.place()));
}

ListEpoch epoch_of(const HeadRecipe& recipe, std::uint64_t seed) {
  at::manual_seed(seed);
  std::vector<at::Tensor> orders;
  for (std::int64_t s = 0; s < recipe.streams; ++s) {
    orders.push_back(at::randperm(kGpuImages, at::kLong));
  }
  return {std::move(orders), recipe.base.batch_size};
}

// Trains epochs of the layers, then of the head if it is trained afterwards. `broken`: interrupts
// and resumes each epoch.
void check_epochs(const KernelBench& bench, const HeadRecipe& recipe, bool broken = false) {
  INFO("hard " << recipe.hard << ", along " << recipe.along << ", " << recipe.streams
               << " streams, shift " << recipe.augment.shift << ", flip " << recipe.augment.flip);
  const Data data;
  Truth truth(recipe, data);
  auto network = make_network(recipe.base, 7, bench.place());
  auto head = make_head(recipe, bench.place());
  const auto trainer = trainer_of(bench, recipe, data, network, head);
  std::vector<ff::Phase> phases = {{"all layers", 2}};
  if (recipe.sequential) phases = {{"layer 0", 1, 0}, {"layer 1", 2, 1}, {"layer 2", 1, 2}};
  if (!recipe.along) phases.push_back({ff::kHeadPhase, 2});
  std::uint64_t seed = 20;
  for (const auto& phase : phases) {
    for (std::int64_t e = 0; e < phase.epochs; ++e, ++seed) {
      const bool alone = phase.name == ff::kHeadPhase;
      auto here = epoch_of(recipe, seed), there = epoch_of(recipe, seed);
      at::manual_seed(seed);
      double sum = 0;
      std::vector<at::Tensor> losses;
      for (auto batch = here.next(1); batch.size() > 0; batch = here.next(1)) {
        const auto of_step = truth.step(batch, phase.layer, alone);
        sum += of_step.head * static_cast<double>(batch.size());
        losses.push_back(alone ? at::tensor({of_step.head}, at::kDouble)
                               : at::tensor(of_step.layers, at::kDouble));
        here.trained(losses.back().unsqueeze(0));
      }
      const auto next_here = at::rand({1});
      at::manual_seed(seed);
      auto reported = ff::gpu::FFTrainer::HeadLoss();
      const auto train = [&] {
        trainer->train_epoch(phase, {&there});
        reported.sum += trainer->head_loss().sum;
        reported.images += trainer->head_loss().images;
      };
      if (broken) there.stop_at_query = 1;
      train();
      CHECK((there.batches < here.batches) == broken);
      there.stop_at_query = 1 << 30;
      if (broken) train();
      CHECK(at::equal(at::rand({1}), next_here));  // the same number of random numbers was drawn
      CHECK_THAT(at::cat(there.losses), AllClose(at::stack(losses), 1e-9, 1e-11));
      if (recipe.along) {
        CHECK(reported.images == kGpuImages);
        CHECK(std::abs(reported.sum - sum) < 1e-9 * sum);
      }
    }
  }
  auto tensors = tensors_of(network);
  tensors["head.weight"] = head->weight;
  ff::merge(tensors, "head.", head->optimizer_state());
  check_close(tensors, copies(truth.tensors()), 1e-9);
}

}  // namespace

FF_BENCH_TEST("on a GPU a head, hard negatives and moved images are autograd's", "[gpu]") {
  HeadRecipe recipe;
  check_epochs(bench, recipe);
  recipe.layers = {1};
  recipe.augment = {.shift = 2, .flip = true};
  recipe.optimizer = {.type = "adam", .learning_rate = 0.01};
  recipe.base.optimizer = {.type = "sgd", .learning_rate = 0.02, .momentum = 0.9};
  check_epochs(bench, recipe);
  recipe.augment = {};
  check_epochs(bench, recipe);
}

FF_BENCH_TEST("on a GPU a head beside labels that are drawn beforehand is autograd's", "[gpu]") {
  for (const bool along : {true, false}) {
    for (const std::int64_t streams : {1, 2}) {
      HeadRecipe recipe;
      recipe.hard = false;
      recipe.along = along;
      recipe.streams = streams;
      recipe.augment.flip = streams == 2;
      check_epochs(bench, recipe);
    }
  }
}

FF_BENCH_TEST("on a GPU a head after layers that were trained one by one is autograd's", "[gpu]") {
  for (const bool kept : {true, false}) {  // with and without caching the frozen layers' outputs
    HeadRecipe recipe;
    recipe.hard = recipe.along = false;
    recipe.sequential = true;
    recipe.augment.shift = kept ? 0 : 1;
    check_epochs(bench, recipe);
  }
}

FF_BENCH_TEST("an epoch on a GPU that draws is broken off and goes on as if it were not", "[gpu]") {
  HeadRecipe recipe;
  recipe.base.batch_size = 1;  // more batches than losses are reported at once
  check_epochs(bench, recipe, /*broken=*/true);
}

FF_BENCH_TEST("an epoch on a GPU with dropout that is broken off goes on to the same bits",
              "[gpu]") {
  HeadRecipe recipe;
  recipe.base.batch_size = 1;
  recipe.base.model.dropout = 0.2;
  recipe.base.model.peer.weight = 0.03;
  const Data data;
  std::vector<ff::TensorDict> ends;
  for (const bool broken : {false, true}) {
    auto network = make_network(recipe.base, 7, bench.place());
    auto head = make_head(recipe, bench.place());
    const auto trainer = trainer_of(bench, recipe, data, network, head);
    auto epoch = epoch_of(recipe, 5);
    if (broken) epoch.stop_at_query = 1;
    trainer->train_epoch({"all layers", 1}, {&epoch});
    CHECK((epoch.batches < kGpuImages) == broken);
    epoch.stop_at_query = 1 << 30;
    if (broken) trainer->train_epoch({"all layers", 1}, {&epoch});
    CHECK(epoch.batches == kGpuImages);
    ends.push_back(copies(tensors_of(network)));
    ends.back()["head.weight"] = head->weight.detach().cpu().clone();
  }
  check_same_bits(ends[1], ends[0]);
}

// The fused engine compared with autograd as the reference.
#include <cmath>
#include <map>

#include <ATen/Functions.h>

#include "ff/core/find_choice.h"
#include "ff/core/profile.h"
#include "ff/core/tensor_memory.h"
#include "ff/forward_forward/engines/cpu/goodness_engine.h"
#include "ff/forward_forward/goodness_learner.h"
#include "tests/close.h"
#include "tests/step_difference.h"
#include "tests/toy.h"

using ff::fused::FFEngine;
using ff::test::copies;
using ff::test::tensors_of;
using ff::test::worst_difference;

namespace {

constexpr std::int64_t kPixels = 26, kBatch = 5, kSteps = ff::test::kStepsCompared;
constexpr double kBackground = -0.4242;

struct Recipe {
  ff::ModelOptions model;
  ff::LossOptions loss;
  ff::OptimizerOptions optimizer;
  bool background = false;
  double lr_scale = 1;
  double silent = 0;  // fraction of inactive units, so that activations above are sparse
  bool sparse = true;
};

ff::FFNetwork make_network(const Recipe& recipe) {
  ff::FFNetwork network(kPixels, recipe.model, recipe.loss, recipe.optimizer);
  network->to(at::kDouble);
  {
    // Scales the weights: if inputs look alike to a layer, the gradients of a pair cancel and only
    // rounding errors remain.
    at::NoGradGuard no_grad;
    for (auto& layer : network->layers) {
      layer->weight.mul_(3);
      const auto units = static_cast<double>(layer->bias.numel());
      layer->bias.narrow(0, 0, std::lround(recipe.silent * units)).fill_(-100);
    }
  }
  for (auto& layer : network->layers) {
    layer->set_optimizer(recipe.optimizer);  // after the conversion, so that its state is float64
    layer->set_lr_scale(recipe.lr_scale);
  }
  return network;
}

FFEngine<double> engine_of(const Recipe& recipe,
                           const ff::FFNetwork& network,
                           std::int64_t rows = 2 * kBatch) {
  return {network,
          recipe.model,
          recipe.loss,
          recipe.optimizer,
          rows,
          recipe.background ? ff::fused::Background(kBackground) : std::nullopt,
          "float32",
          recipe.sparse};
}

// Returns inputs in which four fifths of the entries are background.
at::Tensor make_rows() {
  const auto noise = at::randn({2 * kBatch, kPixels}, at::kDouble);
  const auto lit = at::rand({2 * kBatch, kPixels}, at::kDouble) < 0.2;
  return at::where(lit, noise, at::full({}, kBackground, at::kDouble));
}

void check_recipe(const Recipe& recipe, double tolerance = 1e-12) {
  at::manual_seed(7);
  auto truth = make_network(recipe);
  auto fused = make_network(recipe);
  auto engine = engine_of(recipe, fused);
  double worst = 0;
  std::string where;
  for (std::int64_t step = 0; step < kSteps; ++step) {
    const auto rows = make_rows();
    const auto before = copies(tensors_of(truth));
    ff::copy_into(tensors_of(fused), before);
    // The last batch of an epoch is smaller and uses the same buffers.
    const auto half = step % 7 == 6 ? kBatch - 2 : kBatch;
    const auto pos = rows.narrow(0, 0, half), neg = rows.narrow(0, kBatch, half);
    engine.pixels().first(2 * half).rows.copy_(at::cat({pos, neg}));
    const auto seed = static_cast<std::uint64_t>(step);
    at::manual_seed(seed);  // for dropout
    engine.train_all(2 * half);
    at::manual_seed(seed);
    auto a = pos, b = neg;
    for (std::size_t l = 0; l < truth->layers.size(); ++l) {
      const auto result = truth->layers[l]->train_step(a, b);
      a = result.activations_pos;
      b = result.activations_neg;
      REQUIRE(std::abs(result.loss.item<double>() - engine.losses()[l]) <=
              1e-12 * std::max(1.0, std::abs(engine.losses()[l])));
    }
    worst = std::max(worst, worst_difference(before, tensors_of(truth), tensors_of(fused), where));
  }
  INFO(recipe.model.activation << " " << recipe.model.goodness << " " << recipe.model.normalize.type
                               << " " << recipe.loss.type << " " << recipe.loss.direction << " "
                               << recipe.optimizer.type << " background " << recipe.background
                               << ": worst " << worst << " in " << where);
  CHECK(worst <= tolerance);
}

Recipe base_recipe() {
  Recipe recipe;
  recipe.model.widths = {41, 8, 3};
  recipe.model.threshold.initial = 0.5;
  recipe.optimizer.learning_rate = 0.01;
  return recipe;
}

}  // namespace

TEST_CASE("a fused step is autograd's step in float64, for everything a layer can be made of",
          "[fused]") {
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
            recipe.loss = {loss.name, direction};
            REQUIRE(ff::fused::reason_against(recipe.model, recipe.loss, recipe.optimizer) == "");
            recipe.background = !recipe.background;
            check_recipe(recipe);
          }
        }
      }
    }
  }
}

TEST_CASE("a fused step is autograd's step with temperature, peer normalisation and dropout",
          "[fused]") {
  auto recipe = base_recipe();
  recipe.optimizer.type = "sgd";
  recipe.optimizer.momentum = 0.1;
  for (const auto& loss : ff::losses()) {
    for (const bool peers : {false, true}) {
      for (const double dropout : {0.0, 0.3}) {
        for (const auto* activation : {"relu", "tanh"}) {
          recipe.loss.type = loss.name;
          recipe.loss.temperature = 0.25;
          recipe.model.activation = activation;
          recipe.model.peer.weight = peers ? 0.03 : 0;
          recipe.model.dropout = dropout;
          if (dropout > 0 && std::string(activation) != "relu") {
            CHECK(ff::fused::reason_against(recipe.model, recipe.loss, recipe.optimizer) ==
                  "model.dropout with model.activation tanh");
            continue;
          }
          recipe.background = !recipe.background;
          // The peer term opposes the loss, so gradients partly cancel and the relative rounding
          // error grows.
          check_recipe(recipe, peers ? 1e-11 : 1e-12);
        }
      }
    }
  }
}

TEST_CASE("a fused step is autograd's step where few units answer", "[fused]") {
  auto recipe = base_recipe();
  for (const auto& [optimizer, momentum] :
       {std::pair("sgd", 0.0), std::pair("sgd", 0.1), std::pair("adam", 0.0)}) {
    recipe.optimizer.type = optimizer;
    recipe.optimizer.momentum = momentum;
    recipe.optimizer.weight_decay = 0.01;
    // About 0.1, 0.25 and 0.45 of the entries are nonzero, of which dropout keeps two thirds.
    // Sparse products are used for the gradient up to 0.35, and for the forward pass up to 0.22.
    for (const double silent : {0.8, 0.5, 0.1}) {
      for (const double dropout : {0.0, 0.3}) {
        recipe.silent = silent;
        recipe.model.dropout = dropout;
        recipe.background = !recipe.background;
        check_recipe(recipe);
      }
    }
  }
}

TEST_CASE("where few units answer, layers sum over these, unless told not to", "[fused]") {
  const auto sparse_products = [](double silent, bool sparse) {
    auto recipe = base_recipe();
    recipe.silent = silent;
    recipe.sparse = sparse;
    ff::begin_profile();
    check_recipe(recipe);
    ff::set_profiling(false);
    std::map<std::string, long long> calls;
    for (const auto& line : ff::profile_lines()) calls[line.section] = line.calls;
    return std::pair(calls["sparse: products forward"], calls["sparse: gradient and optimizer"]);
  };
  // Two of the three layers have a ReLU layer below.
  CHECK(sparse_products(0.8, true) == std::pair(2LL * kSteps, 2LL * kSteps));
  CHECK(sparse_products(0.8, false) == std::pair(0LL, 0LL));
  CHECK(sparse_products(0, true).first < kSteps);
}

TEST_CASE("what a head sees is the same from both engines", "[fused]") {
  auto recipe = base_recipe();
  for (const bool background : {false, true}) {
    for (const double dropout : {0.0, 0.3}) {
      recipe.model.dropout = dropout;
      at::manual_seed(3);
      auto network = make_network(recipe);
      recipe.background = background;
      auto engine = engine_of(recipe, network);
      const std::vector<std::int64_t> layers = {2, 0};
      engine.keep_activities(layers);
      const auto rows = make_rows().narrow(0, 0, kBatch);
      for (const bool with_dropout : {false, true}) {
        at::manual_seed(4);
        const auto truth = network->normalized_activities(rows, layers, with_dropout);
        at::manual_seed(4);
        engine.pixels().first(kBatch).rows.copy_(rows);
        engine.forward_to_head(kBatch, with_dropout);
        CHECK((engine.activities(kBatch) - truth).abs().max().item<double>() <= 1e-12);
      }
      // A training step returns the activities of the positives before the update.
      const auto before = network->normalized_activities(rows, layers, false);
      engine.pixels()
          .first(2 * kBatch)
          .rows.copy_(at::cat({rows, make_rows().narrow(0, 0, kBatch)}));
      engine.train_all(2 * kBatch);
      if (dropout == 0) {
        CHECK((engine.activities(kBatch) - before).abs().max().item<double>() <= 1e-12);
      }
    }
  }
}

TEST_CASE("a fused step is autograd's step under every optimizer", "[fused]") {
  for (const auto& type : ff::OptimizerOptions::names()) {
    for (const bool background : {false, true}) {
      for (const double extra : {0.0, 0.05}) {
        auto recipe = base_recipe();
        recipe.background = background;
        recipe.optimizer.type = type;
        recipe.optimizer.weight_decay = extra;
        recipe.optimizer.momentum = type == "sgd" ? 10 * extra : 0;
        check_recipe(recipe);
        recipe.optimizer.decoupled_decay = !background;
        recipe.optimizer.decay_biases = background;
        check_recipe(recipe);
        recipe.lr_scale = 0.3;
        recipe.model.threshold.learned = false;
        recipe.model.normalize.input = false;
        check_recipe(recipe);
      }
    }
  }
}

TEST_CASE("the label sweep gives the goodness of the networks' own sweep", "[fused]") {
  auto recipe = base_recipe();
  for (const bool background : {false, true}) {
    for (const bool input : {false, true}) {
      recipe.model.normalize.input = input;
      at::manual_seed(3);
      auto network = make_network(recipe);
      recipe.background = background;
      auto engine = engine_of(recipe, network, 8);
      // several blocks of samples
      const auto rows = at::cat({make_rows(), make_rows(), make_rows()});
      const ff::LabelOverlay overlay(4, 6, 2.8, 0.1);
      const auto truth = network->goodness_by_label(rows, overlay);
      const auto fused = engine.goodness_by_label(rows, overlay);
      REQUIRE(fused.sizes() == truth.sizes());
      CHECK((fused - truth).abs().max().item<double>() <= 1e-12 * truth.max().item<double>());
    }
  }
}

TEST_CASE("a step allocates no tensor once its buffers are there", "[fused]") {
  for (const bool background : {false, true}) {
    auto recipe = base_recipe();
    recipe.silent = background ? 0.8 : 0;
    auto network = make_network(recipe);
    recipe.background = background;
    auto engine = engine_of(recipe, network);
    engine.pixels().first(2 * kBatch).rows.copy_(make_rows());
    engine.train_all(2 * kBatch);
    CHECK(ff::measure_tensors([&] { engine.train_all(2 * kBatch); }).peak == 0);
  }
  // verifies that allocations are counted
  CHECK(ff::measure_tensors([] { at::zeros({10}, at::kDouble); }).peak >= 80);
}

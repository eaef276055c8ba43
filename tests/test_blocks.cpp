// Forward-Forward blocks of arbitrary layers, and networks whose blocks use different engines.
#include <ATen/Functions.h>

#include "ff/forward_forward/block.h"
#include "tests/block_networks.h"
#include "tests/catch.h"
#include "tests/close.h"

using namespace ff::test;

namespace {

ff::FFBlockOptions block_options(std::vector<ff::LayerOptions> layers, ff::Shape input) {
  ff::FFBlockOptions options;
  options.layers = std::move(layers);
  options.input = input;
  options.threshold.initial = 0.3;
  return options;
}

}  // namespace

TEST_CASE("A block of a linear layer with its non-linearity is FFLinear, to the bit", "[blocks]") {
  at::manual_seed(1);
  ff::FFLinear one(ff::FFLinearOptions{
      .in_features = 12, .out_features = 7, .activation = "tanh", .threshold = {.initial = 0.3}});
  ff::FFBlock other(block_options({linear(7), kTanh}, {.channels = 12}));
  ff::copy_into({{"weight", other->weight}, {"bias", other->bias}},
                {{"weight", one->weight.detach()}, {"bias", one->bias.detach()}});
  one->set_optimizer({.learning_rate = 0.1});
  other->set_optimizer({.learning_rate = 0.1});
  for (int step = 0; step < 3; ++step) {
    const auto pos = at::randn({5, 12}), neg = at::randn({5, 12});
    const auto a = one->train_step(pos, neg), b = other->train_step(pos, neg);
    CHECK(at::equal(a.loss, b.loss));
    CHECK(at::equal(a.activations_pos, b.activations_pos));
    CHECK(at::equal(one->weight, other->weight));
    CHECK(at::equal(one->threshold, other->threshold));
  }
}

TEST_CASE("A convolution over an image of one pixel is a linear layer", "[blocks]") {
  at::manual_seed(1);
  const ff::LayerOptions point = {.type = "conv", .channels = 6, .kernel = 1};
  ff::FFBlock conv(block_options({point, kRelu}, {.channels = 8}));
  ff::FFBlock flat(block_options({linear(6), kRelu}, {.channels = 8}));
  ff::copy_into({{"weight", flat->weight}, {"bias", flat->bias}},
                {{"weight", conv->weight.detach().view({6, 8})}, {"bias", conv->bias.detach()}});
  const auto x = at::randn({4, 8});
  CHECK_THAT(conv->forward(x).flatten(1), AllClose(flat->forward(x), 1e-5, 1e-6));
  CHECK_THAT(conv->goodness(conv->forward(x)), AllClose(flat->goodness(flat->forward(x)), 1e-5, 0));
}

TEST_CASE("A block's gradient is that of central differences", "[blocks]") {
  at::manual_seed(3);
  const ff::LayerOptions local = {.type = "local2d", .channels = 3, .kernel = 3, .padding = 1};
  const std::vector<std::vector<ff::LayerOptions>> stacks = {
      {kConv, kNorm, kTanh},
      {kConv, kNorm, kTanh, kPool},
      {local, {.type = "layer-norm"}, kTanh, {.type = "avg-pool", .kernel = 2}},
      {kConv, {.type = "instance-norm"}, {.type = "shortcut"}, kTanh, {.type = "dropout"}},
      {linear(4), {.type = "rms-norm"}, {.type = "shortcut", .own = {{"join", "concat"}}}, kTanh}};
  for (const auto& layers : stacks) {
    ff::FFBlock block(block_options(layers, {2, 4, 5}));
    block->to(at::kDouble);
    const auto pos = at::randn({4, 40}, at::kDouble), neg = at::randn({4, 40}, at::kDouble);
    block->objective(pos, neg).backward();
    for (const auto& item : block->named_parameters()) {
      INFO(layers.front().type << ", " << layers.back().type << ": " << item.key());
      const auto want = central_differences(
          [&] { return block->objective(pos, neg).item<double>(); }, item.value().detach());
      CHECK_THAT(item.value().grad(), AllClose(want, 1e-6, 1e-8));
    }
  }
}

TEST_CASE("No gradient enters or leaves a block, and probing it moves nothing", "[blocks]") {
  at::manual_seed(4);
  ff::FFBlock block(block_options({kConv, kNorm, kRelu, kPool}, {1, 4, 6}));
  block->set_optimizer({.learning_rate = 0.1});
  const auto x = at::randn({3, 24}).requires_grad_();
  const auto mean = block->named_buffers()["norms.0.running_mean"].clone();
  block->objective(x, x);
  block->forward(x);
  CHECK(at::equal(block->named_buffers()["norms.0.running_mean"], mean));
  const auto step = block->train_step(x, at::randn({3, 24}));
  CHECK_FALSE(x.grad().defined());
  CHECK_FALSE(step.activations_pos.requires_grad());
  CHECK(step.activations_pos.sizes() == at::IntArrayRef({3, 3, 2, 3}));
  CHECK_FALSE(at::equal(block->named_buffers()["norms.0.running_mean"], mean));
}

TEST_CASE("A network trains each block by the engine that can, and comes to autograd's weights",
          "[blocks]") {
  for (const auto* schedule : {"sequential", "parallel"}) {
    INFO(schedule);
    auto options = conv_options("autograd", schedule);
    SECTION(std::string("closed forms on top, ") + schedule) {
      const auto truth = train(options, "autograd");
      options.engine = "auto";
      check_close(train(options, "mixed"), truth, 2e-3);
    }
    SECTION(std::string("closed forms below and between, ") + schedule) {
      options.model.layers = closed_forms_between();
      const auto truth = train(options, "autograd");
      options.engine = "auto";
      check_close(train(options, "mixed"), truth, 2e-3);
    }
  }
}

TEST_CASE("A head sees the layers of several stages in the order in which it names them",
          "[blocks]") {
  auto options = head_options("autograd");
  const auto truth = train(options, "autograd");
  options.engine = "auto";
  check_close(train(options, "mixed"), truth, 2e-3);
}

TEST_CASE("Running statistics are part of the model, and prediction leaves them alone",
          "[blocks]") {
  ff::PythonRandom random(1);
  const auto images = toy_images(40, 5);
  ff::FFLearner learner(conv_options("auto", "parallel"), images, random);
  const auto before = copies(learner.model());
  REQUIRE(before.contains("layers.0.norms.0.running_var"));
  learner.scores(images.rows(0, 10));
  check_same_bits(learner.model(), before);
  learner.train_batch(learner.phases()[0], batch(learner, 0, 20, 2));
  CHECK_FALSE(at::equal(learner.model().at("layers.0.norms.0.running_var"),
                        before.at("layers.0.norms.0.running_var")));
  CHECK(learner.prunable_weights().size() == 3);
}

TEST_CASE("Blocks that cannot be are refused with their place", "[blocks]") {
  ff::PythonRandom random(1);
  const auto images = toy_images(40, 5);
  const auto refused = [&](std::vector<ff::LayerOptions> layers) {
    auto options = conv_options("auto", "parallel");
    options.model.layers = std::move(layers);
    try {
      ff::FFLearner learner(options, images, random);
    } catch (const ff::OptionError& error) {
      return error.problem.path + ": " + error.problem.text;
    }
    return std::string();
  };
  CHECK_THAT(refused({kRelu}),
             ContainsSubstring("model.layers[0]: relu cannot be the first layer"));
  CHECK_THAT(refused({linear(4), kConv}),
             ContainsSubstring("model.layers[1]: conv needs an image"));
  auto wide = kConv;
  wide.kernel = 9;
  CHECK_THAT(refused({kConv, wide}),
             ContainsSubstring("model.layers[1]: kernel 9 is larger than its input"));
}

TEST_CASE("The fused engine names the block that it cannot train", "[blocks]") {
  auto options = conv_options("fused", "parallel");
  CHECK_THROWS_WITH(
      ff::choose_engine(options, at::kCPU),
      "engine: fused does not support model.layers of type conv; allowed: autograd, auto");
  options.engine = "auto";
  CHECK(ff::choose_engine(options, at::kCPU).engine == "mixed");
  CHECK(ff::choose_engine(options, at::kCPU).reason ==
        "fused does not support model.layers of type conv");
  options.model.layers = {kConv};
  CHECK(ff::choose_engine(options, at::kCPU).engine == "autograd");
}

TEST_CASE("A block without a non-linearity gets it after its normalisation", "[blocks]") {
  ff::ModelOptions model;
  model.layers = {{.type = "local2d", .channels = 2, .kernel = 2},
                  {.type = "group-norm", .own = {{"groups", 2}}},
                  {.type = "avg-pool", .kernel = 2},
                  {.type = "dropout"}};
  const auto blocks = ff::blocks_of(model);
  REQUIRE(blocks.size() == 1);
  std::vector<std::string> types;
  for (const auto& layer : blocks[0]) types.push_back(layer.type);
  const std::vector<std::string> want = {"local2d", "group-norm", "relu", "avg-pool", "dropout"};
  CHECK(types == want);
}

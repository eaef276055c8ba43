// shortcut: what it adds or appends, and that no gradient crosses where blocks are separate.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "baselines/backward_rule.h"
#include "baselines/gradient.h"
#include "ff/forward_forward/learner_options.h"
#include "tests/backward_fixture.h"
#include "tests/catch.h"
#include "tests/close.h"
#include "tests/config_error.h"
#include "tests/made_layer.h"

using ff::test::AllClose;
using ff::test::Fixture;

namespace {

using Shapes = std::vector<ff::Shape>;

ff::LayerOptions shortcut(ff::CustomValues own = {}) {
  return {.type = "shortcut", .own = std::move(own)};
}

std::shared_ptr<ff::LayerImpl> made(const ff::LayerOptions& options,
                                    const ff::Shape& input,
                                    const Shapes& blocks) {
  return ff::make_layer(options, {.input = input, .blocks = blocks});
}

ff::LayerOptions conv(std::int64_t channels, std::int64_t stride = 1) {
  return {.type = "conv", .channels = channels, .kernel = 3, .stride = stride, .padding = 1};
}

// Residual blocks that keep the shape, shrink and widen it, and a concatenation.
std::vector<ff::LayerOptions> residual_layers() {
  return {conv(4),
          {.type = "tanh"},
          conv(4),
          {.type = "batch-norm"},
          shortcut(),
          {.type = "tanh"},
          conv(6, 2),
          {.type = "tanh"},
          conv(6),
          shortcut({{"from", 2}}),
          {.type = "tanh"},
          shortcut({{"join", "concat"}}),
          {.type = "linear", .width = 5},
          {.type = "tanh"},
          {.type = "linear", .width = ff::test::kClasses}};
}

std::string problems_of_ff(std::vector<ff::LayerOptions> layers) {
  ff::FFLearnerOptions options;
  options.model.layers = std::move(layers);
  std::string text;
  for (const auto& problem : ff::problems_of(options)) {
    text += problem.path + ": " + problem.text + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("A shortcut adds or appends the input of a block", "[shortcut]") {
  at::manual_seed(1);
  const auto low = at::randn({2, 3, 6, 4}), high = at::randn({2, 3, 6, 4});
  const auto x = at::randn({2, 5, 3, 2});
  const Shapes blocks = {{3, 6, 4}, {3, 6, 4}};
  const auto joined = [&](const ff::CustomValues& own) {
    const auto layer = made(shortcut(own), {5, 3, 2}, blocks);
    const auto y = layer->join(x, {low, high}, ff::Pass::kTrain);
    CHECK(y.size(1) == layer->output.channels);
    return y;
  };
  const auto every_other = [](const at::Tensor& image) {
    return image.slice(2, 0, {}, 2).slice(3, 0, {}, 2);
  };
  auto sum = x.clone();
  sum.slice(1, 1, 4) += every_other(high);  // one channel of zeros on either side
  CHECK(at::equal(joined({}), sum));
  sum = x.clone();
  sum.slice(1, 1, 4) += at::avg_pool2d(low, 2);
  CHECK(at::equal(joined({{"from", 2}, {"shrink", "mean"}}), sum));
  CHECK(at::equal(joined({{"join", "concat"}}), at::cat({x, every_other(high)}, 1)));
}

TEST_CASE("A shortcut between vectors takes images as vectors", "[shortcut]") {
  const auto image = at::randn({4, 2, 2, 3}), x = at::randn({4, 12});
  CHECK(at::equal(made(shortcut(), {12}, {{12}})->join(x, {image}, ff::Pass::kTrain),
                  x + image.flatten(1)));
}

TEST_CASE("A residual network's gradient is that of central differences", "[shortcut]") {
  const Fixture fixture(residual_layers(), at::kDouble);
  const auto found = fixture.bp().by_name;
  at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : fixture.network->all_parameters()) {
    INFO(name);
    const auto slope = ff::test::central_differences(
        [&] {
          return at::cross_entropy_loss(fixture.network->forward(fixture.rows, ff::Pass::kProbe),
                                        fixture.labels)
              .item<double>();
        },
        tensor.detach());
    CHECK_THAT(found.at(name), AllClose(slope, 1e-6, 1e-9));
  }
}

TEST_CASE("Feedback through the weights themselves crosses shortcuts as backpropagation does",
          "[shortcut][rules]") {
  const Fixture fixture(residual_layers(), at::kDouble);
  const auto rule = ff::baselines::find_backward_rule("fa").make(fixture.network, {.init = "copy"});
  const auto found = rule->gradient(fixture.rows, fixture.labels, ff::Pass::kProbe).by_name;
  ff::test::check_close(found, fixture.bp().by_name, 1e-12);
}

TEST_CASE("Direct feedback sends nothing through a shortcut", "[shortcut][rules]") {
  const Fixture fixture(residual_layers(), at::kDouble);
  const auto rule = ff::baselines::find_backward_rule("dfa").make(fixture.network, {});
  const auto found = [&] {
    return rule->gradient(fixture.rows, fixture.labels, ff::Pass::kProbe).by_name;
  };
  // The feedback of block 3, whose shortcut reads the input of block 2, reaches block 3 alone.
  const auto before = found();
  rule->state().at("feedback.3.weight").mul_(2);
  for (const auto& [name, gradient] : found()) {
    INFO(name);
    CHECK(at::equal(gradient, before.at(name)) == !name.starts_with("layers.3."));
  }
}

TEST_CASE("Shortcuts that cannot be are refused in one line", "[shortcut]") {
  const auto refused =
      [](const ff::CustomValues& own, const ff::Shape& input, const Shapes& blocks) {
        try {
          made(shortcut(own), input, blocks);
        } catch (const std::invalid_argument& error) {
          return std::string(error.what());
        }
        return std::string();
      };
  CHECK(refused({{"from", 3}}, {4, 6, 6}, {{4, 6, 6}, {4, 6, 6}}) ==
        "from 3 is before the first block within reach; allowed: 1 to 2");
  CHECK(refused({}, {4, 6, 6}, {{5, 6, 6}}) ==
        "the input of the block has 5 channels, more than the 4 that it is added to; use join "
        "concat, or at most 4");
  CHECK(refused({{"join", "concat"}}, {4, 6, 6}, {{5, 6, 6}}) == "");
  CHECK(refused({}, {4, 4, 4}, {{4, 6, 6}}) ==
        "the input of the block, 4x6x6, cannot be reduced to 4x4x4 by a whole number of pixels; "
        "allowed: a size that divides it");
  CHECK(refused({}, {4, 3, 3}, {{4, 5, 5}}) == "");  // every other pixel: 0, 2, 4
  CHECK_THAT(refused({{"shrink", "mean"}}, {4, 3, 3}, {{4, 5, 5}}),
             ContainsSubstring("cannot be reduced"));
  CHECK_THAT(refused({}, {4, 8, 8}, {{4, 4, 4}}), ContainsSubstring("cannot be reduced"));
}

TEST_CASE("A block of Forward-Forward joins its own input, before its non-linearity",
          "[shortcut]") {
  CHECK(problems_of_ff({conv(4), shortcut(), {.type = "relu"}}) == "");
  CHECK(problems_of_ff({conv(4), conv(4), shortcut({{"from", 2}})}) ==
        "model.layers[2].from: a block of Forward-Forward sees only its own input, which is 1; "
        "allowed: 1\n");
  CHECK(problems_of_ff({conv(4), {.type = "relu"}, shortcut()}) ==
        "model.layers[2]: shortcut after the non-linearity of a Forward-Forward block is not "
        "supported; put it before\n");
}

TEST_CASE("A shortcut of another rule is checked with the images", "[shortcut][config]") {
  using ff::experiments::Json;
  const Json conv_json = {{"type", "conv"}, {"channels", 4}, {"kernel", 3}};
  const auto error_text = [&](const Json& own) {
    Json layer = {{"type", "shortcut"}};
    layer.merge_patch(own);
    return ff::test::config_error(
        {{"name", "x"},
         {"model",
          {{"type", "bp"}, {"layers", {conv_json, layer, {{"type", "linear"}, {"width", 10}}}}}}});
  };
  CHECK(error_text({{"from", 2}, {"join", "concat"}}) == "");
  CHECK_THAT(error_text({{"from", 0}}), ContainsSubstring("x.json: model.layers[1].from: 0"));
  CHECK_THAT(error_text({{"join", "max"}}), ContainsSubstring("allowed: add, concat"));
}

// Tests of model.layers, which specifies a network layer by layer.
#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "tests/catch.h"
#include "tests/config_error.h"
#include "tests/toy.h"

using namespace ff::experiments;
using ff::test::config_error;

namespace {

Json with_layers(const Json& layers, const Json& model = Json::object()) {
  Json config = {{"name", "x"}, {"model", {{"type", "bp"}, {"layers", layers}}}};
  config["model"].merge_patch(model);
  return config;
}

const Json kLinear = {{"type", "linear"}, {"width", 10}};
const Json kConv = {{"type", "conv"}, {"channels", 4}, {"kernel", 3}};
const Json kRelu = {{"type", "relu"}};

}  // namespace

TEST_CASE("A list of layers is read, and written with its defaults", "[config]") {
  const auto config = config_from(
      with_layers({kConv, {{"type", "batch-norm"}, {"affine", false}}, kRelu, kLinear}), "");
  const auto& layers = config.model.layers;
  REQUIRE(layers.size() == 4);
  CHECK(layers[0] == ff::LayerOptions{.type = "conv", .channels = 4, .kernel = 3});
  CHECK_FALSE(layers[1].affine);
  const auto json = resolved(config);
  CHECK(json["model"]["layers"][0] ==
        Json({{"type", "conv"}, {"channels", 4}, {"kernel", 3}, {"stride", 1}, {"padding", 0}}));
  CHECK(json["model"]["layers"][2] == kRelu);
  CHECK_FALSE(json["model"].contains("widths"));
  CHECK_FALSE(json["model"].contains("activation"));
  CHECK(resolved(config_from(json, "")) == json);
}

TEST_CASE("What is wrong with a layer is said with its place", "[config]") {
  const auto error_text = [](const Json& layer) {
    return config_error(with_layers({layer, kLinear}));
  };
  CHECK(
      error_text({{"type", "linear"}, {"width", 0}}) ==
      "x.json: model.layers[0].width: 0 is not allowed; allowed: a whole number at least 1 and at "
      "most 1000000");
  CHECK(error_text({{"type", "linear"}}) ==
        "x.json: model.layers[0].width: missing; allowed: a whole number at least 1 and at most "
        "1000000");
  CHECK(error_text({{"type", "linear"}, {"width", 3}, {"kernel", 3}}) ==
        "x.json: model.layers[0].kernel: unknown key; allowed: type, width");
  CHECK(error_text({{"type", "conv"}, {"channels", 3}, {"kernal", 3}}) ==
        "x.json: model.layers[0].kernel: missing; allowed: a whole number at least 1 and at most "
        "1000\n"
        "x.json: model.layers[0].kernal: unknown key; did you mean 'kernel'? allowed: type, "
        "channels, kernel, stride, padding");
  // For a layer of unknown type, no further errors are reported.
  CHECK(error_text({{"type", "convolution"}, {"kernel", 3}}) ==
        "x.json: model.layers[0].type: \"convolution\" is not allowed; allowed: linear, conv, "
        "batch-norm, max-pool, relu, tanh, sigmoid, softplus, gelu");
  CHECK_THAT(error_text({{"width", 3}}),
             ContainsSubstring("model.layers[0].type: missing; allowed: "));
  CHECK(error_text(7) == "x.json: model.layers[0]: 7 is not allowed; allowed: an object {...}");
  CHECK(config_error(with_layers("linear")) ==
        "x.json: model.layers: \"linear\" is not allowed; allowed: a list [...]");
}

TEST_CASE("A stack that cannot be is refused before any work", "[config]") {
  CHECK_THAT(config_error(with_layers({kLinear, kRelu})),
             ContainsSubstring("x.json: model.layers[1]: the last layer must be linear"));
  CHECK_THAT(config_error(with_layers({kRelu, kLinear})),
             ContainsSubstring("x.json: model.layers[0]: relu cannot be the first layer"));
  CHECK_THAT(config_error(with_layers({kLinear, kConv, kLinear})),
             ContainsSubstring("x.json: model.layers[1]: conv needs an image"));
}

TEST_CASE("Layers one by one stand in place of widths", "[config]") {
  CHECK(config_error(with_layers(Json::array({kLinear}), {{"widths", {10}}})) ==
        "x.json: model.widths: has no effect with model.layers; remove it, or add --set "
        "model.widths=");
  CHECK(config_error(with_layers(Json::array({kLinear}),
                                 {{"activation", "tanh"}, {"batch_norm", "plain"}})) ==
        "x.json: model.activation: has no effect with model.layers; remove it, or add --set "
        "model.activation=\n"
        "x.json: model.batch_norm: has no effect with model.layers; remove it, or add --set "
        "model.batch_norm=");
}

TEST_CASE("Forward-Forward takes layers, and linear ones alone are widths", "[config]") {
  const Json two = {{{"type", "linear"}, {"width", 5}}, kLinear};
  const auto config = config_from(with_layers(two, {{"type", "ff"}, {"activation", "tanh"}}), "");
  CHECK(config.model.widths == std::vector<std::int64_t>{5, 10});
  CHECK(config.model.layers.empty());
  const auto blocks = config_from(with_layers({kConv, kRelu}, {{"type", "ff"}}), "");
  CHECK(blocks.model.widths.empty());
  REQUIRE(blocks.model.layers.size() == 2);
  CHECK(blocks.model.layers[0].type == "conv");
}

TEST_CASE("Layers that do not fit the images are refused with their place", "[config]") {
  const auto images = ff::test::toy_images(9, 1);  // (1, 4, 6), three classes
  const auto error_text = [&](const Json& json) {
    const auto config = config_from(json, "x.json");
    ff::PythonRandom random(0);
    try {
      find_learner("bp").make(config, images, random);
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const Json three = {{"type", "linear"}, {"width", 3}};
  CHECK(error_text(with_layers({kConv, kRelu, three})) == "");
  CHECK_THAT(
      error_text(with_layers({kConv, kLinear})),
      ContainsSubstring("model.layers[1].width: the last layer has 10 units, but there are 3"));
  CHECK_THAT(error_text(with_layers({{{"type", "conv"}, {"channels", 1}, {"kernel", 5}}, three})),
             ContainsSubstring("model.layers[0]: kernel 5 is larger than its input"));
}

TEST_CASE("Weights of zero are refused where they never move", "[config]") {
  const auto with_init = [](const char* type, const char* activation) {
    return config_error(
        {{"name", "x"}, {"model", {{"type", type}, {"init", "zero"}, {"activation", activation}}}});
  };
  CHECK_THAT(with_init("bp", "relu"),
             ContainsSubstring("x.json: model.init: zero leaves ReLU units"));
  CHECK_THAT(with_init("ff", "tanh"),
             ContainsSubstring("x.json: model.init: zero makes all units"));
  CHECK(with_init("bp", "tanh") == "");
}

// Extensible registries: invalid entries are rejected, and every entry behaves as documented.
// tests/consumer/program extends them from outside.
#include <ATen/Functions.h>

#include "experiments/learners.h"
#include "ff/core/custom_options.h"
#include "ff/core/open_list.h"
#include "ff/forward_forward/goodness.h"
#include "ff/nn/layer_kind.h"
#include "ff/nn/weighted_layer.h"
#include "tests/catch.h"
#include "tests/config_error.h"

namespace {

struct Entry {
  const char* name;
  int value;
};

}  // namespace

TEST_CASE("An open list takes entries until it is read", "[registry]") {
  ff::OpenList<Entry> list("fruit", {{"apple", 1}});
  list.add({"pear", 2});
  CHECK_THROWS_WITH(list.add({"apple", 3}),
                    "fruit 'apple' cannot be registered: the name is taken");
  const auto& read = list.read();
  REQUIRE(read.size() == 2);
  CHECK(read[1].value == 2);
  CHECK_THROWS_WITH(list.add({"plum", 4}), ContainsSubstring("already in use"));
  CHECK(read.size() == 2);
}

TEST_CASE("Nothing is registered once a list is in use", "[registry]") {
  CHECK(ff::goodnesses().size() >= 2);
  CHECK_THROWS_AS(ff::register_goodness({"late", nullptr}), std::logic_error);
  CHECK(!ff::layer_kinds().empty());
  CHECK_THROWS_AS(ff::register_layer({.name = "late"}), std::logic_error);
  CHECK(!ff::experiments::learner_kinds().empty());
  CHECK_THROWS_AS(ff::experiments::register_learner({.name = "late"}), std::logic_error);
}

TEST_CASE("An option by name has its default, its type and its name", "[registry]") {
  const std::vector<ff::CustomField> fields = {{"rate", 0.5}, {"count", 3}, {"word", "a"}};
  CHECK(ff::custom_option<double>({}, fields, "rate") == 0.5);
  CHECK(ff::custom_option<double>({{"rate", 0.25}}, fields, "rate") == 0.25);
  CHECK(ff::custom_option<std::int64_t>({}, fields, "count") == 3);
  CHECK(ff::custom_option<std::string>({}, fields, "word") == "a");
  CHECK_THROWS_WITH(ff::custom_option<bool>({}, fields, "flag"), ContainsSubstring("'flag'"));
  CHECK_THROWS_WITH(ff::LayerOptions{.type = "conv"}.get<double>("slope"),
                    ContainsSubstring("layer conv has no option 'slope'"));
}

TEST_CASE("The section rule is for rules from outside", "[registry][config]") {
  const auto error_text = [](const ff::experiments::Json& rule) {
    return ff::test::config_error(
        {{"name", "x"}, {"model", {{"type", "bp"}, {"widths", {10}}}}, {"rule", rule}});
  };
  CHECK(error_text({{"beta", 1}}) == "x.json: rule.beta: unknown key; allowed: none");
  CHECK(error_text(ff::experiments::Json::object()) ==
        "x.json: rule: has no effect with model.type bp; remove it, or add --set rule=");
}

TEST_CASE("Every kind of layer gives the shape that it says, and carries gradients", "[registry]") {
  const ff::Shape input{3, 6, 8};
  for (const auto& kind : ff::layer_kinds()) {
    CAPTURE(kind.name);
    const ff::LayerOptions options{.type = kind.name, .width = 5, .channels = 4, .kernel = 2};
    CHECK(options.has_weights() == kind.has_weights);
    const auto layer = ff::make_layer(options, {.input = input});
    const auto x = at::rand({7, input.channels, input.height, input.width}).requires_grad_();
    const auto y = layer->forward(x, ff::Pass::kTrain);
    CHECK(y.size(0) == 7);
    CHECK(y.size(1) == layer->output.channels);
    CHECK(y.numel() == 7 * layer->output.features());
    CHECK((y.dim() == 2) == kind.flattens);
    CHECK(layer->takes_image == kind.needs_image);
    const auto* weighted = dynamic_cast<const ff::WeightedLayerImpl*>(layer.get());
    CHECK((weighted != nullptr) == kind.has_weights);
    y.pow(2).sum().backward();
    CHECK(x.grad().defined());
    for (const auto& parameter : layer->parameters()) CHECK(parameter.grad().defined());
  }
}

#include "ff/nn/layer_choice.h"
#include "tests/catch.h"

using Layers = std::vector<std::int64_t>;

TEST_CASE("layers are chosen from below, from above, by name, or all") {
  CHECK(ff::LayerChoice{}.of(3, "x") == Layers{0, 1, 2});
  CHECK(ff::LayerChoice{.all = false, .first = 2}.of(3, "x") == Layers{0, 1});
  CHECK(ff::LayerChoice{.all = false, .from = 1}.of(3, "x") == Layers{1, 2});
  CHECK(ff::LayerChoice{.all = false, .list = {2, 0}}.of(3, "x") == Layers{2, 0});
  CHECK(ff::LayerChoice{.all = false, .by_validation = true}.of(3, "x") == Layers{0, 1, 2});
}

TEST_CASE("layers that do not exist are refused with those that do, under the key's name") {
  CHECK_THROWS_WITH((ff::LayerChoice{.all = false, .first = 4}.of(3, "predict.layers")),
                    ContainsSubstring("predict.layers: the first 4 layers of 3; allowed: 1 to 3"));
  CHECK_THROWS_WITH((ff::LayerChoice{.all = false, .from = 3}.of(3, "head.layers")),
                    ContainsSubstring("head.layers: there is no layer 3; allowed: 0 to 2"));
  CHECK_THROWS_WITH((ff::LayerChoice{.all = false, .list = {0, 7}}.of(3, "x")),
                    ContainsSubstring("x: there is no layer 7"));
}

TEST_CASE("a layer that is named twice, and no layer at all, are refused") {
  CHECK_THROWS_WITH((ff::LayerChoice{.all = false, .list = {1, 0, 1}}.of(3, "head.layers")),
                    "head.layers: layer 1 occurs twice; keep one");
  CHECK_THROWS_WITH((ff::LayerChoice{.all = false}.of(3, "x")),
                    "x: no layer selected; allowed: one or more");
  CHECK((ff::LayerChoice{.all = false, .list = {1, 0}}.problem(3)).empty());
}

#include <ATen/Functions.h>

#include "baselines/backward_learner.h"
#include "baselines/measures.h"
#include "tests/close.h"
#include "tests/measured.h"
#include "tests/toy.h"

using ff::Network;
using ff::Pass;
using ff::baselines::BackwardLearner;
using ff::baselines::MeasureSums;
using ff::test::batches_of;

namespace {

Network small_network() {
  at::manual_seed(4);
  return Network(
      ff::NetworkOptions{.input = {1, 1, 6}, .layers = ff::mlp_layers({5, 4, 3}, "relu")});
}

}  // namespace

TEST_CASE("angle, ratio and agreement of vectors one can draw", "[measures]") {
  const auto x = at::tensor({1.0, 0.0}), diagonal = at::tensor({2.0, 2.0});
  CHECK(ff::angle_between(x, diagonal) == Approx(45));
  CHECK(ff::angle_between(x, -x) == Approx(180));
  CHECK(ff::angle_between(diagonal, diagonal) == Approx(0).margin(1e-5));
  CHECK(std::isnan(ff::angle_between(x, at::zeros({2}))));
  CHECK(ff::norm_ratio(diagonal, x) == Approx(std::sqrt(8)));
  CHECK(std::isnan(ff::norm_ratio(x, at::zeros({2}))));
  const auto bp = at::tensor({1.0, -1.0, 2.0, 0.0, 0.5}),
             rule = at::tensor({3.0, 1.0, 0.0, 1.0, 1.0});
  CHECK(ff::sign_agreement(rule, bp) == Approx(0.5));  // of four entries
  CHECK(std::isnan(ff::sign_agreement(rule, at::zeros({5}))));
}

TEST_CASE("a gradient turned, scaled and left out shows in its layer alone", "[measures]") {
  const auto network = small_network();
  const auto rows = at::randn({7, 6});
  const auto labels = at::tensor({0, 1, 2, 0, 1, 2, 0}, at::kLong);
  auto rule = ff::baselines::backpropagate(*network, rows, labels, Pass::kProbe).by_name;
  rule["layers.1.weight"] = -3 * rule["layers.1.weight"];
  rule.erase("layers.2.weight");
  MeasureSums sums(network);
  sums.add(rule, rows, labels);
  const auto found = sums.result();
  CHECK(found.at("angle")[0] == Approx(0).margin(1e-3));
  CHECK(found.at("angle")[1] == Approx(180));
  CHECK(std::isnan(found.at("angle")[2]));
  CHECK(found.at("norm_ratio")[0] == Approx(1));
  CHECK(found.at("norm_ratio")[1] == Approx(3));
  CHECK(found.at("sign_agreement")[0] == 1);
  CHECK(found.at("sign_agreement")[1] == 0);
}

TEST_CASE("measures are the mean over batches, and a unit is dead that no image wakes",
          "[measures]") {
  const auto network = small_network();
  {
    at::NoGradGuard no_grad;
    network->layers[0]->bias[1].fill_(-100);  // inactive for every image
    network->layers[0]->weight[2].zero_();
    network->layers[0]->weight[2][0].fill_(1);  // active if the first pixel is positive
    network->layers[0]->bias[2].zero_();
  }
  const auto labels = at::tensor({0, 1, 2}, at::kLong);
  auto asleep = at::randn({3, 6}), awake = at::randn({3, 6});
  asleep.select(1, 0).fill_(-1);
  awake.select(1, 0).fill_(1);
  MeasureSums one(network), both(network);
  auto rule = ff::baselines::backpropagate(*network, asleep, labels, Pass::kProbe).by_name;
  one.add(rule, asleep, labels);
  both.add(rule, asleep, labels);
  rule = ff::baselines::backpropagate(*network, awake, labels, Pass::kProbe).by_name;
  rule["layers.0.weight"] = 2 * rule["layers.0.weight"];
  both.add(rule, awake, labels);
  const auto dead = [](const MeasureSums& sums) { return sums.result().at("dead_units"); };
  REQUIRE(dead(one).size() == 2);
  CHECK(dead(one)[0] == Approx(dead(both)[0] + 0.2));  // one of five units
  CHECK(dead(both)[0] > 0.19);
  CHECK(both.result().at("norm_ratio")[0] == Approx(1.5));
}

TEST_CASE("measuring changes nothing, and tells the same again", "[measures]") {
  const auto images = ff::test::toy_images(60, 1);
  at::manual_seed(0);
  const std::vector<ff::LayerOptions> layers = ff::mlp_layers({8, 6, 3}, "relu", "affine");
  BackwardLearner learner(
      "bp", {.layers = layers, .optimizer = {.type = "sgd", .momentum = 0.9}}, {}, images);
  const auto phase = learner.phases()[0];
  learner.train_batch(phase, batches_of(learner, 20, 1)[0]);
  const auto before = ff::test::all_state(learner);
  const auto once = learner.measures(batches_of(learner, 20, 3));
  const auto again = learner.measures(batches_of(learner, 20, 3));
  CHECK(once == again);
  CHECK(ff::test::differing(before, ff::test::all_state(learner)).empty());
  CHECK(once.at("angle").size() == 3);
  CHECK(once.at("dead_units").size() == 2);
  CHECK(once.at("angle")[0] == Approx(0).margin(1e-3));
}

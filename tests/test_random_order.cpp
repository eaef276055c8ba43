#include <ATen/Functions.h>

#include "experiments/config/config.h"
#include "experiments/run/random_order.h"
#include "ff/forward_forward/ff_linear.h"
#include "tests/catch.h"
#include "tests/toy.h"

using namespace ff::experiments;

namespace {

Config config_for(const std::string& order) {
  Config config;
  config.name = "t";
  config.model.widths = {6, 4};
  config.schedule.epochs = 2;
  config.random_order = order;
  return config;
}

// The weight of the first layer and the next draw of the default generator after those of an order.
struct After {
  at::Tensor first_weight;
  std::int64_t next_draw;
};

After after(const std::string& order, std::uint64_t images_seed = 1) {
  const auto config = config_for(order);
  const auto images = ff::test::toy_images(40, images_seed);
  ff::PythonRandom random(0);
  std::string note;
  const RandomOrder draws(order);
  const auto learner = draws.make_learner(config, 3, images, random, note);
  draws.before_training();
  return {learner->model().at("layers.0.weight").detach().clone(), draw_int64()};
}

// The same by counting: `before` draws, `networks` discarded networks with `between` draws after
// each, the actual network, and `later` draws.
After counted(int before, int networks, int between, int later) {
  at::manual_seed(3);
  at::Tensor weight;
  const auto draw = [](int count) {
    for (int i = 0; i < count; ++i) draw_int64();
  };
  draw(before);
  for (int i = 0; i <= networks; ++i) {
    ff::FFLinear first(ff::FFLinearOptions{.in_features = 24, .out_features = 6});
    ff::FFLinear second(ff::FFLinearOptions{.in_features = 6, .out_features = 4});
    weight = first->weight.detach().clone();
    if (i < networks) draw(between);
  }
  draw(later);
  return {weight, draw_int64()};
}

void check_same(const After& got, const After& want) {
  CHECK(at::equal(got.first_weight, want.first_weight));
  CHECK(got.next_draw == want.next_draw);
}

}  // namespace

TEST_CASE("plain draws nothing before the network") {
  check_same(after("plain"), counted(0, 0, 0, 0));
}

TEST_CASE("notebook draws the preview's two seeds and two loaders' before the network") {
  check_same(after("notebook"), counted(4, 0, 0, 0));
}

TEST_CASE("notebook-after-sequential makes a network and the draws of its training first") {
  // 4 draws for each of 2 layers x 2 epochs.
  check_same(after("notebook-after-sequential"), counted(4, 1, 16, 0));
}

TEST_CASE("bp-notebook draws once between the network and the training, and after each epoch") {
  check_same(after("bp-notebook"), counted(0, 0, 0, 1));
  at::manual_seed(3);
  RandomOrder("bp-notebook").after_epoch();
  const auto got = draw_int64();
  at::manual_seed(3);
  draw_int64();
  CHECK(got == draw_int64());
}

TEST_CASE("each stream's permutation comes from its sampler's seed, after all base seeds") {
  at::manual_seed(9);
  const auto orders = RandomOrder("plain").epoch_order(100, 2);
  at::manual_seed(9);
  draw_int64();
  draw_int64();
  REQUIRE(orders.size() == 2);
  CHECK_FALSE(at::equal(orders[0], orders[1]));
  for (const auto& order : orders) {
    CHECK(at::equal(std::get<0>(order.sort()), at::arange(100, at::kLong)));
  }
}

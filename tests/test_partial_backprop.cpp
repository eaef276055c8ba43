#include "baselines/partial_backprop.h"
#include "tests/small_mlp.h"

using ff::Pass;
using ff::baselines::PartialBackprop;

TEST_CASE("a control has backpropagation's gradient where it trains, and none elsewhere",
          "[controls]") {
  const auto rows = at::randn({6, 5});
  for (const std::string control : {"readout", "first-layer"}) {
    INFO(control);
    at::manual_seed(0);
    PartialBackprop learner(control, ff::test::small_options("relu"), ff::test::six_images());
    const auto labels = ff::test::six_labels();
    const auto truth = ff::baselines::backpropagate(*learner.network, rows, labels, Pass::kProbe);
    const auto found = learner.gradient(rows, labels, Pass::kProbe);
    CHECK(at::equal(found.loss, truth.loss));
    CHECK(found.by_name.size() == (control == "readout" ? 2 : 4));
    for (const auto& [name, tensor] : found.by_name) {
      INFO(name);
      CHECK(at::equal(tensor, truth.by_name.at(name)));
      CHECK_FALSE(name.starts_with("layers.1."));
    }
  }
}

TEST_CASE("what a control does not train stays to the bit, weight decay or not", "[controls]") {
  auto options = ff::test::small_options("relu");
  options.optimizer.weight_decay = 0.1;
  options.optimizer.momentum = 0.9;
  at::manual_seed(0);
  PartialBackprop learner("first-layer", options, ff::test::six_images());
  ff::TensorDict before;
  for (const auto& [name, tensor] : learner.model()) before[name] = tensor.detach().clone();
  for (int i = 0; i < 3; ++i) {
    learner.train_batch(learner.phases()[0],
                        ff::resident_batch(learner.info().resident, {at::arange(6, at::kLong)}));
  }
  for (const auto& [name, tensor] : learner.model()) {
    INFO(name);
    CHECK(at::equal(tensor, before.at(name)) == name.starts_with("layers.1."));
  }
}

TEST_CASE("a network of one layer has one layer to train", "[controls]") {
  CHECK(ff::baselines::trained_layers("first-layer", 1) == std::vector<std::size_t>{0});
  CHECK(ff::baselines::trained_layers("first-layer", 4) == std::vector<std::size_t>{0, 3});
  CHECK(ff::baselines::trained_layers("readout", 4) == std::vector<std::size_t>{3});
}

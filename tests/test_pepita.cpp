#include "baselines/measures.h"
#include "baselines/pepita.h"
#include "tests/small_mlp.h"

using ff::Pass;
using ff::baselines::Pepita;
using ff::test::six_labels;

namespace {

Pepita learner_of(const std::string& activation, double scale = 0.05) {
  at::manual_seed(3);
  Pepita learner({.scale = scale}, ff::test::small_options(activation), ff::test::six_images());
  learner.network->to(at::kDouble);
  learner.projection = learner.projection.to(at::kDouble);
  return learner;
}

at::Tensor at_softmax_error(const at::Tensor& logits) {
  return at::softmax(logits, 1) - at::one_hot(six_labels(), 3).to(at::kDouble);
}

}  // namespace

TEST_CASE("PEPITA's update is the paper's, written out for three layers", "[pepita]") {
  auto learner = learner_of("relu");
  const auto x = at::randn({6, 5}, at::kDouble);
  const auto found = learner.gradient(x, six_labels(), Pass::kTrain).by_name;
  at::NoGradGuard no_grad;
  const auto& layers = learner.network->layers;
  const auto pass = [&](const at::Tensor& rows) {
    std::vector<at::Tensor> h = {rows};
    for (int l = 0; l < 3; ++l) {
      h.push_back(h.back().mm(layers[l]->weight.t()) + layers[l]->bias);
      if (l < 2) h.back() = h.back().clamp_min(0);
    }
    return h;
  };
  const auto first = pass(x);
  const auto second = pass(x + at_softmax_error(first[3]).mm(learner.projection.t()));
  const auto check = [&](int l, const at::Tensor& delta) {
    const auto name = "layers." + std::to_string(l);
    CHECK_THAT(found.at(name + ".weight"),
               ff::test::AllClose(delta.t().mm(second[l]) / 6, 1e-12, 1e-15));
    CHECK_THAT(found.at(name + ".bias"), ff::test::AllClose(delta.sum(0) / 6, 1e-12, 1e-15));
  };
  check(0, first[1] - second[1]);
  check(1, first[2] - second[2]);
  check(2, at_softmax_error(second[3]));
}

TEST_CASE("with a small projection PEPITA is feedback alignment through -W F", "[pepita]") {
  auto learner = learner_of("tanh", 1e-7);
  const auto x = at::randn({6, 5}, at::kDouble);
  const auto found = learner.gradient(x, six_labels(), Pass::kTrain).by_name;
  at::NoGradGuard no_grad;
  const auto& layer = learner.network->layers[0];
  const auto h = at::tanh(x.mm(layer->weight.t()) + layer->bias);
  const auto error = at_softmax_error(learner.network->forward(x, Pass::kProbe));
  const auto delta = -error.mm(layer->weight.mm(learner.projection).t()) * (1 - h * h);
  CHECK_THAT(found.at("layers.0.weight"), ff::test::AllClose(delta.t().mm(x) / 6, 1e-5, 1e-13));
}

TEST_CASE("the projection has the stated law, is kept, and leaves the weights' draws alone",
          "[pepita]") {
  at::manual_seed(0);
  const Pepita learner({.scale = 0.5}, ff::test::small_options("relu"), ff::test::six_images());
  const auto next = at::rand({1});
  at::manual_seed(0);
  const ff::Network network(
      ff::NetworkOptions{.input = {1, 1, 5}, .layers = ff::test::small_options("relu").layers});
  CHECK(at::equal(next, at::rand({1})));
  CHECK(at::equal(network->layers[2]->weight, learner.network->layers[2]->weight));
  const auto bound = 0.5 * std::sqrt(6.0 / 5);
  CHECK(learner.projection.abs().max().item<double>() <= bound);
  CHECK(learner.projection.abs().max().item<double>() > 0.7 * bound);
  CHECK(learner.training_state().at("projection").is_same(learner.projection));
}

TEST_CASE("PEPITA's feedback angle is 0 where -W F is what backpropagation has", "[pepita]") {
  at::manual_seed(0);
  Pepita learner({}, ff::test::small_options("relu", {5, 3}), ff::test::six_images());
  at::NoGradGuard no_grad;
  learner.network->layers[0]->weight.copy_(at::eye(5));
  learner.projection.copy_(-learner.network->layers[1]->weight.t());
  const auto angles = [&] { return ff::baselines::feedback_angles(learner.feedback_pairs()); };
  REQUIRE(angles().size() == 1);
  CHECK(angles()[0] == Approx(0).margin(0.1));
  learner.projection.neg_();
  CHECK(angles()[0] == Approx(180).margin(0.1));
}

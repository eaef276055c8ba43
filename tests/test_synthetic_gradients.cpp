#include "baselines/synthetic_gradients.h"
#include "tests/small_mlp.h"

using ff::Pass;
using ff::baselines::NetworkLearnerOptions;
using ff::baselines::SyntheticGradients;
using ff::baselines::SyntheticOptions;
using ff::test::six_labels;

namespace {

void to_double(SyntheticGradients& learner) {
  learner.network->to(at::kDouble);
  for (auto& predictor : learner.predictors) predictor->to(at::kDouble);
}

// Uses the true backpropagation gradient as the prediction.
class Oracle : public SyntheticGradients {
 public:
  Oracle()
      : SyntheticGradients({}, false, ff::test::small_options("tanh"), ff::test::six_images()) {
    to_double(*this);
  }

 protected:
  at::Tensor predict(std::size_t l, const at::Tensor& h, const at::Tensor& labels) const override {
    const auto trace = mlp_.trace_from(l + 1, h);
    auto delta = ff::baselines::output_error(trace.logits(), labels).delta;
    for (auto k = mlp_.depth() - 1; k > l + 1; --k) {
      delta = mlp_.slope(k - 1, delta.mm(mlp_.weight(k)), trace.z[k - 1], trace.h[k]);
    }
    return labels.size(0) * delta.mm(mlp_.weight(l + 1));
  }
};

SyntheticGradients learner_of(bool conditioned, SyntheticOptions options = {}) {
  at::manual_seed(3);
  SyntheticGradients learner(
      options, conditioned, ff::test::small_options("tanh"), ff::test::six_images());
  to_double(learner);
  return learner;
}

// Randomises the predictors, so that no prediction is 0.
void shake(SyntheticGradients& learner) {
  at::NoGradGuard no_grad;
  for (auto& predictor : learner.predictors) {
    for (auto& parameter : predictor->parameters()) {
      parameter.add_(at::randn_like(parameter), 0.3);
    }
  }
}

at::Tensor seen(const SyntheticGradients& learner, const at::Tensor& h, bool conditioned, int l) {
  const auto input =
      conditioned ? at::cat({h, at::one_hot(six_labels(), 3).to(at::kDouble)}, 1) : h;
  return learner.predictors[l]->forward(input, Pass::kProbe).detach();
}

}  // namespace

TEST_CASE("synthetic gradients that are true are backpropagation", "[synthetic]") {
  at::manual_seed(0);
  Oracle learner;
  const auto rows = at::randn({6, 5}, at::kDouble);
  const auto found = learner.gradient(rows, six_labels(), Pass::kTrain).by_name;
  const auto truth =
      ff::baselines::backpropagate(*learner.network, rows, six_labels(), Pass::kProbe).by_name;
  for (const auto& [name, tensor] : truth) {
    INFO(name);
    CHECK_THAT(found.at(name), ff::test::AllClose(tensor, 1e-12, 1e-15));
  }
}

TEST_CASE("a layer learns from what is predicted at its output", "[synthetic]") {
  for (const bool conditioned : {false, true}) {
    auto learner = learner_of(conditioned);
    shake(learner);
    const auto rows = at::randn({6, 5}, at::kDouble);
    const auto found = learner.gradient(rows, six_labels(), Pass::kTrain).by_name;
    at::NoGradGuard no_grad;
    const auto h = at::tanh(learner.network->layers[0]->forward(rows));
    const auto delta = seen(learner, h, conditioned, 0) * (1 - h * h) / 6;
    CHECK_THAT(found.at("layers.0.weight"), ff::test::AllClose(delta.t().mm(rows), 1e-12, 1e-15));
  }
}

TEST_CASE("a predictor goes down its distance to what the layer above passes down", "[synthetic]") {
  for (const bool conditioned : {false, true}) {
    for (const std::int64_t hidden : {0, 1, 2}) {
      CAPTURE(conditioned, hidden);
      auto learner = learner_of(conditioned, {.hidden_layers = hidden, .width = 7});
      shake(learner);
      const auto rows = at::randn({6, 5}, at::kDouble);
      const auto found = learner.gradient(rows, six_labels(), Pass::kTrain).by_name;
      // Explicit computation: the true gradient at the top, below it the prediction of the layer
      // above.
      at::NoGradGuard no_grad;
      const auto& layers = learner.network->layers;
      const auto h1 = at::tanh(layers[0]->forward(rows)), h2 = at::tanh(layers[1]->forward(h1));
      const auto error =
          at::softmax(layers[2]->forward(h2), 1) - at::one_hot(six_labels(), 3).to(at::kDouble);
      const auto truth2 = error.mm(layers[2]->weight).detach();
      const auto truth1 =
          (seen(learner, h2, conditioned, 1) * (1 - h2 * h2)).mm(layers[1]->weight).detach();
      for (const int l : {0, 1}) {
        const auto distance = [&] {
          const auto error_of =
              seen(learner, l == 0 ? h1 : h2, conditioned, l) - (l == 0 ? truth1 : truth2);
          return error_of.square().sum().item<double>() / 6;
        };
        for (const auto& parameter : learner.predictors[l]->named_parameters()) {
          const auto name = "predictors." + std::to_string(l) + "." + parameter.key();
          INFO(name);
          const auto slope = ff::test::central_differences(distance, parameter.value().detach());
          CHECK_THAT(found.at(name), ff::test::AllClose(slope, 1e-6, 1e-9));
        }
      }
    }
  }
}

TEST_CASE("the first predictions are 0, and hidden layers begin to move with the second",
          "[synthetic]") {
  at::manual_seed(3);
  SyntheticGradients learner({}, false, ff::test::small_options("tanh"), ff::test::six_images());
  const auto before = learner.network->layers[1]->weight.detach().clone();
  const auto batch = ff::resident_batch(learner.info().resident, {at::arange(6, at::kLong)});
  learner.train_batch(learner.phases()[0], batch);
  CHECK(at::equal(learner.network->layers[1]->weight, before));
  learner.train_batch(learner.phases()[0], batch);
  CHECK_FALSE(at::equal(learner.network->layers[1]->weight, before));
}

TEST_CASE("only a conditioned predictor sees the label", "[synthetic]") {
  for (const bool conditioned : {false, true}) {
    auto learner = learner_of(conditioned);
    shake(learner);
    const auto rows = at::randn({6, 5}, at::kDouble);
    const auto other = at::tensor({1, 2, 0, 1, 2, 0}, at::kLong);
    const auto a = learner.gradient(rows, six_labels(), Pass::kProbe).by_name;
    const auto b = learner.gradient(rows, other, Pass::kProbe).by_name;
    CHECK(at::equal(a.at("layers.0.weight"), b.at("layers.0.weight")) != conditioned);
  }
}

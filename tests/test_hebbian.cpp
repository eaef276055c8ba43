#include "baselines/hebbian.h"
#include "baselines/measures.h"
#include "tests/small_mlp.h"

using ff::angle_between;
using ff::Pass;
using ff::baselines::HebbianLearner;
using ff::baselines::HebbianOptions;
using ff::test::six_labels;

namespace {

HebbianLearner learner_of(const std::string& rule,
                          std::vector<std::int64_t> widths = {4, 6, 3},
                          HebbianOptions options = {}) {
  at::manual_seed(3);
  HebbianLearner learner(
      rule, options, ff::test::small_options("relu", widths), ff::test::six_images());
  learner.network->to(at::kDouble);
  return learner;
}

// Applies the rule to layer 0 with inputs x.
void learn(HebbianLearner& learner, const at::Tensor& x, double rate, int steps) {
  at::NoGradGuard no_grad;
  for (int i = 0; i < steps; ++i) {
    learner.network->layers[0]->weight.add_(learner.step(0, x).dw, rate);
  }
}

at::Tensor unit_rows(const at::Tensor& x) { return x / x.norm(2, 1, true); }

}  // namespace

TEST_CASE("Oja's unit finds the direction of largest variance, at length 1", "[hebbian]") {
  auto learner = learner_of("oja", {1, 3}, {.init_scale = 0.5});
  const auto scales = at::tensor({0.3, 3.0, 0.5, 0.2, 0.4}, at::kDouble);
  const auto x = at::randn({400, 5}, at::kDouble) * scales;
  learn(learner, x, 0.5, 200);
  const auto weight = learner.network->layers[0]->weight.detach();
  const auto unit = unit_rows(x);
  const auto largest =
      std::get<1>(at::linalg_eigh(unit.t().mm(unit))).select(/*dim=*/1, 4).unsqueeze(0);
  const auto angle = angle_between(weight, largest);
  CHECK(std::min(angle, 180 - angle) < 1);
  CHECK(weight.norm().item<double>() == Approx(1).margin(1e-3));
}

TEST_CASE("the winner moves to the mean of what it won, the others stay", "[hebbian]") {
  auto learner = learner_of("competitive", {3, 3});
  at::NoGradGuard no_grad;
  auto weight = learner.network->layers[0]->weight;
  weight.zero_();
  weight[0][0] = 3.0;
  weight[1][1] = 0.5;
  weight[2][2] = -1.0;
  // By angle, unit 0 wins the first and third samples and unit 1, whose weight vector is shorter,
  // the second.
  const auto x =
      at::tensor({2.0, 0.5, 0.0, 0.0, 0.0, 1.0, 1.5, 0.0, 0.0, 0.0, 9.0, 0.0, 1.0, 0.0, 0.0},
                 at::kDouble)
          .view({3, 5});
  const auto dw = learner.step(0, x).dw;
  const auto unit = unit_rows(x);
  const auto u0 = 3 * (unit[0][0] + unit[2][0]);
  CHECK_THAT(dw[0], ff::test::AllClose((unit[0] + unit[2] - u0 * weight[0]) / 2, 1e-7, 1e-9));
  CHECK_THAT(dw[1], ff::test::AllClose(unit[1] - 0.5 * unit[1][1] * weight[1], 1e-7, 1e-9));
  CHECK(dw[2].abs().max().item<double>() == 0);
}

TEST_CASE("SoftHebb's step is its rule, written out unit by unit", "[hebbian]") {
  auto learner = learner_of("soft-hebb", {4, 3}, {.init_scale = 2, .temperature = 0.4});
  const auto x = at::randn({6, 5}, at::kDouble);
  const auto found = learner.step(0, x).dw;
  const auto weight = learner.network->layers[0]->weight.detach();
  auto sum = at::zeros_like(weight);
  for (int n = 0; n < 6; ++n) {
    const auto row = x[n] / x[n].norm();
    const auto u = weight.mv(row);
    const auto y = at::softmax(u / 0.4, 0);
    const auto winner = u.argmax().item<std::int64_t>();
    for (int i = 0; i < 4; ++i) {
      const auto share = (i == winner ? 1 : -1) * y[i];
      sum[i] += share * (row - u[i] * weight[i]);
    }
  }
  const auto rate = (weight.norm(2, 1) - 1).abs().sqrt().unsqueeze(1);
  CHECK_THAT(found, ff::test::AllClose(sum / sum.abs().max() * rate, 1e-6, 1e-9));
}

TEST_CASE("a SoftHebb unit of length 1 has come to rest", "[hebbian]") {
  auto learner = learner_of("soft-hebb", {4, 3});
  at::NoGradGuard no_grad;
  auto weight = learner.network->layers[0]->weight;
  weight[2].div_(weight[2].norm());
  const auto dw = learner.step(0, at::randn({6, 5}, at::kDouble)).dw;
  CHECK(dw[2].abs().max().item<double>() < 1e-6);
  CHECK(dw[1].abs().max().item<double>() > 1e-3);
}

TEST_CASE("hidden layers learn one by one without labels, then the last with them", "[hebbian]") {
  for (const auto& rule : ff::baselines::hebbian_rules()) {
    auto learner = learner_of(rule.name, {4, 6, 3}, {.epochs = 2});
    learner.network->to(at::kFloat);
    const auto phases = learner.phases();
    REQUIRE(phases.size() == 3);
    CHECK(phases[0].epochs == 2);
    CHECK(phases[2].epochs == 3);
    for (const auto& phase : phases) {
      ff::TensorDict before;
      for (const auto& [name, tensor] : learner.model()) before[name] = tensor.detach().clone();
      learner.train_batch(phase,
                          ff::resident_batch(learner.info().resident, {at::arange(6, at::kLong)}));
      for (const auto& [name, tensor] : learner.model()) {
        CAPTURE(rule.name, phase.name, name);
        const bool moves = name == "layers." + std::to_string(phase.layer) + ".weight" ||
                           (phase.name == "readout" && name == "layers.2.bias");
        CHECK(at::equal(tensor, before.at(name)) != moves);
      }
    }
  }
}

TEST_CASE("hidden steps do not depend on labels, the readout's is the cross-entropy's",
          "[hebbian]") {
  for (const auto& rule : ff::baselines::hebbian_rules()) {
    INFO(rule.name);
    auto learner = learner_of(rule.name);
    const auto rows = at::randn({6, 5}, at::kDouble);
    const auto other = at::tensor({1, 2, 0, 1, 2, 0}, at::kLong);
    const auto a = learner.gradient(rows, six_labels(), Pass::kProbe);
    const auto b = learner.gradient(rows, other, Pass::kProbe);
    CHECK(at::equal(a.by_name.at("layers.0.weight"), b.by_name.at("layers.0.weight")));
    CHECK(at::equal(a.by_name.at("layers.1.weight"), b.by_name.at("layers.1.weight")));
    const auto truth =
        ff::baselines::backpropagate(*learner.network, rows, six_labels(), Pass::kProbe);
    CHECK_THAT(a.by_name.at("layers.2.weight"),
               ff::test::AllClose(truth.by_name.at("layers.2.weight"), 1e-12, 1e-15));
    CHECK(a.loss.item<double>() == Approx(truth.loss.item<double>()));
  }
}

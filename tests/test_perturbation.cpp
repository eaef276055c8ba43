#include <cmath>

#include <ATen/CPUGeneratorImpl.h>

#include "baselines/measures.h"
#include "baselines/noise.h"
#include "baselines/perturbation.h"
#include "tests/small_mlp.h"

using ff::Pass;
using ff::baselines::Perturbation;
using ff::baselines::PerturbationOptions;
using ff::test::inner;
using ff::test::six_labels;

namespace {

Perturbation learner_of(PerturbationOptions options, bool exact) {
  at::manual_seed(3);
  Perturbation learner(options, exact, ff::test::small_options("tanh"), ff::test::six_images());
  learner.network->to(at::kDouble);
  return learner;
}

at::Tensor rows() {
  at::manual_seed(5);
  return at::randn({6, 5}, at::kDouble);
}

ff::TensorDict truth_of(Perturbation& learner) {
  return ff::baselines::backpropagate(*learner.network, rows(), six_labels(), Pass::kProbe).by_name;
}

}  // namespace

TEST_CASE("the forward gradient of weights is the noise times its product with the gradient",
          "[perturbation]") {
  auto learner = learner_of({.of = "weights"}, /*exact=*/true);
  const auto found = learner.gradient(rows(), six_labels(), Pass::kProbe);
  at::manual_seed(3);  // the seed with which the learner was created
  const auto generator = ff::baselines::RandomStream().next(Pass::kProbe);
  ff::TensorDict noise;
  for (const auto* part : {"layers.0", "layers.1", "layers.2"}) {
    for (const auto* kind : {".weight", ".bias"}) {
      const auto name = std::string(part) + kind;
      noise[name] = ff::baselines::normal_like(learner.model().at(name).detach(), generator);
    }
  }
  const auto slope = inner(truth_of(learner), noise);
  REQUIRE(found.by_name.size() == 6);
  for (const auto& [name, tensor] : found.by_name) {
    INFO(name);
    CHECK_THAT(tensor, ff::test::AllClose(slope * noise.at(name), 1e-10, 1e-13));
  }
}

TEST_CASE("a difference of small changes is the exact derivative, a central one the nearer",
          "[perturbation]") {
  for (const auto* of : {"weights", "units"}) {
    for (const auto* layers : {"all", "each"}) {
      CAPTURE(of, layers);
      const auto distance = [&](double scale, bool central) {
        const PerturbationOptions options{
            .of = of, .layers = layers, .scale = scale, .central = central};
        auto exact = learner_of(options, /*exact=*/true);
        auto found = learner_of(options, /*exact=*/false)
                         .gradient(rows(), six_labels(), Pass::kProbe)
                         .by_name;
        const auto want = exact.gradient(rows(), six_labels(), Pass::kProbe).by_name;
        double worst = 0;
        for (const auto& [name, tensor] : want) {
          const auto error = ((found.at(name) - tensor).norm() / tensor.norm()).item<double>();
          REQUIRE(std::isfinite(error));
          worst = std::max(worst, error);
        }
        return worst;
      };
      // The error is of first order in the perturbation scale, and of second order for central
      // differences.
      CHECK(distance(1e-5, false) < 1e-3);
      CHECK(distance(1e-5, false) > 1e-8);
      CHECK(distance(1e-4, true) < distance(1e-4, false) / 100);
      CHECK(distance(1e-4, true) < 1e-6);
    }
  }
}

TEST_CASE("the mean over many draws points along backpropagation's gradient", "[perturbation]") {
  for (const bool exact : {true, false}) {
    for (const auto* of : {"weights", "units"}) {
      for (const auto* layers : {"all", "each"}) {
        for (const bool exact_output : {true, false}) {
          CAPTURE(exact, of, layers, exact_output);
          auto learner = learner_of(
              {.of = of, .layers = layers, .scale = 1e-4, .exact_output = exact_output}, exact);
          const auto truth = truth_of(learner);
          constexpr int kDraws = 4000;
          ff::TensorDict mean;
          for (int i = 0; i < kDraws; ++i) {
            const auto found = learner.gradient(rows(), six_labels(), Pass::kTrain);
            for (const auto& [name, tensor] : found.by_name) {
              mean[name] = mean[name].defined() ? mean[name] + tensor / kDraws : tensor / kDraws;
            }
          }
          for (const auto* name : {"layers.0.weight", "layers.1.weight", "layers.2.weight"}) {
            INFO(name);
            // With 83 parameters, the mean of 4,000 draws deviates by sqrt(83 / 4000) of the norm
            // of the full gradient, of which a layer may have only a part: up to 30 degrees.
            CHECK(ff::angle_between(mean.at(name), truth.at(name)) < 30);
            CHECK(ff::norm_ratio(mean.at(name), truth.at(name)) == Approx(1).margin(0.3));
          }
          if (exact_output) {
            CHECK_THAT(mean.at("layers.2.weight"),
                       ff::test::AllClose(truth.at("layers.2.weight"), 1e-9, 1e-12));
          }
        }
      }
    }
  }
}

TEST_CASE("one layer after the other is less noisy than all at once", "[perturbation]") {
  const auto spread = [](const std::string& layers) {
    auto learner = learner_of({.of = "units", .layers = layers}, /*exact=*/true);
    const auto truth = truth_of(learner);
    double sum = 0;
    for (int i = 0; i < 300; ++i) {
      const auto found = learner.gradient(rows(), six_labels(), Pass::kTrain).by_name;
      for (const auto& [name, tensor] : found) {
        sum += (tensor - truth.at(name)).square().sum().item<double>();
      }
    }
    return sum;
  };
  CHECK(spread("each") < 0.8 * spread("all"));
}

TEST_CASE("a probe draws ahead and leaves the stream, training goes on in it", "[perturbation]") {
  auto learner = learner_of({.of = "units"}, /*exact=*/true);
  const auto weight = [&](Pass pass) {
    return learner.gradient(rows(), six_labels(), pass).by_name.at("layers.0.weight");
  };
  const auto probe = weight(Pass::kProbe);
  CHECK(at::equal(weight(Pass::kProbe), probe));
  CHECK(at::equal(weight(Pass::kTrain), probe));
  CHECK_FALSE(at::equal(weight(Pass::kTrain), probe));
}

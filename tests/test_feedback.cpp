#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include "baselines/brsf.h"
#include "baselines/feedback.h"
#include "baselines/random_stream.h"
#include "baselines/usf.h"
#include "tests/close.h"

using ff::Network;
using ff::Pass;
using ff::baselines::FeedbackOptions;
using ff::baselines::RandomStream;

namespace {

at::Tensor feedback(const at::Tensor& like, const FeedbackOptions& options, int seed = 1) {
  return make_feedback(like, options, at::detail::createCPUGenerator(seed));
}

Network wide_network() {
  at::manual_seed(2);
  return Network(
      ff::NetworkOptions{.input = {1, 1, 100}, .layers = ff::mlp_layers({90, 80, 70}, "relu")});
}

}  // namespace

TEST_CASE("feedback matrices follow their law, for both kinds of layer", "[rules]") {
  const auto linear = at::empty({300, 200}), conv = at::empty({60, 50, 5, 5});
  struct Law {
    const char* name;
    double of_linear, of_conv;  // largest magnitude
  };
  const Law laws[] = {{"torch", 1 / std::sqrt(200.0), 1 / std::sqrt(1250.0)},
                      {"xavier", std::sqrt(6 / 500.0), std::sqrt(6 / (1250.0 + 1500.0))},
                      {"kaiming", std::sqrt(6 / 200.0), std::sqrt(6 / 1250.0)}};
  for (const auto& law : laws) {
    INFO(law.name);
    for (const auto& [like, bound] : {std::pair{linear, law.of_linear}, {conv, law.of_conv}}) {
      const auto drawn = feedback(like, {.init = law.name});
      CHECK(drawn.sizes() == like.sizes());
      CHECK(drawn.abs().max().item<double>() <= bound);
      CHECK(drawn.abs().max().item<double>() > 0.99 * bound);
      // The mean of n samples of U(-b, b) has the standard deviation b / sqrt(3 n); five of these
      // are allowed.
      const auto n = static_cast<double>(like.numel());
      CHECK(std::abs(drawn.mean().item<double>()) < 5 * bound / std::sqrt(3 * n));
      CHECK(at::equal(feedback(like, {.init = law.name, .scale = 2}), 2 * drawn));
    }
  }
  const auto normal = feedback(linear, {.init = "normal"});
  CHECK(std::abs(normal.std().item<double>() - 1) < 0.02);
  const auto weight = at::randn({3, 4});
  CHECK(at::equal(feedback(weight, {.init = "copy", .scale = 3}), 3 * weight));
  CHECK(feedback(at::empty({2, 3}, at::kDouble), {}).scalar_type() == at::kDouble);
}

TEST_CASE("a share of the signs is concordant, drawn once", "[rules]") {
  const auto network = wide_network();
  const auto share_of = [&](double concordant) {
    ff::baselines::UniformSignFeedback rule(network, {.concordant = concordant});
    const auto& weight = network->layers[1]->weight;
    const auto factors = rule.factors[1].expand(weight.sizes());
    return (factors > 0).to(at::kDouble).mean().item<double>();
  };
  CHECK(share_of(1) == 1);
  CHECK(share_of(0) == 0);
  // 7,200 draws: five standard deviations of a proportion are 0.03
  for (const double share : {0.5, 0.8}) {
    CHECK(std::abs(share_of(share) - share) < 0.03);
  }
}

TEST_CASE("signs that agree half the time say nothing of the weights", "[rules]") {
  const auto network = wide_network();
  const auto angle = [&](double concordant) {
    const ff::baselines::UniformSignFeedback rule(network, {.concordant = concordant});
    return ff::baselines::feedback_angles(rule.feedback_pairs()).at(0);
  };
  CHECK(std::abs(angle(0.5) - 90) < 3);
  CHECK(angle(0) == Approx(180 - angle(1)));
  CHECK(angle(0.9) < angle(0.7));
}

TEST_CASE("the scale of signs: the original's, or the weights' own size", "[rules]") {
  const auto linear = at::full({3, 16}, -0.25), conv = at::full({3, 16, 3, 3}, 0.5);
  using ff::baselines::sign_scale;
  CHECK(sign_scale(linear, {}) == Approx(0.25));
  CHECK(sign_scale(conv, {}) == Approx(0.25));  // over channels only
  CHECK(sign_scale(linear, {.scale = 2, .sign_scale = "init-std"}) == Approx(0.5));
  CHECK(sign_scale(conv, {.sign_scale = "init-std"}) == Approx(0.5));
  CHECK(sign_scale(conv, {.sign_scale = "none"}) == 1);
}

TEST_CASE("a stream's draws are its own: of the seed, not of what others draw", "[rules]") {
  const auto draw = [](RandomStream& stream, Pass pass) {
    return at::rand({5}, stream.next(pass));
  };
  at::manual_seed(3);
  RandomStream stream;
  at::rand({9});
  RandomStream same;
  const auto first = draw(stream, Pass::kTrain), second = draw(stream, Pass::kTrain);
  CHECK(at::equal(draw(same, Pass::kProbe), first));  // a probe does not advance the state
  CHECK(at::equal(draw(same, Pass::kTrain), first));
  CHECK(at::equal(draw(same, Pass::kTrain), second));
  CHECK_FALSE(at::equal(first, second));
  CHECK(same.state()[1].item<std::int64_t>() == 2);
  at::manual_seed(3);
  CHECK_FALSE(at::equal(at::rand({5}), first));
  at::manual_seed(4);
  RandomStream other;
  CHECK_FALSE(at::equal(draw(other, Pass::kTrain), first));
}

TEST_CASE("brSF draws its magnitudes for each batch", "[rules]") {
  const auto network = wide_network();
  ff::baselines::BatchRandomSignFeedback rule(network, {});
  const auto rows = at::randn({4, 100});
  const auto labels = at::tensor({0, 1, 2, 3}, at::kLong);
  const auto factors_of = [&](Pass pass) {
    rule.gradient(rows, labels, pass);
    return rule.factors[1].clone();
  };
  const auto ahead = factors_of(Pass::kProbe), first = factors_of(Pass::kTrain);
  const auto second = factors_of(Pass::kTrain);
  CHECK(at::equal(ahead, first));
  CHECK_FALSE(at::equal(second, first));
  CHECK((first >= 0).all().item<bool>());
}

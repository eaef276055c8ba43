// Special cases in which rules that change the backward pass are equal to backpropagation or to
// each other.
#include <ATen/Functions.h>

#include "baselines/backward_learner.h"
#include "baselines/dfa.h"
#include "baselines/feedback_alignment.h"
#include "baselines/frsf.h"
#include "baselines/ifa.h"
#include "baselines/measures.h"
#include "baselines/usf.h"
#include "tests/backward_fixture.h"
#include "tests/backward_toy.h"

using namespace ff::test;

using ff::NetworkOptions;
using ff::baselines::BackwardLearner;
using ff::baselines::feedback_angles;
using ff::baselines::feedback_signs;
using ff::baselines::FeedbackOptions;

TEST_CASE("feedback alignment with B = W is backpropagation, bit for bit", "[rules]") {
  for (const auto& layers : {small_mlp_layers("relu"), cnn_layers()}) {
    for (const auto* linear : {"addmm", "mm"}) {
      const Fixture fixture(layers, at::kFloat, linear);
      ff::baselines::FeedbackAlignment rule(fixture.network, {.init = "copy"});
      const auto found = rule.gradient(fixture.rows, fixture.labels, Pass::kProbe);
      check_same_bits(found.by_name, fixture.bp().by_name);
      CHECK(at::equal(found.loss, fixture.bp().loss));
      for (const auto angle : feedback_angles(rule.feedback_pairs())) CHECK(angle < 1e-3);
      CHECK(feedback_signs(rule.feedback_pairs()) ==
            std::vector<double>(fixture.network->depth() - 1, 1.0));
    }
  }
}

TEST_CASE("direct feedback's angle is that to the product of the weights above", "[rules]") {
  const Fixture fixture(small_mlp_layers("relu"));
  for (const auto* name : {"dfa", "ifa"}) {
    CAPTURE(name);
    const auto rule = ff::baselines::find_backward_rule(name).make(fixture.network, {});
    const auto angles = feedback_angles(rule->feedback_pairs());
    CHECK(angles.size() == 3);
    for (const auto angle : angles) CHECK(angle > 30);
  }
  ff::baselines::DirectFeedbackAlignment dfa(fixture.network, {});
  const auto weight = [&](std::size_t l) { return fixture.network->layers[l]->weight.detach(); };
  dfa.feedback = {2 * weight(3).mm(weight(2)).mm(weight(1)), weight(3).mm(weight(2)), -weight(3)};
  const auto angles = feedback_angles(dfa.feedback_pairs());
  REQUIRE(angles.size() == 3);
  CHECK(angles[0] < 0.1);
  CHECK(angles[1] < 0.1);
  CHECK(angles[2] > 179.9);
  CHECK(feedback_signs(dfa.feedback_pairs()) == std::vector<double>{1, 1, 0});
}

TEST_CASE("IFA's way up undoes orthogonal weights: its angle is then 0 in every layer", "[rules]") {
  at::manual_seed(4);
  Network network(
      NetworkOptions{.input = {1, 1, 4}, .layers = ff::mlp_layers({5, 5, 5, 2}, "relu")});
  at::NoGradGuard no_grad;
  for (const std::size_t l : {1, 2}) {
    network->layers[l]->weight.copy_(std::get<0>(at::linalg_qr(at::randn({5, 5}))));
  }
  ff::baselines::IndirectFeedbackAlignment ifa(network, {});
  const auto weight = [&](std::size_t l) { return network->layers[l]->weight.detach(); };
  ifa.feedback = {weight(3).mm(weight(2)).mm(weight(1))};
  const auto angles = feedback_angles(ifa.feedback_pairs());
  REQUIRE(angles.size() == 3);
  for (const auto angle : angles) CHECK(angle < 0.1);
  ifa.feedback[0].neg_();
  for (const auto angle : feedback_angles(ifa.feedback_pairs())) CHECK(angle > 179.9);
}

TEST_CASE("frSF with |M| = |W| is backpropagation, bit for bit", "[rules]") {
  for (const auto& layers : {small_mlp_layers("relu"), cnn_layers()}) {
    const Fixture fixture(layers);
    ff::baselines::FixedRandomSignFeedback rule(fixture.network, {.init = "copy"});
    check_same_bits(rule.gradient(fixture.rows, fixture.labels, Pass::kProbe).by_name,
                    fixture.bp().by_name);
  }
}

TEST_CASE("a whole run with B tied to W is backpropagation's", "[rules]") {
  const auto images = backward_toy_images();
  const auto run = [&](const std::string& rule) {
    at::manual_seed(3);
    BackwardLearner learner(rule, toy_options(rule, "autograd"), {}, images);
    if (auto* fa = dynamic_cast<ff::baselines::FeedbackAlignment*>(learner.rule.get())) {
      for (std::size_t l = 1; l < fa->feedback.size(); ++l) {
        fa->feedback[l] = learner.network->layers[l]->weight.detach();
      }
    }
    train_steps(learner, 0, 30);
    return copies(learner.model());
  };
  check_same_bits(run("fa"), run("bp"));
}

TEST_CASE("with one hidden layer FA, DFA and IFA are one rule", "[rules]") {
  const Fixture fixture(ff::mlp_layers({9, kClasses}, "relu"));
  const auto gradient_of = [&](const char* name) {
    const auto rule = ff::baselines::find_backward_rule(name).make(fixture.network, {});
    return rule->gradient(fixture.rows, fixture.labels, Pass::kProbe).by_name;
  };
  check_same_bits(gradient_of("dfa"), gradient_of("fa"));
  check_same_bits(gradient_of("ifa"), gradient_of("fa"));
  CHECK_FALSE(at::equal(gradient_of("fa").at("layers.0.weight"),
                        fixture.bp().by_name.at("layers.0.weight")));
}

TEST_CASE("the signs of the weights lie at 30 degrees, of Gaussian weights at 37", "[rules]") {
  const auto angle = [](const std::string& init) {
    at::manual_seed(1);
    const Network network(NetworkOptions{
        .input = {1, 1, 2}, .layers = ff::mlp_layers({512, 256}, "relu"), .init = init});
    return feedback_angles(ff::baselines::UniformSignFeedback(network, {}).feedback_pairs()).at(0);
  };
  CHECK(std::abs(angle("torch") - 30) < 0.5);
  CHECK(std::abs(angle("normal") - 37) < 0.5);
}

TEST_CASE("weights of zero: DFA wakes all layers, IFA never those in the middle", "[rules]") {
  const auto images = backward_toy_images();
  const auto trained = [&](const std::string& rule) {
    auto options = toy_options(rule, "autograd");
    options.layers = ff::mlp_layers({8, 7, 6, 3}, "tanh");
    options.init = "zero";
    at::manual_seed(0);
    BackwardLearner learner(rule, options, {}, images);
    train_steps(learner, 0, 30);
    return copies(learner.model());
  };
  const auto dfa = trained("dfa"), ifa = trained("ifa");
  for (const auto& [name, tensor] : ifa) {
    INFO(name);
    CHECK(dfa.at(name).abs().max().item<double>() > 0);
    const bool moves = name.starts_with("layers.0.") || name == "layers.3.bias";
    CHECK((tensor.abs().max().item<double>() > 0) == moves);
  }
}

TEST_CASE("Kolen-Pollack: feedback and weights come nearer by the decay alone", "[rules]") {
  const auto images = backward_toy_images();
  for (const double decay : {0.0, 0.2}) {
    auto options = toy_options("kolen-pollack", "autograd");
    options.optimizer = {.type = "sgd", .learning_rate = 0.1, .weight_decay = decay};
    at::manual_seed(0);
    BackwardLearner learner("kolen-pollack", options, {}, images);
    const auto distance = [&] {
      const auto feedback = learner.training_state().at("feedback.1.weight");
      return (learner.network->layers[1]->weight - feedback).detach().clone();
    };
    const auto before = distance();
    const auto angle = feedback_angles(learner.feedback_pairs()).at(0);
    train_steps(learner, 0, 50);
    const auto want = before * std::pow(1 - 0.1 * decay, 50);
    CHECK_THAT(distance(), AllClose(want, 0, 1e-5));
    if (decay > 0) CHECK(feedback_angles(learner.feedback_pairs()).at(0) < angle - 10);
  }
}

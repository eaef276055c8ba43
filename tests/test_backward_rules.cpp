// The rules that change the backward pass: what each computes, and what all of them must.
#include <ATen/Functions.h>

#include "baselines/backward_learner.h"
#include "baselines/dfa.h"
#include "baselines/frsf.h"
#include "baselines/ifa.h"
#include "baselines/kolen_pollack.h"
#include "baselines/measures.h"
#include "baselines/usf.h"
#include "tests/backward_toy.h"
#include "tests/close.h"

using ff::LayerOptions;
using ff::baselines::BackwardLearner;
using ff::baselines::BackwardRule;
using ff::baselines::BackwardRuleKind;
using ff::baselines::FeedbackOptions;
using ff::baselines::Gradient;
using ff::baselines::Network;
using ff::baselines::NetworkOptions;
using ff::baselines::Pass;
using ff::baselines::Shape;
using ff::baselines::SignConcordant;

namespace {

constexpr std::int64_t kImages = 6, kClasses = 3;

std::vector<LayerOptions> cnn_layers() {
  return {{.type = "conv", .channels = 4, .kernel = 3, .padding = 1},
          {.type = "batch-norm"},
          {.type = "tanh"},
          {.type = "max-pool", .kernel = 2},
          {.type = "conv", .channels = 5, .kernel = 3, .stride = 2, .padding = 1},
          {.type = "tanh"},
          {.type = "linear", .width = 7},
          {.type = "tanh"},
          {.type = "linear", .width = kClasses}};
}

// A network on images 2x6x5 with a batch for it.
struct Scene {
  Network network = nullptr;
  at::Tensor rows, labels;

  explicit Scene(const std::vector<LayerOptions>& layers,
                 at::ScalarType type = at::kFloat,
                 const std::string& linear = "addmm") {
    at::manual_seed(11);
    network = Network(NetworkOptions{.input = Shape{2, 6, 5}, .layers = layers, .linear = linear});
    network->to(type);
    rows = at::randn({kImages, 60}, type);
    labels = at::tensor({0, 1, 2, 2, 1, 0}, at::kLong);
  }

  Gradient bp() const { return backpropagate(*network, rows, labels, Pass::kProbe); }
};

std::vector<LayerOptions> mlp_layers(const std::string& activation = "tanh") {
  return ff::perceptron_layers({9, 8, 7, kClasses}, activation);
}

void check_same_bits(const ff::TensorDict& got, const ff::TensorDict& want) {
  REQUIRE(got.size() == want.size());
  for (const auto& [name, tensor] : want) {
    INFO(name);
    CHECK(at::equal(got.at(name), tensor));
  }
}

// The rules that can be on these layers.
std::vector<const BackwardRuleKind*> rules_for(const std::vector<LayerOptions>& layers) {
  const bool convolutional = layers.front().type == "conv";
  std::vector<const BackwardRuleKind*> found;
  for (const auto& kind : ff::baselines::backward_rules()) {
    if (!convolutional || !kind.perceptrons_only) found.push_back(&kind);
  }
  return found;
}

}  // namespace

TEST_CASE("feedback alignment with B = W is backpropagation, bit for bit", "[rules]") {
  for (const auto& layers : {mlp_layers("relu"), cnn_layers()}) {
    for (const auto* linear : {"addmm", "mm"}) {
      const Scene scene(layers, at::kFloat, linear);
      ff::baselines::FeedbackAlignment rule(scene.network, {.init = "copy"});
      const auto found = rule.gradient(scene.rows, scene.labels, Pass::kProbe);
      check_same_bits(found.by_name, scene.bp().by_name);
      CHECK(at::equal(found.loss, scene.bp().loss));
      for (const auto angle : rule.feedback_angles()) CHECK(angle < 1e-3);
    }
  }
}

TEST_CASE("frSF with |M| = |W| is backpropagation, bit for bit", "[rules]") {
  for (const auto& layers : {mlp_layers("relu"), cnn_layers()}) {
    const Scene scene(layers);
    ff::baselines::FixedRandomSignFeedback rule(scene.network, {.init = "copy"});
    check_same_bits(rule.gradient(scene.rows, scene.labels, Pass::kProbe).by_name,
                    scene.bp().by_name);
  }
}

TEST_CASE("a whole run with B tied to W is backpropagation's", "[rules]") {
  const auto images = ff::test::backward_toy_images();
  const auto run = [&](const std::string& rule) {
    at::manual_seed(3);
    BackwardLearner learner(rule, ff::test::toy_options(rule, "autograd"), {}, images);
    if (auto* fa = dynamic_cast<ff::baselines::FeedbackAlignment*>(learner.rule.get())) {
      for (std::size_t l = 1; l < fa->feedback.size(); ++l) {
        fa->feedback[l] = learner.network->layers[l]->weight.detach();
      }
    }
    ff::test::train_steps(learner, 0, 30);
    return ff::test::copies_of(learner.model());
  };
  check_same_bits(run("fa"), run("bp"));
}

TEST_CASE("with one hidden layer FA, DFA and IFA are one rule", "[rules]") {
  const Scene scene(ff::perceptron_layers({9, kClasses}, "relu"));
  const auto gradient_of = [&](const char* name) {
    const auto rule = ff::baselines::find_backward_rule(name).make(scene.network, {});
    return rule->gradient(scene.rows, scene.labels, Pass::kProbe).by_name;
  };
  check_same_bits(gradient_of("dfa"), gradient_of("fa"));
  check_same_bits(gradient_of("ifa"), gradient_of("fa"));
  CHECK_FALSE(
      at::equal(gradient_of("fa").at("layers.0.weight"), scene.bp().by_name.at("layers.0.weight")));
}

TEST_CASE("the signs of the weights lie at 30 degrees, of Gaussian weights at 37", "[rules]") {
  const auto angle = [](const std::string& init) {
    at::manual_seed(1);
    const Network network(NetworkOptions{
        .input = {1, 1, 2}, .layers = ff::perceptron_layers({512, 256}, "relu"), .init = init});
    return ff::baselines::UniformSignFeedback(network, {}).feedback_angles().at(0);
  };
  CHECK(std::abs(angle("torch") - 30) < 0.5);
  CHECK(std::abs(angle("normal") - 37) < 0.5);
}

TEST_CASE("weights of zero: DFA wakes all layers, IFA never those in the middle", "[rules]") {
  const auto images = ff::test::backward_toy_images();
  const auto trained = [&](const std::string& rule) {
    auto options = ff::test::toy_options(rule, "autograd");
    options.layers = ff::perceptron_layers({8, 7, 6, 3}, "tanh");
    options.init = "zero";
    at::manual_seed(0);
    BackwardLearner learner(rule, options, {}, images);
    ff::test::train_steps(learner, 0, 30);
    return ff::test::copies_of(learner.model());
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
  const auto images = ff::test::backward_toy_images();
  for (const double decay : {0.0, 0.2}) {
    auto options = ff::test::toy_options("kolen-pollack", "autograd");
    options.optimizer = {.type = "sgd", .learning_rate = 0.1, .weight_decay = decay};
    at::manual_seed(0);
    BackwardLearner learner("kolen-pollack", options, {}, images);
    const auto distance = [&] {
      const auto feedback = learner.training_state().at("feedback.1.weight");
      return (learner.network->layers[1]->weight - feedback).detach().clone();
    };
    const auto before = distance();
    const auto angle = learner.feedback_angles().at(0);
    ff::test::train_steps(learner, 0, 50);
    const auto want = before * std::pow(1 - 0.1 * decay, 50);
    CHECK_THAT(distance(), ff::test::AllClose(want, 0, 1e-5));
    if (decay > 0) CHECK(learner.feedback_angles().at(0) < angle - 10);
  }
}

namespace {

// A perceptron's activations, h[0] the rows, and the error at its output, without autograd.
struct ByHand {
  std::vector<at::Tensor> h;
  at::Tensor error, target;

  explicit ByHand(const Scene& scene) {
    h = {scene.rows};
    const auto& layers = scene.network->layers;
    for (const auto& layer : layers) {
      const auto a = h.back().mm(layer->weight.t()) + layer->bias;
      h.push_back(h.size() < layers.size() ? a.tanh() : a);
    }
    target = at::one_hot(scene.labels, kClasses).to(at::kDouble);
    error = (h.back().softmax(1) - target) / kImages;
  }

  at::Tensor slope(std::size_t l) const { return 1 - h[l + 1].square(); }
};

double root_of_inputs(const at::Tensor& weight) {
  return std::sqrt(static_cast<double>(weight.size(1)));
}

// What the error of layer `l` goes through in the layerwise rules.
at::Tensor through(const std::string& name, const BackwardRule& rule, const Scene& scene, int l) {
  const auto w = scene.network->layers[l]->weight;
  if (name == "bp") return w;
  if (name == "usf" || name.starts_with("sign-bp")) return w.sign() / root_of_inputs(w);
  if (const auto* signs = dynamic_cast<const SignConcordant*>(&rule)) {
    return w.sign() * signs->factors[l];
  }
  return rule.state().at("feedback." + std::to_string(l) + ".weight");
}

std::vector<at::Tensor> deltas_by_hand(const std::string& name,
                                       const BackwardRule& rule,
                                       const Scene& scene,
                                       const ByHand& hand) {
  const auto depth = static_cast<int>(scene.network->depth());
  std::vector<at::Tensor> delta(depth);
  delta.back() = hand.error;
  const bool direct = name == "dfa" || name == "sdfa" || name == "drtp";
  if (direct || name == "ifa") {
    const auto sent = name == "sdfa"   ? hand.error.sign() / kImages
                      : name == "drtp" ? hand.target / kImages
                                       : hand.error;
    for (int l = 0; l + 1 < depth; ++l) {
      const auto taught =
          direct || l == 0 ? sent.mm(rule.state().at("feedback." + std::to_string(l) + ".weight"))
                           : delta[l - 1].mm(scene.network->layers[l]->weight.t());
      delta[l] = taught * hand.slope(l);
    }
  } else {
    for (int l = depth - 1; l > 0; --l) {
      delta[l - 1] = delta[l].mm(through(name, rule, scene, l)) * hand.slope(l - 1);
    }
  }
  return delta;
}

}  // namespace

TEST_CASE("every rule is its formula, on a perceptron", "[rules]") {
  for (const auto* kind : rules_for(mlp_layers())) {
    INFO(kind->name);
    const std::string name = kind->name;
    const Scene scene(mlp_layers(), at::kDouble);
    const auto rule = kind->make(scene.network, {});
    const auto found = rule->gradient(scene.rows, scene.labels, Pass::kProbe).by_name;
    at::NoGradGuard no_grad;
    const ByHand hand(scene);
    const auto delta = deltas_by_hand(name, *rule, scene, hand);
    for (std::size_t l = 0; l < delta.size(); ++l) {
      INFO("layer " << l);
      auto input = hand.h[l];
      if (name.starts_with("sign-bp")) input = input.sign();
      if (name == "sign-bp-v1") input = input / root_of_inputs(scene.network->layers[l]->weight);
      const auto layer = "layers." + std::to_string(l);
      CHECK_THAT(found.at(layer + ".weight"),
                 ff::test::AllClose(delta[l].t().mm(input), 1e-12, 1e-15));
      CHECK_THAT(found.at(layer + ".bias"), ff::test::AllClose(delta[l].sum(0), 1e-12, 1e-15));
    }
  }
}

// What a direct rule descends in a hidden block: <s B, h>, s and the block's input held fixed.
TEST_CASE("direct rules go down the slope of what they project on a block", "[rules]") {
  for (const auto& layers : {mlp_layers("sigmoid"), cnn_layers()}) {
    for (const auto* name : {"dfa", "sdfa", "drtp"}) {
      INFO(name);
      const Scene scene(layers, at::kDouble);
      const auto& network = scene.network;
      const auto rule = ff::baselines::find_backward_rule(name).make(network, {});
      const auto found = rule->gradient(scene.rows, scene.labels, Pass::kProbe).by_name;
      at::NoGradGuard no_grad;
      const auto error = (network->forward(scene.rows, Pass::kProbe).softmax(1) -
                          at::one_hot(scene.labels, kClasses)) /
                         kImages;
      const auto target = at::one_hot(scene.labels, kClasses).to(at::kDouble) / kImages;
      const auto sent = name == std::string("dfa")    ? error
                        : name == std::string("sdfa") ? error.sign() / kImages
                                                      : target;
      auto x = network->input(scene.rows);
      for (std::size_t l = 0; l + 1 < network->depth(); ++l) {
        const auto project = [&] {
          const auto h = network->after(l, network->layers[l]->forward(x), Pass::kProbe);
          const auto taught =
              sent.mm(rule->state().at("feedback." + std::to_string(l) + ".weight"));
          return (h.flatten(1) * taught).sum().item<double>();
        };
        for (const auto& [parameter, tensor] : network->parameters_of(l)) {
          INFO(parameter);
          const auto slope = ff::test::central_differences(project, tensor.detach());
          CHECK_THAT(found.at(parameter), ff::test::AllClose(slope, 1e-6, 1e-9));
        }
        x = network->after(l, network->layers[l]->forward(x), Pass::kProbe);
      }
    }
  }
}

TEST_CASE("the last layer has backpropagation's gradient, the others have not", "[rules]") {
  for (const auto& layers : {mlp_layers(), cnn_layers()}) {
    for (const auto* kind : rules_for(layers)) {
      const std::string name = kind->name;
      INFO(name);
      const Scene scene(layers);
      const auto bp = scene.bp().by_name;
      const auto found =
          kind->make(scene.network, {})->gradient(scene.rows, scene.labels, Pass::kProbe).by_name;
      const auto last = scene.network->depth() - 1;
      for (std::size_t l = 0; l <= last; ++l) {
        const auto weight = "layers." + std::to_string(l) + ".weight";
        INFO(weight);
        CHECK(found.at(weight).abs().max().item<double>() > 0);
        const bool signs_of_input = name.starts_with("sign-bp");
        if (name == "bp" || (l == last && !signs_of_input)) {
          CHECK(at::equal(found.at(weight), bp.at(weight)));
        } else {
          CHECK(ff::baselines::angle_between(found.at(weight), bp.at(weight)) > 1);
        }
      }
      const auto bias = "layers." + std::to_string(last) + ".bias";
      CHECK(at::equal(found.at(bias), bp.at(bias)));
    }
  }
}

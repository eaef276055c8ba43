// Formulas of the rules that change the backward pass, checked by explicit computation and by
// finite differences.
#include <ATen/Functions.h>

#include "baselines/measures.h"
#include "baselines/sign_concordant.h"
#include "tests/backward_fixture.h"

using namespace ff::test;

using ff::baselines::BackwardRule;
using ff::baselines::SignConcordant;

namespace {

// Activations of an MLP (h[0] is the input) and the error at its output, computed without autograd.
struct ByHand {
  std::vector<at::Tensor> h;
  at::Tensor error, target;

  explicit ByHand(const Fixture& fixture) {
    h = {fixture.rows};
    const auto& layers = fixture.network->layers;
    for (const auto& layer : layers) {
      const auto a = h.back().mm(layer->weight.t()) + layer->bias;
      h.push_back(h.size() < layers.size() ? a.tanh() : a);
    }
    target = at::one_hot(fixture.labels, kClasses).to(at::kDouble);
    error = (h.back().softmax(1) - target) / kImages;
  }

  at::Tensor slope(std::size_t l) const { return 1 - h[l + 1].square(); }
};

double root_of_inputs(const at::Tensor& weight) {
  return std::sqrt(static_cast<double>(weight.size(1)));
}

// Returns the matrix that propagates the error of layer `l` in layerwise rules.
at::Tensor through(const std::string& name,
                   const BackwardRule& rule,
                   const Fixture& fixture,
                   int l) {
  const auto w = fixture.network->layers[l]->weight;
  if (name == "bp") return w;
  if (name == "usf" || name.starts_with("sign-bp")) return w.sign() / root_of_inputs(w);
  if (const auto* signs = dynamic_cast<const SignConcordant*>(&rule)) {
    return w.sign() * signs->factors[l];
  }
  return rule.state().at("feedback." + std::to_string(l) + ".weight");
}

std::vector<at::Tensor> deltas_by_hand(const std::string& name,
                                       const BackwardRule& rule,
                                       const Fixture& fixture,
                                       const ByHand& hand) {
  const auto depth = static_cast<int>(fixture.network->depth());
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
                           : delta[l - 1].mm(fixture.network->layers[l]->weight.t());
      delta[l] = taught * hand.slope(l);
    }
  } else {
    for (int l = depth - 1; l > 0; --l) {
      delta[l - 1] = delta[l].mm(through(name, rule, fixture, l)) * hand.slope(l - 1);
    }
  }
  return delta;
}

}  // namespace

TEST_CASE("every rule is its formula, on a perceptron", "[rules]") {
  for (const auto* kind : rules_for(small_mlp_layers())) {
    INFO(kind->name);
    const std::string name = kind->name;
    const Fixture fixture(small_mlp_layers(), at::kDouble);
    const auto rule = kind->make(fixture.network, {});
    const auto found = rule->gradient(fixture.rows, fixture.labels, Pass::kProbe).by_name;
    at::NoGradGuard no_grad;
    const ByHand hand(fixture);
    const auto delta = deltas_by_hand(name, *rule, fixture, hand);
    for (std::size_t l = 0; l < delta.size(); ++l) {
      INFO("layer " << l);
      auto input = hand.h[l];
      if (name.starts_with("sign-bp")) input = input.sign();
      if (name == "sign-bp-v1") input = input / root_of_inputs(fixture.network->layers[l]->weight);
      const auto layer = "layers." + std::to_string(l);
      CHECK_THAT(found.at(layer + ".weight"), AllClose(delta[l].t().mm(input), 1e-12, 1e-15));
      CHECK_THAT(found.at(layer + ".bias"), AllClose(delta[l].sum(0), 1e-12, 1e-15));
    }
  }
}

// Objective of direct rules in a hidden block: <s B, h>, with s and the input of the block held
// constant.
TEST_CASE("direct rules go down the slope of what they project on a block", "[rules]") {
  for (const auto& layers : {small_mlp_layers("sigmoid"), cnn_layers()}) {
    for (const auto* name : {"dfa", "sdfa", "drtp"}) {
      INFO(name);
      const Fixture fixture(layers, at::kDouble);
      const auto& network = fixture.network;
      const auto rule = ff::baselines::find_backward_rule(name).make(network, {});
      const auto found = rule->gradient(fixture.rows, fixture.labels, Pass::kProbe).by_name;
      at::NoGradGuard no_grad;
      const auto error = (network->forward(fixture.rows, Pass::kProbe).softmax(1) -
                          at::one_hot(fixture.labels, kClasses)) /
                         kImages;
      const auto target = at::one_hot(fixture.labels, kClasses).to(at::kDouble) / kImages;
      const auto sent = name == std::string("dfa")    ? error
                        : name == std::string("sdfa") ? error.sign() / kImages
                                                      : target;
      auto x = network->input(fixture.rows);
      for (std::size_t l = 0; l + 1 < network->depth(); ++l) {
        const auto project = [&] {
          const auto h = network->after(l, network->layers[l]->forward(x), Pass::kProbe);
          const auto taught =
              sent.mm(rule->state().at("feedback." + std::to_string(l) + ".weight"));
          return (h.flatten(1) * taught).sum().item<double>();
        };
        for (const auto& [parameter, tensor] : network->parameters_of(l)) {
          INFO(parameter);
          const auto slope = central_differences(project, tensor.detach());
          CHECK_THAT(found.at(parameter), AllClose(slope, 1e-6, 1e-9));
        }
        x = network->after(l, network->layers[l]->forward(x), Pass::kProbe);
      }
    }
  }
}

TEST_CASE("the last layer has backpropagation's gradient, the others have not", "[rules]") {
  for (const auto& layers : {small_mlp_layers(), cnn_layers()}) {
    for (const auto* kind : rules_for(layers)) {
      const std::string name = kind->name;
      INFO(name);
      const Fixture fixture(layers);
      const auto bp = fixture.bp().by_name;
      const auto found = kind->make(fixture.network, {})
                             ->gradient(fixture.rows, fixture.labels, Pass::kProbe)
                             .by_name;
      const auto last = fixture.network->depth() - 1;
      for (std::size_t l = 0; l <= last; ++l) {
        const auto weight = "layers." + std::to_string(l) + ".weight";
        INFO(weight);
        CHECK(found.at(weight).abs().max().item<double>() > 0);
        const bool signs_of_input = name.starts_with("sign-bp");
        if (name == "bp" || (l == last && !signs_of_input)) {
          CHECK(at::equal(found.at(weight), bp.at(weight)));
        } else {
          CHECK(ff::angle_between(found.at(weight), bp.at(weight)) > 1);
        }
      }
      const auto bias = "layers." + std::to_string(last) + ".bias";
      CHECK(at::equal(found.at(bias), bp.at(bias)));
    }
  }
}

// Config checks of the rules that change the backward pass.
#include "baselines/backward_rule.h"
#include "experiments/config/config.h"
#include "tests/catch.h"
#include "tests/config_error.h"

using namespace ff::experiments;
using namespace ff::test;

namespace {

std::string rule_error(const std::string& rule, const Json& changes) {
  Json config = {{"name", "x"}, {"model", {{"type", rule}}}};
  if (rule == "kolen-pollack") config["optimizer"]["weight_decay"] = 1e-4;
  config.merge_patch(changes);
  return config_error(config);
}

const Json kConvolution = {{"model",
                            {{"layers",
                              {{{"type", "conv"}, {"channels", 2}, {"kernel", 3}},
                               {{"type", "relu"}},
                               {{"type", "linear"}, {"width", 10}}}}}}};

}  // namespace

TEST_CASE("Similarity needs two images in a batch", "[config]") {
  for (const std::string rule : {"sim", "predsim"}) {
    CHECK(rule_error(rule, {{"batch_size", 1}}) ==
          "x.json: batch_size: 1 is not allowed with model.type " + rule +
              ", which matches the similarity of two images; allowed: at least 2");
    CHECK(rule_error(rule, {{"batch_size", 2}}).empty());
  }
  CHECK(rule_error("pred", {{"batch_size", 1}}).empty());
}

TEST_CASE("A rule takes the feedback keys that it reads and no others", "[config]") {
  const Json values = {
      {"init", "xavier"}, {"scale", 2}, {"sign_scale", "none"}, {"concordant", 0.7}};
  for (const auto& rule : ff::baselines::backward_rules()) {
    for (const auto& item : values.items()) {
      CAPTURE(rule.name, item.key());
      const bool reads = std::count(rule.options.begin(), rule.options.end(), item.key()) > 0;
      CHECK(rule_error(rule.name, {{"feedback", {{item.key(), item.value()}}}}) ==
            (reads ? ""
                   : "x.json: feedback." + item.key() + ": has no effect with model.type " +
                         rule.name + "; remove it, or add --set feedback." + item.key() + "="));
    }
  }
  CHECK_THAT(rule_error("ff", {{"feedback", {{"init", "xavier"}}}}),
             ContainsSubstring("feedback.init: has no effect with model.type ff"));
}

TEST_CASE("Rules that have nothing to do with convolutions say why", "[config]") {
  for (const auto& rule : ff::baselines::backward_rules()) {
    CAPTURE(rule.name);
    const auto error_text = rule_error(rule.name, kConvolution);
    CHECK(error_text.empty() == (rule.mlp_only == nullptr));
  }
  CHECK(rule_error("ifa", kConvolution) ==
        "x.json: model.layers[0]: conv is not supported by model.type ifa: ifa propagates the "
        "error forward through the weights of fully connected layers; use linear layers");
}

TEST_CASE("What a rule's network has no place for is refused with the reason", "[config]") {
  CHECK(rule_error("dfa", {{"head", {{"type", "softmax"}}}}) ==
        "x.json: head: has no effect with model.type dfa, whose last layer is the classifier; "
        "remove it, or add --set head=");
  CHECK_THAT(
      rule_error(
          "dfa",
          {{"model", {{"layers", {{{"type", "linear"}, {"width", 10}}, {{"type", "relu"}}}}}}}),
      ContainsSubstring(
          "the last layer must be linear, because its outputs are the logits; it is relu"));
  CHECK(rule_error("pred", {{"negatives", {{"type", "hybrid"}}}}) ==
        "x.json: negatives: has no effect with model.type pred, which has no negatives; remove "
        "it, or add --set negatives=");
  CHECK_THAT(
      rule_error("soft-hebb", kConvolution),
      ContainsSubstring(
          "conv is not supported by model.type soft-hebb, which trains fully connected layers"));
}

TEST_CASE("Feedback from the output has no weight to copy", "[config]") {
  for (const auto* rule : {"dfa", "ifa", "drtp", "sdfa"}) {
    CHECK(rule_error(rule, {{"feedback", {{"init", "copy"}}}}) ==
          std::string("x.json: feedback.init: copy is not supported by model.type ") + rule +
              ", whose feedback matrices do not have the shape of the weights; allowed: torch, "
              "xavier, kaiming, normal");
  }
  CHECK(rule_error("fa", {{"feedback", {{"init", "copy"}}}}) == "");
}

TEST_CASE("Kolen-Pollack needs the decay that aligns", "[config]") {
  CHECK_THAT(rule_error("kolen-pollack", {{"optimizer", {{"weight_decay", 0}}}}),
             ContainsSubstring(
                 "x.json: optimizer.weight_decay: 0 is not allowed with model.type kolen-pollack"));
}

TEST_CASE("Batch Manhattan is of SGD alone", "[config]") {
  CHECK(rule_error("usf", {{"optimizer", {{"batch_manhattan", true}}}}) ==
        "x.json: optimizer.batch_manhattan: has no effect with optimizer.type adam; remove it, or "
        "add --set optimizer.batch_manhattan=");
  CHECK(rule_error("usf", {{"optimizer", {{"type", "sgd"}, {"batch_manhattan", true}}}}) == "");
}

TEST_CASE("Test images are moved only where there is a move", "[config]") {
  CHECK(rule_error("bp", {{"augment", {{"test", true}}}}) ==
        "x.json: augment.test: has no effect without augmentation; set augment.shift or "
        "augment.flip");
  CHECK(rule_error("bp", {{"augment", {{"test", true}, {"flip", true}}}}) == "");
}

// Properties of every rule that changes the backward pass, as a learner and on both engines.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include "baselines/backward_learner.h"
#include "tests/backward_toy.h"
#include "tests/catch.h"
#include "tests/zoo_task.h"

using ff::baselines::BackwardLearner;
using ff::baselines::BackwardRuleKind;

namespace {

struct Engine {
  const BackwardRuleKind* rule;
  std::string name;
};

std::vector<Engine> all_engines() {
  std::vector<Engine> all;
  for (const auto& kind : ff::baselines::backward_rules()) {
    all.push_back({&kind, "autograd"});
    if (kind.has_closed_form) all.push_back({&kind, "fused"});
  }
  return all;
}

std::unique_ptr<BackwardLearner> make(const Engine& engine,
                                      const ff::ImageSet& images,
                                      std::uint64_t seed) {
  at::manual_seed(seed);
  return std::make_unique<BackwardLearner>(engine.rule->name,
                                           ff::test::toy_options(engine.rule->name, engine.name),
                                           ff::baselines::FeedbackOptions{},
                                           images);
}

ff::TensorDict everything(const BackwardLearner& learner) {
  auto all = ff::test::copies(learner.model());
  ff::merge(all, "state.", ff::test::copies(learner.training_state()));
  return all;
}

// Control that trains only the last layer; a rule must exceed its accuracy.
class Readout : public BackwardLearner {
 public:
  using BackwardLearner::BackwardLearner;
  ff::baselines::Gradient gradient(const at::Tensor& rows,
                                   const at::Tensor& labels,
                                   ff::Pass pass) override {
    auto found = BackwardLearner::gradient(rows, labels, pass);
    const auto last = "layers." + std::to_string(network->depth() - 1) + ".";
    std::erase_if(found.by_name, [&](const auto& item) { return !item.first.starts_with(last); });
    return found;
  }
};

template <class Kind>
double accuracy_of(const std::string& rule, const std::string& engine) {
  auto options = ff::test::toy_options(rule, engine);
  options.layers = ff::test::zoo_layers();
  // The targets of DRTP do not depend on the output, so its updates do not vanish; larger steps
  // diverge.
  options.optimizer.learning_rate = rule == "drtp" ? 0.003 : 0.02;
  options.epochs = 15;
  options.batch_size = ff::test::kZooBatch;
  const auto images = ff::test::zoo_images(ff::test::kZooImages, 1);
  at::manual_seed(0);
  Kind learner(rule, options, ff::baselines::FeedbackOptions{}, images);
  return ff::test::zoo_accuracy(learner, images);
}

}  // namespace

TEST_CASE("every rule moves every layer, from the same first weights", "[rules]") {
  const auto images = ff::test::backward_toy_images();
  const auto first = everything(*make(all_engines()[0], images, 5));
  for (const auto& engine : all_engines()) {
    INFO(engine.rule->name << " " << engine.name);
    const auto learner = make(engine, images, 5);
    CHECK(learner->engine() == engine.name);
    ff::test::train_steps(*learner, 0, 3);
    const auto after = everything(*learner);
    for (const auto* layer : {"layers.0.", "layers.1.", "layers.2."}) {
      for (const auto* part : {"weight", "bias"}) {
        CHECK_FALSE(
            at::equal(after.at(std::string(layer) + part), first.at(std::string(layer) + part)));
      }
    }
    const auto again = everything(*make(engine, images, 5));
    CHECK(at::equal(again.at("layers.0.weight"), first.at("layers.0.weight")));
  }
}

TEST_CASE("the same seed gives the same bits, another one others", "[rules]") {
  const auto images = ff::test::backward_toy_images();
  for (const auto& engine : all_engines()) {
    INFO(engine.rule->name << " " << engine.name);
    const auto run = [&](std::uint64_t seed) {
      const auto learner = make(engine, images, seed);
      at::rand({7});  // unrelated draws from the global generator have no effect
      ff::test::train_steps(*learner, 0, 10);
      return everything(*learner);
    };
    const auto once = run(1);
    ff::test::check_same_bits(run(1), once);
    CHECK_FALSE(at::equal(run(2).at("layers.1.weight"), once.at("layers.1.weight")));
  }
}

TEST_CASE("a rule goes on from its checkpoint to the same bits", "[rules]") {
  const auto images = ff::test::backward_toy_images();
  for (const auto& engine : all_engines()) {
    INFO(engine.rule->name << " " << engine.name);
    const auto whole = make(engine, images, 1), first = make(engine, images, 1);
    ff::test::train_steps(*whole, 0, 9);
    ff::test::train_steps(*first, 0, 4);
    const auto rest = make(engine, images, 2);  // its own draws are all overwritten
    ff::copy_into(rest->model(), ff::test::copies(first->model()));
    ff::copy_into(rest->training_state(), ff::test::copies(first->training_state()));
    ff::test::train_steps(*rest, 4, 9);
    auto want = everything(*whole), got = everything(*rest);
    ff::test::check_same_bits(got, want);
  }
}

TEST_CASE("measures change nothing of any rule's training", "[rules][measures]") {
  const auto images = ff::test::backward_toy_images();
  for (const auto& engine : all_engines()) {
    INFO(engine.rule->name << " " << engine.name);
    const auto plain = make(engine, images, 1), measured = make(engine, images, 1);
    const std::vector<ff::Batch> batches = {ff::test::toy_batch(*measured, 0),
                                            ff::test::toy_batch(*measured, 1)};
    for (int step = 0; step < 6; ++step) {
      const auto generator = at::detail::getDefaultCPUGenerator().get_state();
      const auto found = measured->measures(batches);
      CHECK(at::equal(at::detail::getDefaultCPUGenerator().get_state(), generator));
      CHECK(found == measured->measures(batches));
      CHECK(found.at("angle").size() == 3);
      ff::test::train_steps(*plain, step, step + 1);
      ff::test::train_steps(*measured, step, step + 1);
    }
    ff::test::check_same_bits(everything(*measured), everything(*plain));
  }
}

TEST_CASE("every rule learns what the readout alone cannot", "[rules]") {
  const auto readout = accuracy_of<Readout>("bp", "autograd");
  const auto bp = accuracy_of<BackwardLearner>("bp", "fused");
  CHECK(readout < 0.75);
  CHECK(bp > 0.95);
  for (const auto& kind : ff::baselines::backward_rules()) {
    INFO(kind.name);
    CHECK(accuracy_of<BackwardLearner>(kind.name, "auto") > readout + 0.1);
  }
}

TEST_CASE("fused is refused for what has no closed form", "[rules]") {
  auto options = ff::test::toy_options("brsf", "fused");
  const auto error_text = [](const std::string& rule, const auto& asked) {
    try {
      return ff::baselines::choose_engine(rule, asked, at::kCPU).engine;
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
  };
  CHECK(error_text("brsf", options) ==
        "engine: fused does not support model.type brsf; allowed: autograd, auto");
  CHECK(error_text("fa", options) == "fused");
  options.optimizer.batch_manhattan = true;
  CHECK(error_text("fa", options) ==
        "engine: fused does not support optimizer.batch_manhattan; allowed: autograd, auto");
  options.optimizer.batch_manhattan = false;
  options.layers = ff::mlp_layers({8, 6, 3}, "relu", "affine");
  CHECK(error_text("bp", options) ==
        "engine: fused does not support layers other than linear ones with one activation between "
        "them; allowed: autograd, auto");
  options.engine = "auto";
  CHECK(error_text("bp", options) == "autograd");
}

// Tests of every registered learning rule, and of its variants selected by other keys. A new rule
// is covered by its registration.
#include <map>
#include <optional>

#include <ATen/CPUGeneratorImpl.h>

#include "experiments/config/config.h"
#include "experiments/learners.h"
#include "ff/core/find_choice.h"
#include "tests/catch.h"
#include "tests/zoo_task.h"

using namespace ff::experiments;
using ff::test::zoo_images;

namespace {

// Settings of a rule on the small task in addition to the defaults below. `exception`: why it need
// not exceed the readout-only control by ten percentage points. `form_of`: the rule of which this
// is a variant.
struct Settings {
  Json changes = Json::object();
  std::string exception;
  std::string form_of = {};
};

Json adam(double rate) { return {{"optimizer", {{"type", "adam"}, {"learning_rate", rate}}}}; }

Json merged(Json json, const Json& more) {
  json.merge_patch(more);
  return json;
}

const std::map<std::string, Settings>& settings() {
  static const std::map<std::string, Settings> all = {
      {"readout", {Json::object(), "it is what the others are measured against"}},
      {"kolen-pollack", {{{"optimizer", {{"weight_decay", 1e-3}}}}, ""}},
      {"ff", {adam(0.03), ""}},
      {"predsim", {adam(0.003), ""}},
      {"dni", {adam(0.003), ""}},
      {"tp",
       {merged(adam(0.003),
               {{"model", {{"activation", "tanh"}}},
                {"targets", {{"step", 1}, {"noise", 0.3}, {"pretrain_epochs", 5}}}}),
        ""}},
      {"pepita", {{{"optimizer", {{"learning_rate", 0.01}, {"momentum", 0.9}}}}, ""}},
      // The variance of its estimate grows with the number of weights.
      {"weight-perturbation", {merged(adam(0.002), {{"schedule", {{"epochs", 100}}}}), ""}},
      {"forward-gradient", {merged(adam(0.003), {{"perturbation", {{"of", "units"}}}}), ""}},
      {"forward-gradient of weights",
       {merged(adam(0.002),
               {{"perturbation", {{"of", "weights"}}}, {"schedule", {{"epochs", 100}}}}),
        "",
        "forward-gradient"}},
      {"node-perturbation of each layer",
       {{{"perturbation", {{"layers", "each"}}}}, "", "node-perturbation"}},
      {"greedy in parallel", {{{"schedule", {{"type", "parallel"}}}}, "", "greedy"}},
      {"oja",
       {{{"hebbian", {{"init_scale", 1}}}, {"model", {{"batch_norm", "plain"}}}},
        "its hidden layers never see a label, and the largest variance is not between classes"}},
      {"soft-hebb",
       {{{"hebbian", {{"init_scale", 2}, {"temperature", 0.2}}},
         {"model", {{"batch_norm", "plain"}}}},
        ""}},
  };
  return all;
}

Settings settings_of(const std::string& rule) {
  const auto found = settings().find(rule);
  return found == settings().end() ? Settings{} : found->second;
}

std::string kind_of(const std::string& rule) {
  const auto form_of = settings_of(rule).form_of;
  return form_of.empty() ? rule : form_of;
}

Config config_of(const std::string& rule) {
  Json json = {{"name", "tiny"},
               {"model", {{"type", kind_of(rule)}, {"widths", {24, 16, 4}}}},
               {"optimizer", {{"type", "sgd"}, {"learning_rate", 0.05}}},
               {"schedule", {{"epochs", 20}}},
               {"batch_size", ff::test::kZooBatch},
               {"engine", "auto"}};
  json.merge_patch(settings_of(rule).changes);
  return config_from(json, rule);
}

// A learner with all external state that its next step depends on.
struct Trained {
  explicit Trained(const std::string& rule, std::uint64_t seed = 0)
      : config(config_of(rule)), train(zoo_images(ff::test::kZooImages, 1)) {
    at::manual_seed(seed);
    random = ff::PythonRandom(seed);
    learner = find_learner(kind_of(rule)).make(config, train, random);
    learner->begin_epoch(/*first=*/true);
  }

  void steps(const ff::Phase& phase, int first, int count) {
    learner->enter_epoch(phase, 0);
    for (int i = first; i < first + count; ++i) {
      const auto begin = i * ff::test::kZooBatch;
      const auto indices = at::arange(begin, begin + ff::test::kZooBatch, at::kLong);
      learner->train_batch(phase, batch(indices, learner->streams()));
    }
  }

  ff::Batch batch(const at::Tensor& rows, std::int64_t streams) const {
    return ff::resident_batch(std::make_shared<const ff::ImageSet>(train),
                              std::vector<at::Tensor>(streams, rows));
  }

  // Returns all state that a checkpoint saves.
  ff::TensorDict state() const {
    ff::TensorDict all;
    for (const auto& [name, tensor] : learner->model()) {
      all["model." + name] = tensor.detach().clone();
    }
    for (const auto& [name, tensor] : learner->training_state()) {
      all["learner." + name] = tensor.detach().clone();
    }
    all["torch"] = at::detail::getDefaultCPUGenerator().get_state();
    all["python"] = random.state();
    return all;
  }

  void load(const ff::TensorDict& state) {
    ff::copy_into(learner->model(), ff::part_of(state, "model."));
    ff::copy_into(learner->training_state(), ff::part_of(state, "learner."));
    auto generator = at::detail::getDefaultCPUGenerator();  // handle to the default generator
    generator.set_state(state.at("torch"));
    random.set_state(state.at("python"));
  }

  Config config;
  ff::ImageSet train;
  ff::PythonRandom random{0};
  std::unique_ptr<ff::Learner> learner;
};

std::vector<std::string> different(const ff::TensorDict& a, const ff::TensorDict& b) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : a) {
    if (!b.contains(name) || !at::equal(tensor, b.at(name))) names.push_back(name);
  }
  for (const auto& [name, tensor] : b) {
    if (!a.contains(name)) names.push_back(name);
  }
  return names;
}

std::vector<ff::Phase> phases_of(const ff::Learner& learner) {
  auto phases = learner.phases();
  std::erase_if(phases, [](const auto& phase) { return phase.epochs == 0; });
  return phases;
}

// Returns the names of all rules and variants.
std::vector<std::string> rules() {
  auto names = ff::names_of(learner_kinds());
  for (const auto& [name, one] : settings()) {
    if (!one.form_of.empty()) names.push_back(name);
  }
  return names;
}

}  // namespace

TEST_CASE("the settings of rules are those of rules that there are", "[zoo]") {
  for (const auto& [name, one] : settings()) CHECK_NOTHROW(find_learner(kind_of(name)));
}

TEST_CASE("every rule trains what lies below the readout", "[zoo]") {
  const auto accuracy = [](const std::string& rule) {
    Trained trained(rule);
    return ff::test::zoo_accuracy(*trained.learner, trained.train);
  };
  const double readout = accuracy("readout");
  CHECK(readout < 0.75);
  CHECK(accuracy("bp") > 0.95);
  for (const auto& rule : rules()) {
    const auto exception = settings_of(rule).exception;
    const double reached = accuracy(rule);
    CAPTURE(rule, exception, readout);
    if (exception.empty()) {
      CHECK(reached >= readout + 0.1);
    } else {
      CHECK(reached > 0.28);  // chance is 0.25, with a standard deviation of 0.014 for 1,000 images
    }
  }
}

TEST_CASE("every rule moves every layer that it says it trains", "[zoo]") {
  const std::map<std::string, std::vector<std::string>> still = {
      {"readout", {"layers.0.weight", "layers.1.weight"}}, {"first-layer", {"layers.1.weight"}}};
  for (const auto& rule : rules()) {
    Trained trained(rule);
    const auto before = trained.state();
    for (const auto& phase : phases_of(*trained.learner)) trained.steps(phase, 0, 5);
    const auto after = trained.state();
    const auto found = still.find(rule);
    for (const auto& [name, tensor] : trained.learner->model()) {
      if (!name.ends_with("weight") || !name.starts_with("layers.")) continue;
      CAPTURE(rule, name);
      const bool stays =
          found != still.end() && std::count(found->second.begin(), found->second.end(), name) > 0;
      CHECK(at::equal(after.at("model." + name), before.at("model." + name)) == stays);
      CHECK(at::isfinite(tensor).all().item<bool>());
    }
  }
}

TEST_CASE("no rule but backpropagation and its controls is backpropagation", "[zoo]") {
  for (const auto& rule : rules()) {
    Trained trained(rule);
    for (const auto& phase : phases_of(*trained.learner)) trained.steps(phase, 0, 5);
    const auto measures = trained.learner->measures({trained.batch(at::arange(64, at::kLong), 1)});
    if (measures.empty()) continue;  // a rule with another kind of network
    CAPTURE(rule);
    const auto& angles = measures.at("angle");
    REQUIRE(angles.size() == 3);
    const bool exact = rule == "bp" || rule == "readout" || rule == "first-layer";
    if (exact) {
      for (const auto angle : angles) {
        // NaN: a layer that is not trained
        if (rule == "bp" || !std::isnan(angle)) CHECK(angle < 0.1);
      }
    } else {
      // upper layers may be exact, such as the one below the readout for some rules
      CHECK(angles[0] > 1);
    }
  }
}

TEST_CASE("every rule gives the same bits from the same seed, others from another", "[zoo]") {
  const auto state_after = [](const std::string& rule, std::uint64_t seed) {
    Trained trained(rule, seed);
    for (const auto& phase : phases_of(*trained.learner)) trained.steps(phase, 0, 3);
    return trained.state();
  };
  for (const auto& rule : rules()) {
    CAPTURE(rule);
    const auto once = state_after(rule, 5);
    CHECK(different(once, state_after(rule, 5)) == std::vector<std::string>{});
    const auto other = state_after(rule, 6);
    CHECK_FALSE(at::equal(once.at("model.layers.0.weight"), other.at("model.layers.0.weight")));
  }
}

TEST_CASE("every rule goes on from a checkpoint to the same bits, in every phase", "[zoo]") {
  for (const auto& rule : rules()) {
    Trained whole(rule);
    for (const auto& phase : phases_of(*whole.learner)) {
      CAPTURE(rule, phase.name);
      whole.steps(phase, 0, 3);
      const auto saved = whole.state();
      whole.steps(phase, 3, 3);
      const auto want = whole.state();
      Trained resumed(rule, /*seed=*/99);
      resumed.load(saved);
      resumed.steps(phase, 3, 3);
      CHECK(different(resumed.state(), want) == std::vector<std::string>{});
      whole.load(want);  // the generators are shared
    }
  }
}

TEST_CASE("looking at a rule changes nothing that its next step depends on", "[zoo]") {
  for (const auto& rule : rules()) {
    Trained trained(rule);
    const auto phase = phases_of(*trained.learner).front();
    trained.steps(phase, 0, 3);
    const auto before = trained.state();
    const auto batch = trained.batch(at::arange(40, at::kLong), 1);
    const auto once = trained.learner->measures({batch, batch});
    const auto again = trained.learner->measures({batch, batch});
    trained.learner->scores(trained.train.rows(0, 50));
    trained.learner->report();
    CAPTURE(rule);
    CHECK(different(trained.state(), before) == std::vector<std::string>{});
    for (const auto& [name, values] : once) {
      INFO(name);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) CHECK(values[i] == again.at(name)[i]);
      }
    }
  }
}

TEST_CASE("every rule says what it is, and its config is read as it was written", "[zoo]") {
  for (const auto& rule : rules()) {
    CAPTURE(rule);
    CHECK(std::string(find_learner(kind_of(rule)).help).size() > 5);
    const auto config = config_of(rule);
    CHECK(resolved(config_from(resolved(config), "")) == resolved(config));
  }
}

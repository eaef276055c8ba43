// bfloat16 matrix products: which values are rounded.
#include <ATen/Functions.h>

#include "ff/engines/cpu/bf16_products.h"
#include "ff/forward_forward/goodness_learner.h"
#include "tests/close.h"
#include "tests/fault_injecting_device.h"
#include "tests/step_difference.h"
#include "tests/toy.h"

using ff::test::AllClose;

namespace {

// bfloat16 has 8 significant bits, so rounding changes a value by a factor of at most 1 +- 2^-8.
constexpr double kRounding = 1.0 / 256;

ff::FFLearnerOptions options_of(const std::string& precision) {
  ff::FFLearnerOptions options;
  options.model.widths = {40, 12};
  options.model.threshold.initial = 1.0;
  options.schedule.type = "parallel";
  // SGD instead of Adam, whose steps have full size even for gradients that are only rounding
  // errors.
  options.optimizer = {.type = "sgd", .learning_rate = 0.1, .momentum = 0.9};
  options.engine = "fused";
  options.precision = precision;
  options.fused.background = "off";
  options.batch_size = 25;
  return options;
}

struct Run {
  ff::PythonRandom random{1};
  std::unique_ptr<ff::FFLearner> learner;

  explicit Run(const ff::FFLearnerOptions& options) {
    const auto images = ff::test::toy_images(200, 5);
    at::manual_seed(2);
    learner = std::make_unique<ff::FFLearner>(options, images, random);
  }
  void train(std::int64_t steps) {
    for (std::int64_t step = 0; step < steps; ++step) {
      const auto indices = at::arange(25 * (step % 8), 25 * (step % 8) + 25, at::kLong);
      learner->train_batch(
          learner->phases()[0],
          ff::resident_batch(learner->info().resident, {indices, indices.flip(0)}));
    }
  }
};

void check_near_float32() {
  Run full(options_of("float32")), rounded(options_of("bf16"));
  full.train(16);
  rounded.train(16);
  bool differs = false;
  const auto others = rounded.learner->model();
  for (const auto& [name, tensor] : full.learner->model()) {
    INFO(name);
    const auto& other = others.at(name);
    CHECK(other.scalar_type() == at::kFloat);
    differs = differs || !at::equal(tensor, other);
    // Gradients have a few rounding errors, some with the same sign; momentum accumulates about ten
    // of them.
    const auto size = tensor.abs().max().item<double>();
    CHECK_THAT(other, AllClose(tensor, 0, 5 * kRounding * size));
  }
  CHECK(differs);
}

void check_small_steps_add_up() {
  auto options = options_of("bf16");
  options.optimizer = {.type = "sgd", .learning_rate = 1e-5};
  Run run(options);
  const auto before = ff::test::copies(run.learner->model());
  run.train(40);
  // The updates are smaller than bfloat16 weights could represent, so weights are kept in float32.
  const auto weight = run.learner->model().at("layers.0.weight");
  const auto change = (weight - before.at("layers.0.weight")).abs();
  CHECK(change.max().item<double>() > 0);
  CHECK(change.max().item<double>() < 0.05 * kRounding * weight.abs().max().item<double>());
}

void check_judged_in_float32() {
  Run full(options_of("float32")), rounded(options_of("bf16"));
  rounded.train(8);
  ff::copy_into(full.learner->model(), rounded.learner->model());
  const auto rows = ff::test::toy_images(200, 5).rows(0, 60);
  CHECK(at::equal(full.learner->scores(rows).classes, rounded.learner->scores(rows).classes));
  rounded.train(1);  // continues in bfloat16
  full.train(1);
  CHECK_FALSE(at::equal(full.learner->model().at("layers.1.weight"),
                        rounded.learner->model().at("layers.1.weight")));
}

}  // namespace

TEST_CASE("bfloat16 products are those of rounded operands, rounded", "[precision]") {
  at::manual_seed(1);
  ff::fused::Bf16Products products(7 * 33, 7 * 20, 20 * 33);
  const auto x = at::randn({7, 33}), weight = at::randn({20, 33}), dz = at::randn({7, 20});
  const auto rounded = [](const at::Tensor& t) { return t.to(at::kBFloat16).to(at::kDouble); };
  const auto z = at::empty({7, 20}), gradient = at::empty({20, 33});
  products.forward(x, weight, z);
  CHECK_THAT(z, AllClose(rounded(x).mm(rounded(weight).t()), 1.01 * kRounding, 1e-5));
  products.gradient(dz.t(), gradient);
  CHECK_THAT(gradient, AllClose(rounded(dz).t().mm(rounded(x)), 1.01 * kRounding, 1e-5));
}

TEST_CASE("training with bfloat16 products goes where float32 goes", "[precision]") {
  check_near_float32();
  const ff::test::Emulation gpu;
  check_near_float32();
}

TEST_CASE("with bfloat16 products the weights are float32", "[precision]") {
  check_small_steps_add_up();
  const ff::test::Emulation gpu;
  check_small_steps_add_up();
}

TEST_CASE("a network trained with bfloat16 products is judged in float32", "[precision]") {
  check_judged_in_float32();
  const ff::test::Emulation gpu;
  check_judged_in_float32();
}

TEST_CASE("weights that were loaded are what bfloat16 products read next", "[precision]") {
  const ff::test::Emulation gpu;
  Run one(options_of("bf16")), other(options_of("bf16"));
  one.train(8);
  ff::copy_into(other.learner->model(), one.learner->model());
  ff::copy_into(other.learner->training_state(), one.learner->training_state());
  one.train(3);
  other.train(3);
  ff::test::check_same_bits(other.learner->model(), one.learner->model());
}

TEST_CASE("bfloat16 products are refused where no engine has them", "[precision]") {
  auto options = options_of("bf16");
  options.engine = "autograd";
  REQUIRE(ff::problems_of(options).size() == 1);
  CHECK(ff::problems_of(options)[0].path == "precision");
  options.engine = "auto";
  CHECK(ff::problems_of(options).empty());
  CHECK(ff::choose_engine(options, at::kCPU).engine == "fused");
  options.model.dropout = 0.1;
  options.model.activation = "tanh";
  CHECK_THROWS_WITH(ff::choose_engine(options, at::kCPU),
                    "precision: bf16 is for the fused engine, which does not support model.dropout "
                    "with model.activation tanh; allowed: float32");
}

TEST_CASE("the engine for GPUs says what it cannot do, and auto does without", "[gpu]") {
  const ff::test::Emulation gpu;
  const std::pair<const char*, std::function<void(ff::FFLearnerOptions&)>> cases[] = {
      {"negatives.type hybrid", [](auto& o) { o.negatives.type = "hybrid"; }},
      {"head.optimizer.batch_manhattan",
       [](auto& o) {
         o.head.type = "softmax";
         o.head.optimizer.batch_manhattan = true;
       }},
      {"loss.type symba", [](auto& o) { o.loss.type = "symba"; }}};
  for (const auto& [reason, change] : cases) {
    auto options = options_of("float32");
    CHECK(ff::choose_engine(options, at::kCPU).engine == "fused");
    change(options);
    CHECK_THROWS_WITH(
        ff::choose_engine(options, at::kCPU),
        std::string("engine: fused does not support ") + reason + "; allowed: autograd, auto");
    options.engine = "auto";
    CHECK(ff::choose_engine(options, at::kCPU).engine == "autograd");
  }
}

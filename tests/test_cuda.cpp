// CUDA compared with the CPU as the reference. Skipped if there is no GPU (tests/main.cpp).
#include <ATen/Context.h>
#include <ATen/Functions.h>

#include "ff/engines/compute_device.h"
#include "ff/engines/gpu/devices.h"
#include "ff/forward_forward/goodness_learner.h"
#include "ff/forward_forward/hybrid.h"
#include "tests/close.h"
#include "tests/toy.h"

namespace {

ff::FFLearnerOptions small() {
  ff::FFLearnerOptions options;
  options.model.widths = {64, 32};
  options.model.threshold.initial = 1.0;
  options.schedule.type = "parallel";
  // SGD instead of Adam, whose first step has the size of the learning rate with the sign of the
  // gradient, which rounding can flip.
  options.optimizer = {.type = "sgd", .learning_rate = 0.1, .momentum = 0.9};
  return options;
}

ff::Batch batch(const ff::FFLearner& learner, std::int64_t begin, std::int64_t size) {
  const auto indices = at::arange(begin, begin + size, at::kLong);
  return ff::resident_batch(learner.info().resident, {indices, indices.flip(0)});
}

}  // namespace

TEST_CASE("rows of bytes become the same floats on a GPU", "[cuda]") {
  const auto images = ff::test::toy_images(40, 1);
  const auto indices = at::tensor({3, 39, 0}, at::kLong);
  const auto there = images.to(at::Device("cuda:0"));
  CHECK(at::equal(there.rows(indices).cpu(), images.rows(indices)));
  CHECK(at::equal(there.rows(5, 25).cpu(), images.rows(5, 25)));
  CHECK(there.max_value() == images.max_value());
}

TEST_CASE("masks of hybrids are the same on a GPU", "[cuda]") {
  at::manual_seed(4);
  const auto here = ff::draw_masks(30, 28, 28);
  at::manual_seed(4);
  const auto there = ff::draw_masks(30, 28, 28, at::Device("cuda:0"));
  CHECK(there.is_cuda());
  CHECK(at::equal(there.cpu(), here));
}

namespace {

void check_twenty_steps(const std::string& engine) {
  INFO(engine);
  const auto images = ff::test::toy_images(400, 1);
  auto options = small();
  options.engine = engine;
  options.batch_size = 20;
  ff::PythonRandom random(0), same(0);
  at::manual_seed(0);
  ff::FFLearner here(options, images, random);
  at::manual_seed(0);
  ff::FFLearner there(options, images.to(at::Device("cuda:0")), same);
  REQUIRE(there.engine() == engine);
  for (std::int64_t step = 0; step < 20; ++step) {
    here.train_batch(here.phases()[0], batch(here, 20 * step, 20));
    there.train_batch(there.phases()[0], batch(there, 20 * step, 20));
  }
  ff::synchronize(at::Device("cuda:0"));
  for (const auto& [name, tensor] : here.model()) {
    INFO(name);
    // Sums of 64 float32 products have a rounding error of about 64 * 6e-8; momentum 0.9 over 20
    // steps amplifies it at most tenfold.
    CHECK_THAT(there.model().at(name).cpu(), ff::test::AllClose(tensor, 1e-3, 1e-4));
  }
  const auto rows = images.rows(0, 100);
  CHECK_THAT(there.scores(rows.to(at::Device("cuda:0"))).classes.cpu(),
             ff::test::AllClose(here.scores(rows).classes, 5e-3, 1e-3));
}

}  // namespace

TEST_CASE("twenty steps on a GPU end near the CPU's weights, by either engine", "[cuda]") {
  check_twenty_steps("autograd");
  check_twenty_steps("fused");
}

TEST_CASE("auto takes the GPU's own engine", "[cuda]") {
  auto options = small();
  options.engine = "auto";
  CHECK(ff::choose_engine(options, at::Device("cuda:0")).engine == "fused");
}

TEST_CASE("more rows than a grid has blocks are refused in one line", "[cuda]") {
  const auto device = ff::gpu::make_device(at::Device("cuda:0"));
  ff::gpu::ClearLabels<float, float> kernel = {};
  kernel.rows = std::int64_t{1} << 31;
  CHECK_THROWS_WITH(device->launch(kernel), "CUDA: clear labels: too many rows");
}

TEST_CASE("a launch with an address that is none is an error of one line", "[.][cuda-fault]") {
  // Must run in a separate process: the fault invalidates its CUDA context.
  const auto device = ff::gpu::make_device(at::Device("cuda:0"));
  ff::gpu::ClearLabels<float, float> kernel = {};
  kernel.rows = kernel.pixels = 1;
  device->launch(kernel);
  try {
    device->synchronize();
    FAIL("nothing failed");
  } catch (const ff::gpu::DeviceError& error) {
    const std::string text = error.what();
    CHECK(text.starts_with("CUDA: a step: "));
    CHECK(text.find('\n') == std::string::npos);
  }
}

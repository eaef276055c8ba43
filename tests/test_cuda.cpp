// CUDA against the CPU, which is the truth. Left out where there is no GPU (tests/main.cpp).
#include <ATen/Context.h>
#include <ATen/Functions.h>

#include "ff/device.h"
#include "ff/ff_learner.h"
#include "tests/close.h"
#include "tests/toy.h"

namespace {

ff::FFLearnerOptions small() {
  ff::FFLearnerOptions options;
  options.model.widths = {64, 32};
  options.model.threshold.initial = 1.0;
  options.schedule.type = "parallel";
  // Not Adam, whose first step is the rate times the sign of the gradient: rounding can turn that.
  options.optimizer = {.type = "sgd", .learning_rate = 0.1, .momentum = 0.9};
  return options;
}

ff::Batch batch(std::int64_t begin, std::int64_t size) {
  const auto indices = at::arange(begin, begin + size, at::kLong);
  return {{indices, indices.flip(0)}};
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

TEST_CASE("twenty steps on a GPU end near the CPU's weights", "[cuda]") {
  const auto images = ff::test::toy_images(400, 1);
  ff::PythonRandom random(0), same(0);
  at::manual_seed(0);
  ff::FFLearner here(small(), images, random);
  at::manual_seed(0);
  ff::FFLearner there(small(), images.to(at::Device("cuda:0")), same);
  for (std::int64_t step = 0; step < 20; ++step) {
    here.train_batch(here.phases()[0], batch(20 * step, 20));
    there.train_batch(there.phases()[0], batch(20 * step, 20));
  }
  ff::synchronize(at::Device("cuda:0"));
  for (const auto& [name, tensor] : here.model()) {
    INFO(name);
    // Sums of 64 float32 products round by some 64 * 6e-8; 20 steps of momentum 0.9 carry each
    // step's rounding on at most tenfold.
    CHECK_THAT(there.model().at(name).cpu(), ff::test::AllClose(tensor, 1e-3, 1e-4));
  }
  const auto rows = images.rows(0, 100);
  CHECK_THAT(there.scores(rows.to(at::Device("cuda:0"))).classes.cpu(),
             ff::test::AllClose(here.scores(rows).classes, 5e-3, 1e-3));
}

// Options that streams do not support, and batches that do not fit the learner: one clear error
// line each.
#include <ATen/Functions.h>

#include "baselines/backward_learner.h"
#include "baselines/hebbian.h"
#include "baselines/local_learner.h"
#include "baselines/target_propagation.h"
#include "ff/forward_forward/engines/block_engines.h"
#include "ff/forward_forward/goodness_learner.h"
#include "tests/catch.h"
#include "tests/fault_injecting_device.h"
#include "tests/small_learner.h"
#include "tests/stream.h"
#include "tests/toy.h"

using ff::test::stream_of;
using ff::test::toy_images;
using namespace ff::baselines;

namespace {

ff::FFLearnerOptions allowed() {
  auto options = ff::test::small("parallel");
  options.negatives.redraw = "batch";
  options.batch_size = 16;
  return options;
}

// Returns the error when creating a learner on a stream; empty if it succeeds.
std::string error_text(const ff::FFLearnerOptions& options, const ff::DataInfo& info) {
  ff::PythonRandom random(0);
  try {
    const ff::FFLearner learner(options, info, random);
    return "";
  } catch (const ff::OptionError& error) {
    return error.what();
  }
}

NetworkLearnerOptions network_options() {
  return {.layers = ff::mlp_layers({8, 6, 3}, "relu"), .batch_size = 16};
}

}  // namespace

TEST_CASE("Forward-Forward says what it cannot do on a stream", "[stream]") {
  const auto info = stream_of(toy_images(40, 1));
  CHECK(error_text(allowed(), info).empty());
  auto options = allowed();
  options.schedule.type = "sequential";
  CHECK(error_text(options, info) ==
        "schedule.type: sequential passes over the training set once per layer, but a stream has "
        "no length and is read only once; allowed with a stream: parallel");
  for (const std::string redraw : {"never", "epoch"}) {
    options = allowed();
    options.negatives.redraw = redraw;
    CHECK(error_text(options, info) ==
          "negatives.redraw: " + redraw +
              " draws wrong labels for a whole training set, which a stream "
              "does not have; allowed with a stream: batch");
  }
  options = allowed();
  options.head.type = "softmax";
  options.head.train = "after";
  CHECK_THAT(error_text(options, info), ContainsSubstring("allowed with a stream: along"));
}

TEST_CASE("The label's largest value has to be known of a stream, or given", "[stream]") {
  auto info = stream_of(toy_images(40, 1));
  info.largest.reset();
  CHECK(error_text(allowed(), info) ==
        "label.value: max is the largest value of the training data, which is unknown for this "
        "stream; allowed: a number, or max with DataInfo::largest set");
  auto options = allowed();
  options.label.value = 2.5;
  CHECK(error_text(options, info).empty());
}

TEST_CASE("Rules of several phases are refused on a stream", "[stream]") {
  const auto info = stream_of(toy_images(40, 1));
  const auto options = network_options();
  CHECK_THROWS_WITH(LocalLearner({.name = "greedy", .sequential = true}, options, info),
                    "schedule.type: sequential passes over the training set once per phase, but a "
                    "stream is read only once; allowed with a stream: parallel");
  CHECK_THROWS_WITH(HebbianLearner("oja", {}, options, info),
                    "model.type: oja passes over the training set once per phase, but a stream is "
                    "read only once; allowed with a stream: rules of one phase, such as bp");
  CHECK_THROWS_WITH(TargetPropagation("dtp", {.pretrain_epochs = 2}, options, info),
                    "targets.pretrain_epochs: 2 passes over the training set once per phase, but a "
                    "stream is read only once; allowed with a stream: 0");
  CHECK_NOTHROW(LocalLearner({.name = "greedy"}, options, info));
  CHECK_NOTHROW(TargetPropagation("dtp", {}, options, info));
}

TEST_CASE("The engines for whole epochs on a GPU leave a stream to autograd", "[stream][gpu]") {
  const ff::test::Emulation emulation;
  auto options = allowed();
  options.negatives.redraw = "never";
  auto network = network_options();
  for (const auto* engine : {"auto", "fused"}) {
    options.engine = network.engine = engine;
    CHECK(ff::choose_engine(options, at::kCPU).engine == "fused");
    CHECK(choose_engine("bp", network, at::kCPU).engine == "fused");
  }
  const auto* refused =
      "engine: fused does not support batches of a stream on a GPU; allowed: autograd, auto";
  CHECK_THROWS_WITH(ff::choose_engine(options, at::kCPU, /*resident=*/false), refused);
  CHECK_THROWS_WITH(choose_engine("bp", network, at::kCPU, /*resident=*/false), refused);
  options.engine = network.engine = "auto";
  CHECK(ff::choose_engine(options, at::kCPU, /*resident=*/false).engine == "autograd");
  CHECK(choose_engine("bp", network, at::kCPU, /*resident=*/false).engine == "autograd");
  options.negatives.redraw = "batch";
  CHECK(ff::choose_engine(options, at::kCPU).engine == "autograd");
}

TEST_CASE("Batches that do not fit their learner are refused", "[stream]") {
  const auto set = toy_images(40, 1);
  const auto some = at::arange(4, at::kLong);
  for (const auto* engine : {"autograd", "fused"}) {
    INFO(engine);
    auto options = allowed();
    options.engine = engine;
    ff::PythonRandom random(0);
    ff::FFLearner learner(options, stream_of(set), random);
    const auto refused = [&](const ff::Batch& batch, const std::string& text) {
      CHECK_THROWS_WITH(learner.train_batch(learner.phases()[0], batch), ContainsSubstring(text));
    };
    auto other = set.subset(some);
    other.images = other.images.narrow(3, 0, 5).contiguous();
    refused(ff::stream_batch(other), "samples of 1x4x5 values and 3 classes");
    other = set.subset(some);
    other.labels = other.labels.clone();
    other.labels[2] = 3;
    refused(ff::stream_batch(other), "label 3 of 3 classes");
    auto outside = ff::stream_batch(set.subset(some));
    outside.indices = {at::tensor({0, 4}, at::kLong)};
    refused(outside, "row 4 of 4");
    outside.indices = {at::tensor({-1, 0}, at::kLong)};
    refused(outside, "row -1 of 4");
    if (std::string(engine) == "fused") {
      refused(ff::stream_batch(set.subset(at::arange(17, at::kLong))), "batch_size is 16");
    }
  }
}

// Float images give bit-identical results to byte images with the same normalised values.
#include <ATen/Functions.h>

#include "baselines/backward_learner.h"
#include "ff/engines/cpu/background.h"
#include "ff/forward_forward/goodness_learner.h"
#include "tests/catch.h"
#include "tests/close.h"
#include "tests/small_learner.h"
#include "tests/toy.h"

using ff::ImageSet;
using ff::test::copies;
using ff::test::toy_images;

namespace {

// Multi-channel byte images, and the same images as floats normalised on input.
struct Pair {
  ImageSet bytes, floats;

  explicit Pair(const ff::Normalization& normalization = {{0.5, 0.4, 0.3}, {0.25, 0.2, 0.1}}) {
    at::manual_seed(1);
    const auto channels = static_cast<std::int64_t>(normalization.mean.size());
    const auto images = at::randint(0, 256, {50, channels, 5, 7}, at::kByte);
    const auto labels = at::randint(0, 4, {50}, at::kLong);
    bytes = {images, labels, 4, normalization};
    floats = {images.to(at::kFloat).div(255), labels, 4, normalization};
  }
};

// Mostly dark images, for the background detection of the fused engine, as bytes and as normalised
// floats.
ImageSet dark_images() {
  auto set = toy_images(120, 5);
  const auto lit = at::rand(set.images.sizes()).gt(0.6);
  set.images = set.images.mul(lit).contiguous();
  return set;
}

ImageSet as_floats(const ImageSet& set) {
  return {set.rows(0, set.size()).view(set.images.sizes()), set.labels, set.classes, {{0}, {1}}};
}

template <class Learner>
void train_epochs(Learner& learner, std::int64_t size) {
  for (const auto& phase : learner.phases()) {
    for (std::int64_t begin = 0; begin < size; begin += 32) {
      const auto indices = at::arange(begin, std::min(begin + 32, size), at::kLong);
      learner.train_batch(phase,
                          ff::resident_batch(learner.info().resident, {indices, indices.flip(0)}));
    }
  }
}

ff::TensorDict trained_ff(const ImageSet& images, const std::string& engine) {
  at::manual_seed(1);
  ff::PythonRandom random(1);
  auto options = ff::test::small("sequential");
  options.engine = engine;
  options.batch_size = 32;
  ff::FFLearner learner(options, images, random);
  CHECK(learner.engine() == engine);
  train_epochs(learner, images.size());
  return copies(learner.model());
}

ff::TensorDict trained_bp(const ImageSet& images, const std::string& engine) {
  at::manual_seed(1);
  ff::baselines::NetworkLearnerOptions options;
  options.layers = ff::mlp_layers({8, 3}, "relu");
  options.engine = engine;
  options.batch_size = 32;
  ff::baselines::BackwardLearner learner("bp", options, {}, images);
  CHECK(learner.engine() == engine);
  train_epochs(learner, images.size());
  return copies(learner.model());
}

void check_equal(const ff::TensorDict& a, const ff::TensorDict& b) {
  REQUIRE(a.size() == b.size());
  for (const auto& [name, tensor] : a) {
    CAPTURE(name);
    CHECK(at::equal(tensor, b.at(name)));
  }
}

}  // namespace

TEST_CASE("rows of floats are those of the same bytes, to the last bit") {
  const Pair pair;
  const auto some = at::tensor({49, 3, 3, 0}, at::kLong);
  CHECK(pair.floats.floats());
  CHECK_FALSE(pair.bytes.floats());
  CHECK(at::equal(pair.floats.rows(0, 50), pair.bytes.rows(0, 50)));
  CHECK(at::equal(pair.floats.rows(some), pair.bytes.rows(some)));
  CHECK(at::equal(pair.floats.subset(some).rows(0, 4), pair.bytes.rows(some)));
  CHECK(pair.floats.max_value() == pair.bytes.max_value());
  auto written = at::zeros({4, pair.bytes.features()}, at::kFloat);
  pair.floats.rows_into(some, written.mutable_data_ptr<float>());
  CHECK(at::equal(written, pair.bytes.rows(some)));
}

TEST_CASE("moved floats are moved bytes: black comes in") {
  const Pair pair;
  const auto some = at::tensor({49, 3, 3, 0}, at::kLong);
  const auto moves = ff::draw_moves({.shift = 2, .flip = true}, 4);
  const auto want = pair.bytes.rows(some, moves);
  CHECK(at::equal(pair.floats.rows(some, moves), want));
  auto written = at::zeros_like(want);
  pair.floats.rows_into(some, moves, written.mutable_data_ptr<float>());
  CHECK(at::equal(written, want));
  auto bytes = pair.bytes.subset(some), floats = pair.floats.subset(some);
  bytes.move(moves);
  floats.move(moves);
  CHECK(at::equal(bytes.rows(0, 4), want));
  CHECK(at::equal(floats.rows(0, 4), want));
}

TEST_CASE("rows of floats may be written on without changing the set") {
  const Pair pair;
  const auto before = pair.floats.images.clone();
  pair.floats.rows(0, 50).fill_(7);
  pair.floats.rows(at::arange(50, at::kLong)).fill_(7);
  CHECK(at::equal(pair.floats.images, before));
}

TEST_CASE("the background of floats is that of the same bytes", "[fused]") {
  const auto dark = dark_images();
  REQUIRE(ff::fused::find_background(dark));
  CHECK(ff::fused::find_background(as_floats(dark)) == ff::fused::find_background(dark));
  const Pair pair({{0.5}, {0.5}});
  CHECK_FALSE(ff::fused::find_background(pair.floats));
  for (const int others : {5, 6, 7}) {  // of 12 pixels; half suffice
    auto set =
        ImageSet(at::zeros({1, 1, 3, 4}, at::kByte), at::zeros({1}, at::kLong), 1, {{0}, {1}});
    set.images.view({-1}).narrow(0, 0, others).copy_(at::arange(1, others + 1, at::kByte));
    CHECK(ff::fused::find_background(as_floats(set)) == ff::fused::find_background(set));
    CHECK(ff::fused::find_background(set).has_value() == (others <= 6));
  }
}

TEST_CASE("the same images as bytes and as floats train to the same bits", "[fused]") {
  const auto bytes = dark_images(), floats = as_floats(bytes);
  for (const auto* engine : {"autograd", "fused"}) {
    CAPTURE(engine);
    check_equal(trained_ff(floats, engine), trained_ff(bytes, engine));
    check_equal(trained_bp(floats, engine), trained_bp(bytes, engine));
  }
}

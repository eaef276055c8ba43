#include "experiments/run/random_order.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "experiments/learners.h"
#include "ff/forward_forward/ff_network.h"
#include "ff/forward_forward/negatives.h"

namespace ff::experiments {
namespace {

at::Tensor permutation(std::int64_t count, std::int64_t seed) {
  auto generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(seed));
  return at::randperm(count, generator, at::kLong);
}

// The original notebook draws negatives for three images of a shuffled DataLoader as a preview.
void draw_preview(const ImageSet& train, PythonRandom& random, std::string& note) {
  constexpr std::int64_t kPreview = 3;
  draw_int64();  // base seed of the DataLoader, drawn before the sampler's seed
  const auto picked =
      permutation(train.size(), draw_int64()).narrow(0, 0, std::min(kPreview, train.size()));
  const auto labels = train.labels.to(at::kCPU).index_select(0, picked);
  if ((labels == labels[0]).all().item<bool>()) {
    note =
        "the three preview images all have the same label, for which the original's notebook "
        "fails; no wrong labels were drawn for them";
    return;
  }
  draw_wrong_labels(labels, random);
}

// Consumes the random numbers that creating and sequentially training a first network would draw.
void draw_first_network(const Config& config, const ImageSet& train, PythonRandom random) {
  const auto first = find_learner("ff").make(config, train, random);
  const auto draws = 2 * first->streams() * config.schedule.epochs *
                     static_cast<std::int64_t>(blocks_of(config.model).size());
  for (std::int64_t i = 0; i < draws; ++i) draw_int64();
}

}  // namespace

std::int64_t draw_int64() { return at::empty({}, at::kLong).random_().item<std::int64_t>(); }

std::unique_ptr<Learner> RandomOrder::make_learner(const Config& config,
                                                   std::int64_t seed,
                                                   const ImageSet& train,
                                                   PythonRandom& random,
                                                   std::string& note) const {
  at::manual_seed(static_cast<std::uint64_t>(seed));
  random = PythonRandom(static_cast<std::uint64_t>(seed));
  if (name_.starts_with("notebook")) {
    draw_preview(train, random, note);
    draw_int64();  // DataLoader over the training set
    draw_int64();  // DataLoader over the test set
  }
  if (name_ == "notebook-after-sequential") draw_first_network(config, train, random);
  return find_learner(config.model.type).make(config, train, random);
}

void RandomOrder::before_training() const {
  if (name_ == "bp-notebook") draw_int64();  // DataLoader of the evaluation before training
}

void RandomOrder::after_epoch() const {
  if (name_ == "bp-notebook") draw_int64();  // DataLoader of the evaluation after each epoch
}

std::vector<at::Tensor> RandomOrder::epoch_order(std::int64_t images, std::int64_t streams) const {
  for (std::int64_t i = 0; i < streams; ++i) draw_int64();
  std::vector<std::int64_t> seeds;
  for (std::int64_t i = 0; i < streams; ++i) seeds.push_back(draw_int64());
  std::vector<at::Tensor> orders;
  for (const auto seed : seeds) orders.push_back(permutation(images, seed));
  return orders;
}

}  // namespace ff::experiments

// Streams of batches cut from an image set, each batch with its own samples.
#pragma once

#include <algorithm>

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "ff/engines/cpu/background.h"
#include "ff/learn/stream_epoch.h"

namespace ff::test {

/// Returns the data description that a learner receives for a stream of samples like those of
/// `set`.
inline DataInfo stream_of(const ImageSet& set) {
  DataInfo info({set.channels(), set.height(), set.width()}, set.classes);
  info.largest = set.max_value();
  info.background = fused::find_background(set);
  return info;
}

/// Returns the sample indices of batch `step` when cycling through `count` samples in order; the
/// last batch of a pass is smaller if `size` does not divide `count`.
inline at::Tensor rows_of_step(std::int64_t count, std::int64_t size, std::int64_t step) {
  const auto a_pass = (count + size - 1) / size;
  const auto begin = step % a_pass * size;
  return at::arange(begin, std::min(begin + size, count), at::kLong);
}

/// Returns an endless stream of these batches.
inline StreamEpoch::Source round_and_round(const ImageSet& set, std::int64_t size) {
  return [set, size, step = std::int64_t{0}]() mutable {
    return set.subset(rows_of_step(set.size(), size, step++));
  };
}

/// Trains `steps` of these batches from the learner's resident data set.
template <class Learner>
void train_resident(Learner& learner, std::int64_t size, std::int64_t steps) {
  const auto& set = learner.info().resident;
  for (std::int64_t step = 0; step < steps; ++step) {
    const auto rows = rows_of_step(set->size(), size, step);
    learner.train_batch(learner.phases()[0], resident_batch(set, {rows}));
  }
}

/// As above, from a stream.
template <class Learner>
void train_stream(Learner& learner, const ImageSet& set, std::int64_t size, std::int64_t steps) {
  StreamEpoch epoch(round_and_round(set, size), steps);
  learner.train_epoch(learner.phases()[0], epoch);
}

}  // namespace ff::test

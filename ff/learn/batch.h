// Batch: samples to train on, from a resident training set or a stream.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/data/data_info.h"
#include "ff/data/image_set.h"

namespace ff {

/// One batch, or several consecutive ones, as indices into an ImageSet. The engine reads the
/// samples from there, so that it can choose the format (bytes or floats) and the memory.
struct Batch {
  std::shared_ptr<const ImageSet> samples;
  std::vector<at::Tensor> indices;  // into `samples`: int64 (B) on the CPU, one tensor per stream
  std::vector<at::Tensor> ids;      // into DataInfo::resident, likewise; empty: stream

  std::int64_t size() const { return indices.empty() ? 0 : indices.front().numel(); }

  /// Returns the labels of the first stream's samples, int64 (B), on their device.
  at::Tensor labels() const;
};

/// Returns a batch of the resident training set; `order` has the indices of each stream.
Batch resident_batch(std::shared_ptr<const ImageSet> set, std::vector<at::Tensor> order);

/// Returns a batch of all `samples`, in order; for a stream.
Batch stream_batch(ImageSet samples);

/// Validates a batch and moves its samples to the learner's device. Throws c10::Error if their
/// shape or number of classes differ from `info`, or if an index or label is out of range.
Batch ready_batch(const DataInfo& info, Batch batch);

}  // namespace ff

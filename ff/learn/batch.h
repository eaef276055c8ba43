// Batch: samples to learn from, whether they lie in the whole training set or came from a stream.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/data/data_info.h"
#include "ff/data/image_set.h"

namespace ff {

/// Samples of one batch, or of several in a row: rows of a set that holds their inputs and labels.
/// Who trains reads them from there, bytes or floats, into the memory it wants.
struct Batch {
  std::shared_ptr<const ImageSet> samples;
  std::vector<at::Tensor> indices;  // rows of `samples`: for each stream int64 (B), on the CPU
  std::vector<at::Tensor> ids;      // rows of DataInfo::resident, likewise; empty: samples of a
                                    // stream, which have no place in such a set

  std::int64_t size() const { return indices.empty() ? 0 : indices.front().numel(); }

  /// Labels int64 (B) of the first stream's samples, on their device.
  at::Tensor labels() const;
};

/// The rows `order`, one tensor per stream, of the resident training set.
Batch resident_batch(std::shared_ptr<const ImageSet> set, std::vector<at::Tensor> order);

/// All of `samples` in their order: a batch of a stream.
Batch stream_batch(ImageSet samples);

/// The batch with its samples on the learner's device. Throws c10::Error where they have another
/// shape or other classes than `info` says, or an index or a label is out of range.
Batch ready_batch(const DataInfo& info, Batch batch);

}  // namespace ff

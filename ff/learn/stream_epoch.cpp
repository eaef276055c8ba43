#include "ff/learn/stream_epoch.h"

#include <utility>

#include <c10/util/Exception.h>

namespace ff {

StreamEpoch::StreamEpoch(Source source, std::int64_t steps, Losses losses)
    : source_(std::move(source)), steps_(steps), losses_(std::move(losses)) {}

Batch StreamEpoch::next(std::int64_t batches) const {
  if (batches < 1 || stopping_ || trained_ >= steps_) return {};
  if (batch_.size() == 0 && !at_end_) {
    auto samples = source_();
    at_end_ = samples.size() == 0;
    batch_ = at_end_ ? Batch() : stream_batch(std::move(samples));
  }
  return batch_;
}

void StreamEpoch::trained(const at::Tensor& losses) {
  TORCH_CHECK(losses.size(0) == 1 && batch_.size() > 0,
              "StreamEpoch: losses of ",
              losses.size(0),
              " batches, where one was given");
  batch_ = {};
  ++trained_;
  if (losses_) losses_(losses);
}

}  // namespace ff

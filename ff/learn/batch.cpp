#include "ff/learn/batch.h"

#include <algorithm>
#include <utility>

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

namespace ff {
namespace {

void check_samples(const DataInfo& info, const Batch& batch) {
  TORCH_CHECK(batch.samples && !batch.indices.empty(), "Batch: contains no samples");
  const auto& set = *batch.samples;
  const auto& shape = info.shape;
  TORCH_CHECK(set.channels() == shape.channels && set.height() == shape.height &&
                  set.width() == shape.width && set.classes == info.classes,
              "Batch: samples of ",
              set.channels(),
              "x",
              set.height(),
              "x",
              set.width(),
              " values and ",
              set.classes,
              " classes, but the learner was made for ",
              shape.channels,
              "x",
              shape.height,
              "x",
              shape.width,
              " and ",
              info.classes);
}

// Bounds check of indices and labels, because engines use raw pointers. Labels on a GPU are not
// checked: reading them would synchronise, and the GPU's operations check them.
void check_rows(const Batch& batch, const at::Tensor& rows) {
  const auto& set = *batch.samples;
  const auto count = rows.numel();
  TORCH_CHECK(count == batch.size(), "Batch: streams of ", batch.size(), " and ", count, " rows");
  TORCH_CHECK(rows.is_cpu() && rows.is_contiguous(), "Batch: indices must be contiguous");
  const auto* row = rows.const_data_ptr<std::int64_t>();
  const auto* label = set.labels.is_cpu() ? set.labels.const_data_ptr<std::int64_t>() : nullptr;
  for (std::int64_t i = 0; i < count; ++i) {
    TORCH_CHECK(row[i] >= 0 && row[i] < set.size(), "Batch: row ", row[i], " of ", set.size());
    TORCH_CHECK(!label || (label[row[i]] >= 0 && label[row[i]] < set.classes),
                "Batch: label ",
                label[row[i]],
                " of ",
                set.classes,
                " classes");
  }
}

void check_ids(const Batch& batch, std::int64_t size) {
  if (batch.ids.empty()) return;
  TORCH_CHECK(batch.ids.size() == batch.indices.size(),
              "Batch: ids must be given for all streams or for none");
  for (std::size_t s = 0; s < batch.ids.size(); ++s) {
    const auto& ids = batch.ids[s];
    TORCH_CHECK(ids.numel() == batch.size() && ids.is_cpu() && ids.is_contiguous(),
                "Batch: ids must have the shape of the indices");
    const auto* id = ids.const_data_ptr<std::int64_t>();
    const bool inside =
        std::all_of(id, id + ids.numel(), [size](std::int64_t i) { return i >= 0 && i < size; });
    TORCH_CHECK(
        inside, "Batch: an id is out of range of the ", size, " samples of the training set");
  }
}

}  // namespace

at::Tensor Batch::labels() const {
  const auto& all = samples->labels;
  return all.index_select(/*dim=*/0, indices.front().to(all.device()));
}

Batch resident_batch(std::shared_ptr<const ImageSet> set, std::vector<at::Tensor> order) {
  auto ids = order;
  return {std::move(set), std::move(order), std::move(ids)};
}

Batch stream_batch(ImageSet samples) {
  const auto count = samples.size();
  return {std::make_shared<const ImageSet>(std::move(samples)), {at::arange(count, at::kLong)}, {}};
}

Batch ready_batch(const DataInfo& info, Batch batch) {
  check_samples(info, batch);
  for (const auto& rows : batch.indices) check_rows(batch, rows);
  if (info.resident) check_ids(batch, info.resident->size());
  if (batch.samples->images.device() != info.device) {
    batch.samples = std::make_shared<const ImageSet>(batch.samples->to(info.device));
  }
  return batch;
}

}  // namespace ff

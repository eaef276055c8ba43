#include "ff/forward_forward/training_data.h"

#include <ATen/Functions.h>
#include <c10/util/Exception.h>

#include "ff/core/option_error.h"
#include "ff/forward_forward/hybrid.h"
#include "ff/forward_forward/negatives.h"

namespace ff {
namespace {

// Rejects options that need the whole training set if the data is a stream.
const FFLearnerOptions& checked(const FFLearnerOptions& options, const DataInfo& info) {
  if (info.resident) return options;
  const auto problems = problems_with_stream(options);
  if (!problems.empty()) throw OptionError(problems.front());
  return options;
}

LabelOverlay make_overlay(const LabelOptions& options, const DataInfo& info) {
  const auto value = options.value.is_word() ? info.max_value() : options.value.number;
  if (!value) {
    throw OptionError({"label.value",
                       "max is the largest value of the training data, which is unknown for this "
                       "stream; allowed: a number, or max with DataInfo::largest set"});
  }
  return {info.classes, info.shape.height * info.shape.width, *value, options.neutral};
}

// Returns the images of one of the batch's streams.
InputBatch inputs_at(const Batch& batch, std::size_t stream, const Moves& moves) {
  return {.samples = batch.samples,
          .images = batch.indices[stream],
          .ids = batch.ids.empty() ? at::Tensor() : batch.ids[stream],
          .moves = moves};
}

}  // namespace

FFData::FFData(const FFLearnerOptions& options, DataInfo info, PythonRandom& random)
    : negatives_(checked(options, info).negatives),
      augment_(options.augment),
      info_(std::move(info)),
      random_(random),
      overlay_(make_overlay(options.label, info_)) {
  check_augment(augment_, info_.shape.height, info_.shape.width);
  if (negatives_.type == "random-label" && negatives_.redraw != "batch") {
    wrong_labels_ = draw_wrong_labels(info_.resident->labels, random_).to(info_.device);
  }
}

void FFData::begin_epoch(bool first) {
  if (first || !wrong_labels_.defined() || negatives_.redraw == "never") return;
  wrong_labels_.copy_(draw_wrong_labels(info_.resident->labels, random_));
}

at::Tensor FFData::own_labels(const InputBatch& rows) {
  const auto& all = rows.samples->labels;
  return all.index_select(/*dim=*/0, rows.images.to(all.device()));
}

at::Tensor FFData::wrong_labels_of(const InputBatch& rows) const {
  if (!wrong_labels_.defined()) return draw_other_labels(own_labels(rows), info_.classes, random_);
  TORCH_CHECK(rows.ids.defined(),
              "Batch: wrong labels are drawn beforehand for the samples of the resident training "
              "set, but the batch has no ids");
  return wrong_labels_.index_select(/*dim=*/0, rows.ids.to(info_.device));
}

InputBatch FFData::positives(const Batch& batch) const {
  auto rows = inputs_at(batch, 0, draw_moves(augment_, batch.size()));
  if (labelled()) {
    rows.labels = own_labels(rows);
  } else {
    rows.pixels = LabelPixels::kImage;
  }
  return rows;
}

InputBatch FFData::neutral(const InputBatch& positives) const {
  auto rows = positives;
  rows.labels = at::Tensor();
  rows.pixels = labelled() ? LabelPixels::kNeutral : LabelPixels::kImage;
  return rows;
}

// Independent negatives of a stream: adds a shuffled order, as its batches have a single one.
Batch FFData::with_order_of_negatives(Batch batch) const {
  if (info_.resident || !independent() || batch.indices.size() > 1) return batch;
  const auto order = at::randperm(batch.size(), at::kLong);
  for (auto* of : {&batch.indices, &batch.ids}) {
    if (!of->empty()) of->push_back(of->front().index_select(/*dim=*/0, order));
  }
  return batch;
}

InputBatch FFData::negatives(const Batch& batch, const InputBatch& positives) const {
  const auto both = with_order_of_negatives(batch);
  const auto moves = independent() ? draw_moves(augment_, both.size()) : positives.moves;
  auto rows = inputs_at(both, both.indices.size() - 1, moves);
  if (labelled()) {
    rows.labels = wrong_labels_of(rows);
    return rows;
  }
  auto hybrids = positives;
  hybrids.others = rows.images;
  hybrids.other_moves = moves;
  hybrids.masks = draw_masks(both.size(), info_.shape.height, info_.shape.width, info_.device);
  return hybrids;
}

InputBatch FFData::negatives(const InputBatch& positives, const at::Tensor& labels) const {
  auto rows = positives;
  rows.labels = labels;
  return rows;
}

bool FFData::inputs_fixed() const {
  return wrong_labels_.defined() && negatives_.redraw == "never" && !augment_.on();
}

InputBatch FFData::range(std::int64_t begin, std::int64_t end, bool positive) const {
  const auto images = at::arange(begin, end, at::kLong);
  const auto& labels = positive ? info_.resident->labels : wrong_labels_;
  return {.samples = info_.resident,
          .images = images,
          .ids = images,
          .labels = labels.slice(/*dim=*/0, begin, end)};
}

TensorDict FFData::state() const {
  TensorDict state = {{"label_value", overlay_.value()}};
  if (wrong_labels_.defined()) state["wrong_labels"] = wrong_labels_;
  return state;
}

}  // namespace ff

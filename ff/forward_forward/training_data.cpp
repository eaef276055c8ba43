#include "ff/forward_forward/training_data.h"

#include <ATen/Functions.h>

#include "ff/forward_forward/hybrid.h"
#include "ff/forward_forward/negatives.h"

namespace ff {
namespace {

LabelOverlay make_overlay(const LabelOptions& options, const ImageSet& train) {
  const double value = options.value.is_word() ? train.max_value() : options.value.number;
  return {train.classes, train.height() * train.width(), value, options.neutral};
}

}  // namespace

FFData::FFData(const FFLearnerOptions& options, ImageSet train, PythonRandom& random)
    : negatives_(options.negatives),
      augment_(options.augment),
      train_(std::move(train)),
      random_(random),
      overlay_(make_overlay(options.label, train_)) {
  check_augment(augment_, train_.height(), train_.width());
  if (negatives_.type == "random-label") {
    wrong_labels_ = draw_wrong_labels(train_.labels, random_).to(train_.labels.device());
  }
}

std::int64_t FFData::streams() const { return negatives_.pairing == "independent" ? 2 : 1; }

void FFData::begin_epoch(bool first) {
  if (first || !wrong_labels_.defined() || negatives_.redraw == "never") return;
  wrong_labels_.copy_(draw_wrong_labels(train_.labels, random_));
}

at::Tensor FFData::own_labels(const at::Tensor& indices) const {
  return train_.labels.index_select(/*dim=*/0, indices.to(train_.labels.device()));
}

DataRows FFData::labelled_rows(const at::Tensor& indices,
                               const Moves& moves,
                               at::Tensor labels) const {
  return {.images = indices, .moves = moves, .labels = std::move(labels)};
}

DataRows FFData::positives(const Batch& batch) const {
  const auto& indices = batch.indices.front();
  const auto moves = draw_moves(augment_, indices.numel());
  if (labelled()) return labelled_rows(indices, moves, own_labels(indices));
  return {.images = indices, .moves = moves, .pixels = LabelPixels::kImage};
}

DataRows FFData::neutral(const DataRows& positives) const {
  auto rows = positives;
  rows.labels = at::Tensor();
  rows.pixels = labelled() ? LabelPixels::kNeutral : LabelPixels::kImage;
  return rows;
}

DataRows FFData::negatives(const Batch& batch, const DataRows& positives) const {
  const auto& indices = batch.indices.back();
  const bool paired = streams() == 1;
  const auto moves = paired ? positives.moves : draw_moves(augment_, indices.numel());
  if (labelled()) {
    const auto wrong = wrong_labels_.index_select(0, indices.to(wrong_labels_.device()));
    return labelled_rows(indices, moves, wrong);
  }
  auto rows = positives;
  rows.others = indices;
  rows.other_moves = moves;
  rows.masks = draw_masks(indices.numel(), train_.height(), train_.width(), train_.images.device());
  return rows;
}

DataRows FFData::negatives(const DataRows& positives, const at::Tensor& labels) const {
  return labelled_rows(positives.images, positives.moves, labels);
}

bool FFData::stays() const {
  return wrong_labels_.defined() && negatives_.redraw == "never" && !augment_.on();
}

DataRows FFData::range(std::int64_t begin, std::int64_t end, bool positive) const {
  const auto& labels = positive ? train_.labels : wrong_labels_;
  return labelled_rows(at::arange(begin, end, at::kLong), {}, labels.slice(0, begin, end));
}

TensorDict FFData::state() const {
  TensorDict state = {{"label_value", overlay_.value()}};
  if (wrong_labels_.defined()) state["wrong_labels"] = wrong_labels_;
  return state;
}

}  // namespace ff

// FFData: creates the positive and negative samples of each batch, and draws the random numbers for
// them.
#pragma once

#include "ff/core/python_random.h"
#include "ff/data/data_info.h"
#include "ff/forward_forward/input_batch.h"
#include "ff/forward_forward/learner_options.h"
#include "ff/learn/learner.h"

namespace ff {

class FFData {
 public:
  /// Draws wrong labels from `random`, to which it keeps a reference; in the constructor, unless
  /// they are drawn per batch. Throws OptionError (a std::invalid_argument) if the labels do not
  /// fit into the images, shifts are too large, or the options do not support a stream.
  FFData(const FFLearnerOptions& options, DataInfo info, PythonRandom& random);

  /// True if images carry labels; if not, negatives are hybrid images.
  bool labelled() const { return negatives_.type != "hybrid"; }
  bool hard() const { return negatives_.type == "hard-label"; }

  /// True if negatives are shuffled independently of positives.
  bool independent() const { return negatives_.pairing == "independent"; }

  /// Two if negatives are shuffled independently in a resident set. A stream has a single order;
  /// its negatives are then shuffled within each batch.
  std::int64_t streams() const { return independent() && info_.resident ? 2 : 1; }
  void begin_epoch(bool first);

  /// Return a batch's positives, the head's input images for them, and its negatives. Augmentation,
  /// the shuffle within a stream's batch, and masks are drawn from the default CPU generator, in
  /// the order of the calls and in this order within a call; wrong labels per batch are drawn from
  /// PythonRandom.
  InputBatch positives(const Batch& batch) const;
  InputBatch neutral(const InputBatch& positives) const;
  InputBatch negatives(const Batch& batch, const InputBatch& positives) const;
  /// Returns hard negatives: the positives' images with the given labels, int64 (B).
  InputBatch negatives(const InputBatch& positives, const at::Tensor& labels) const;

  /// Returns the images' correct labels, int64 (B), on the samples' device.
  static at::Tensor own_labels(const InputBatch& rows);

  /// inputs_fixed() is true if the positive and the negative of an image are the same in every
  /// epoch; range() then returns images [begin, end) of the resident set as either.
  bool inputs_fixed() const;
  InputBatch range(std::int64_t begin, std::int64_t end, bool positive) const;

  TensorDict state() const;

  const DataInfo& info() const { return info_; }
  PythonRandom& random() const { return random_; }
  /// int64 (N), for the resident set, live; undefined if drawn per batch.
  const at::Tensor& wrong_labels() const { return wrong_labels_; }
  const LabelOverlay& overlay() const { return overlay_; }

 private:
  Batch with_order_of_negatives(Batch batch) const;
  at::Tensor wrong_labels_of(const InputBatch& rows) const;

  NegativesOptions negatives_;
  AugmentOptions augment_;
  DataInfo info_;
  PythonRandom& random_;
  LabelOverlay overlay_;
  at::Tensor wrong_labels_;  // int64 (N), on the images' device; undefined if drawn per batch
};

}  // namespace ff

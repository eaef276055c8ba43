// Forward-Forward's data: what is positive and what negative in a batch, and all that is drawn for
// it.
#pragma once

#include "ff/core/python_random.h"
#include "ff/forward_forward/data_rows.h"
#include "ff/forward_forward/learner_options.h"
#include "ff/learn/learner.h"

namespace ff {

class FFData {
 public:
  /// Draws the wrong labels, where labels are drawn beforehand, from `random`, which it keeps a
  /// reference to. Throws std::invalid_argument when labels do not fit into the images, or images
  /// are moved too far.
  FFData(const FFLearnerOptions& options, ImageSet train, PythonRandom& random);

  /// Whether images carry labels; without, negatives are hybrids.
  bool labelled() const { return negatives_.type != "hybrid"; }
  bool hard() const { return negatives_.type == "hard-label"; }

  std::int64_t streams() const;
  void begin_epoch(bool first);

  /// The positives of a batch, the images a head sees of them, and the negatives. Draws moves and
  /// masks from the default CPU generator, in this order where they are called in it.
  DataRows positives(const Batch& batch) const;
  DataRows neutral(const DataRows& positives) const;
  DataRows negatives(const Batch& batch, const DataRows& positives) const;
  /// Hard negatives: the positives' images with these labels, int64 (B).
  DataRows negatives(const DataRows& positives, const at::Tensor& labels) const;

  /// The images' own labels at `indices`, on the set's device.
  at::Tensor own_labels(const at::Tensor& indices) const;

  /// Whether positives and negatives of an image are the same in every epoch; then images
  /// [begin, end) as either.
  bool stays() const;
  DataRows range(std::int64_t begin, std::int64_t end, bool positive) const;

  TensorDict state() const;

  const ImageSet& train() const { return train_; }
  /// int64 (N), live; undefined where they are drawn by batch.
  const at::Tensor& wrong_labels() const { return wrong_labels_; }
  const LabelOverlay& overlay() const { return overlay_; }

 private:
  DataRows labelled_rows(const at::Tensor& indices, const Moves& moves, at::Tensor labels) const;

  NegativesOptions negatives_;
  AugmentOptions augment_;
  ImageSet train_;
  PythonRandom& random_;
  LabelOverlay overlay_;
  at::Tensor wrong_labels_;  // int64 (N), on the images' device; undefined where drawn by batch
};

}  // namespace ff

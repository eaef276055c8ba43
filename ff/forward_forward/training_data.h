// Forward-Forward's data: what is positive and what negative in a batch, and all that is drawn for
// it.
#pragma once

#include "ff/core/python_random.h"
#include "ff/data/data_info.h"
#include "ff/forward_forward/data_rows.h"
#include "ff/forward_forward/learner_options.h"
#include "ff/learn/learner.h"

namespace ff {

class FFData {
 public:
  /// Draws the wrong labels from `random`, which it keeps a reference to: here where they are drawn
  /// beforehand. Throws std::invalid_argument when labels do not fit into the images, images are
  /// moved too far, or the options cannot be with a stream.
  FFData(const FFLearnerOptions& options, DataInfo info, PythonRandom& random);

  /// Whether images carry labels; without, negatives are hybrids.
  bool labelled() const { return negatives_.type != "hybrid"; }
  bool hard() const { return negatives_.type == "hard-label"; }

  /// Whether negatives have an order of their own.
  bool independent() const { return negatives_.pairing == "independent"; }

  /// Two where negatives have their own order in a resident set. A stream has one order; its
  /// negatives are then shuffled within the batch.
  std::int64_t streams() const { return independent() && info_.resident ? 2 : 1; }
  void begin_epoch(bool first);

  /// The positives of a batch, the images a head sees of them, and the negatives. Draws moves, the
  /// order within a stream's batch and masks from the default CPU generator, in this order where
  /// they are called in it, and wrong labels that are drawn per batch from PythonRandom.
  DataRows positives(const Batch& batch) const;
  DataRows neutral(const DataRows& positives) const;
  DataRows negatives(const Batch& batch, const DataRows& positives) const;
  /// Hard negatives: the positives' images with these labels, int64 (B).
  DataRows negatives(const DataRows& positives, const at::Tensor& labels) const;

  /// The images' own labels, int64 (B), on the samples' device.
  static at::Tensor own_labels(const DataRows& rows);

  /// Whether positives and negatives of an image are the same in every epoch; then images
  /// [begin, end) of the resident set as either.
  bool stays() const;
  DataRows range(std::int64_t begin, std::int64_t end, bool positive) const;

  TensorDict state() const;

  const DataInfo& info() const { return info_; }
  PythonRandom& random() const { return random_; }
  /// int64 (N), of the resident set, live; undefined where they are drawn by batch.
  const at::Tensor& wrong_labels() const { return wrong_labels_; }
  const LabelOverlay& overlay() const { return overlay_; }

 private:
  Batch with_order_of_negatives(Batch batch) const;
  at::Tensor wrong_labels_of(const DataRows& rows) const;

  NegativesOptions negatives_;
  AugmentOptions augment_;
  DataInfo info_;
  PythonRandom& random_;
  LabelOverlay overlay_;
  at::Tensor wrong_labels_;  // int64 (N), on the images' device; undefined where drawn by batch
};

}  // namespace ff

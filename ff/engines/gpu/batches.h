// The training set on a device, and the order of an epoch: what batches are picked from there.
#pragma once

#include <vector>

#include "ff/data/image_set.h"
#include "ff/data/label_overlay.h"
#include "ff/engines/gpu/device.h"
#include "ff/engines/gpu/draws.h"
#include "ff/engines/gpu/memory.h"

namespace ff::gpu {

/// What one network's batches are made of, beside the images that all share.
struct Labels {
  at::Tensor wrong;  // int64 (N), live: what an epoch's negatives carry; undefined: no negatives,
                     // or such as the steps draw
  LabelOverlay
      overlay;  // live: its value may be a checkpoint's; of no classes: no label is written
};

/// Makes the arguments of the kernels that read batches. All memory stays where it is, so that a
/// recorded step reads the next epoch's order and labels.
class Batches {
 public:
  /// `train` is at the device's place. Each network draws `streams` orders of the images. Batches
  /// that draw are one network's.
  Batches(const ImageSet& train,
          std::vector<Labels> labels,
          std::int64_t streams,
          std::int64_t batch_size,
          const DrawOptions& draws = {});

  /// An epoch's wrong labels, and its order, or what is left of it: for each network as many rows
  /// of int64 (n) as there are streams. With `positives_only` its steps read no negatives.
  void begin_epoch(const std::vector<std::vector<at::Tensor>>& orders, bool positives_only = false);

  /// After `steps` steps, which may be fewer than the epoch has.
  void end_epoch(std::int64_t steps) { draws_.end_epoch(steps); }

  /// `rows` rows a network, half of them positives, of the batch that `cursor` tells.
  template <class T, class X>
  ReadPixels<T, X> read(X* to, std::int64_t rows, const Cursor* cursor, RowScale<T> scale) const;

  /// Its positives without their labels: `neutral` in a label's pixels.
  template <class T, class X>
  ReadPixels<T, X> read_unlabelled(X* to,
                                   std::int64_t rows,
                                   const Cursor* cursor,
                                   RowScale<T> scale) const;

  /// Images [first, first + rows), all with their own labels, or all with wrong ones.
  template <class T, class X>
  ReadPixels<T, X> read_range(
      X* to, std::int64_t first, std::int64_t rows, bool positive, RowScale<T> scale) const;

  /// As `read`, from rows kept for every image, X (networks, 2, images, width).
  template <class T, class X>
  GatherRows<T, X> gather(const at::Tensor& kept,
                          X* to,
                          std::int64_t rows,
                          const Cursor* cursor) const;

  /// Where a perceptron's outputs are, or a head's logits, and where their gradient goes.
  template <class T, class X>
  struct Outputs {
    const T* z;     // (rows, classes)
    const T* bias;  // (classes); null: none
    X* dz;
    T* row_loss;  // (rows)
  };

  /// The cross-entropy of `rows` rows against the labels of the batch that `cursor` tells.
  template <class T, class X>
  CrossEntropyRows<T, X> cross_entropy(const Outputs<T, X>& outputs,
                                       std::int64_t classes,
                                       std::int64_t rows,
                                       const Cursor* cursor) const;

  /// The wrong labels of the batch's negatives, drawn by logits (rows, classes).
  template <class T>
  DrawHardLabels<T, T> draw_hard_labels(const T* logits,
                                        std::int64_t rows,
                                        const Cursor* cursor) const;

  std::int64_t images() const { return train_.size(); }
  std::int64_t classes() const { return train_.classes; }
  const std::int64_t* dropout_seeds() const { return draws_.seeds(); }
  bool draws_labels() const { return draws_.uniforms() != nullptr; }

 private:
  ImageSet train_;
  std::vector<Labels> labels_;
  std::int64_t streams_, batch_size_;
  Draws draws_;
  at::Tensor wrong_labels_;  // int64 (networks, N)
  at::Tensor label_values_;  // double (networks)
  at::Tensor orders_;        // int64 (networks, streams, N)
};

}  // namespace ff::gpu

// Batches: the training set on a device, the epoch's order, and the kernels that read batches.
#pragma once

#include <vector>

#include "ff/data/image_set.h"
#include "ff/data/label_overlay.h"
#include "ff/engines/gpu/device.h"
#include "ff/engines/gpu/draws.h"
#include "ff/engines/gpu/memory.h"

namespace ff::gpu {

/// Labels of one network's samples; the images are shared by all networks.
struct Labels {
  at::Tensor wrong;      // int64 (N), live; undefined: no negatives, or drawn per step
  LabelOverlay overlay;  // live, for checkpoints; with 0 classes no labels are written
};

/// Creates the arguments of the kernels that read batches. All buffers keep their addresses, so
/// that a captured step reads the next epoch's order and labels.
class Batches {
 public:
  /// `train` is at the device's place. Each network has `streams` shuffles of the images. Only a
  /// single network may draw random numbers per batch.
  Batches(const ImageSet& train,
          std::vector<Labels> labels,
          std::int64_t streams,
          std::int64_t batch_size,
          const DrawOptions& draws = {});

  /// Uploads an epoch's wrong labels and its order, or the rest of it: per network `streams`
  /// tensors int64 (n). If `positives_only`, its steps read no negatives.
  void begin_epoch(const std::vector<std::vector<at::Tensor>>& orders, bool positives_only = false);

  /// Call after `steps` steps, which may be fewer than the epoch has.
  void end_epoch(std::int64_t steps) { draws_.end_epoch(steps); }

  /// Reads `rows` samples per network, half of them positives, of the batch given by `cursor`.
  template <class T, class X>
  ReadPixels<T, X> read(X* to, std::int64_t rows, const Cursor* cursor, RowScale<T> scale) const;

  /// Reads the batch's positives without labels: the label's pixels are neutral.
  template <class T, class X>
  ReadPixels<T, X> read_unlabelled(X* to,
                                   std::int64_t rows,
                                   const Cursor* cursor,
                                   RowScale<T> scale) const;

  /// Reads images [first, first + rows), all with correct or all with wrong labels.
  template <class T, class X>
  ReadPixels<T, X> read_range(
      X* to, std::int64_t first, std::int64_t rows, bool positive, RowScale<T> scale) const;

  /// As read(), from cached activations of every image, X (networks, 2, images, width).
  template <class T, class X>
  GatherRows<T, X> gather(const at::Tensor& kept,
                          X* to,
                          std::int64_t rows,
                          const Cursor* cursor) const;

  /// Outputs of an MLP, or logits of a head, and where to write their gradient.
  template <class T, class X>
  struct Outputs {
    const T* z;     // (rows, classes)
    const T* bias;  // (classes); null: none
    X* dz;
    T* row_loss;  // (rows)
  };

  /// Computes the cross-entropy of `rows` samples for the labels of the batch given by `cursor`.
  template <class T, class X>
  CrossEntropyRows<T, X> cross_entropy(const Outputs<T, X>& outputs,
                                       std::int64_t classes,
                                       std::int64_t rows,
                                       const Cursor* cursor) const;

  /// Draws the wrong labels of the batch's negatives from logits (rows, classes).
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

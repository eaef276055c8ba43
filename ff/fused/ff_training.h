// What stands between the training loop and the fused engine: batches of labelled pixels, and the
// frozen layers' outputs, computed once.
#pragma once

#include <string>

#include "ff/fused/ff_engine.h"
#include "ff/fused/options.h"
#include "ff/image_set.h"
#include "ff/label_overlay.h"
#include "ff/learner.h"

namespace ff::fused {

/// Trains an FFNetwork with the fused engine on labelled images; on the CPU, in float32.
class FFTraining {
 public:
  FFTraining(const FFNetwork& network,
             const ModelOptions& model,
             const LossOptions& loss,
             const OptimizerOptions& optimizer,
             const FusedOptions& options,
             const ImageSet& train,
             std::int64_t batch_size,
             bool negatives_stay);

  /// Indices int64 (B) of positives and of negatives, and the labels int64 (N) that all images
  /// carry as the one and as the other. Returns the losses before the update, (k).
  at::Tensor train_batch(const Phase& phase,
                         const at::Tensor& positives,
                         const at::Tensor& labels,
                         const at::Tensor& negatives,
                         const at::Tensor& wrong_labels,
                         const LabelOverlay& overlay);

  FFEngine<float>& engine() { return engine_; }

 private:
  void read(const at::Tensor& indices,
            const at::Tensor& labels,
            const LabelOverlay&,
            std::int64_t row);
  bool may_cache(std::int64_t width) const;
  void fill_cache(std::size_t layer,
                  const at::Tensor& labels,
                  const at::Tensor& wrong_labels,
                  const LabelOverlay& overlay);

  FusedOptions options_;
  ImageSet train_;
  std::int64_t batch_size_;
  bool negatives_stay_;
  FFEngine<float> engine_;
  std::size_t cached_layer_ = 0;  // 0: nothing, as the first layer's input is the pixels
  at::Tensor cached_[2];          // (N, in) of positives and negatives
};

}  // namespace ff::fused

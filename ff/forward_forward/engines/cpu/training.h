// FusedTraining: connects the learner to the fused CPU engine. Reads the samples, and caches the
// outputs of frozen layers in the sequential schedule.
#pragma once

#include <string>

#include "ff/forward_forward/engines/cpu/goodness_engine.h"
#include "ff/forward_forward/engines/step_training.h"

namespace ff::fused {

/// Trains an FFNetwork with the fused engine, on the CPU in float32.
class FusedTraining : public StepTraining {
 public:
  explicit FusedTraining(FFParts parts);

  std::string engine() const override { return "fused"; }
  at::Tensor activities(const InputBatch& data, bool with_dropout) override;
  at::Tensor activities(const at::Tensor& rows) override;
  at::Tensor goodness_by_label(const at::Tensor& rows) override;

 protected:
  at::Tensor train_layers(const Phase& phase,
                          const InputBatch& pos,
                          const InputBatch& neg) override;
  at::Tensor positive_activities() const override { return positive_activities_; }

 private:
  void read(const InputBatch& data, std::int64_t row);
  void check_size(const InputBatch& batch) const;
  bool fits_cache(std::int64_t numbers) const;
  void fill_cache(std::size_t layer);
  void train_from_cache(std::size_t layer, const InputBatch& pos, const InputBatch& neg);

  FFEngine<float> engine_;
  std::vector<float> scratch_;    // second images of hybrids
  std::size_t cached_layer_ = 0;  // 0: none, as the first layer reads the pixels
  at::Tensor cached_[2];          // (N, in) of positives and of negatives
  at::Tensor positive_activities_;
};

}  // namespace ff::fused

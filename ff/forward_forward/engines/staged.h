// StagedTraining: trains a network as a sequence of stages, each with its own engine.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ff/forward_forward/engines/stage.h"
#include "ff/forward_forward/engines/step_training.h"

namespace ff {

class StagedTraining : public StepTraining {
 public:
  /// A stage, and the index of its first block.
  struct Placed {
    std::size_t first = 0;
    std::unique_ptr<Stage> stage;
  };

  /// `stages` are in order from the input on and cover every block of the network.
  StagedTraining(FFParts parts, std::vector<Placed> stages)
      : StepTraining(std::move(parts)), stages_(std::move(stages)) {}

  /// "autograd" if all stages use autograd, else "mixed".
  std::string engine() const override;
  at::Tensor activities(const InputBatch& data, bool with_dropout) override;
  at::Tensor activities(const at::Tensor& rows) override;
  at::Tensor goodness_by_label(const at::Tensor& rows) override;

 protected:
  at::Tensor train_layers(const Phase& phase,
                          const InputBatch& pos,
                          const InputBatch& neg) override;
  at::Tensor positive_activities() const override;

 private:
  std::size_t stage_of(std::size_t block) const;
  at::Tensor train_one_block(std::size_t block, const Halves& rows);
  at::Tensor inputs_of(const InputBatch& data) const;

  std::vector<Placed> stages_;
};

}  // namespace ff

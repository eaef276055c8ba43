// FusedStage: a stage of fully connected blocks, trained in closed form on the CPU.
#pragma once

#include "ff/forward_forward/engines/cpu/goodness_engine.h"
#include "ff/forward_forward/engines/stage.h"
#include "ff/forward_forward/engines/training.h"

namespace ff::fused {

class FusedStage : public Stage {
 public:
  /// Arguments as for AutogradStage.
  FusedStage(const FFParts& parts,
             std::size_t first,
             std::size_t last,
             std::vector<std::int64_t> kept);

  std::string engine() const override { return "fused"; }
  Halves train(const Halves& in, std::vector<at::Tensor>& losses) override;
  at::Tensor train_block(std::size_t l, const Halves& in) override;
  std::vector<at::Tensor> kept() const override { return kept_; }

 private:
  std::int64_t read(RowBuffer<float>& to, const Halves& in) const;

  FFNetwork network_;
  std::vector<std::int64_t> kept_layers_, kept_widths_;
  std::vector<at::Tensor> kept_;
  FFEngine<float> engine_;
};

}  // namespace ff::fused

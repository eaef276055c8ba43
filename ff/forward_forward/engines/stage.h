// Stage: consecutive blocks trained by one engine. It maps a batch's activations to those of the
// next stage; no gradient flows between stages.
#pragma once

#include <string>
#include <vector>

#include "ff/forward_forward/ff_network.h"

namespace ff {

/// Activations of positives and negatives, (B, D) or (B, C, H, W) each, without gradient.
struct Halves {
  at::Tensor pos, neg;
};

class Stage {
 public:
  virtual ~Stage() = default;

  /// Name of the engine: "autograd", "fused".
  virtual std::string engine() const = 0;

  /// Updates every block once. Appends their losses (scalars) to `losses` and returns the last
  /// block's activations, both computed before the update.
  virtual Halves train(const Halves& in, std::vector<at::Tensor>& losses) = 0;

  /// Updates only block `l` of the stage, given its input activations. Returns the loss before the
  /// update.
  virtual at::Tensor train_block(std::size_t l, const Halves& in) = 0;

  /// Returns the positives' normalised activations in the last train(), (B, F), of each block that
  /// feeds the head, in the order passed to the constructor.
  virtual std::vector<at::Tensor> kept() const = 0;
};

/// The reference engine: LibTorch operations in the original's order, gradients by autograd.
class AutogradStage : public Stage {
 public:
  /// For blocks [first, last) of the network; `kept` are those that feed the head, counted from
  /// `first`.
  AutogradStage(FFNetwork network,
                std::size_t first,
                std::size_t last,
                std::vector<std::int64_t> kept);

  std::string engine() const override { return "autograd"; }
  Halves train(const Halves& in, std::vector<at::Tensor>& losses) override;
  at::Tensor train_block(std::size_t l, const Halves& in) override;
  std::vector<at::Tensor> kept() const override { return kept_; }

 private:
  FFNetwork network_;
  std::size_t first_, last_;
  std::vector<std::int64_t> kept_layers_;
  std::vector<at::Tensor> kept_;
};

}  // namespace ff

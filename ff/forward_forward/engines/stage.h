// A stage: a run of blocks that one engine trains. It takes a batch's activations and gives the
// next ones; no gradient crosses its edges.
#pragma once

#include <string>
#include <vector>

#include "ff/forward_forward/network.h"

namespace ff {

/// Activations of positives and negatives, (B, D) or (B, C, H, W) each, without gradient.
struct Halves {
  at::Tensor pos, neg;
};

class Stage {
 public:
  virtual ~Stage() = default;

  /// "autograd", "fused"
  virtual std::string engine() const = 0;

  /// One update of every block. Appends their losses from before it, a scalar each; returns the
  /// last block's activations, from before it, too.
  virtual Halves train(const Halves& in, std::vector<at::Tensor>& losses) = 0;

  /// One update of block `l` of the stage alone, from the activations that come into it. Returns
  /// the loss before it.
  virtual at::Tensor train_block(std::size_t l, const Halves& in) = 0;

  /// Of the last train(), the positives' normalised activations of each block that feeds a head,
  /// (B, F), in the order in which the stage was given them.
  virtual std::vector<at::Tensor> kept() const = 0;
};

/// The readable engine: LibTorch's operations in the original's order, gradients by autograd.
class AutogradStage : public Stage {
 public:
  /// Blocks [first, last) of the network, of which those in `kept`, counted from `first`, feed a
  /// head.
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

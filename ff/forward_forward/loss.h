// Losses of one Forward-Forward layer, and the direction in which goodness is to move.
#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/core/fields.h"

namespace ff {

/// A loss sees how far each row is on the wrong side of the threshold: z > 0 is wrong.
struct Loss {
  const char* name;
  at::Tensor (*of)(const at::Tensor& z);  // (M) -> scalar, the mean over the rows
  // One row's loss and its derivative, for the fused engine; null: that engine does without.
  double (*value)(double z) = nullptr;
  double (*slope)(double z) = nullptr;
  bool paired = false;  // z is of a pair, by how much its negative beats its positive
};

/// softplus (loss_softplus.h), relu (loss_relu.h), symba (loss_symba.h). A new one is a file and a
/// line in loss.cpp.
const std::vector<Loss>& losses();
const Loss& find_loss(const std::string& name);

/// Adds one, as register_goodness does.
void register_loss(Loss loss);

/// max-ssq: positive data should have much goodness; min-ssq: little (Hinton 2022, section 5).
enum class Direction { kMaxSsq, kMinSsq };
const std::vector<std::string>& direction_names();
Direction find_direction(const std::string& name);

/// z of both halves: max-ssq cat(-(g_pos - t), g_neg - t), min-ssq cat(g_pos - t, -(g_neg - t)).
/// goodness (B) each, threshold (1) -> (2B). The order of operations is the original's.
at::Tensor wrong_side(const at::Tensor& goodness_pos,
                      const at::Tensor& goodness_neg,
                      const at::Tensor& threshold,
                      Direction direction);

struct LossOptions {
  std::string type = "softplus";
  std::string direction = "max-ssq";
  double temperature = 1;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of(names()),
          "Loss of a layer on z, a row's distance past the threshold on the wrong side: softplus "
          "log(1 + exp(z)), or relu max(z, 0); symba, softplus of how much more goodness a pair's "
          "negative has than its positive, without a threshold.");
    visit("direction",
          self.direction,
          one_of(direction_names()),
          "max-ssq: positive data get much goodness and the largest wins; min-ssq: little, and "
          "the smallest wins.");
    visit("temperature",
          self.temperature,
          above(0),
          "What z is divided by (Hinton's code: 1); SymBa's alpha is one over it (SymBa: 0.25).");
  }
  static std::vector<std::string> names();
};

}  // namespace ff

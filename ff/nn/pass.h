// Pass: the mode of a forward pass.
#pragma once

namespace ff {

/// Which statistics a layer such as batch normalisation uses.
enum class Pass {
  kTrain,     // the batch's; updates the running statistics
  kProbe,     // the batch's; leaves the running statistics unchanged
  kEvaluate,  // the running statistics
};

}  // namespace ff

// What a forward pass is for.
#pragma once

namespace ff {

/// Which statistics a layer takes that has some, such as batch normalisation.
enum class Pass {
  kTrain,     // the batch's, from which the running ones move
  kProbe,     // the batch's; nothing moves
  kEvaluate,  // the running ones
};

}  // namespace ff

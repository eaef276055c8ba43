// The program ff, for a main() of one's own too: picks the command, and turns errors into one line
// and an exit status.
#pragma once

#include <vector>

#include "experiments/data/registry.h"
#include "experiments/learners.h"
#include "ff/forward_forward/goodness.h"
#include "ff/forward_forward/loss.h"
#include "ff/nn/activation.h"
#include "ff/nn/layer_kind.h"

namespace ff::experiments {

/// What configs can name beside what the program brings along.
struct Additions {
  std::vector<LayerKind> layers = {};
  std::vector<Activation> activations = {};
  std::vector<Goodness> goodnesses = {};
  std::vector<Loss> losses = {};
  std::vector<LearnerKind> rules = {};
  std::vector<DataKind> data_kinds = {};
};

/// All that main() does; to be called once. Returns the exit status: 0 done, 1 failed, 2 wrong
/// usage, 130 interrupted.
int run_program(int argc, char** argv, const Additions& additions = {});

}  // namespace ff::experiments

// Command-line program ff, callable from a custom main() that registers extensions: dispatches to
// the command and maps exceptions to a one-line message and an exit status.
#pragma once

#include <vector>

#include "experiments/data/registry.h"
#include "experiments/learners.h"
#include "ff/forward_forward/goodness.h"
#include "ff/forward_forward/loss.h"
#include "ff/forward_forward/objective.h"
#include "ff/nn/activation.h"
#include "ff/nn/layer_kind.h"

namespace ff::experiments {

/// Layers, activations, goodness functions, losses, objectives, learning rules and data set kinds
/// to register in addition to the built-in ones.
struct Additions {
  std::vector<LayerKind> layers = {};
  std::vector<Activation> activations = {};
  std::vector<Goodness> goodnesses = {};
  std::vector<Loss> losses = {};
  std::vector<ObjectiveKind> objectives = {};
  std::vector<LearnerKind> rules = {};
  std::vector<DataKind> data_kinds = {};
};

/// Runs the program; call it once per process. Returns the exit status: 0 success, 1 failure, 2
/// usage error, 130 interrupted.
int run_program(int argc, char** argv, const Additions& additions = {});

}  // namespace ff::experiments

// The network of a config or of a run as an EdgeNet.
#pragma once

#include <string>
#include <vector>

#include "experiments/config/config_options.h"
#include "experiments/export/edge_net.h"
#include "experiments/export/emit_c.h"
#include "ff/core/tensor_dict.h"
#include "ff/data/image_set.h"
#include "ff/learn/learner.h"

namespace ff::experiments {

struct ExportChoice {
  std::string name;  // of the C code
  EdgeStorage storage = EdgeStorage::kFloat32;
  bool inference = false;  // without training
  bool trained = false;    // with the weights of a learner
};

/// Returns the values of the config for which there is no C code, each with what there is; empty if
/// it can be exported. Training needs more than inference.
std::vector<std::string> export_problems(const Config& config, const ExportChoice& choice);

/// Returns what the C code does otherwise than the run: batches of one sample, negatives redrawn,
/// augmentation left out.
std::vector<std::string> export_notes(const Config& config, const ExportChoice& choice);

/// Describes the network; export_problems() must be empty. Throws std::runtime_error for images
/// that C code cannot read: floats, or channels normalised differently.
EdgeNet edge_net(const Config& config, const ImageSet& train, const ExportChoice& choice);

/// Copies the weights of Learner::model() into `net`, and those of `net` into it.
void take_weights(EdgeNet& net, const TensorDict& model);
void give_weights(const EdgeNet& net, const TensorDict& model);

/// Returns the first `count` images of `set`; with the answers of `learner`, unless it is null.
EdgeSamples edge_samples(const ImageSet& set, std::int64_t count, Learner* learner);

}  // namespace ff::experiments

// Objectives that train a block on labelled samples alone: no negatives, and no label in the input.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <torch/nn/module.h>

#include "ff/forward_forward/objective_options.h"
#include "ff/nn/shape.h"

namespace ff {

/// What an objective is for.
struct ObjectivePlace {
  Shape shape;               // of one sample of the block's output
  std::int64_t classes = 0;  // number of classes
};

/// An objective of one block, with parameters of its own, if any: a score for each class, and the
/// loss that trains the block. It sees the block's activations, before the normalisation of the
/// next block's input.
class Objective : public torch::nn::Module {
 public:
  /// Returns the score of each class, activations (N, D) or (N, C, H, W) -> (N, classes); the
  /// highest is predicted. Differentiable by autograd.
  virtual at::Tensor scores(const at::Tensor& activations) const = 0;

  /// Returns the loss for labels int64 (N), scalar: the mean cross-entropy of the softmax of the
  /// scores with the labels, smoothed by `label_smoothing`.
  virtual at::Tensor loss(const at::Tensor& activations, const at::Tensor& labels) const;

  /// Called before each epoch of training, counted from 0, for what depends on the epoch alone.
  virtual void enter_epoch(std::int64_t epoch) { static_cast<void>(epoch); }

  double label_smoothing = 0;  // set by make_objective
};

/// A kind of objective: its name (the value of `objective.type`), its options, and its factory.
struct ObjectiveKind {
  const char* name;
  std::vector<CustomField> fields = {};
  /// Creates the objective; draws its initial parameters from the default CPU generator. Throws
  /// std::invalid_argument if it does not fit the place.
  std::shared_ptr<Objective> (*make)(const ObjectiveOptions& options, const ObjectivePlace& place);
};

/// Returns the objectives in objectives/ and the registered ones. An option that occurs in several
/// kinds is one config key, with the default and help text of the first.
const std::vector<ObjectiveKind>& objectives();
const ObjectiveKind& find_objective(const std::string& name);

/// Registers an objective; the same rules as for register_goodness.
void register_objective(ObjectiveKind kind);

/// Creates the objective `options.type`. Throws std::invalid_argument if it is unknown or does not
/// fit its place.
std::shared_ptr<Objective> make_objective(const ObjectiveOptions& options,
                                          const ObjectivePlace& place);

}  // namespace ff

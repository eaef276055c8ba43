// Options of the objective of Forward-Forward blocks.
#pragma once

#include <string>
#include <vector>

#include "ff/core/custom_options.h"

namespace ff {

/// Returns the options of all objectives (objective.h), each name once, in registration order.
const std::vector<CustomField>& objective_fields();

/// `type` determines which of the other options apply.
struct ObjectiveOptions {
  std::string type = "goodness";
  double label_smoothing = 0;
  CustomValues own = {};  // options of the objectives, by name

  /// Returns the option called `name`, or its default. T is bool, std::int64_t, double or
  /// std::string. Throws std::invalid_argument if no objective has such an option.
  template <class T>
  T get(const char* name) const {
    return custom_option<T>(own, objective_fields(), name);
  }

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit("type",
          self.type,
          one_of(names()),
          "What a block is trained for. goodness: a goodness above a threshold for positives and "
          "below it for negatives (sections loss and negatives); the others need neither negatives "
          "nor labels in the images, and minimise the cross-entropy of class scores computed from "
          "the block's output: class-channels, the goodness of each class's own group of channels; "
          "projection, a learned linear projection of it; random-projection, a fixed random "
          "projection of its patch-wise goodness; class-weights, learned shares of each channel in "
          "each class.");
    visit("label_smoothing",
          self.label_smoothing,
          half_open(0, 1),
          "Share of the target distribution of the cross-entropy that is spread evenly over all "
          "classes.");
    for (const auto& field : objective_fields()) visit_custom(self.own, field, visit);
  }

  /// True for the objectives of objective.h: those that need labels, but no negatives.
  bool supervised() const { return type != "goodness"; }

  /// Returns goodness and the names of the objectives.
  static std::vector<std::string> names();
};

}  // namespace ff

#include "ff/forward_forward/objective.h"

#include <algorithm>

#include <ATen/Functions.h>

#include "ff/core/find_choice.h"
#include "ff/core/open_list.h"
#include "ff/forward_forward/objectives/class_channels.h"
#include "ff/forward_forward/objectives/class_weights.h"
#include "ff/forward_forward/objectives/projection.h"
#include "ff/forward_forward/objectives/random_projection.h"

namespace ff {
namespace {

OpenList<ObjectiveKind>& list_of_objectives() {
  static OpenList<ObjectiveKind> all("objective",
                                     {
                                         class_channels_objective(),
                                         projection_objective(),
                                         random_projection_objective(),
                                         class_weights_objective(),
                                     });
  return all;
}

}  // namespace

at::Tensor Objective::loss(const at::Tensor& activations, const at::Tensor& labels) const {
  return at::cross_entropy_loss(scores(activations),
                                labels,
                                /*weight=*/{},
                                at::Reduction::Mean,
                                /*ignore_index=*/-100,
                                label_smoothing);
}

const std::vector<ObjectiveKind>& objectives() { return list_of_objectives().read(); }

void register_objective(ObjectiveKind kind) { list_of_objectives().add(std::move(kind)); }

const ObjectiveKind& find_objective(const std::string& name) {
  return find_choice(objectives(), name, "objective");
}

std::shared_ptr<Objective> make_objective(const ObjectiveOptions& options,
                                          const ObjectivePlace& place) {
  auto objective = find_objective(options.type).make(options, place);
  objective->label_smoothing = options.label_smoothing;
  return objective;
}

const std::vector<CustomField>& objective_fields() {
  static const std::vector<CustomField> all = [] {
    std::vector<CustomField> fields;
    for (const auto& kind : objectives()) {
      for (const auto& field : kind.fields) {
        const bool known = std::any_of(fields.begin(), fields.end(), [&](const auto& other) {
          return std::string(other.name) == field.name;
        });
        if (!known) fields.push_back(field);
      }
    }
    return fields;
  }();
  return all;
}

std::vector<std::string> ObjectiveOptions::names() {
  auto names = names_of(objectives());
  names.insert(names.begin(), "goodness");
  return names;
}

}  // namespace ff

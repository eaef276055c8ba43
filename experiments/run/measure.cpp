#include "experiments/run/measure.h"

#include <algorithm>
#include <cmath>

#include <ATen/Functions.h>

namespace ff::experiments {

Json measure(Learner& learner, const std::shared_ptr<const ImageSet>& train, const Config& config) {
  const auto images = train->size();
  const auto size = config.batch_size;
  std::vector<Batch> batches;
  for (std::int64_t i = 0; i < config.measures.batches && i * size < images; ++i) {
    const auto rows = at::arange(i * size, std::min((i + 1) * size, images), at::kLong);
    batches.push_back(resident_batch(train, {rows}));
  }
  Json json = Json::object();
  for (const auto& [name, values] : learner.measures(batches)) {
    json[name] = Json::array();
    for (const auto value : values) {
      json[name].push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
    }
  }
  return json;
}

}  // namespace ff::experiments

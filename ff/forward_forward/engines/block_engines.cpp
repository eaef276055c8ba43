#include "ff/forward_forward/engines/block_engines.h"

#include <algorithm>

#include "ff/core/option_error.h"
#include "ff/engines/gpu/devices.h"
#include "ff/forward_forward/engines/cpu/stage.h"
#include "ff/forward_forward/engines/gpu/stage.h"
#include "ff/forward_forward/engines/gpu/training.h"

namespace ff {
namespace {

// Returns for each block why the fused engine does not support it; empty strings if it does.
std::vector<std::string> reasons_by_block(const FFLearnerOptions& options) {
  std::vector<std::string> reasons;
  for (const auto& block : blocks_of(options.model)) {
    reasons.push_back(fused::reason_against(block, options.model));
  }
  return reasons;
}

// Returns why no block of the network can be trained in closed form, whatever its layers; empty if
// some may be.
std::string reason_against_all(const FFLearnerOptions& options, const at::Device& device) {
  const auto& model = options.model;
  const auto& loss = options.loss;
  const auto& optimizer = options.optimizer;
  const auto reason = fused::reason_against(model, loss, optimizer);
  if (!reason.empty()) return reason;
  if (!gpu::is_gpu(device)) return device.is_cpu() ? "" : "a GPU";
  const auto of_gpu = gpu::reason_against(model, loss, optimizer);
  return of_gpu.empty() ? gpu::reason_against(device) : of_gpu;
}

// Returns why the engine for all blocks cannot read this data; empty if it can. On a GPU it trains
// whole epochs; stages are given each batch's activations, wherever they come from.
std::string reason_against_data(const FFLearnerOptions& options,
                                const at::Device& device,
                                bool resident) {
  if (!gpu::is_gpu(device)) return {};
  return resident ? gpu::reason_against_epochs(options) : "batches of a stream on a GPU";
}

}  // namespace

EngineChoice choose_engine(const FFLearnerOptions& options,
                           const at::Device& device,
                           bool resident) {
  auto obstacle = reason_against_all(options, device);
  std::string instead = "autograd";
  const auto by_block = reasons_by_block(options);
  const auto no_reason = [](const std::string& text) { return text.empty(); };
  const auto first = std::find_if_not(by_block.begin(), by_block.end(), no_reason);
  if (obstacle.empty() && first != by_block.end()) {
    obstacle = *first;
    if (std::any_of(by_block.begin(), by_block.end(), no_reason)) instead = "mixed";
  }
  if (obstacle.empty()) obstacle = reason_against_data(options, device, resident);
  auto choice = choose_engine(options.engine, obstacle, instead);
  if (choice.engine == "autograd" && options.precision != "float32") {
    throw OptionError({"precision",
                       options.precision + " is for the fused engine, which does not support " +
                           obstacle + "; allowed: float32"});
  }
  return choice;
}

namespace {

// Creates the stages of `parts` that are trained in closed form, those on a GPU on one device.
class StageMaker {
 public:
  explicit StageMaker(const FFParts& parts) : parts_(parts) {}

  std::unique_ptr<Stage> make(std::size_t first, std::size_t last, std::vector<std::int64_t> kept) {
    const auto& place = parts_.data.info().device;
    if (!gpu::is_gpu(place)) {
      return std::make_unique<fused::FusedStage>(parts_, first, last, std::move(kept));
    }
    if (!device_) device_ = gpu::make_device(place);
    return gpu::make_stage(device_, parts_.network, parts_.options, first, last, std::move(kept));
  }

 private:
  const FFParts& parts_;
  std::shared_ptr<gpu::Device> device_;
};

}  // namespace

std::vector<StagedTraining::Placed> make_stages(const FFParts& parts, const std::string& engine) {
  const auto reasons = reasons_by_block(parts.options);
  const auto in_closed_form = [&](std::size_t l) {
    return engine == "mixed" && reasons[l].empty();
  };
  const auto head_layers = parts.head_layers();
  StageMaker closed_form(parts);
  std::vector<StagedTraining::Placed> stages;
  for (std::size_t first = 0, last = 0; first < reasons.size(); first = last) {
    while (last < reasons.size() && in_closed_form(last) == in_closed_form(first)) ++last;
    std::vector<std::int64_t> kept;
    for (const auto l : head_layers) {
      const auto layer = static_cast<std::size_t>(l);
      if (layer >= first && layer < last) kept.push_back(l - static_cast<std::int64_t>(first));
    }
    std::unique_ptr<Stage> stage;
    if (in_closed_form(first)) {
      stage = closed_form.make(first, last, kept);
    } else {
      stage = std::make_unique<AutogradStage>(parts.network, first, last, kept);
    }
    stages.push_back({first, std::move(stage)});
  }
  return stages;
}

}  // namespace ff

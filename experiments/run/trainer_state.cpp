// Checkpoint state of the training loop.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>

#include "experiments/run/trainer.h"

namespace ff::experiments {
namespace {

at::Tensor doubles(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

std::vector<double> to_doubles(const at::Tensor& tensor) {
  const auto values = tensor.to(at::kDouble).contiguous();
  const auto* data = values.const_data_ptr<double>();
  return {data, data + values.numel()};
}

}  // namespace

TensorDict Trainer::state() const {
  TensorDict state;
  state["position"] =
      at::tensor(std::vector<std::int64_t>{static_cast<std::int64_t>(position_.phase),
                                           position_.epoch,
                                           position_.step,
                                           position_.global_epoch,
                                           position_.total_steps,
                                           position_.finished},
                 at::kLong);
  state["seconds"] = doubles({seconds_, epoch_seconds_, images_seen_});
  state["loss_sums"] = doubles(loss_sums_);
  state["torch_generator"] = at::detail::getDefaultCPUGenerator().get_state();
  state["python_random"] = random_.state();
  for (std::size_t i = 0; i < orders_.size(); ++i) state["order." + std::to_string(i)] = orders_[i];
  return state;
}

bool Trainer::load_state(const TensorDict& state) {
  const auto position = entry(state, "position").contiguous();
  if (position.scalar_type() != at::kLong || position.numel() != 6) {
    throw std::runtime_error("cannot read the position in the training");
  }
  const auto* p = position.const_data_ptr<std::int64_t>();
  position_ = {static_cast<std::size_t>(p[0]), p[1], p[2], p[3], p[4], p[5] != 0};
  if (p[0] < 0 || p[0] > static_cast<std::int64_t>(phases_.size()) || p[1] < 0 || p[2] < 0 ||
      p[2] > batches() || (!position_.finished && position_.phase == phases_.size())) {
    throw std::runtime_error("the position in the training does not exist in this schedule");
  }
  const auto seconds = to_doubles(entry(state, "seconds"));
  seconds_ = seconds.at(0);
  epoch_seconds_ = seconds.at(1);
  images_seen_ = seconds.at(2);
  loss_sums_ = to_doubles(entry(state, "loss_sums"));
  auto generator = at::detail::getDefaultCPUGenerator();  // handle to the default generator
  generator.set_state(entry(state, "torch_generator"));
  random_.set_state(entry(state, "python_random"));
  orders_.clear();
  for (int i = 0; state.contains("order." + std::to_string(i)); ++i) {
    orders_.push_back(state.at("order." + std::to_string(i)));
    if (orders_.back().scalar_type() != at::kLong || orders_.back().numel() != data_.train.size()) {
      throw std::runtime_error("the order of the images does not fit this training set");
    }
  }
  return continue_past_earlier_end();
}

// Continues after the end of a shorter training. Only the last phase can have gained epochs, as all
// earlier phases are complete.
bool Trainer::continue_past_earlier_end() {
  std::int64_t before = 0;
  for (std::size_t i = 0; i + 1 < phases_.size(); ++i) before += phases_[i].epochs;
  const auto epoch = position_.global_epoch - before;
  if (!position_.finished || out_of_steps() || epoch < 0 || epoch >= phases_.back().epochs) {
    return false;
  }
  position_.phase = phases_.size() - 1;
  position_.epoch = epoch;
  position_.finished = false;
  return true;
}

}  // namespace ff::experiments

#include "experiments/run/trainer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/Functions.h>

#include "experiments/run/evaluate.h"
#include "experiments/run/measure.h"
#include "experiments/run/stop.h"
#include "ff/engines/compute_device.h"

namespace ff::experiments {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Thrown to cancel an evaluation on a stop request.
struct Cancelled {};

std::string at(const std::string& phase, std::int64_t epoch, std::int64_t step) {
  return "phase '" + phase + "', epoch " + std::to_string(epoch) + ", step " + std::to_string(step);
}

}  // namespace

Diverged::Diverged(std::string what_is,
                   const std::string& phase,
                   std::int64_t epoch,
                   std::int64_t step)
    : std::runtime_error(what_is + " " + at(phase, epoch, step) +
                         "; a lower optimizer.learning_rate may help"),
      record({{"reason", what_is + " " + at(phase, epoch, step)},
              {"phase", phase},
              {"epoch", epoch},
              {"step", step}}) {}

Trainer::Trainer(const Config& config,
                 Learner& learner,
                 const DataSplit& data,
                 const RandomOrder& order,
                 PythonRandom& random,
                 std::vector<Observer*> observers)
    : config_(config),
      learner_(learner),
      data_(data),
      train_(std::make_shared<const ImageSet>(data.train)),
      order_(order),
      random_(random),
      observers_(std::move(observers)),
      phases_(learner.phases()) {}

std::int64_t Trainer::batches() const {
  return (data_.train.size() + config_.batch_size - 1) / config_.batch_size;
}

bool Trainer::out_of_steps() const {
  return config_.schedule.max_steps && position_.total_steps >= *config_.schedule.max_steps;
}

double Trainer::mean_loss() const {
  if (loss_sums_.empty() || images_seen_ == 0) return 0;
  const auto sum = std::accumulate(loss_sums_.begin(), loss_sums_.end(), 0.0);
  return sum / images_seen_ / static_cast<double>(loss_sums_.size());
}

bool Trainer::run() {
  while (begin_epoch()) {
    learner_.train_epoch(phase(), *this);
    if (!finish_epoch()) return false;
  }
  return true;
}

bool Trainer::begin_epoch() {
  const bool fresh = position_.total_steps == 0 && position_.global_epoch == 0 && orders_.empty();
  if (fresh && !position_.finished) start();
  while (!position_.finished && (phase().epochs == 0 || position_.epoch == phase().epochs)) {
    position_.epoch = 0;
    ++position_.phase;
    position_.finished = position_.phase == phases_.size();
  }
  if (position_.finished) return false;
  if (orders_.empty()) {
    learner_.begin_epoch(/*first=*/position_.global_epoch == 0);
    orders_ = order_.epoch_order(data_.train.size(), learner_.streams());
  }
  begun_ = std::chrono::steady_clock::now();
  learner_.enter_epoch(phase(), position_.epoch);
  return true;
}

void Trainer::start() {
  order_.before_training();
  Json line = {{"epoch", 0}};
  if (!add_evaluations(0, line)) {  // nothing has been trained that could be saved
    throw Interrupted(
        config_.name + " seed " + std::to_string(config_.seeds[0]) +
        ": interrupted before its first step; run the same command with --resume to start it");
  }
  if (line.size() > 1) notify_epoch(line);
}

// If interrupted within an epoch, keeps the sample order, so that training can resume there.
bool Trainer::finish_epoch() {
  synchronize(data_.train.images.device());
  if (!pending_.empty()) notify_step();
  const auto seconds = seconds_since(begun_);
  seconds_ += seconds;
  epoch_seconds_ += seconds;
  if (position_.step < batches() && !out_of_steps()) return false;
  return end_epoch();
}

std::int64_t Trainer::images_in(std::int64_t batch) const {
  return std::min(config_.batch_size, data_.train.size() - batch * config_.batch_size);
}

Batch Trainer::next(std::int64_t batches) const {
  auto steps = std::min(batches, this->batches() - position_.step);
  if (config_.schedule.max_steps) {
    steps = std::min(steps, *config_.schedule.max_steps - position_.total_steps);
  }
  steps = stop_requested() ? 0 : std::min(steps, steps_before_stop());
  const auto begin = std::min(position_.step * config_.batch_size, data_.train.size());
  const auto samples = std::min(steps * config_.batch_size, data_.train.size() - begin);
  std::vector<at::Tensor> rows;
  for (const auto& order : orders_) rows.push_back(order.narrow(/*dim=*/0, begin, samples));
  return resident_batch(train_, std::move(rows));
}

bool Trainer::stopping() const { return stop_requested(); }

void Trainer::trained(const at::Tensor& losses) {
  for (std::int64_t s = 0; s < losses.size(0); ++s) {
    pending_.push_back(losses[s]);
    pending_sizes_.push_back(images_in(position_.step));
    ++position_.step;
    ++position_.total_steps;
    count_trained_step();
  }
  // Reading a loss synchronises with the device, so on a GPU losses are read in batches of many
  // steps.
  const std::size_t read_every = losses.is_cpu() ? 1 : 64;
  if (pending_.size() >= read_every) notify_step();
}

void Trainer::notify_step() {
  read_pending_losses();
  for (auto* observer : observers_) {
    observer->step_trained({phase(), position_, batches(), mean_loss(), learner_});
  }
}

void Trainer::read_pending_losses() {
  if (pending_.empty()) return;
  const auto rows = at::stack(pending_).to(at::kCPU, at::kDouble).contiguous();  // (steps, layers)
  const auto layers = rows.size(1);
  loss_sums_.resize(layers);
  for (std::int64_t s = 0; s < rows.size(0); ++s) {
    for (std::int64_t l = 0; l < layers; ++l) {
      const double loss = rows.const_data_ptr<double>()[s * layers + l];
      if (!std::isfinite(loss)) {
        const auto layer = phase().layer >= 0 ? phase().layer : l;
        const auto step = position_.step - rows.size(0) + s + 1;
        throw Diverged("the loss of " +
                           (layers > 1 || phase().layer >= 0 ? "layer " + std::to_string(layer)
                                                             : "the " + phase().name) +
                           " is not finite (" +
                           (std::isnan(loss) ? "NaN"
                            : loss > 0       ? "inf"
                                             : "-inf") +
                           ") in",
                       phase().name,
                       position_.epoch + 1,
                       step);
      }
      loss_sums_[l] += loss * static_cast<double>(pending_sizes_[s]);
    }
    images_seen_ += static_cast<double>(pending_sizes_[s]);
  }
  pending_.clear();
  pending_sizes_.clear();
}

// The loss is computed before the update, so NaN or infinity from the last update shows only in the
// weights.
void Trainer::check_weights_finite() const {
  for (const auto& [name, tensor] : learner_.model()) {
    if (at::isfinite(tensor).all().item<bool>()) continue;
    throw Diverged(
        name + " is not finite after", phase().name, position_.epoch + 1, position_.step);
  }
}

// Returns false if a stop request cancelled the evaluation. The epoch is then not recorded, and a
// resumed run repeats its end.
bool Trainer::end_epoch() {
  check_weights_finite();
  Json evaluations = Json::object();
  if (!add_evaluations(position_.global_epoch + 1, evaluations)) return false;
  order_.after_epoch();
  ++position_.epoch;
  ++position_.global_epoch;
  Json line = {
      {"epoch", position_.global_epoch}, {"phase", phase().name}, {"train_loss", mean_loss()}};
  if (phase().layer >= 0 || loss_sums_.size() > 1) {
    std::vector<double> means;
    for (const auto sum : loss_sums_) means.push_back(sum / images_seen_);
    line["layer_losses"] = means;
  }
  for (const auto& [name, values] : learner_.report()) line[name] = values;
  line["steps"] = position_.step;
  line["seconds"] = epoch_seconds_;
  line.update(evaluations);

  const auto ended = phase();
  orders_.clear();
  loss_sums_.clear();
  images_seen_ = 0;
  epoch_seconds_ = 0;
  position_.step = 0;
  if (out_of_steps()) position_.finished = true;
  for (auto* observer : observers_) observer->epoch_ended({ended, position_, line});
  return true;
}

void Trainer::notify_epoch(const Json& metrics) const {
  for (auto* observer : observers_) observer->epoch_ended({phase(), position_, metrics});
}

// Adds the configured evaluations and measures at the end of an epoch; returns false on a stop
// request.
bool Trainer::add_evaluations(std::int64_t epoch, Json& line) {
  const auto& validate = config_.evaluate.validation_every;
  try {
    if (config_.evaluate.every_epoch) {
      line.update(evaluate_now(/*test_too=*/true));
    } else if (validate && epoch > 0 && epoch % *validate == 0) {
      line.update(evaluate_now(/*test_too=*/false));
    }
  } catch (const Cancelled&) {
    return false;
  }
  const auto every = config_.measures.every_epochs;
  if (every > 0 && epoch % every == 0) {
    line["measures"] = measures_now();
    line["peak_memory_bytes"] = peak_memory();
  }
  return true;
}

Json Trainer::measures_now() {
  if (config_.measures.every_epochs == 0) return nullptr;
  const auto device = data_.train.images.device();
  peak_memory_ = peak_memory();
  const auto json = measure(learner_, train_, config_);
  reset_peak_memory(device);
  return json;
}

std::int64_t Trainer::peak_memory() const {
  return std::max(peak_memory_, peak_memory_bytes(data_.train.images.device()));
}

Json Trainer::evaluate_now(bool test_too) const {
  const auto add = [&](Json& json, const std::string& name, const ImageSet& set) {
    if (set.size() == 0) return;
    const auto result = evaluate(learner_, set, config_.evaluate.batch_size, [] {
      if (stop_requested()) throw Cancelled();
    });
    json[name + "_accuracy"] = result.accuracy;
    if (result.loss) json[name + "_loss"] = *result.loss;
  };
  Json json = Json::object();
  add(json, "validation", data_.validation);
  if (test_too) add(json, "test", data_.test);
  return json;
}

}  // namespace ff::experiments

#include "experiments/run/session.h"

#include <iostream>

#include "experiments/plain_text.h"
#include "experiments/run/final_evaluation.h"
#include "experiments/run/outcome.h"
#include "experiments/run/progress.h"
#include "experiments/run/stop.h"
#include "ff/engines/compute_device.h"

namespace ff::experiments {
namespace {

// Returns the peak memory before training and resets the counter.
std::int64_t take_peak(const at::Device& device) {
  const auto peak = peak_memory_bytes(device);
  reset_peak_memory(device);
  return peak;
}

std::vector<Observer*> observers_of(Recorder& recorder, Observer* progress) {
  if (!progress) return {&recorder};
  return {&recorder, progress};
}

}  // namespace

RunSession::RunSession(const Run& run,
                       const DataSplit& data,
                       const RunFolder& folder,
                       const RunSettings& settings,
                       const std::string& title)
    : run_(run),
      data_(data),
      folder_(folder),
      settings_(settings),
      load_peak_(take_peak(settings.device)),
      order_(run.config.random_order),
      learner_(order_.make_learner(run.config, run.config.seeds[0], data.train, random_, note_)),
      recorder_(folder, run.config.checkpoint, *learner_),
      progress_(make_progress(title, settings.quiet || title.empty())),
      trainer_(
          run.config, *learner_, data, order_, random_, observers_of(recorder_, progress_.get())) {
  if (!note_.empty() && progress_) std::cerr << title << " " << note_ << "\n";
  recorder_.watch(trainer_);
}

void RunSession::resume() {
  const auto file = folder_.file("checkpoint.pt");
  if (!std::filesystem::exists(file)) {
    folder_.cut_metrics(-1);
    return;
  }
  const auto state = learner_->training_state();
  const auto chosen = state.find("predict_layers");  // set by a finished training
  const auto none_chosen = chosen == state.end() ? at::Tensor() : chosen->second.clone();
  const auto checkpoint = load_checkpoint(file);
  try {
    const auto part = [&](const std::string& name) {
      const auto found = checkpoint.find(name);
      if (found == checkpoint.end()) throw std::runtime_error("it has no '" + name + "'");
      return found->second;
    };
    copy_into(learner_->model(), part("model"));
    copy_into(learner_->training_state(), part("learner"));
    const bool goes_on = trainer_.load_state(part("loop"));
    if (goes_on && none_chosen.defined()) chosen->second.copy_(none_chosen);
  } catch (const std::exception& error) {
    throw std::runtime_error(file.string() + ": cannot be resumed from: " + plain_text(error) +
                             "; remove the run folder and run again");
  }
  const auto warning = folder_.cut_metrics(trainer_.position().global_epoch);
  if (warning.empty()) return;
  std::cerr << "warning: " << warning << "\n";
  folder_.add_warning(warning);
}

void RunSession::end_training() {
  if (learner_->chooses_layers()) {
    learner_->predict_with(
        best_layers(*learner_, data_.validation, run_.config.evaluate.batch_size, [&] {
          if (!stop_requested()) return;
          save();
          throw_interrupted(run_);
        }));
  }
  save();
}

Json RunSession::evaluate_all() {
  const auto& config = run_.config;
  const auto check_stop = [&] {
    if (stop_requested()) throw_interrupted(run_);
  };
  auto evaluation = evaluate_splits(*learner_, data_, config.evaluate.batch_size, check_stop);
  save_tensors(folder_.file("predictions.pt"), evaluation.predictions);
  auto figures = evaluation.figures;
  figures["evaluate_seconds"] = evaluation.seconds;
  const auto warning = outcome_warning(config, data_.test, evaluation);
  if (!warning.empty()) {
    figures["warnings"] = Json::array({warning});
    std::cerr << run_.folder.string() << ": warning: " << warning << "\n";
  }
  if (!config.prune.ratios.empty()) {
    figures["pruned"] =
        evaluate_pruned(*learner_, data_, config.prune, config.evaluate.batch_size, check_stop);
  }
  return figures;
}

// Fields common to all results.
Json RunSession::about() const {
  return {{"name", run_.config.name},
          {"seed", run_.config.seeds[0]},
          {"device", ff::to_text(settings_.device)},
          {"engine", learner_->engine()},
          {"epochs", run_.config.schedule.epochs},
          {"steps", trainer_.position().total_steps}};
}

void RunSession::diverged(const Diverged& error) const {
  auto result = about();
  result["diverged"] = error.record;
  folder_.diverge(result);
}

void RunSession::finish(const Json& more) {
  const auto& config = run_.config;
  const auto train_peak = trainer_.peak_memory();
  const auto measures = trainer_.measures_now();
  reset_peak_memory(settings_.device);
  auto result = about();
  result.update(evaluate_all());
  for (const auto& [name, values] : learner_->report()) result[name] = values;
  if (!measures.is_null()) result["measures"] = measures;
  result["train_seconds"] = trainer_.train_seconds();
  result["peak_memory_bytes"] = train_peak;
  result["peak_memory"] = {{"load", load_peak_},
                           {"train", train_peak},
                           {"evaluate", peak_memory_bytes(settings_.device)}};
  result["test_set_seen_in_training"] = config.evaluate.every_epoch;
  if (config.augment.test) result["test_images_moved"] = true;
  result.update(more);
  if (!note_.empty()) result["note"] = note_;
  folder_.finish(result);
}

void throw_interrupted(const Run& run) {
  throw Interrupted(run.folder.string() +
                    ": interrupted; run the same command with --resume to continue");
}

}  // namespace ff::experiments

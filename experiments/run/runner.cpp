#include "experiments/run/runner.h"

#include <ATen/CPUGeneratorImpl.h>

#include "experiments/config/reader.h"
#include "experiments/learners.h"
#include "experiments/plain_text.h"
#include "experiments/run/environment.h"
#include "experiments/run/judge.h"
#include "experiments/run/progress.h"
#include "experiments/run/stop.h"
#include "experiments/run/trainer.h"
#include "ff/device.h"

namespace ff::experiments {
namespace {

// Writes metrics and checkpoints as epochs end.
class Recorder : public Observer {
 public:
  Recorder(const RunFolder& folder, const CheckpointOptions& options, const Learner& learner)
      : folder_(folder), options_(options), learner_(learner) {}

  void watch(const Trainer& trainer) { trainer_ = &trainer; }

  void epoch_ended(const EpochEvent& event) override {
    folder_.add_metrics(event.metrics);
    const auto epoch = event.position.global_epoch;
    if (epoch > 0 && epoch % options_.every_epochs == 0) save(epoch);
  }

  /// Saves where training stands now; `epoch` when it stands at the end of one.
  void save(std::optional<std::int64_t> epoch = std::nullopt) const {
    if (options_.keep != "all") epoch.reset();
    folder_.save({{"model", learner_.model()},
                  {"learner", learner_.training_state()},
                  {"loop", trainer_->state()}},
                 epoch);
  }

 private:
  const RunFolder& folder_;
  const CheckpointOptions& options_;
  const Learner& learner_;
  const Trainer* trainer_ = nullptr;
};

RunIdentity identity_of(const Run& run, const LoadedData& data, const RunSettings& settings) {
  // Asked of the kind: making a learner to ask would draw random numbers.
  const auto engine = find_learner(run.config.model.type).engine(run.config, settings.device);
  return {resolved(run.config),
          environment(settings.device, engine, data.folder, settings.command)};
}

void resume_from(const RunFolder& folder, Learner& learner, Trainer& trainer) {
  const auto file = folder.file("checkpoint.pt");
  if (!std::filesystem::exists(file)) {
    folder.cut_metrics(-1);
    return;
  }
  const auto checkpoint = load_checkpoint(file);
  try {
    const auto part = [&](const std::string& name) {
      const auto found = checkpoint.find(name);
      if (found == checkpoint.end()) throw std::runtime_error("it has no '" + name + "'");
      return found->second;
    };
    copy_into(learner.model(), part("model"));
    copy_into(learner.training_state(), part("learner"));
    trainer.load_state(part("loop"));
  } catch (const std::exception& error) {
    throw std::runtime_error(file.string() + ": cannot be resumed from: " + plain_text(error) +
                             "; remove the run folder and run again");
  }
  folder.cut_metrics(trainer.position().global_epoch);
}

void refuse_to_go_on(const std::filesystem::path& folder) {
  throw Interrupted(folder.string() +
                    ": interrupted; the same command with --resume goes on from here");
}

Json judge_all(const Run& run, Learner& learner, const DataSplit& data, const RunFolder& folder) {
  const auto& config = run.config;
  const auto check_stop = [&] {
    if (stop_requested()) refuse_to_go_on(run.folder);
  };
  auto judgement = judge(learner, data, config.evaluate.batch_size, check_stop);
  save_tensors(folder.file("predictions.pt"),
               {{"train", judgement.train_predictions}, {"test", judgement.test_predictions}});
  auto figures = std::move(judgement.figures);
  figures["evaluate_seconds"] = judgement.seconds;
  if (!config.prune.ratios.empty()) {
    figures["pruned"] =
        judge_pruned(learner, data, config.prune, config.evaluate.batch_size, check_stop);
  }
  return figures;
}

void train_and_judge(const Run& run,
                     const DataSplit& data,
                     const RunFolder& folder,
                     const RunSettings& settings,
                     bool resume) {
  const auto& config = run.config;
  const auto load_peak = peak_memory_bytes(settings.device);
  reset_peak_memory(settings.device);
  PythonRandom random(0);
  std::string note;
  const RandomOrder order(config.random_order);
  const auto learner = order.make_learner(config, config.seeds[0], data.train, random, note);
  Recorder recorder(folder, config.checkpoint, *learner);
  const auto title = config.name + " seed " + std::to_string(config.seeds[0]) + ":";
  const auto progress = make_progress(title, settings.quiet);
  if (!note.empty() && progress) std::cerr << title << " " << note << "\n";
  std::vector<Observer*> observers = {&recorder};
  if (progress) observers.push_back(progress.get());
  Trainer trainer(config, *learner, data, order, random, observers);
  recorder.watch(trainer);
  if (resume) resume_from(folder, *learner, trainer);

  const bool finished = trainer.run();
  if (finished && learner->chooses_layers()) {
    learner->predict_with(best_layers(*learner, data.validation, config.evaluate.batch_size));
  }
  recorder.save();
  if (!finished) refuse_to_go_on(run.folder);
  const auto train_peak = trainer.peak_memory();
  const auto measures = trainer.measures_now();
  reset_peak_memory(settings.device);

  Json result = {{"name", config.name},
                 {"seed", config.seeds[0]},
                 {"device", to_text(settings.device)},
                 {"engine", learner->engine()},
                 {"epochs", config.schedule.epochs},
                 {"steps", trainer.position().total_steps}};
  result.update(judge_all(run, *learner, data, folder));
  for (const auto& [name, values] : learner->report()) result[name] = values;
  if (!measures.is_null()) result["measures"] = measures;
  result["train_seconds"] = trainer.train_seconds();
  result["peak_memory_bytes"] = train_peak;
  result["peak_memory"] = {
      {"load", load_peak}, {"train", train_peak}, {"evaluate", peak_memory_bytes(settings.device)}};
  result["test_set_seen_in_training"] = config.evaluate.every_epoch;
  if (config.augment.test) result["test_images_moved"] = true;
  if (!note.empty()) result["note"] = note;
  folder.finish(result);
}

// The same moves in every run and for every seed, so that the figures are of one set of images.
void move_test_images(const Config& config, ImageSet& test) {
  try {
    check_augment(config.augment, test.height(), test.width());
  } catch (const std::invalid_argument& error) {
    throw ConfigError(config.file + ": " + error.what());
  }
  const auto moves =
      draw_moves(config.augment, test.size(), at::detail::createCPUGenerator(/*seed=*/0));
  test.images = moved(test.images, moves);
}

}  // namespace

void load_model(const std::filesystem::path& file, Learner& learner) {
  const auto checkpoint = load_checkpoint(file);
  const auto model = checkpoint.find("model");
  if (model == checkpoint.end()) throw std::runtime_error(file.string() + ": holds no 'model'");
  try {
    copy_into(learner.model(), model->second);
    // Python's checkpoints have none; ours keep the label's value there.
    const auto rest = checkpoint.find("learner");
    if (rest != checkpoint.end()) copy_into(learner.training_state(), rest->second);
  } catch (const std::exception& error) {
    throw std::runtime_error(file.string() + ": is not of this network: " + plain_text(error));
  }
}

std::vector<Run> list_runs(const std::vector<Config>& configs, const RunSettings& settings) {
  std::vector<Run> runs;
  for (const auto& config : configs) {
    for (const auto seed : config.seeds) {
      Run run{config, settings.out / config.name / ("seed-" + std::to_string(seed))};
      run.config.seeds = {seed};
      runs.push_back(std::move(run));
    }
  }
  return runs;
}

const LoadedData& DataShelf::get(const Config& config) {
  auto key = Writer::write(config.dataset).dump();
  if (config.augment.test) key += Writer::write(config.augment).dump();
  const auto found = loaded_.find(key);
  if (found != loaded_.end()) return found->second;
  auto data = load_dataset(config.dataset, settings_.data_root);
  if (config.augment.test) move_test_images(config, data.split.test);
  data.split.train = data.split.train.to(settings_.device);
  data.split.validation = data.split.validation.to(settings_.device);
  data.split.test = data.split.test.to(settings_.device);
  return loaded_.emplace(key, std::move(data)).first->second;
}

FolderState check_run(const Run& run, const LoadedData& data, const RunSettings& settings) {
  PythonRandom random(0);
  try {
    find_learner(run.config.model.type).make(run.config, data.split.train, random);
  } catch (const std::invalid_argument& error) {  // the config does not fit the data
    throw ConfigError(run.config.file + ": " + plain_text(error));
  }
  const auto state = folder_state(run.folder, identity_of(run, data, settings));
  if (state == FolderState::kUnfinished) refuse_if_held(run.folder);
  if (state == FolderState::kUnfinished && !settings.resume) {
    throw std::runtime_error(
        run.folder.string() +
        ": holds an unfinished run; add --resume to go on with it, or remove it");
  }
  return state;
}

void execute(const Run& run, const LoadedData& data, const RunSettings& settings) {
  const auto identity = identity_of(run, data, settings);
  // A finished run is only looked at: it may lie where nothing can be written.
  if (folder_state(run.folder, identity) == FolderState::kDone) return;
  const RunFolder folder(run.folder);
  const auto state = folder_state(run.folder, identity);  // again, now that it is locked
  if (state == FolderState::kDone) return;
  if (state == FolderState::kNew) folder.begin(identity);
  train_and_judge(run, data.split, folder, settings, state == FolderState::kUnfinished);
}

}  // namespace ff::experiments

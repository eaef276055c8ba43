#include "experiments/run/runner.h"

#include <algorithm>

#include <ATen/CPUGeneratorImpl.h>

#include "experiments/config/reader.h"
#include "experiments/learners.h"
#include "experiments/plain_text.h"
#include "experiments/records/run_record.h"
#include "experiments/run/device_errors.h"
#include "experiments/run/environment.h"
#include "experiments/run/extension.h"
#include "experiments/run/session.h"
#include "experiments/run/warnings.h"

namespace ff::experiments {

RunIdentity identity_of(const Run& run, const LoadedData& data, const RunSettings& settings) {
  // Asks the registry entry, since creating a learner to ask it would draw random numbers.
  const auto engine = find_learner(run.config.model.type).engine(run.config, settings.device);
  auto seen = environment(settings.device, engine, data, settings.command);
  const auto warnings = warnings_of(run.config, data);
  if (!warnings.empty()) seen["warnings"] = warnings;
  return {resolved(run.config), std::move(seen)};
}

namespace {

// Applies the same shifts in every run and for every seed, so that all metrics refer to one test
// set.
void move_test_images(const Config& config, ImageSet& test) {
  try {
    check_augment(config.augment, test.height(), test.width());
  } catch (const std::invalid_argument& error) {
    throw ConfigError(config.file + ": " + error.what());
  }
  const auto moves =
      draw_moves(config.augment, test.size(), at::detail::createCPUGenerator(/*seed=*/0));
  test.move(moves);
}

std::int64_t bytes_of(const DataSplit& split) {
  std::int64_t bytes = 0;
  for (const auto* set : {&split.train, &split.validation, &split.test}) {
    if (set->size() > 0) bytes += static_cast<std::int64_t>(set->images.nbytes());
  }
  return bytes;
}

}  // namespace

void load_model(const std::filesystem::path& file, Learner& learner) {
  const auto checkpoint = load_checkpoint(file);
  const auto model = checkpoint.find("model");
  if (model == checkpoint.end()) throw std::runtime_error(file.string() + ": holds no 'model'");
  try {
    copy_into(learner.model(), model->second);
    // Checkpoints of the Python reference lack this entry; the initial label value is kept then.
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

const LoadedData& DatasetCache::get(const Config& config) {
  auto key = Writer::write(config.dataset).dump();
  if (config.augment.test) key += Writer::write(config.augment).dump();
  const auto found = std::find_if(
      entries_.begin(), entries_.end(), [&](const auto& kept) { return kept.key == key; });
  if (found != entries_.end()) {
    std::rotate(entries_.begin(), found, found + 1);
    return *entries_.front().data;
  }
  auto data = std::make_unique<LoadedData>(load_dataset(config.dataset, settings_.data_root));
  if (config.augment.test) move_test_images(config, data->split.test);
  data->split.train = data->split.train.to(settings_.device);
  data->split.validation = data->split.validation.to(settings_.device);
  data->split.test = data->split.test.to(settings_.device);
  entries_.insert(entries_.begin(), {key, std::move(data)});
  evict();
  return *entries_.front().data;
}

void DatasetCache::evict() {
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    bytes += bytes_of(entries_[i].data->split);
    if (i == 0 || bytes <= most_bytes_) continue;
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i), entries_.end());
  }
}

namespace {

// Returns why a finished run cannot be continued; its results must not be deleted in that case.
std::string reason_against_checkpoint(const std::filesystem::path& folder) {
  try {
    load_checkpoint(folder / "checkpoint.pt");
    return {};
  } catch (const std::exception& error) {
    return plain_text(error);
  }
}

// Throws if a run with fewer epochs cannot be extended to this one, or if that was not requested.
void refuse_extension(const Run& run, const LoadedData& data, const RunSettings& settings) {
  const auto kept = completed(read_record(run.folder / "config.json"));
  const auto epochs = find_path(kept, "schedule.epochs")->get<std::int64_t>();
  const auto where = run.folder.string() + ": holds this run with schedule.epochs " +
                     std::to_string(epochs) + ", not " + std::to_string(run.config.schedule.epochs);
  auto reason = reason_against_extension(run.config, epochs, data.split.train);
  if (reason.empty() && has_result(run.folder)) reason = reason_against_checkpoint(run.folder);
  if (!reason.empty()) {
    throw std::runtime_error(where + ", and cannot be extended: " + reason +
                             "; choose another --out or name, or remove the folder");
  }
  if (!settings.resume) {
    throw std::runtime_error(where +
                             "; add --resume to extend it, or choose another --out or name");
  }
  refuse_if_held(run.folder);
}

}  // namespace

FolderState check_run(const Run& run, const LoadedData& data, const RunSettings& settings) {
  PythonRandom random(0);
  try {
    find_learner(run.config.model.type).make(run.config, data.split.train, random);
  } catch (const std::invalid_argument& error) {  // the config does not fit the data
    throw ConfigError(run.config.file + ": " + plain_text(error));
  }
  const auto state = folder_state(run.folder, identity_of(run, data, settings));
  if (state == FolderState::kShorter) refuse_extension(run, data, settings);
  if (state == FolderState::kUnfinished) refuse_if_held(run.folder);
  if (state == FolderState::kUnfinished && !settings.resume) {
    throw std::runtime_error(
        run.folder.string() +
        ": holds an unfinished run; add --resume to continue it, or remove it");
  }
  return state;
}

std::string diverged_before(const Run& run) {
  const auto result = read_record(run.folder / "result.json");
  return run.folder.string() +
         ": diverged before: " + result.at("/diverged/reason"_json_pointer).get<std::string>() +
         "; to run it again, remove the folder";
}

namespace {

// Returns true if the run has finished. Throws if it diverged, as it would diverge again.
bool has_ended(const Run& run, FolderState state) {
  if (state == FolderState::kDiverged) throw std::runtime_error(diverged_before(run));
  return state == FolderState::kDone;
}

}  // namespace

void execute(const Run& run, const LoadedData& data, const RunSettings& settings) {
  const auto identity = identity_of(run, data, settings);
  // Checks finished runs without locking: their folder may be read-only.
  if (has_ended(run, folder_state(run.folder, identity))) return;
  const RunFolder folder(run.folder);
  const auto state = folder_state(run.folder, identity);  // checked again under the lock
  if (has_ended(run, state)) return;
  if (state == FolderState::kNew) folder.begin(identity);
  if (state == FolderState::kShorter) folder.extend(identity);
  try {
    const auto title = run.config.name + " seed " + std::to_string(run.config.seeds[0]) + ":";
    RunSession session(run, data.split, folder, settings, title);
    if (state != FolderState::kNew) session.resume();
    try {
      if (!session.trainer().run()) {
        session.save();
        throw_interrupted(run);
      }
    } catch (const Diverged& error) {
      session.diverged(error);
      throw;
    }
    session.end_training();
    session.finish();
  } catch (...) {
    rethrow_device_error(run.folder);
  }
}

}  // namespace ff::experiments

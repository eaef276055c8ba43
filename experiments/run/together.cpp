#include "experiments/run/together.h"

#include <algorithm>
#include <memory>
#include <tuple>

#include <ATen/CPUGeneratorImpl.h>

#include "experiments/learners.h"
#include "experiments/plain_text.h"
#include "experiments/run/device_errors.h"
#include "experiments/run/session.h"
#include "experiments/run/stop.h"

namespace ff::experiments {
namespace {

// Returns the part of the config that must be equal for two runs to train as a group.
Json shared_part(const Run& run) {
  auto json = resolved(run.config);
  json.erase("name");
  json.erase("seeds");
  const auto& optimizer = run.config.optimizer;
  json["optimizer"] = {{"type", optimizer.type}, {"momentum", optimizer.momentum != 0}};
  return json;
}

// A run of a group: its folder, its session and its state of the shared random generator.
class GroupMember : private Epoch {
 public:
  GroupMember(const Run& run,
              const LoadedData& data,
              const RunSettings& settings,
              std::string title)
      : run_(run), folder_(run.folder) {
    const auto state = folder_state(run.folder, identity_of(run, data, settings));
    if (state == FolderState::kNew) folder_.begin(identity_of(run, data, settings));
    if (state == FolderState::kShorter) folder_.extend(identity_of(run, data, settings));
    attempt([&] {
      session_ = std::make_unique<RunSession>(run_, data.split, folder_, settings, title);
      if (state != FolderState::kNew) session_->resume();
    });
  }

  /// Calls `work` with this run's generator state. An exception fails this run only.
  template <class Work>
  void attempt(const Work& work) {
    if (failed()) return;
    auto generator = at::detail::getDefaultCPUGenerator();  // handle to the default generator
    if (generator_.defined()) generator.set_state(generator_);
    try {
      translate_device_errors(run_.folder, [&] {
        try {
          work();
        } catch (const Diverged& error) {
          session_->diverged(error);
          throw;
        }
      });
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      fail(plain_text(error));
    }
    generator_ = generator.get_state();
  }

  bool failed() const { return !failure_.empty(); }
  void fail(const std::string& text) {
    if (!failed()) failure_ = text;
  }
  const Run& run() const { return run_; }
  const std::string& failure() const { return failure_; }
  RunSession& session() { return *session_; }
  Epoch& epoch() { return *this; }
  /// Sets the sample order to use after this run has failed, as its network stays in the group.
  void follow(const Epoch& other) { followed_ = &other; }

 private:
  Batch next(std::int64_t batches) const override {
    return failed() ? followed_->next(batches) : session_->trainer().next(batches);
  }
  bool stopping() const override { return !failed() && session_->trainer().stopping(); }
  void trained(const at::Tensor& losses) override {
    attempt([&] { session_->trainer().trained(losses); });
  }

  Run run_;
  RunFolder folder_;
  std::unique_ptr<RunSession> session_;
  at::Tensor generator_;
  std::string failure_;
  const Epoch* followed_ = nullptr;
};

using GroupMembers = std::vector<std::unique_ptr<GroupMember>>;

std::string title_of(const std::vector<Run>& runs) {
  std::string title = runs.front().config.name + " seed";
  for (const auto& run : runs) title += " " + std::to_string(run.config.seeds[0]);
  return title + ", together:";
}

// Returns a run that has not failed; null if all have. A failed run only continues to occupy its
// part of the device computation.
GroupMember* first_running(const GroupMembers& members) {
  const auto found =
      std::find_if(members.begin(), members.end(), [](const auto& m) { return !m->failed(); });
  return found == members.end() ? nullptr : found->get();
}

void stop_all(const GroupMembers& members) {
  for (const auto& member : members) member->attempt([&] { member->session().save(); });
  throw_interrupted(members.front()->run());
}

// A device error fails every run of the group.
template <class Work>
bool attempt_all(const GroupMembers& members, const Run& run, const Work& work) {
  try {
    translate_device_errors(run.folder, work);
    return true;
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& error) {
    for (const auto& member : members) member->fail(plain_text(error));
    return false;
  }
}

// Trains all runs for one epoch; returns false if none has epochs left.
bool train_epoch(const GroupMembers& members, LearnerGroup& group) {
  bool going = false;
  for (const auto& member : members) {
    member->attempt([&] { going = member->session().trainer().begin_epoch(); });
  }
  auto* lead = first_running(members);
  if (!lead || !going) return false;
  auto& trainer = lead->session().trainer();
  std::vector<Epoch*> epochs;
  for (const auto& member : members) {
    member->follow(trainer);
    epochs.push_back(&member->epoch());
  }
  const auto train = [&] { group.train_epoch(trainer.phase(), epochs); };
  if (!attempt_all(members, lead->run(), train)) return false;
  bool ended = true;
  for (const auto& member : members) {
    member->attempt([&] { ended = member->session().trainer().finish_epoch() && ended; });
  }
  if (!ended) stop_all(members);
  return true;
}

bool at_same_position(const GroupMembers& members) {
  const auto place = [](GroupMember& member) {
    const auto& position = member.session().trainer().position();
    return std::tuple(position.phase, position.epoch, position.step);
  };
  return std::all_of(members.begin(), members.end(), [&](const auto& member) {
    return place(*member) == place(*members.front());
  });
}

void train_and_finish(const GroupMembers& members) {
  std::vector<Learner*> learners;
  for (const auto& member : members) learners.push_back(&member->session().learner());
  const auto& lead = members.front()->run();
  std::unique_ptr<LearnerGroup> group;
  const auto join = [&] { group = find_learner(lead.config.model.type).together(learners); };
  if (!attempt_all(members, lead, join)) return;
  while (train_epoch(members, *group)) {
  }
  try {
    for (const auto& member : members) member->attempt([&] { member->session().end_training(); });
  } catch (const Interrupted&) {
    stop_all(members);
  }
  const Json more = {{"trained_together", members.size()}};
  for (const auto& member : members) member->attempt([&] { member->session().finish(more); });
}

std::vector<Failure> execute_separately(const std::vector<Run>& runs,
                                        const LoadedData& data,
                                        const RunSettings& settings) {
  std::vector<Failure> failures;
  for (const auto& run : runs) {
    try {
      execute(run, data, settings);
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      failures.push_back({run, plain_text(error)});
    }
  }
  return failures;
}

}  // namespace

std::vector<std::vector<Run>> grouped(const std::vector<Run>& runs,
                                      const std::vector<FolderState>& states,
                                      const RunSettings& settings) {
  std::vector<std::vector<Run>> groups;
  std::vector<std::pair<Json, FolderState>> kinds;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& learner = find_learner(runs[i].config.model.type);
    const auto preferred = learner.preferred_group_size
                               ? learner.preferred_group_size(runs[i].config, settings.device)
                               : 0;
    const auto most = preferred > 0 && settings.jobs > 0 ? settings.jobs : preferred;
    const std::pair kind{shared_part(runs[i]), states[i]};
    std::size_t g = 0;
    const bool alone = states[i] == FolderState::kDone || states[i] == FolderState::kDiverged;
    while (g < groups.size() &&
           (alone || kinds[g] != kind || static_cast<std::int64_t>(groups[g].size()) >= most)) {
      ++g;
    }
    if (g == groups.size()) {
      groups.emplace_back();
      kinds.push_back(kind);
    }
    groups[g].push_back(runs[i]);
  }
  return groups;
}

std::vector<Failure> execute_together(const std::vector<Run>& runs,
                                      const LoadedData& data,
                                      const RunSettings& settings) {
  if (runs.size() == 1) return execute_separately(runs, data, settings);
  GroupMembers members;
  for (const auto& run : runs) {
    const auto title = members.empty() ? title_of(runs) : "";
    members.push_back(std::make_unique<GroupMember>(run, data, settings, title));
  }
  const bool all_running =
      std::none_of(members.begin(), members.end(), [](const auto& m) { return m->failed(); });
  if (!all_running || !at_same_position(members)) {
    members.clear();  // releases the folder locks
    return execute_separately(runs, data, settings);
  }
  for (const auto& member : members) {
    member->session().share_time_with(static_cast<std::int64_t>(members.size()));
  }
  train_and_finish(members);
  std::vector<Failure> failures;
  for (const auto& member : members) {
    if (member->failed()) failures.push_back({member->run(), member->failure()});
  }
  return failures;
}

}  // namespace ff::experiments

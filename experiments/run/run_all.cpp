#include "experiments/run/run_all.h"

#include <iostream>
#include <set>

#include "experiments/plain_text.h"
#include "experiments/run/stop.h"

namespace ff::experiments {

void check_all(const std::vector<Run>& runs,
               DataShelf& shelf,
               const RunSettings& settings,
               const std::string& who) {
  std::string problems;
  std::set<std::string> warned;
  for (const auto& run : runs) {
    try {
      const auto& data = shelf.get(run.config);
      for (const auto& warning : data.warnings) {
        if (warned.insert(warning).second) std::cerr << who << ": warning: " << warning << "\n";
      }
      if (check_run(run, data, settings) == FolderState::kDone && !settings.quiet) {
        std::cerr << run.folder.string() << ": finished before; skipped\n";
      }
    } catch (const std::exception& error) {
      const std::string text = plain_text(error);
      if (problems.find(text) == std::string::npos)
        problems += (problems.empty() ? "" : "\n") + text;
    }
  }
  if (!problems.empty()) throw std::runtime_error(problems);
}

std::vector<FailedRun> run_all(const std::vector<Run>& runs,
                               DataShelf& shelf,
                               const RunSettings& settings,
                               const std::string& who) {
  std::vector<FailedRun> failures;
  for (const auto& run : runs) {
    try {
      execute(run, shelf.get(run.config), settings);
    } catch (const Interrupted&) {
      throw;
    } catch (const std::exception& error) {
      const auto text = plain_text(error);
      const auto folder = run.folder.string();  // which errors about its files name already
      const auto prefix = text.find(folder) == std::string::npos ? folder + ": " : "";
      failures.push_back({run.folder, prefix + text});
      std::cerr << who << ": " << failures.back().reason << "\n";
    }
  }
  return failures;
}

std::vector<std::filesystem::path> finished_folders(const std::vector<Run>& runs) {
  std::vector<std::filesystem::path> folders;
  for (const auto& run : runs) {
    if (std::filesystem::exists(run.folder / "DONE")) folders.push_back(run.folder);
  }
  return folders;
}

}  // namespace ff::experiments

// Checks for settings that prevent learning, made from the config and the data before a run starts.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "experiments/config/config_options.h"
#include "experiments/data/load.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

/// One check.
struct SettingCheck {
  const char* name;
  /// Returns "key: problem; remedy", or an empty string.
  std::string (*find)(const Config& config, const DataSplit& data);
};

/// Returns all checks. To add one, write a function and add an entry in warnings.cpp.
const std::vector<SettingCheck>& setting_checks();

/// Returns all warnings for a run, one line each: those about the data, then those about the
/// settings.
std::vector<std::string> warnings_of(const Config& config, const LoadedData& data);

/// Prints each warning once on standard error; prints nothing in a child process whose parent has
/// already printed them.
class WarningPrinter {
 public:
  /// `who` is the prefix of each line: "ff run".
  explicit WarningPrinter(std::string who) : who_(std::move(who)) {}

  void warn(const Config& config, const LoadedData& data);

  /// During its lifetime, child processes print no warnings.
  class SuppressInChildren {
   public:
    SuppressInChildren();
    ~SuppressInChildren();
    SuppressInChildren(const SuppressInChildren&) = delete;
    SuppressInChildren& operator=(const SuppressInChildren&) = delete;
  };

 private:
  std::string who_;
  std::set<std::string> printed_;
};

}  // namespace ff::experiments

// Checks for settings that prevent learning, made from the config and the data before a run starts.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "experiments/config/options.h"
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
class Warner {
 public:
  /// `who` is the prefix of each line: "ff run".
  explicit Warner(std::string who) : who_(std::move(who)) {}

  void warn(const Config& config, const LoadedData& data);

  /// During its lifetime, child processes print no warnings.
  class Said {
   public:
    Said();
    ~Said();
    Said(const Said&) = delete;
    Said& operator=(const Said&) = delete;
  };

 private:
  std::string who_;
  std::set<std::string> said_;
};

}  // namespace ff::experiments

// Settings that keep a run from learning, however long it trains: seen before it begins, in its
// config and its data alone.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "experiments/config/options.h"
#include "experiments/data/load.h"
#include "ff/data/image_set.h"

namespace ff::experiments {

/// One reason why a run may be unable to learn.
struct SettingCheck {
  const char* name;
  /// "key: what is wrong; what to do instead", or empty where nothing is wrong.
  std::string (*find)(const Config& config, const DataSplit& data);
};

/// All of them; a new one is a function and a line in warnings.cpp.
const std::vector<SettingCheck>& setting_checks();

/// What there is to warn of before a run, a line each: of its data, then of its settings.
std::vector<std::string> warnings_of(const Config& config, const LoadedData& data);

/// Says warnings on standard error, each once; none in a process that another one, which has said
/// them, started for a run.
class Warner {
 public:
  /// `who` begins each line: "ff run".
  explicit Warner(std::string who) : who_(std::move(who)) {}

  void warn(const Config& config, const LoadedData& data);

  /// While it lives, processes that are started say none.
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

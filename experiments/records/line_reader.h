// Strict parser for the lines of a record file.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "experiments/records/record_file.h"

namespace ff::experiments {

inline constexpr const char* kFirstKey = "ff_records";
inline constexpr int kRecordVersion = 1;

/// Returns "done", "diverged" or "unfinished".
std::string status_name(RunStatus status);

/// Returns NAME/seed-N, the folder of a run whose line specifies none.
std::string default_folder(const Json& line);

/// Parses the lines of one file in order. Every error is a one-line exception that names the file
/// and the line number and states what is allowed.
class LineReader {
 public:
  explicit LineReader(std::filesystem::path file) : file_(std::move(file)) {}

  void read(const std::string& text);

  /// Returns the parsed content. Throws if the file is empty.
  RecordFile finish();

 private:
  [[noreturn]] void fail(const std::string& problem) const;
  Json parse(const std::string& text) const;
  void check_keys(const Json& line, const std::vector<std::string>& allowed) const;
  const Json& object_at(const Json& line, const char* key) const;
  void read_first(const Json& line);
  void read_choice(const Json& line);
  void read_run(const Json& line);
  std::filesystem::path folder_of(const Json& line, const std::string& otherwise) const;
  RunStatus status_of(const Json& line) const;
  Json environment_of(const Json& line) const;
  std::vector<Json> metrics_of(const Json& line) const;
  void check_result(const Json& line, RunStatus status) const;
  void refuse_second(const std::filesystem::path& folder);

  std::filesystem::path file_;
  int number_ = 0;  // current line number, from 1
  Json environments_ = Json::object();
  std::map<std::string, int> lines_;  // line number by folder
  RecordFile found_;
};

}  // namespace ff::experiments

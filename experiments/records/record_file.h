// Record files: JSON Lines with one line per run, containing everything of a run folder but
// tensors.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/records/run_record.h"

namespace ff::experiments {

/// Content of a record file or of a path inside it.
struct RecordFile {
  std::vector<FoundChoice> choices;
  std::vector<RunRecord> runs;
};

/// A path inside a record file: FILE.jsonl/NAME/seed-N is {FILE.jsonl, NAME/seed-N}.
struct RecordPlace {
  std::filesystem::path file;
  std::filesystem::path inner;  // empty for the whole file
};

/// Splits `path` at a component that is a file with the extension .jsonl; std::nullopt if there is
/// none.
std::optional<RecordPlace> place_in_record_file(const std::filesystem::path& path);

/// Returns true if the file starts with the header of a record file.
bool is_record_file(const std::filesystem::path& file);

/// Reads a record file; run folders are `file`/NAME/seed-N. Throws a one-line error that names the
/// file and the line and states what is allowed.
RecordFile read_record_file(const std::filesystem::path& file);

/// Reads the runs and choices at a path inside a record file. Throws as read_record_file(), and
/// std::runtime_error if the path does not exist there.
RecordFile read_records(const RecordPlace& place);

/// Serialises records to the text of a record file. Folders must be relative (NAME/seed-N).
std::string to_json_lines(const RecordFile& records);

}  // namespace ff::experiments

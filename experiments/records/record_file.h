// Record files: what run folders say about themselves, a line for each run, without tensors.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/records/run_record.h"

namespace ff::experiments {

/// The content of a record file, or of a place in one.
struct RecordFile {
  std::vector<FoundChoice> choices;
  std::vector<RunRecord> runs;
};

/// A place in a record file: FILE.jsonl/NAME/seed-N is {FILE.jsonl, NAME/seed-N}.
struct RecordPlace {
  std::filesystem::path file;
  std::filesystem::path inner;  // empty: the whole file
};

/// The place that `path` names, if a part of it is a file whose name ends in .jsonl.
std::optional<RecordPlace> place_in_record_file(const std::filesystem::path& path);

/// Whether the file begins as record files do.
bool is_record_file(const std::filesystem::path& file);

/// Reads a record file. Folders are `file`/NAME/seed-N. Throws an error of one line that names file
/// and line, and says what is allowed there.
RecordFile read_record_file(const std::filesystem::path& file);

/// The runs and choices at a place in a record file; errors as of read_record_file, and
/// std::runtime_error where nothing is there.
RecordFile read_records(const RecordPlace& place);

/// The text of a record file. Folders must be relative: NAME/seed-N.
std::string to_text(const RecordFile& records);

}  // namespace ff::experiments

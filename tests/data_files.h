// Small data sets written into temporary folders, whole or damaged on purpose.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ff::test {

/// A folder of its own for one test, removed with everything in it.
class DataFolder {
 public:
  DataFolder();
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Sets an environment variable (no value: removes it) and restores it.
class EnvironmentVariable {
 public:
  EnvironmentVariable(const std::string& name, const std::optional<std::string>& value);
  ~EnvironmentVariable();
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  std::string name_;
  std::optional<std::string> before_;
};

/// Makes the folders above, too.
void write_bytes(const std::filesystem::path& path, const std::string& bytes);

std::string gzipped(const std::string& bytes);

/// IDX images of 4x12 whose pixels are (image + place) mod 256; the header says `count`.
std::string idx_images_bytes(std::int64_t images, std::int64_t count = -1);

/// IDX labels; the header says `count`.
std::string idx_labels_bytes(const std::vector<int>& labels, std::int64_t count = -1);

/// Four IDX files of `train` and `test` images, labels 0, 1, 2, 0, 1, ... below `classes`.
void write_idx_set(const std::filesystem::path& folder,
                   std::int64_t train,
                   std::int64_t test,
                   int classes = 3,
                   bool packed = false);

/// `count` CIFAR-10 records, labels 0, 1, ... 9, 0, ..., pixel bytes (image + place) mod 256.
std::string cifar10_bytes(std::int64_t count);

/// A tar archive of one file.
std::string tar_bytes(const std::string& name, const std::string& contents);

/// What `call` says when it throws; fails the test when it does not.
template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace ff::test

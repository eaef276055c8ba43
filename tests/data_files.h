// Builders for small data sets in temporary folders, valid or deliberately damaged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ff::test {

/// Temporary folder of one test, removed with its contents.
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

/// Sets an environment variable (std::nullopt unsets it) and restores it on destruction.
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

/// Writes a file and creates its parent folders.
void write_bytes(const std::filesystem::path& path, const std::string& bytes);

std::string gzipped(const std::string& bytes);

/// Returns IDX images of 4x12 with pixels (image + position) mod 256; `count` overrides the count
/// in the header.
std::string idx_images_bytes(std::int64_t images, std::int64_t count = -1);

/// Returns IDX labels; `count` overrides the count in the header.
std::string idx_labels_bytes(const std::vector<int>& labels, std::int64_t count = -1);

/// Writes four IDX files with `train` and `test` images and labels 0, 1, 2, 0, 1, ... below
/// `classes`.
void write_idx_set(const std::filesystem::path& folder,
                   std::int64_t train,
                   std::int64_t test,
                   int classes = 3,
                   bool packed = false);

/// Returns `count` CIFAR-10 records with labels 0, 1, ..., 9, 0, ... and pixels (image + position)
/// mod 256.
std::string cifar10_bytes(std::int64_t count);

/// Returns a tar archive of one file.
std::string tar_bytes(const std::string& name, const std::string& contents);

/// Returns the message of the exception that `call` throws; fails the test if it throws none.
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

// Description of a data set: its files, decoder and source.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/data/image_set.h"

namespace ff::experiments {

/// Ends of error messages: the cure for a damaged file of a published set, for IDX files of a user,
/// and for other files of a user.
inline constexpr const char* kGetAgain = "; delete it and get it again ('ff data' shows how)";
inline constexpr const char* kWriteAgain =
    "; see docs/data.md, \"Your own images\", for how to write your own data as IDX";
inline constexpr const char* kOwnFormats =
    "; see docs/data.md, \"Your own images\", for the formats of your own files";

/// Contents of a file, decompressed.
struct DataFile {
  std::string path;              // for error messages
  at::Tensor bytes;              // uint8 (size)
  std::string cure = kGetAgain;  // end of error messages about its contents
};

/// Decoded data, not normalised. Images uint8 or float32 (N, C, H, W), labels int64 (N) in [0,
/// classes).
struct RawData {
  at::Tensor train_images, train_labels;
  at::Tensor test_images, test_labels;
  std::int64_t classes = 0;
  std::vector<std::string> warnings;  // one line each
};

/// A file of a data set, by its decompressed name ("train-images-idx3-ubyte").
struct KnownFile {
  std::string name;
  std::string md5;         // of the decompressed file; empty: unknown
  std::string packed_md5;  // of the published NAME.gz; empty: unknown
};

/// A data set: where its files are searched, how they are decoded and downloaded.
struct Dataset {
  std::string name;
  std::string kind = "idx";          // value of dataset.type
  std::vector<std::string> folders;  // searched under a root, before the root itself
  // searched after it, if the root is the set's folder
  std::vector<std::string> inner_folders = {};
  bool any_prefix = false;       // files may be named PREFIXtrain-images-...
  std::vector<KnownFile> files;  // empty: the program generates the data
  /// Decodes the files, in the order of `files`. Throws std::runtime_error with the file, what is
  /// wrong and what is expected.
  std::function<RawData(const std::vector<DataFile>&)> decode;
  /// Used in place of decode if `files` are folders.
  std::function<RawData(const std::vector<std::filesystem::path>&)> read;
  std::string bundle;      // a single file that may replace all of `files` and is decoded alone
  Normalization original;  // normalisation of the config's "original"
  std::int64_t train_count = 0;  // of the published set; 0: any
  std::int64_t test_count = 0;
  std::string url;               // address of the files or the archive; empty: none
  bool packed_files = true;      // true: the address has NAME.gz; false: NAME
  std::string archive;           // .tar.gz or .zip with the files; empty: single files
  std::string archive_md5;       // of the compressed archive
  std::string how_to_get;        // completes "to get it: ..."
  std::string cure = kGetAgain;  // for damaged files
  bool own = false;  // a user's data: no published files, classes counted from the labels
};

}  // namespace ff::experiments

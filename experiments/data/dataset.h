// What the program knows of a data set: its files, how they are decoded and where they come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ff/data/image_set.h"

namespace ff::experiments {

/// What to say after a fault of a published set's file, and of a user's own.
inline constexpr const char* kGetAgain = "; delete it and get it again ('ff data' shows how)";
inline constexpr const char* kWriteAgain =
    "; see docs/data.md, \"Your own images\", for how to write your own data as IDX";
inline constexpr const char* kOwnFormats =
    "; see docs/data.md, \"Your own images\", for the formats of your own files";

/// A file in memory, unpacked.
struct DataFile {
  std::string path;              // for messages
  at::Tensor bytes;              // uint8 (size)
  std::string cure = kGetAgain;  // what to say after what is wrong with it
};

/// Decoded, not yet normalised. Images uint8 or float32 (N, C, H, W), labels int64 (N) in
/// [0, classes).
struct RawData {
  at::Tensor train_images, train_labels;
  at::Tensor test_images, test_labels;
  std::int64_t classes = 0;
  std::vector<std::string> warnings;  // a line each
};

/// A file of a data set, by the name it has unpacked ("train-images-idx3-ubyte").
struct KnownFile {
  std::string name;
  std::string md5;         // of the unpacked file; empty: not known
  std::string packed_md5;  // of the published NAME.gz; empty: not known
};

struct Dataset {
  std::string name;
  std::string kind = "idx";                     // the dataset.type that it is of
  std::vector<std::string> folders;             // tried under a root, before the root itself
  std::vector<std::string> inner_folders = {};  // tried after it, where it is the set's own
  bool any_prefix = false;                      // files may be called PREFIXtrain-images-... too
  std::vector<KnownFile> files;                 // none: the program makes the data
  /// Gets the files in the order of `files`. Throws std::runtime_error that names the file, what
  /// is wrong and what is expected.
  std::function<RawData(const std::vector<DataFile>&)> decode;
  /// Instead of decode, where `files` are folders.
  std::function<RawData(const std::vector<std::filesystem::path>&)> read;
  std::string bundle;      // one file that may stand for all of `files`, decoded as the only one
  Normalization original;  // what the config's "original" means
  std::int64_t train_count = 0;  // of the published set; 0: any
  std::int64_t test_count = 0;
  std::string url;           // where the files (as NAME.gz) or the archive lie; empty: nowhere
  bool packed_files = true;  // whether they lie there as NAME.gz; else as NAME
  std::string archive;  // a .tar.gz or .zip that holds the files; empty: they lie there one by one
  std::string archive_md5;       // of the packed archive
  std::string how_to_get;        // a sentence's end: "to get it: ..."
  std::string cure = kGetAgain;  // of a damaged file
  bool own = false;              // a user's: no file is published, and its classes are counted
};

}  // namespace ff::experiments

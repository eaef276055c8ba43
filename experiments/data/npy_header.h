// The header of an .npy file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/data/dataset.h"

namespace ff::experiments {

struct NpyHeader {
  char kind = 0;           // 'u', 'i', 'f', 'b', ... as in NumPy's "<f4"
  std::int64_t bytes = 0;  // of a value
  std::vector<std::int64_t> shape;
  bool fortran_order = false;
  std::int64_t data_offset = 0;

  /// "float32 (60000, 28, 28)"
  std::string text() const;
};

/// Versions 1 to 3. Throws std::runtime_error when it is no such header, the values are not
/// numbers, are big-endian, or not as many as the file holds.
NpyHeader read_npy_header(const DataFile& file);

/// What to do about an .npy file that is not as it should be.
[[noreturn]] void fail_npy(const DataFile& file, const std::string& what);

}  // namespace ff::experiments

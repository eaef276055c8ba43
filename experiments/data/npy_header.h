// Header of an .npy file (NumPy format versions 1 to 3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/data/dataset.h"

namespace ff::experiments {

struct NpyHeader {
  char kind = 0;           // NumPy's type character, as in "<f4": 'u', 'i' or 'f'
  std::int64_t bytes = 0;  // bytes per value
  std::vector<std::int64_t> shape;
  bool fortran_order = false;
  std::int64_t data_offset = 0;

  /// Returns a description such as "float32 (60000, 28, 28)".
  std::string text() const;
};

/// Reads the header and compares it with the file's length. Throws std::runtime_error if it is not
/// a valid header, or if the values are not numbers, are big-endian, or do not match the length.
NpyHeader read_npy_header(const DataFile& file);

/// Throws std::runtime_error about an .npy file, with the cure.
[[noreturn]] void fail_npy(const DataFile& file, const std::string& what);

}  // namespace ff::experiments

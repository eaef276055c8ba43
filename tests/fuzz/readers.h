// Fuzz targets: one per reader of untrusted bytes.
//
// Each reads the bytes as the program does. Input may be rejected only by std::runtime_error or
// std::invalid_argument with a printable line of bounded length; anything else aborts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

int fuzz_checkpoint(const std::uint8_t* data, std::size_t size);
int fuzz_cifar(const std::uint8_t* data, std::size_t size);
int fuzz_config(const std::uint8_t* data, std::size_t size);
int fuzz_csv(const std::uint8_t* data, std::size_t size);
int fuzz_gzip(const std::uint8_t* data, std::size_t size);
int fuzz_idx(const std::uint8_t* data, std::size_t size);
int fuzz_jpeg(const std::uint8_t* data, std::size_t size);
int fuzz_mat(const std::uint8_t* data, std::size_t size);
int fuzz_npy(const std::uint8_t* data, std::size_t size);
int fuzz_npz(const std::uint8_t* data, std::size_t size);
int fuzz_pickle(const std::uint8_t* data, std::size_t size);
int fuzz_png(const std::uint8_t* data, std::size_t size);
int fuzz_tar(const std::uint8_t* data, std::size_t size);
int fuzz_zip(const std::uint8_t* data, std::size_t size);

namespace ff::fuzz {

struct Reader {
  const char* name;
  int (*entry)(const std::uint8_t* data, std::size_t size);
};

/// Returns all readers; the entry point of NAME is fuzz_NAME.
const std::vector<Reader>& readers();

}  // namespace ff::fuzz

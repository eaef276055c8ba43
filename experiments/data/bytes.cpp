#include "experiments/data/bytes.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <zlib.h>

#include "experiments/files.h"

namespace ff::experiments {
namespace {

constexpr std::size_t kMostAtOnce = std::size_t{1} << 30;  // zlib's counters have 32 bits
constexpr int kGzipBits = 15 + 16;                         // zlib's windowBits for gzip

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

// Returns the unpacked size recorded by gzip (modulo 2^32, of the last member only), as a first
// guess. deflate expands data at most 1032 times: the limit prevents a corrupt size from allocating
// all memory.
std::int64_t first_guess(std::string_view packed) {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4 && packed.size() >= 4; ++i) {
    size |= std::uint32_t{static_cast<std::uint8_t>(packed[packed.size() - 4 + i])} << (8 * i);
  }
  return static_cast<std::int64_t>(std::clamp<std::size_t>(size, 64, packed.size() * 1032 + 64));
}

// Owner of zlib's state.
class Inflater {
 public:
  // `window_bits` (zlib's windowBits) selects the container format.
  Inflater(std::string_view packed, int window_bits, std::string name, std::string cure)
      : packed_(packed),
        gzip_(window_bits == kGzipBits),
        name_(std::move(name)),
        cure_(std::move(cure)) {
    if (inflateInit2(&stream_, window_bits) != Z_OK) fail("zlib initialisation failed");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Unpacks at most `room` bytes and returns the number written, less than `room` only at the end.
  std::size_t write(std::uint8_t* out, std::size_t room) {
    std::size_t written = 0;
    while (written < room && !done_) {
      stream_.next_out = out + written;
      const auto space = static_cast<uInt>(std::min(room - written, kMostAtOnce));
      stream_.avail_out = space;
      step();
      written += space - stream_.avail_out;
    }
    return written;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(name_ + ": " + what + cure_);
  }

  std::string kind() const { return gzip_ ? "gzip" : "deflated"; }

  void step() {
    if (stream_.avail_in == 0) {
      const auto part = packed_.substr(0, kMostAtOnce);
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
      stream_.avail_in = static_cast<uInt>(part.size());
      packed_.remove_prefix(part.size());
    }
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      end_of_member();
    } else if (result == Z_BUF_ERROR || (result == Z_OK && at_end() && stream_.avail_out > 0)) {
      fail("truncated: the " + kind() + " data end early");
    } else if (result != Z_OK) {
      fail("corrupt " + kind() + " data (" + (stream_.msg ? stream_.msg : "no message") + ")");
    }
  }

  bool at_end() const { return stream_.avail_in == 0 && packed_.empty(); }

  // gzip files may consist of several members; other data after the first one are an error.
  void end_of_member() {
    if (at_end() || !gzip_) {
      done_ = true;
    } else if (stream_.avail_in >= 2 && stream_.next_in[0] == 0x1f && stream_.next_in[1] == 0x8b) {
      inflateReset(&stream_);
    } else {
      fail(std::to_string(stream_.avail_in + packed_.size()) + " bytes follow the gzip data");
    }
  }

  z_stream stream_{};
  std::string_view packed_;
  bool gzip_;
  std::string name_, cure_;
  bool done_ = false;
};

// Unpacks everything, into memory that doubles from a first guess.
at::Tensor all_of(Inflater& inflater, std::int64_t guess) {
  auto bytes = at::empty({guess}, at::kByte);
  std::int64_t size = 0;
  while (true) {
    const auto room = bytes.numel() - size;
    const auto written = inflater.write(bytes.mutable_data_ptr<std::uint8_t>() + size,
                                        static_cast<std::size_t>(room));
    size += static_cast<std::int64_t>(written);
    if (static_cast<std::int64_t>(written) < room) break;
    // Test for the end with one byte, so that a correct guess is not doubled.
    std::uint8_t next = 0;
    if (inflater.write(&next, 1) == 0) break;
    bytes.resize_({2 * bytes.numel()});
    bytes.mutable_data_ptr<std::uint8_t>()[size++] = next;
  }
  return bytes.slice(/*dim=*/0, 0, size);
}

}  // namespace

at::Tensor gunzip(std::string_view packed, const std::string& name, const std::string& cure) {
  if (!is_gzip(packed)) throw std::runtime_error(name + ": not gzip data" + cure);
  Inflater inflater(packed, kGzipBits, name, cure);
  return all_of(inflater, first_guess(packed));
}

at::Tensor inflated(std::string_view packed,
                    Wrapping wrapping,
                    const std::string& name,
                    const std::string& cure) {
  constexpr int kWindow = 15;
  Inflater inflater(packed, wrapping == Wrapping::kZlib ? kWindow : -kWindow, name, cure);
  return all_of(inflater, static_cast<std::int64_t>(4 * packed.size() + 64));
}

at::Tensor read_bytes(const std::filesystem::path& path, const std::string& cure) {
  auto bytes = read_file(path);
  if (path.extension() == ".gz") return gunzip(bytes, path.string(), cure);
  auto* kept = new std::string(std::move(bytes));
  return at::from_blob(
      kept->data(),
      {static_cast<std::int64_t>(kept->size())},
      [kept](void*) { delete kept; },
      at::kByte);
}

std::string_view as_text(const at::Tensor& bytes) {
  return {reinterpret_cast<const char*>(bytes.const_data_ptr<std::uint8_t>()),
          static_cast<std::size_t>(bytes.numel())};
}

}  // namespace ff::experiments

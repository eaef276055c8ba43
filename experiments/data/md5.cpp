#include "experiments/data/md5.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace ff::experiments {
namespace {

using State = std::array<std::uint32_t, 4>;

// Table T of RFC 1321, section 3.4: floor(2^32 * |sin(i)|).
std::array<std::uint32_t, 64> sine_table() {
  std::array<std::uint32_t, 64> table{};
  for (std::size_t i = 0; i < 64; ++i) {
    const double sine = std::abs(std::sin(static_cast<double>(i + 1)));
    table[i] = static_cast<std::uint32_t>(std::floor(4294967296.0 * sine));
  }
  return table;
}

std::uint32_t word_at(const char* bytes) {
  std::uint32_t word = 0;
  for (int i = 3; i >= 0; --i) word = (word << 8) | static_cast<std::uint8_t>(bytes[i]);
  return word;
}

// One of the four rounds of 16 steps: `mix` is the round's function of b, c, d; step i uses word
// (step * i + start) mod 16.
template <class Mix>
void md5_round(State& state,
               const std::uint32_t* words,
               const std::uint32_t* sines,
               const std::array<int, 4>& shifts,
               unsigned step,
               unsigned start,
               Mix mix) {
  auto [a, b, c, d] = state;
#pragma GCC unroll 16
  for (unsigned i = 0; i < 16; ++i) {
    const auto sum = a + mix(b, c, d) + words[(step * i + start) % 16] + sines[i];
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, shifts[i % 4]);
  }
  state = {a, b, c, d};
}

void add_block(State& state, const char* block) {
  static const auto sines = sine_table();
  using Word = std::uint32_t;
  std::array<Word, 16> words;
  for (std::size_t i = 0; i < 16; ++i) words[i] = word_at(block + 4 * i);
  const auto* w = words.data();
  const auto* t = sines.data();
  auto s = state;
  md5_round(
      s, w, t, {7, 12, 17, 22}, 1, 0, [](Word b, Word c, Word d) { return d ^ (b & (c ^ d)); });
  md5_round(
      s, w, t + 16, {5, 9, 14, 20}, 5, 1, [](Word b, Word c, Word d) { return c ^ (d & (b ^ c)); });
  md5_round(s, w, t + 32, {4, 11, 16, 23}, 3, 5, [](Word b, Word c, Word d) { return b ^ c ^ d; });
  md5_round(
      s, w, t + 48, {6, 10, 15, 21}, 7, 0, [](Word b, Word c, Word d) { return c ^ (b | ~d); });
  for (std::size_t i = 0; i < 4; ++i) state[i] += s[i];
}

}  // namespace

std::string md5_hex(std::string_view bytes) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  const auto whole = bytes.size() / 64 * 64;
  for (std::size_t i = 0; i < whole; i += 64) add_block(state, bytes.data() + i);

  // Padding: a one bit, zeros, and the length in bits as a 64-bit integer.
  std::string tail(bytes.substr(whole));
  tail += '\x80';
  tail.resize(tail.size() <= 56 ? 56 : 120, '\0');
  const auto bits = std::uint64_t{bytes.size()} * 8;
  for (int i = 0; i < 8; ++i) tail += static_cast<char>((bits >> (8 * i)) & 0xff);
  for (std::size_t i = 0; i < tail.size(); i += 64) add_block(state, tail.data() + i);

  std::string hex;
  for (int i = 0; i < 16; ++i) {
    const auto byte = (state[static_cast<std::size_t>(i / 4)] >> (8 * (i % 4))) & 0xff;
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace ff::experiments

// Mutation of fuzzing inputs, reproducible for a given seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace ff::fuzz {

class Mutator {
 public:
  /// `corpus` must not be empty.
  Mutator(std::vector<std::string> corpus, std::uint64_t seed);

  /// Returns a corpus entry after 1 to 8 mutations: bits, bytes, boundary integers, parts deleted,
  /// duplicated, repeated or taken from another entry; at most 64 KiB.
  std::string next();

 private:
  std::size_t below(std::size_t limit);  // uniform in [0, limit); 0 if limit is 0
  void change(std::string& input);
  void write_number(std::string& input);
  void repeat_part(std::string& input);
  std::string part_of_corpus();

  std::vector<std::string> corpus_;
  std::mt19937_64 random_;
};

}  // namespace ff::fuzz

// Compatibility header for Catch2 version 2 (Debian 12) and 3 (Ubuntu 24.04): test macros, Approx,
// ContainsSubstring and ff::test::MatcherBase<T>, whose match() and describe() are to be
// overridden.
#pragma once

#include <string>

#if __has_include(<catch2/catch_all.hpp>)

#include <catch2/catch_all.hpp>

using Catch::Approx;
using Catch::Matchers::ContainsSubstring;

namespace ff::test {
template <typename T>
using MatcherBase = Catch::Matchers::MatcherBase<T>;
}  // namespace ff::test

#else

#include <catch2/catch.hpp>

inline auto ContainsSubstring(const std::string& part) { return Catch::Matchers::Contains(part); }

namespace ff::test {
template <typename T>
using MatcherBase = Catch::MatcherBase<T>;
}  // namespace ff::test

#endif

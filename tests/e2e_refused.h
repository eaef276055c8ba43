// Check for `ff run` command lines that must be rejected.
#pragma once

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"

namespace ff::test {

/// Checks that `ff run ARGUMENTS` fails, prints each of `parts` and changes no files.
inline Ended check_run_refused(const Workbench& bench,
                               const std::vector<std::string>& arguments,
                               const std::vector<std::string>& parts) {
  const auto before = bench.snapshot();
  auto ended = bench.run(arguments);
  INFO(ended.err);
  CHECK(ended.exit_code == 1);
  CHECK(ended.out.empty());
  for (const auto& part : parts) CHECK_THAT(ended.err, ContainsSubstring(part));
  CHECK(changes_between(before, bench.snapshot()).empty());
  return ended;
}

}  // namespace ff::test

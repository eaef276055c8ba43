// A command line of `ff run` that has to be refused.
#pragma once

#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/e2e_workbench.h"

namespace ff::test {

/// `ff run ARGUMENTS` must fail, say each of `parts`, and leave everything as it was.
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

// Catch2 main function: excludes tests tagged [cuda], with a message, if there is no GPU.
#define CATCH_CONFIG_RUNNER  // needed by version 2, which compiles its implementation here

#include <iostream>
#include <regex>
#include <string>
#include <vector>

#include "ff/engines/compute_device.h"
#include "tests/catch.h"

namespace {

// Catch2 parses "a,b" as "a or b", so each alternative needs the exclusion.
std::string without_cuda(const std::string& spec) {
  const std::string exclusion = "~[cuda]~[cuda-fault]";
  std::string result = exclusion;
  bool quoted = false;
  for (size_t i = 0; i < spec.size(); ++i) {
    const bool escaped = i > 0 && spec[i - 1] == '\\';
    if (spec[i] == '"' && !escaped) quoted = !quoted;
    result += spec[i];
    if (spec[i] == ',' && !quoted && !escaped) result += exclusion;
  }
  return result;
}

// Catch 2 takes a list of exclusions alone for all tests, the hidden ones among them.
std::string without_hidden(const std::string& spec) {
  static const std::regex exclusions(R"re(\s*(~(\[[^\]]*\]|"[^"]*"|[^\s,]+)\s*)*)re");
  return std::regex_match(spec, exclusions) ? spec + "~[.]" : spec;
}

void leave_out_cuda(std::vector<std::string>& specs) {
  std::cerr << "No GPU: the tests tagged [cuda] are left out.\n";
  for (auto& spec : specs) spec = without_cuda(spec);
}

}  // namespace

int main(int argc, char* argv[]) {
  Catch::Session session;
  if (const int wrong = session.applyCommandLine(argc, argv); wrong != 0) return wrong;
  auto& specs = session.configData().testsOrTags;
  if (specs.empty()) specs.emplace_back();
  for (auto& spec : specs) spec = without_hidden(spec);
  if (!ff::cuda_is_available()) leave_out_cuda(specs);
  return session.run();
}

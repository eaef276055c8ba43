#include "ff/core/profile.h"

#include <algorithm>

namespace ff {
namespace {

thread_local bool counting = false;
std::vector<ProfileLine> lines;

}  // namespace

void begin_profile() {
  counting = true;
  lines.clear();
}

bool profiling() { return counting; }

void set_profiling(bool on) { counting = on; }

std::vector<ProfileLine> profile_lines() { return lines; }

void add_to_profile(const char* section, double seconds) {
  auto line = std::find_if(
      lines.begin(), lines.end(), [&](const ProfileLine& one) { return one.section == section; });
  if (line == lines.end()) line = lines.insert(lines.end(), {section, 0, 0});
  line->seconds += seconds;
  ++line->calls;
}

}  // namespace ff

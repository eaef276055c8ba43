// Section profiler: wall-clock time and number of calls of the named sections of a training step.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace ff {

/// Accumulated cost of a section since begin_profile().
struct ProfileLine {
  std::string section;
  double seconds = 0;
  long long calls = 0;
};

/// Clears all counters and starts profiling on the calling thread. While profiling is off, a
/// section costs one test of a thread-local flag.
void begin_profile();
bool profiling();
void set_profiling(bool on);

/// Returns the sections in the order of their first call.
std::vector<ProfileLine> profile_lines();

void add_to_profile(const char* section, double seconds);

/// Adds the time until the end of the scope to `section`, on the profiling thread only. Nested
/// sections are not counted: their time belongs to the outermost one.
class ProfileScope {
 public:
  explicit ProfileScope(const char* section) : section_(profiling() ? section : nullptr) {
    if (!section_) return;
    set_profiling(false);
    begin_ = std::chrono::steady_clock::now();
  }
  ~ProfileScope() {
    if (!section_) return;
    set_profiling(true);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin_;
    add_to_profile(section_, spent.count());
  }
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;

 private:
  const char* section_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace ff

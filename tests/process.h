// Runs a program as a user would: with arguments, an environment, a working folder; and a limit.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ff::test {

struct ProcessOptions {
  std::filesystem::path folder = ".";  // the working folder
  /// Set (no value: removed) on top of this process's environment.
  std::map<std::string, std::optional<std::string>> environment;
  bool terminal = false;  // standard error is a terminal of 200 columns
  /// Standard output is this open file, or closed (kClosed), in place of Ended::out.
  static constexpr int kClosed = -1;
  std::optional<int> out;
  bool nohup = false;              // SIGHUP is ignored when it starts
  std::chrono::seconds limit{60};  // then it is killed
};

/// How a process ended and what it wrote.
struct Ended {
  int exit_code = -1;  // as a shell has it: 128 + n after signal n
  bool timed_out = false;
  std::string out, err;
};

/// A running program, with no shell in between. Standard input is empty.
class Process {
 public:
  /// Starts it; throws std::runtime_error when that fails.
  Process(const std::string& program,
          const std::vector<std::string>& arguments,
          const ProcessOptions& options = {});
  ~Process();  // kills it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool has_ended();
  Ended wait();

 private:
  void start(const std::string& program,
             const std::vector<std::string>& arguments,
             const ProcessOptions& options);
  void open_terminal();
  void read_terminal();

  std::chrono::steady_clock::time_point deadline_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
  int out_ = -1,
      err_ = -1;       // files in memory; err_ is the terminal's inner end, where there is one
  int terminal_ = -1;  // its outer end
  std::string on_terminal_;
};

}  // namespace ff::test

#include "tests/process.h"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace ff::test {
namespace {

using Clock = std::chrono::steady_clock;

int checked(int result, const std::string& what) {
  if (result < 0) throw std::runtime_error(what + ": " + std::strerror(errno));
  return result;
}

std::string contents(int file) {
  std::string bytes;
  char block[1 << 14];
  while (true) {
    const auto count = pread(file, block, sizeof block, static_cast<off_t>(bytes.size()));
    if (count <= 0) return bytes;
    bytes.append(block, static_cast<size_t>(count));
  }
}

std::vector<std::string> merged_environment(
    const std::map<std::string, std::optional<std::string>>& changes) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (!changes.contains(text.substr(0, text.find('=')))) merged.push_back(text);
  }
  for (const auto& [name, value] : changes) {
    if (value) merged.push_back(name + "=" + *value);
  }
  return merged;
}

// Builds an argv array: pointers into `texts` and a null terminator.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (const auto& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

// Resets signal handling in the child, independently of how the tests were started.
class SpawnAttributes {
 public:
  explicit SpawnAttributes(bool nohup) : nohup_(nohup) {
    posix_spawnattr_init(&attributes_);
    sigset_t defaults;
    sigemptyset(&defaults);
    for (const int number : {SIGINT, SIGPIPE}) sigaddset(&defaults, number);
    if (!nohup) sigaddset(&defaults, SIGHUP);
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
    if (nohup_) before_ = std::signal(SIGHUP, SIG_IGN);  // inherited by the child
  }
  ~SpawnAttributes() {
    if (nohup_) std::signal(SIGHUP, before_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  bool nohup_;
  void (*before_)(int) = SIG_DFL;
  posix_spawnattr_t attributes_;
};

}  // namespace

Process::Process(const std::string& program,
                 const std::vector<std::string>& arguments,
                 const ProcessOptions& options)
    : deadline_(Clock::now() + options.limit) {
  // Uses in-memory files: a pipe that is not drained would block the program.
  out_ = checked(memfd_create("stdout", MFD_CLOEXEC), "memfd_create");
  if (options.terminal) {
    open_terminal();
  } else {
    err_ = checked(memfd_create("stderr", MFD_CLOEXEC), "memfd_create");
  }
  start(program, arguments, options);
}

Process::~Process() {
  if (!ended_ && pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
  }
  for (const int file : {out_, err_, terminal_}) {
    if (file >= 0) close(file);
  }
}

void Process::start(const std::string& program,
                    const std::vector<std::string>& arguments,
                    const ProcessOptions& options) {
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto environment = merged_environment(options.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (options.out == ProcessOptions::kClosed) {
    posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO);
  } else {
    posix_spawn_file_actions_adddup2(&actions, options.out.value_or(out_), STDOUT_FILENO);
  }
  posix_spawn_file_actions_adddup2(&actions, err_, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, options.folder.c_str());
  const SpawnAttributes attributes(options.nohup);
  const int error = posix_spawn(&pid_,
                                program.c_str(),
                                &actions,
                                attributes.get(),
                                pointers(words).data(),
                                pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(program + ": " + std::strerror(error));
}

void Process::open_terminal() {
  terminal_ = checked(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK), "posix_openpt");
  checked(grantpt(terminal_), "grantpt");
  checked(unlockpt(terminal_), "unlockpt");
  err_ = checked(open(ptsname(terminal_), O_RDWR | O_NOCTTY | O_CLOEXEC), "open a terminal");
  const winsize size = {.ws_row = 50, .ws_col = 200, .ws_xpixel = 0, .ws_ypixel = 0};
  checked(ioctl(err_, TIOCSWINSZ, &size), "set the terminal's size");
}

void Process::read_terminal() {
  char block[4096];
  while (terminal_ >= 0) {
    const auto count = read(terminal_, block, sizeof block);
    if (count <= 0) return;
    on_terminal_.append(block, static_cast<size_t>(count));
  }
}

void Process::signal(int number) const { kill(pid_, number); }

bool Process::has_ended() {
  read_terminal();
  if (!ended_) ended_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  return ended_;
}

Ended Process::wait() {
  Ended result;
  while (!has_ended()) {
    if (!result.timed_out && Clock::now() > deadline_) {
      result.timed_out = true;
      signal(SIGKILL);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  read_terminal();
  result.exit_code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  result.out = contents(out_);
  result.err = terminal_ >= 0 ? on_terminal_ : contents(err_);
  return result;
}

}  // namespace ff::test

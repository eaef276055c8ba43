// ff plot and ff report: commands of the Python package forward_forward (reference/).
//
// They are run by an interpreter of the user's, in place of this process, so that the program links
// to no Python and charts come from matplotlib and uPlot. The package parses the options.
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "experiments/commands/commands.h"

namespace ff::experiments {
namespace {

namespace fs = std::filesystem;

const std::string kNeeds =
    "needs Python 3.10 or newer; install it (Debian and Ubuntu: apt-get install "
    "python3-matplotlib), "
    "or name an interpreter in the environment variable FF_PYTHON";

std::string variable(const char* name) {
  const auto* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_executable(const fs::path& file) {
  std::error_code error;
  return fs::is_regular_file(file, error) && access(file.c_str(), X_OK) == 0;
}

// Where `python -m forward_forward` finds the package: python/ in the build folder, or
// share/ff/python of an installation, both relative to the program, so that an installation can be
// moved.
fs::path package_folder(const std::string& command) {
  const auto program = fs::read_symlink("/proc/self/exe").parent_path();
  for (const auto& folder : {program / "python", program / "../share/ff/python"}) {
    if (fs::exists(folder / "forward_forward/__main__.py")) return fs::weakly_canonical(folder);
  }
  throw std::runtime_error(command + ": the Python package forward_forward is missing in " +
                           (program / "python").string() + " and " +
                           (program / "../share/ff/python").lexically_normal().string());
}

std::optional<fs::path> in_path(const std::string& name) {
  const auto path = variable("PATH");
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find(':', begin), path.size());
    const auto file = fs::path(path.substr(begin, end - begin)) / name;
    if (end > begin && is_executable(file)) return file;
    begin = end + 1;
  }
  return std::nullopt;
}

// FF_PYTHON; else the one of .venv beside the sources that the package belongs to, or beside the
// program's folder; else python3 in PATH.
fs::path interpreter(const std::string& command, const fs::path& package) {
  if (const auto named = variable("FF_PYTHON"); !named.empty()) {
    if (named.find('/') == std::string::npos) {
      if (const auto found = in_path(named)) return *found;
    }
    if (is_executable(named)) return named;
    throw std::runtime_error("FF_PYTHON " + named + ": is no executable file; " + command + " " +
                             kNeeds);
  }
  const auto sources = fs::weakly_canonical(package / "forward_forward") / "../..";
  const auto program = fs::read_symlink("/proc/self/exe").parent_path();
  for (const auto& folder : {sources, program / ".."}) {
    // Not canonical: a virtual environment's interpreter is a link that has to be called by its
    // name.
    const auto file = (folder / ".venv/bin/python").lexically_normal();
    if (is_executable(file)) return file;
  }
  if (const auto found = in_path("python3")) return *found;
  throw std::runtime_error(command + " " + kNeeds);
}

// Becomes the interpreter; returns only by an exception.
int run_python(const std::string& name, int argc, char** argv) {
  const auto command = "ff " + name;
  const auto package = package_folder(command);
  const auto python = interpreter(command, package).string();
  const auto others = variable("PYTHONPATH");
  setenv("PYTHONPATH", (package.string() + (others.empty() ? "" : ":" + others)).c_str(), 1);
  setenv("PYTHONSAFEPATH", "1", 1);  // modules of the working folder are not imported

  std::vector<std::string> words = {python, "-m", "forward_forward", name};
  words.insert(words.end(), argv + 1, argv + argc);
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execv(python.c_str(), pointers.data());
  throw std::runtime_error(python + ": cannot be started: " + std::strerror(errno));
}

}  // namespace

int plot_command(int argc, char** argv) { return run_python("plot", argc, argv); }

int report_command(int argc, char** argv) { return run_python("report", argc, argv); }

}  // namespace ff::experiments

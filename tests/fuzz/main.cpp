// ff_fuzz: runs a fuzz target on the inputs of a corpus, then on mutations of them for a given
// time.
//
// A sanitizer report, a signal or an abort ends the process and leaves the input in crash-NAME in
// the working directory; reproduce it with `ff_fuzz NAME crash-NAME`.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

#include <c10/util/Logging.h>

#include <cxxopts.hpp>

#include "experiments/files.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/readers.h"

// Provided by the sanitizers, if linked; the callback runs before they end the process.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

// Detects allocations sized by an unchecked header field: 256 MiB is 4096 times the largest input,
// above the output of any decompressor here.
extern "C" const char* __asan_default_options() {
  return "max_allocation_size_mb=256:allocator_may_return_null=0:handle_abort=1";
}

namespace {

namespace fs = std::filesystem;
constexpr unsigned kMostSeconds = 20;  // time limit per input

struct Options {
  std::string reader;
  double seconds = 0;
  std::uint64_t inputs = 0, seed = 1;
  std::vector<std::string> corpus;
};

// Current input, for the crash handler.
std::string current, crash_file;

void save_current() {
  const int file = open(crash_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) return;
  const auto written = write(file, current.data(), current.size());
  close(file);
  if (written < 0) return;
  const char error_text[] = "fuzz: the input is in ";
  if (write(2, error_text, sizeof error_text - 1) > 0 &&
      write(2, crash_file.data(), crash_file.size()) > 0 && write(2, "\n", 1) > 0) {
    return;
  }
}

void on_signal(int signal) {
  const char late[] = "fuzz: the input takes too long\n";
  if (signal == SIGALRM && write(2, late, sizeof late - 1) < 0) _exit(128 + signal);
  save_current();
  _exit(128 + signal);
}

void watch_for_the_end() {
  std::signal(SIGALRM, on_signal);
  if (__sanitizer_set_death_callback) {
    __sanitizer_set_death_callback(save_current);
    return;
  }
  static char stack[1 << 16];  // alternate signal stack, needed to handle a stack overflow
  stack_t other{};
  other.ss_sp = stack;
  other.ss_size = sizeof stack;
  sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    sigaction(signal, &action, nullptr);
  }
}

std::vector<std::string> inputs_in(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    if (!fs::is_directory(path)) {
      files.emplace_back(path);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const auto& file : files) inputs.push_back(ff::experiments::read_file(file));
  if (inputs.empty()) throw std::runtime_error("the corpus holds no files");
  return inputs;
}

const ff::fuzz::Reader& reader_called(const std::string& name) {
  std::string names;
  for (const auto& reader : ff::fuzz::readers()) {
    if (name == reader.name) return reader;
    names += std::string(names.empty() ? "" : ", ") + reader.name;
  }
  throw std::invalid_argument("unknown reader '" + name + "'; allowed: " + names);
}

void read(const ff::fuzz::Reader& reader, std::string input) {
  current = std::move(input);
  alarm(kMostSeconds);
  reader.entry(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
  alarm(0);
}

int run(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const auto& reader = reader_called(options.reader);
  const auto corpus = inputs_in(options.corpus);
  crash_file = "crash-" + options.reader;
  // Disables stack traces in LibTorch errors: symbol lookup makes fuzzing ten times slower.
  c10::SetStackTraceFetcher(std::function<std::string()>([] { return std::string(); }));
  watch_for_the_end();
  const auto begin = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  for (const auto& input : corpus) read(reader, input);
  ff::fuzz::Mutator mutator(corpus, options.seed);
  std::uint64_t made = 0;
  while (made < options.inputs || seconds() < options.seconds) {
    read(reader, mutator.next());
    ++made;
  }
  std::cout << "fuzz: " << options.reader << ": " << corpus.size() << " inputs kept, " << made
            << " made of them, in " << seconds() << " s\n";
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  cxxopts::Options usage("ff_fuzz", "Reads a corpus, then changes of it; dies of what is wrong");
  Options options;
  usage.add_options()("reader", "whose entry is fuzz_NAME", cxxopts::value(options.reader))(
      "corpus", "files, or folders of them", cxxopts::value(options.corpus))(
      "seconds", "make inputs for so long", cxxopts::value(options.seconds))(
      "inputs", "make so many inputs, at least", cxxopts::value(options.inputs))(
      "seed", "of the changes", cxxopts::value(options.seed));
  usage.parse_positional({"reader", "corpus"});
  usage.positional_help("NAME CORPUS...");
  try {
    usage.parse(argc, argv);
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << "ff_fuzz: " << error.what() << '\n' << usage.help();
    return 2;
  }
}

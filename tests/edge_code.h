// Exported C code in tests: written, compiled by the host's C compiler, and run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/export/edge_net.h"
#include "experiments/export/emit_c.h"
#include "tests/data_files.h"

namespace ff::test {

/// Returns whether this machine has a C compiler; warns if not.
bool has_c_compiler();

/// Returns an untrained network of these widths (inputs first) for 10 classes.
experiments::EdgeNet edge_net_of(const std::vector<std::int64_t>& widths);

/// Gives the network weights from U(+-1/sqrt(in)).
void draw_weights(experiments::EdgeNet& net);

/// Returns `count` samples of which a fifth of the pixels is not 0.
experiments::EdgeSamples sparse_samples(const experiments::EdgeNet& net, std::int64_t count);

/// A folder with the C code of a network.
class EdgeCode {
 public:
  EdgeCode(const experiments::EdgeNet& net, const experiments::EdgeSamples& samples);

  /// Compiles `sources` and the network's code; fails the test if the compiler says anything.
  /// Returns the path of the program.
  std::string compile(const std::string& flags, const std::string& sources) const;

  /// Runs a shell command in the folder and returns its output; fails the test if it fails.
  std::string shell(const std::string& command) const;

  void write(const std::string& file, const std::string& text) const;
  std::string read(const std::string& file) const;

 private:
  DataFolder folder_;
  std::string sources_;
};

}  // namespace ff::test

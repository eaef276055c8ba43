#include "tests/fuzz/readers.h"

namespace ff::fuzz {

const std::vector<Reader>& readers() {
  static const std::vector<Reader> all = {{"checkpoint", fuzz_checkpoint},
                                          {"cifar", fuzz_cifar},
                                          {"config", fuzz_config},
                                          {"csv", fuzz_csv},
                                          {"gzip", fuzz_gzip},
                                          {"idx", fuzz_idx},
                                          {"jpeg", fuzz_jpeg},
                                          {"mat", fuzz_mat},
                                          {"npy", fuzz_npy},
                                          {"npz", fuzz_npz},
                                          {"pickle", fuzz_pickle},
                                          {"png", fuzz_png},
                                          {"tar", fuzz_tar},
                                          {"zip", fuzz_zip}};
  return all;
}

}  // namespace ff::fuzz

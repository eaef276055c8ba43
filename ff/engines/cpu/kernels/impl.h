// Implementation of the kernels. Included by one .cpp file per instruction set, which defines
// FF_ISA (a namespace), FF_ISA_NAME, FF_VECTOR_BYTES and FF_COLUMNS (vectors per sparse tile).
#include <cmath>
#include <cstring>

#include "ff/engines/cpu/kernels/kernels.h"
#include "ff/engines/cpu/kernels/rows.h"
#include "ff/engines/cpu/kernels/update.h"
#include "ff/math/activation.h"
#include "ff/math/update.h"
// Include after ff/math/update.h: inlines step(), so that gradients stay in registers.
#include "ff/engines/cpu/kernels/sparse.h"
// Include after sparse.h, which defines the vector types.
#include "ff/engines/cpu/kernels/entries.h"

namespace ff::fused::FF_ISA {

template <class Phi, class T>
ActivationRows<T> rows_of() {
  return {Phi::name,
          forward<Phi, T>,
          forward_in_place<Phi, T>,
          Phi::needs_input,
          Phi::value(T(-1)) == 0,
          goodness_backward<Phi, T>,
          backward<Phi, T>};
}

template <class T, class... Phi>
Kernels<T> make(Types<Phi...>) {
  static const ActivationRows<T> activations[] = {rows_of<Phi, T>()...};
  return {activations,
          sizeof activations / sizeof *activations,
          update<T>,
          sparse_forward<T>,
          sparse_update<T>,
          weighted_sum<T>,
          kSumVectors * kLanes<T, kWide>,
          count_entries<T>,
          find_entries<T>,
          add_label<T>,
          find_columns<T>,
          find_rows<T>,
          sum_of_squares<T>,
          squares_then_subtract<T>,
          scale<T>,
          drop<T>,
          signs<T>,
          cross_entropy<T>,
          FF_ISA_NAME};
}

Kernels<float> float_kernels() { return make<float>(Activations{}); }
Kernels<double> double_kernels() { return make<double>(Activations{}); }

}  // namespace ff::fused::FF_ISA

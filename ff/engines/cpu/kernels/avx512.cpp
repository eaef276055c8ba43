#define FF_ISA avx512
#define FF_ISA_NAME "avx512"
#define FF_VECTOR_BYTES 64
#define FF_COLUMNS 4
#include "ff/engines/cpu/kernels/impl.h"

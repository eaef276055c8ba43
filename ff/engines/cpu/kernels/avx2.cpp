#define FF_ISA avx2
#define FF_ISA_NAME "avx2"
#define FF_VECTOR_BYTES 32
#define FF_COLUMNS 2
#include "ff/engines/cpu/kernels/impl.h"

#define FF_ISA baseline
#define FF_ISA_NAME "baseline"
#define FF_VECTOR_BYTES 16
#define FF_COLUMNS 2
#include "ff/engines/cpu/kernels/impl.h"

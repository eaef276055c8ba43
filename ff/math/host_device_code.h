// Marks functions that run on a GPU too, where a CUDA compiler reads them.
#pragma once

#ifdef __CUDACC__
#define FF_HD __host__ __device__
#else
#define FF_HD
#endif

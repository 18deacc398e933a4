// Rows of a table by index: out[i, j] = table[rows[i], j], for elements of 1, 2, 4 or 8 bytes.
//
// Plain: any strides, an element a thread. Fast: rows that are a multiple of 16 bytes long and begin at one, 16 bytes a
// thread.
#include "layout.cuh"

template <class T>
__device__ inline void strided(const T* table, const int* rows, T* out, int row_stride, int stride, unsigned width,
                               unsigned n) {
  FOR_EACH(i, n) {
    const unsigned row = i / width;
    out[i] = table[(long long)rows[row] * row_stride + (long long)(i - row * width) * stride];
  }
}

#define STRIDED(name, T)                                                                                       \
  extern "C" __global__ void name(const T* table, const int* rows, T* out, int row_stride, int stride,         \
                                  unsigned width, unsigned n) {                                                \
    strided(table, rows, out, row_stride, stride, width, n);                                                   \
  }

STRIDED(gather_1, unsigned char)
STRIDED(gather_2, unsigned short)
STRIDED(gather_4, unsigned)
STRIDED(gather_8, unsigned long long)

// Blocks of 32 × 8 threads: a warp a row. Lengths in units of 16 bytes.
extern "C" __global__ void gather_dense(const uint4* table, const int* rows, uint4* out, unsigned row_stride,
                                        unsigned width, unsigned n) {
  for (unsigned i = blockIdx.x * blockDim.y + threadIdx.y; i < n; i += gridDim.x * blockDim.y) {
    const uint4* from = table + (long long)rows[i] * row_stride;
    uint4* to = out + (long long)i * width;
#pragma unroll 1
    for (unsigned j = threadIdx.x; j < width; j += 32) to[j] = from[j];
  }
}

// The sum of the squares of all numbers of all tensors of a list, for the norm of gradients: always in the same order, so that
// it is the same bits each time.
//
// Plain: one block a tensor, a launch each, added up by whoever asks. Fast: two launches for all: each block takes a chunk of one
// tensor, which it looks up in a table, 16 bytes at a time where it is aligned; then one block adds up the chunks.
#include "rows.cuh"

constexpr int CHUNK = 16;  // numbers a thread

template <class T>
struct Run {
  const T* data;
  long long n;
};

// The block's sum, in double: the few additions of it are nothing beside the reading.
__device__ inline void store_sum(double x, double* out) {
  __shared__ double partial[WARP];
  x = team_sum(x, partial);
  if (threadIdx.x == 0) *out = x;
}

extern "C" __global__ void sum_of_squares_plain(const float* x, long long n, double* out) {
  double sum = 0;
#pragma unroll 1
  for (long long i = threadIdx.x; i < n; i += blockDim.x) sum += x[i] * x[i];
  store_sum(sum, out);
}

// Adds the squares of 4 numbers.
__device__ inline float add_squares(float4 v, float sum) { return sum + (v.x * v.x + v.y * v.y) + (v.z * v.z + v.w * v.w); }

// first_block[t] is the number of blocks before tensor t.
template <class T>
__device__ inline void chunk_of_all(const Run<T>* runs, const int* first_block, int count, double* partial_sums) {
  int low = 0, high = count - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (first_block[middle] <= (int)blockIdx.x) low = middle;
    else high = middle - 1;
  }
  const Run<T> run = runs[low];
  const long long begin = (long long)((int)blockIdx.x - first_block[low]) * CHUNK * blockDim.x;
  const long long end = begin + CHUNK * blockDim.x < run.n ? begin + CHUNK * blockDim.x : run.n;
  T sum = 0;
  if (sizeof(T) == 4 && (unsigned long long)run.data % 16 == 0 && end - begin == CHUNK * blockDim.x) {
#pragma unroll
    for (int i = 0; i < CHUNK / 4; i++) {
      const long long at = begin + 4 * (i * blockDim.x + threadIdx.x);
      sum = add_squares(*reinterpret_cast<const float4*>(run.data + at), sum);
    }
  } else {
#pragma unroll 1
    for (long long i = begin + threadIdx.x; i < end; i += blockDim.x) sum += run.data[i] * run.data[i];
  }
  store_sum(sum, partial_sums + blockIdx.x);
}

extern "C" __global__ void sum_of_squares_f32(const Run<float>* runs, const int* first_block, int count, double* partial_sums) {
  chunk_of_all(runs, first_block, count, partial_sums);
}

extern "C" __global__ void sum_of_squares_f64(const Run<double>* runs, const int* first_block, int count, double* partial_sums) {
  chunk_of_all(runs, first_block, count, partial_sums);
}

extern "C" __global__ void sum_of_squares_chunks(const double* partial_sums, int count, double* out) {
  double sum = 0;
#pragma unroll 1
  for (int i = threadIdx.x; i < count; i += blockDim.x) sum += partial_sums[i];
  store_sum(sum, out);
}

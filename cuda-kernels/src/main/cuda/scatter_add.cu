// out[rows[i], j] += source[i, j], row after row in the order of i, so that the bits are always the same: sums of floats
// depend on their order, and atomics keep none.
//
// Plain: a thread owns an element of out and walks through all indices. Fast: the indices of each row of out are brought
// together first, and only those are walked through:
//   count    how many indices name each row (whole numbers, so atomics do no harm);
//   begin    where each row's indices begin, an exclusive sum of the counts, by one block;
//   collect  each index's position goes to a free place among its row's, in any order;
//   order    each position goes to its rank among its row's;
//   add      a warp for each row that has any, 32 columns at a time, in that order.

template <class T>
__device__ inline void plain(const int* rows, unsigned n, const T* source, T* out, unsigned width, unsigned size) {
  const unsigned at = blockIdx.x * blockDim.x + threadIdx.x;
  if (at >= size) return;
  const int row = at / width;
  const unsigned column = at % width;
  T sum = out[at];
  for (unsigned i = 0; i < n; i++) {
    if (rows[i] == row) sum += source[(long long)i * width + column];
  }
  out[at] = sum;
}

extern "C" __global__ void scatter_add_f32_plain(const int* rows, unsigned n, const float* source, float* out,
                                                 unsigned width, unsigned size) {
  plain(rows, n, source, out, width, size);
}

extern "C" __global__ void scatter_add_f64_plain(const int* rows, unsigned n, const double* source, double* out,
                                                 unsigned width, unsigned size) {
  plain(rows, n, source, out, width, size);
}

extern "C" __global__ void scatter_add_count(const int* rows, unsigned n, unsigned* counts) {
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    atomicAdd(&counts[rows[i]], 1u);
  }
}

// One block of 1024 threads. Each takes a run of rows, the runs' sums are added up over the block (Hillis and Steele,
// 1986), and each goes through its run again. "free" becomes a copy, which collect moves on.
extern "C" __global__ void scatter_add_begin(const unsigned* counts, unsigned* begin, unsigned* free, unsigned rows) {
  __shared__ unsigned sums[2][1024];
  const unsigned run = (rows + blockDim.x - 1) / blockDim.x, first = threadIdx.x * run, end = min(first + run, rows);
  unsigned sum = 0;
#pragma unroll 1
  for (unsigned row = first; row < end; row++) sum += counts[row];
  int now = 0;
  sums[now][threadIdx.x] = sum;
  __syncthreads();
#pragma unroll 1
  for (unsigned distance = 1; distance < blockDim.x; distance *= 2) {
    const unsigned before = threadIdx.x >= distance ? sums[now][threadIdx.x - distance] : 0;
    sums[1 - now][threadIdx.x] = sums[now][threadIdx.x] + before;
    now = 1 - now;
    __syncthreads();
  }
  unsigned at = sums[now][threadIdx.x] - sum;
#pragma unroll 1
  for (unsigned row = first; row < end; row++) {
    begin[row] = at;
    free[row] = at;
    at += counts[row];
  }
}

extern "C" __global__ void scatter_add_collect(const int* rows, unsigned n, unsigned* free, unsigned* places) {
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    places[atomicAdd(&free[rows[i]], 1u)] = i;
  }
}

extern "C" __global__ void scatter_add_order(const int* rows, unsigned n, const unsigned* counts, const unsigned* begin,
                                             const unsigned* places, unsigned* ordered) {
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    const int row = rows[i];
    const unsigned first = begin[row], count = counts[row];
    unsigned rank = 0;
    for (unsigned k = 0; k < count; k++) rank += places[first + k] < i;
    ordered[first + rank] = i;
  }
}

// Blocks of 32 × 8 threads; a warp for each place that is its row's first.
template <class T>
__device__ inline void add(const int* rows, unsigned n, const unsigned* counts, const unsigned* begin,
                           const unsigned* ordered, const T* source, T* out, unsigned width) {
  const unsigned place = blockIdx.x * blockDim.y + threadIdx.y;
  if (place >= n) return;
  const int row = rows[ordered[place]];
  if (begin[row] != place) return;
  const unsigned end = place + counts[row];
#pragma unroll 1
  for (unsigned column = threadIdx.x; column < width; column += 32) {
    T* to = out + (long long)row * width + column;
    T sum = *to;
#pragma unroll 4
    for (unsigned k = place; k < end; k++) sum += source[(long long)ordered[k] * width + column];
    *to = sum;
  }
}

extern "C" __global__ void scatter_add_f32(const int* rows, unsigned n, const unsigned* counts, const unsigned* begin,
                                           const unsigned* ordered, const float* source, float* out, unsigned width) {
  add(rows, n, counts, begin, ordered, source, out, width);
}

extern "C" __global__ void scatter_add_f64(const int* rows, unsigned n, const unsigned* counts, const unsigned* begin,
                                           const unsigned* ordered, const double* source, double* out,
                                           unsigned width) {
  add(rows, n, counts, begin, ordered, source, out, width);
}

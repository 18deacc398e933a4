// The k greatest elements of each row, in falling order: NaN is above everything, -0 and +0 are alike, equals come in
// rising order of index.
//
// Plain: a thread a row, which looks through all of it for each of the k. Fast: a block a row goes through it once. What
// is better than the k-th so far is collected in shared memory, in any order; where that is full, it is sorted (bitonic
// sort: Batcher, 1968) and the best k stay. In data of no particular order little is collected after the first rounds.
// Where k is too great for that, a block sorts the whole row in global memory.

constexpr int THREADS = 256;
constexpr int ROOM = 2048;

// An element as its rank: what is greater comes first; of what is equal, the lesser index.
template <class T>
struct Entry;

template <>
struct Entry<float> {
  unsigned value, index;
  __device__ static Entry of(float x, unsigned index) {
    const unsigned bits = __float_as_uint(x + 0.0f);  // -0 becomes +0
    return {x != x ? 0xffffffffu : bits >> 31 ? ~bits : bits | 0x80000000u, index};
  }
};

template <>
struct Entry<double> {
  unsigned long long value, index;
  __device__ static Entry of(double x, unsigned index) {
    const unsigned long long bits = (unsigned long long)__double_as_longlong(x + 0.0);
    return {x != x ? ~0ull : bits >> 63 ? ~bits : bits | 0x8000000000000000ull, index};
  }
};

template <class T>
__device__ inline bool before(const Entry<T>& a, const Entry<T>& b) {
  return a.value > b.value || (a.value == b.value && a.index < b.index);
}

// What ranks after everything: no number is 0 as a rank.
template <class T>
__device__ inline Entry<T> last() {
  return {0, 0xffffffff};
}

// Sorts "size" entries, a power of two, with all threads of the block; ends with a barrier.
template <class T>
__device__ inline void sort(Entry<T>* entries, unsigned size) {
#pragma unroll 1
  for (unsigned run = 2; run <= size; run *= 2) {
#pragma unroll 1
    for (unsigned distance = run / 2; distance > 0; distance /= 2) {
#pragma unroll 1
      for (unsigned pair = threadIdx.x; pair < size / 2; pair += blockDim.x) {
        const unsigned i = pair / distance * 2 * distance + pair % distance, j = i + distance;
        const bool falling = (i & run) == 0;
        const Entry<T> a = entries[i], b = entries[j];
        if (before(b, a) == falling) {
          entries[i] = b;
          entries[j] = a;
        }
      }
      __syncthreads();
    }
  }
}

template <class T>
__device__ inline void put(const T* row, const Entry<T>* sorted, T* values, int* indices, unsigned k) {
  for (unsigned i = threadIdx.x; i < k; i += blockDim.x) {
    values[i] = row[sorted[i].index];
    indices[i] = (int)sorted[i].index;
  }
}

// "room" is a power of two, k + THREADS at least and ROOM at most.
template <class T>
__device__ inline void select(const T* x, T* values, int* indices, unsigned n, unsigned k, unsigned room) {
  __shared__ Entry<T> entries[ROOM];
  __shared__ unsigned collected;
  const T* row = x + (long long)blockIdx.x * n;
  Entry<T> worst = last<T>();
  if (threadIdx.x == 0) collected = 0;
  __syncthreads();
#pragma unroll 1
  for (unsigned base = 0; base < n; base += THREADS) {
    const unsigned i = base + threadIdx.x;
    if (i < n) {
      const Entry<T> entry = Entry<T>::of(row[i], i);
      if (before(entry, worst)) entries[atomicAdd(&collected, 1u)] = entry;
    }
    __syncthreads();
    const unsigned count = collected;
    if (count > room - THREADS || base + THREADS >= n) {
      for (unsigned free = count + threadIdx.x; free < room; free += THREADS) entries[free] = last<T>();
      __syncthreads();
      sort(entries, room);
      worst = entries[k - 1];
      if (threadIdx.x == 0) collected = min(count, k);
    }
    __syncthreads();
  }
  put(row, entries, values + (long long)blockIdx.x * k, indices + (long long)blockIdx.x * k, k);
}

template <class T>
__device__ inline void sort_all(const T* x, T* values, int* indices, unsigned n, unsigned k, Entry<T>* scratch,
                                unsigned size) {
  const T* row = x + (long long)blockIdx.x * n;
  Entry<T>* entries = scratch + (long long)blockIdx.x * size;
  for (unsigned i = threadIdx.x; i < size; i += blockDim.x) entries[i] = i < n ? Entry<T>::of(row[i], i) : last<T>();
  __syncthreads();
  sort(entries, size);
  put(row, entries, values + (long long)blockIdx.x * k, indices + (long long)blockIdx.x * k, k);
}

template <class T>
__device__ inline void plain(const T* x, T* values, int* indices, unsigned rows, unsigned n, unsigned k) {
  const unsigned at = blockIdx.x * blockDim.x + threadIdx.x;
  if (at >= rows) return;
  const T* row = x + (long long)at * n;
  Entry<T> previous = {(decltype(Entry<T>::value))-1, 0};
  for (unsigned i = 0; i < k; i++) {
    Entry<T> best = last<T>();
    for (unsigned j = 0; j < n; j++) {
      const Entry<T> entry = Entry<T>::of(row[j], j);
      if ((i == 0 || before(previous, entry)) && before(entry, best)) best = entry;
    }
    values[(long long)at * k + i] = row[best.index];
    indices[(long long)at * k + i] = (int)best.index;
    previous = best;
  }
}

#define TOP_K(T, suffix)                                                                                           \
  extern "C" __global__ void top_k_##suffix##_plain(const T* x, T* values, int* indices, unsigned rows, unsigned n, \
                                                    unsigned k) {                                                  \
    plain(x, values, indices, rows, n, k);                                                                         \
  }                                                                                                                \
  extern "C" __global__ void top_k_##suffix(const T* x, T* values, int* indices, unsigned n, unsigned k,           \
                                            unsigned room) {                                                       \
    select(x, values, indices, n, k, room);                                                                        \
  }                                                                                                                \
  extern "C" __global__ void top_k_##suffix##_sorted(const T* x, T* values, int* indices, unsigned n, unsigned k,  \
                                                     Entry<T>* scratch, unsigned size) {                           \
    sort_all(x, values, indices, n, k, scratch, size);                                                             \
  }

TOP_K(float, f32)
TOP_K(double, f64)

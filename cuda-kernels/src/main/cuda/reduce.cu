// Folds along axes: the sum, the greatest or the least of all elements that share an element of the result. Both the
// axes that stay and those that go have a layout; from "strands" > 1 on, the folded elements are cut into as many parts,
// whose results [outputs, strands] a second launch folds. What is added to what depends on the shape only, so the bits
// are always the same.
//
// Plain: a thread a result. Neighbouring threads then read addresses a row apart, so that a warp's load touches 32
// sectors where 4 would do. Fast, where the folded axes lie closer: a warp a result, neighbours read neighbours, and the
// partial results meet by shuffles. Fast, where the axes that stay lie closer (sums of columns): a block for 32 results,
// whose 8 warps take every eighth of the folded elements; partial results meet in shared memory.
#include "layout.cuh"

constexpr int WARP = 32;
constexpr int WARPS = 8;

// NaN wins over everything.
template <class T>
struct Sum {
  __device__ static T identity() { return 0; }
  __device__ static T join(T a, T b) { return a + b; }
};

template <class T>
struct Max {
  __device__ static T identity() { return T(-INFINITY); }
  __device__ static T join(T a, T b) { return a > b || a != a ? a : b; }
};

template <class T>
struct Min {
  __device__ static T identity() { return T(INFINITY); }
  __device__ static T join(T a, T b) { return a < b || a != a ? a : b; }
};

// How a fold is laid out; dev.weft.cuda.CudaReduce makes it.
struct Fold {
  unsigned outputs;
  unsigned folded;   // elements that share a result
  unsigned strands;  // parts that they are cut into
  unsigned strand;   // elements of a part
  Layout<1> kept;
  Layout<1> gone;
};

template <template <class> class F, class T>
__device__ inline void plain(const T* x, T* out, const Fold& fold) {
  FOR_EACH(i, fold.outputs * fold.strands) {
    const unsigned output = i / fold.strands, first = i % fold.strands * fold.strand;
    const unsigned end = min(first + fold.strand, fold.folded);
    const T* from = x + located(fold.kept, output);
    T result = F<T>::identity();
#pragma unroll 1
    for (unsigned k = first; k < end; k++) result = F<T>::join(result, from[located(fold.gone, k)]);
    out[i] = result;
  }
}

template <template <class> class F, class T>
__device__ inline void rows(const T* x, T* out, const Fold& fold) {
  const unsigned lane = threadIdx.x, i = blockIdx.x * WARPS + threadIdx.y;
  if (i >= fold.outputs * fold.strands) return;  // a whole warp or none
  const unsigned output = i / fold.strands, first = i % fold.strands * fold.strand;
  const unsigned end = min(first + fold.strand, fold.folded);
  const T* from = x + located(fold.kept, output);
  T result = F<T>::identity();
  if (fold.gone.axes == 1) {
    const int stride = fold.gone.stride[0][0];
    for (unsigned k = first + lane; k < end; k += WARP) result = F<T>::join(result, from[(int)k * stride]);
  } else {
#pragma unroll 1
    for (unsigned k = first + lane; k < end; k += WARP) result = F<T>::join(result, from[located(fold.gone, k)]);
  }
#pragma unroll
  for (int offset = WARP / 2; offset > 0; offset /= 2) {
    result = F<T>::join(result, __shfl_xor_sync(0xffffffffu, result, offset));
  }
  if (lane == 0) out[i] = result;
}

template <template <class> class F, class T>
__device__ inline void columns(const T* x, T* out, const Fold& fold) {
  __shared__ T partial[WARPS][WARP];
  const unsigned output = blockIdx.x * WARP + threadIdx.x, first = blockIdx.y * fold.strand;
  const unsigned end = min(first + fold.strand, fold.folded);
  T result = F<T>::identity();
  if (output < fold.outputs) {
    const T* from = x + located(fold.kept, output);
#pragma unroll 1
    for (unsigned k = first + threadIdx.y; k < end; k += WARPS) {
      result = F<T>::join(result, from[located(fold.gone, k)]);
    }
  }
  partial[threadIdx.y][threadIdx.x] = result;
  __syncthreads();
  if (threadIdx.y > 0 || output >= fold.outputs) return;
#pragma unroll
  for (int i = 1; i < WARPS; i++) result = F<T>::join(result, partial[i][threadIdx.x]);
  out[output * fold.strands + blockIdx.y] = result;
}

#define FOLD(name, F, T)                                                                                           \
  extern "C" __global__ void name##_plain(const T* x, T* out, Fold fold) { plain<F>(x, out, fold); }               \
  extern "C" __global__ void name##_rows(const T* x, T* out, Fold fold) { rows<F>(x, out, fold); }                 \
  extern "C" __global__ void name##_columns(const T* x, T* out, Fold fold) { columns<F>(x, out, fold); }

FOLD(sum_f32, Sum, float)
FOLD(max_f32, Max, float)
FOLD(min_f32, Min, float)
FOLD(sum_f64, Sum, double)
FOLD(max_f64, Max, double)
FOLD(min_f64, Min, double)

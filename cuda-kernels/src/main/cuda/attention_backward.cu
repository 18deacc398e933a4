// Gradients of attention: dV = Dᵀ G; dP = dropout'(G Vᵀ); dS = P (dP - Σ P dP); dQ = scale · dS K; dK = scale · dSᵀ Q, where
// Σ P dP = Σ G O. Weights are made again from the scores and their logarithms of sums.
//
// A launch for each gradient: a block keeps a tile of it and goes past all tiles of the other side, so that nothing is added
// up by atomics and the bits are the same each time. Any strides, F32 and F64.
#include "attention.cuh"

template <class T>
struct Gradient {
  Attention<T> in;
  Heads<const T> out, g;
  const T* logs;   // of each query's sum of powers
  const T* inner;  // Σ G O of each query
};

// A warp a query.
template <class T>
__device__ void inner(const Gradient<T>& of, T* inner) {
  const int query = team_row(), queries = of.in.seq_q, heads = of.in.heads;
  if (query >= of.in.batch * heads * queries) return;
  const auto out = of.out.at(query / queries / heads, query / queries % heads);
  const auto g = of.g.at(query / queries / heads, query / queries % heads);
  T sum = 0;
  for (int c = threadIdx.x; c < of.in.value_width; c += WARP) sum += out(query % queries, c) * g(query % queries, c);
  for (int offset = WARP / 2; offset > 0; offset /= 2) sum += __shfl_xor_sync(ALL, sum, offset);
  if (threadIdx.x == 0) inner[query] = sum;
}

enum Of { QUERIES, KEYS, VALUES };

// The weights that a gradient's tile is added up with: dropout(P) for V, else scale · dS.
template <Of OF, class T>
__device__ inline void weigh(const Worker<T>& worker, const Gradient<T>& of, unsigned bits, int query0, int key0,
                             T (&weights)[Worker<T>::E][Worker<T>::E]) {
  constexpr int E = Worker<T>::E;
  const Attention<T>& in = of.in;
  const int b = worker.b, h = worker.h;
  worker.multiply(weights, in.q.at(b, h), in.k.at(b, h), in.seq_q, in.seq_k, query0, key0, in.width);
  const long long first = (long long)(b * in.heads + h) * in.seq_q + query0 + worker.y * E;
#pragma unroll
  for (int i = 0; i < E; i++) {
    const T log = query0 + worker.y * E + i < in.seq_q ? of.logs[first + i] : 0;
#pragma unroll
    for (int j = 0; j < E; j++)
      weights[i][j] = bits >> (i * E + j) & 1 ? exp((T)in.scale * weights[i][j] - log) : 0;
  }
  if (OF == VALUES) {
    worker.drop(weights, query0, key0);
    return;
  }
  T slopes[E][E];
  worker.multiply(slopes, of.g.at(b, h), in.v.at(b, h), in.seq_q, in.seq_k, query0, key0, in.value_width);
  worker.drop(slopes, query0, key0);
#pragma unroll
  for (int i = 0; i < E; i++) {
    const T inner = query0 + worker.y * E + i < in.seq_q ? of.inner[first + i] : 0;
#pragma unroll
    for (int j = 0; j < E; j++)
      weights[i][j] = bits >> (i * E + j) & 1 ? (T)in.scale * weights[i][j] * (slopes[i][j] - inner) : 0;
  }
}

template <Of OF, class T>
__device__ void backward(const Gradient<T>& of, const Heads<T>& to) {
  __shared__ Tiles<T> shared;
  constexpr int TILE = Tiles<T>::TILE, E = Tiles<T>::E;
  const Attention<T>& in = of.in;
  const int columns = OF == VALUES ? in.value_width : in.width, chunks = (columns + COLUMNS - 1) / COLUMNS;
  const int rows = OF == QUERIES ? in.seq_q : in.seq_k, others = OF == QUERIES ? in.seq_k : in.seq_q;
  const int row0 = blockIdx.x / chunks * TILE, column0 = blockIdx.x % chunks * COLUMNS;
  for (int head = blockIdx.y; head < in.batch * in.heads; head += gridDim.y) {
    const Worker<T> worker{in, shared, head / in.heads, head % in.heads};
    const auto from = (OF == QUERIES ? in.k : OF == KEYS ? in.q : of.g).at(worker.b, worker.h);
    T sums[E][4] = {};
    for (int other0 = 0; other0 < others; other0 += TILE) {
      const int query0 = OF == QUERIES ? row0 : other0, key0 = OF == QUERIES ? other0 : row0;
      const unsigned bits = worker.attends(query0, key0);
      if (__syncthreads_or(bits != 0) == 0) continue;
      T weights[E][E];
      weigh<OF>(worker, of, bits, query0, key0, weights);
      worker.put(weights, from, others, columns, other0, column0);
      worker.template add<OF != QUERIES>(sums);
    }
    worker.store(sums, to.at(worker.b, worker.h), rows, columns, row0, column0);
  }
}

#define GRADIENTS(suffix, T)                                                                                          \
  extern "C" __global__ void attention_inner_##suffix(Gradient<T> of, T* to) { inner(of, to); }                       \
  extern "C" __global__ void __launch_bounds__(THREADS) attention_dq_##suffix(Gradient<T> of, Heads<T> to) {          \
    backward<QUERIES>(of, to);                                                                                        \
  }                                                                                                                   \
  extern "C" __global__ void __launch_bounds__(THREADS) attention_dk_##suffix(Gradient<T> of, Heads<T> to) {          \
    backward<KEYS>(of, to);                                                                                           \
  }                                                                                                                   \
  extern "C" __global__ void __launch_bounds__(THREADS) attention_dv_##suffix(Gradient<T> of, Heads<T> to) {          \
    backward<VALUES>(of, to);                                                                                         \
  }

GRADIENTS(f32, float)
GRADIENTS(f64, double)

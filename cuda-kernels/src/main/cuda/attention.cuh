// What forward and backward passes of attention share. Scores are made tile by tile, SIDE × SIDE threads a tile, and never
// leave the block: O = P V with P = softmax(scale · Q Kᵀ) after Dao et al., arXiv 2205.14135 and 2307.08691.
#pragma once
#include "philox.cuh"
#include "rows.cuh"

// A view [batch, heads, rows, columns] with any strides, in elements.
template <class T>
struct Heads {
  T* data;
  int batch, head, row, column;

  __device__ Heads at(int b, int h) const { return {data + (long long)b * batch + (long long)h * head, batch, head, row, column}; }
  __device__ T& operator()(int i, int j) const { return data[(long long)i * row + (long long)j * column]; }
};

template <class T>
struct Attention {
  Heads<const T> q, k, v;
  Heads<const unsigned char> mask;  // data is null where all attend
  int batch, heads, seq_q, seq_k, width, value_width;
  double scale, dropout;  // dropout 0: none
  RandomKey key;
};

// What dropout multiplies weights with; neighbours share a block of the stream.
class Dropout {
 public:
  template <class T>
  __device__ Dropout(const Attention<T>& in) : key(in.key), probability(in.dropout), block(~0ull) {}

  // The comparison is in double, as on the CPU: a probability such as 0.3 is no float.
  __device__ double factor(unsigned long long position) {
    if (position / 4 != block) {
      block = position / 4;
      words = philox(key, block);
    }
    const int i = position % 4;
    const unsigned word = i == 0 ? words.x : i == 1 ? words.y : i == 2 ? words.z : words.w;
    return uniform(word) >= probability ? 1 / (1 - probability) : 0;
  }

 private:
  RandomKey key;
  double probability;
  unsigned long long block;
  uint4 words;
};

constexpr int SIDE = 16, THREADS = SIDE * SIDE, DEPTH = 16, COLUMNS = 64;

// A tile of 64×64 scores in F32, 32×32 in F64, of which each thread has E×E: the queries y E + i and keys x E + j.
template <class T>
struct __align__(16) Tiles {
  static constexpr int TILE = sizeof(T) == 4 ? 64 : 32, E = TILE / SIDE;

  T left[DEPTH][TILE + 4], right[DEPTH][TILE + 4];  // a piece of what is multiplied to scores
  T weights[TILE][TILE + 4];                        // [query][key]
  T values[TILE][COLUMNS + 4];                      // what the weights are multiplied with
};

template <class T>
struct Worker {
  using Shared = Tiles<T>;
  static constexpr int TILE = Shared::TILE, E = Shared::E;
  static_assert(sizeof(Shared) <= 48 * 1024, "static shared memory");

  const Attention<T>& in;
  Shared& shared;
  const int b, h;  // batch and head
  const int x = threadIdx.x, y = threadIdx.y, thread = y * SIDE + x;

  // TILE lines of DEPTH numbers, turned, with zeros beyond the operand. Warps read along the stride that is 1: 8 numbers of 4
  // lines, or 32 lines; every store of a warp goes to a bank of its own.
  template <class V>
  __device__ void bring(T (*to)[TILE + 4], const V& from, int lines, int depth, int line0, int p0) const {
    const bool along = from.column == 1;
    for (int e = thread; e < TILE * DEPTH; e += THREADS) {
      const int line = along ? e / 8 % TILE : e % TILE, p = along ? e % 8 + e / (8 * TILE) * 8 : e / TILE;
      to[p][line] = line0 + line < lines && p0 + p < depth ? from(line0 + line, p0 + p) : 0;
    }
  }

  // products[i][j] = Σ a(row0 + y E + i, p) b(column0 + x E + j, p)
  template <class V>
  __device__ void multiply(T (&products)[E][E], const V& a, const V& b, int rows, int columns, int row0, int column0,
                           int depth) const {
#pragma unroll
    for (int e = 0; e < E * E; e++) products[e / E][e % E] = 0;
    for (int p0 = 0; p0 < depth; p0 += DEPTH) {
      __syncthreads();
      bring(shared.left, a, rows, depth, row0, p0);
      bring(shared.right, b, columns, depth, column0, p0);
      __syncthreads();
#pragma unroll 4
      for (int p = 0; p < DEPTH; p++) {
        T u[E], v[E];
#pragma unroll
        for (int i = 0; i < E; i++) u[i] = shared.left[p][y * E + i], v[i] = shared.right[p][x * E + i];
#pragma unroll
        for (int e = 0; e < E * E; e++) products[e / E][e % E] += u[e / E] * v[e % E];
      }
    }
  }

  // Which of a thread's scores take part, as bits i E + j.
  __device__ unsigned attends(int query0, int key0) const {
    unsigned bits = 0;
    const auto mask = in.mask.data == nullptr ? in.mask : in.mask.at(b, h);
#pragma unroll
    for (int e = 0; e < E * E; e++) {
      const int query = query0 + y * E + e / E, key = key0 + x * E + e % E;
      const bool inside = query < in.seq_q && key < in.seq_k;
      if (inside && (mask.data == nullptr || mask(query, key) != 0)) bits |= 1u << e;
    }
    return bits;
  }

  // Factors of dropout for the thread's weights.
  __device__ void drop(T (&weights)[E][E], int query0, int key0) const {
    if (in.dropout == 0) return;
    Dropout dropout(in);
#pragma unroll
    for (int i = 0; i < E; i++) {
      const unsigned long long row = (unsigned long long)(b * in.heads + h) * in.seq_q + query0 + y * E + i;
#pragma unroll
      for (int j = 0; j < E; j++) weights[i][j] *= (T)dropout.factor(row * in.seq_k + key0 + x * E + j);
    }
  }

  // Puts the thread's weights and TILE lines of COLUMNS numbers where "add" finds them.
  template <class V>
  __device__ void put(const T (&weights)[E][E], const V& from, int lines, int columns, int line0, int column0) const {
    __syncthreads();
#pragma unroll
    for (int e = 0; e < E * E; e++) shared.weights[y * E + e / E][x * E + e % E] = weights[e / E][e % E];
    for (int e = thread; e < TILE * COLUMNS; e += THREADS) {
      const int line = e / COLUMNS, column = e % COLUMNS;
      const bool inside = line0 + line < lines && column0 + column < columns;
      shared.values[line][column] = inside ? from(line0 + line, column0 + column) : 0;
    }
    __syncthreads();
  }

  // sums[i][c] += Σ weights(y E + i, l) values(l, 4 x + c); with TURNED, weights(l, y E + i).
  template <bool TURNED>
  __device__ void add(T (&sums)[E][4]) const {
#pragma unroll 4
    for (int l = 0; l < TILE; l++) {
      T u[E], v[4];
#pragma unroll
      for (int i = 0; i < E; i++) u[i] = TURNED ? shared.weights[l][y * E + i] : shared.weights[y * E + i][l];
#pragma unroll
      for (int c = 0; c < 4; c++) v[c] = shared.values[l][4 * x + c];
#pragma unroll
      for (int e = 0; e < E * 4; e++) sums[e / 4][e % 4] += u[e / 4] * v[e % 4];
    }
  }

  __device__ void store(const T (&sums)[E][4], const Heads<T>& out, int rows, int columns, int row0, int column0) const {
#pragma unroll
    for (int e = 0; e < E * 4; e++) {
      const int row = row0 + y * E + e / 4, column = column0 + 4 * x + e % 4;
      if (row < rows && column < columns) out(row, column) = sums[e / 4][e % 4];
    }
  }
};

// The threads of a row of scores are half a warp.
template <class T>
__device__ inline T half_warp_sum(T x) {
#pragma unroll
  for (int offset = SIDE / 2; offset > 0; offset /= 2) x += __shfl_xor_sync(ALL, x, offset);
  return x;
}

template <class T>
__device__ inline T half_warp_max(T x) {
#pragma unroll
  for (int offset = SIDE / 2; offset > 0; offset /= 2) x = greatest(x, __shfl_xor_sync(ALL, x, offset));
  return x;
}

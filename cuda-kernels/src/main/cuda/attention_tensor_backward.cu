// Gradients of attention as in attention_backward.cu on tensor cores, factors rounded to BF16 and sums in F32; compute
// capability 8.0 and up, heads and values of up to 64 columns, or 128, F32 in memory. Σ G O comes from attention_backward.cu.
//
// One launch makes dQ: a block keeps 64 queries and goes past tiles of 32 keys. Another makes dK and dV: a block keeps 64 keys
// and goes past tiles of 32 queries. Both are one kernel with the sides exchanged: with X Y for what stays (Q and G, or K
// and V) and X' Y' for what passes, S = X X'ᵀ, dP = Y Y'ᵀ, and dX += scale · dS X'; for keys also dY += dropout(P) Y'.
#include "attention.cuh"

#if __CUDA_ARCH__ >= 800
#include "attention_mma.cuh"

constexpr int OTHERS = 32, TILES = OTHERS / 8;

struct Gradient {
  Attention<float> in;
  Heads<const float> out, g;
  const float* logs;   // of each query's sum of powers
  const float* inner;  // Σ G O of each query
};

template <int WIDTH>
struct Passing {
  Lines<OTHERS, WIDTH / 2> x, y;
  Lines<WIDTH, OTHERS / 2> x_turned, y_turned;
};

template <int WIDTH>
union Memory {
  Lines<ROWS, WIDTH / 2> staying;
  Passing<WIDTH> passing;
};

template <int OUTS>
__device__ inline void put(const float (&sums)[OUTS][4], const Heads<float>& to, int rows, int columns, int row0,
                           const Lane& lane) {
#pragma unroll
  for (int e = 0; e < 4 * OUTS; e++) {
    const int row = row0 + lane.row + e / 2 % 2 * 8, column = e / 4 * 8 + lane.column + e % 2;
    if (row < rows && column < columns) to(row, column) = sums[e / 4][e % 4];
  }
}

template <int WIDTH, bool OF_KEYS>
__device__ void backward(const Gradient& of, const Heads<float>& dx, const Heads<float>& dy) {
  constexpr int WORDS = WIDTH / 2, OUTS = WIDTH / 8;
  __shared__ Memory<WIDTH> shared;
  const Lane lane;
  const Attention<float>& in = of.in;
  const int row0 = blockIdx.x * ROWS, rows = OF_KEYS ? in.seq_k : in.seq_q, others = OF_KEYS ? in.seq_q : in.seq_k;
  for (int head = blockIdx.y; head < in.batch * in.heads; head += gridDim.y) {
    const int b = head / in.heads, h = head % in.heads;
    const auto q = in.q.at(b, h), k = in.k.at(b, h), v = in.v.at(b, h), g = of.g.at(b, h);
    const auto other_x = OF_KEYS ? q : k, other_y = OF_KEYS ? g : v;
    Fragments<WORDS> x, y;
    bring_rows<ROWS, WORDS>(shared.staying, OF_KEYS ? k : q, rows, in.width, row0);
    __syncthreads();
    x.read(shared.staying, lane);
    __syncthreads();
    bring_rows<ROWS, WORDS>(shared.staying, OF_KEYS ? v : g, rows, in.value_width, row0);
    __syncthreads();
    y.read(shared.staying, lane);
    float x_sums[OUTS][4] = {}, y_sums[OUTS][4] = {};
    for (int other0 = 0; other0 < others; other0 += OTHERS) {
      const unsigned bits = attending<TILES, OF_KEYS>(in, b, h, row0, other0, lane);
      // Also lets no warp write to a tile that another still reads.
      if (__syncthreads_or(bits != 0) == 0) continue;
      bring_rows<OTHERS, WORDS>(shared.passing.x, other_x, others, in.width, other0);
      bring_rows<OTHERS, WORDS>(shared.passing.y, other_y, others, in.value_width, other0);
      bring_columns<WIDTH, OTHERS / 2>(shared.passing.x_turned, other_x, others, in.width, other0);
      if (OF_KEYS) bring_columns<WIDTH, OTHERS / 2>(shared.passing.y_turned, other_y, others, in.value_width, other0);
      __syncthreads();
      float weights[TILES][4] = {}, slopes[TILES][4] = {};
      multiply<TILES, WORDS>(weights, x.words, shared.passing.x, lane);
      multiply<TILES, WORDS>(slopes, y.words, shared.passing.y, lane);
      Dropout dropout(in);
#pragma unroll
      for (int e = 0; e < 4 * TILES; e++) {
        const int row = row0 + lane.row + e / 2 % 2 * 8, other = other0 + e / 4 * 8 + lane.column + e % 2;
        const int query = OF_KEYS ? other : row, key = OF_KEYS ? row : other;
        float &weight = weights[e / 4][e % 4], &slope = slopes[e / 4][e % 4];
        if ((bits >> e & 1) == 0) {
          weight = slope = 0;
          continue;
        }
        const long long at = (long long)head * in.seq_q + query;
        weight = exp2_fast((weight * (float)in.scale - of.logs[at]) * LOG2E);
        const float kept = in.dropout == 0 ? 1 : (float)dropout.factor((unsigned long long)at * in.seq_k + key);
        slope = (float)in.scale * weight * (kept * slope - of.inner[at]);
        weight *= kept;
      }
      unsigned factors[TILES / 2][4];
      repack(factors, slopes);
      multiply<OUTS, OTHERS / 2>(x_sums, factors, shared.passing.x_turned, lane);
      if (OF_KEYS) {
        repack(factors, weights);
        multiply<OUTS, OTHERS / 2>(y_sums, factors, shared.passing.y_turned, lane);
      }
    }
    put(x_sums, dx.at(b, h), rows, in.width, row0, lane);
    if (OF_KEYS) put(y_sums, dy.at(b, h), rows, in.value_width, row0, lane);
    __syncthreads();
  }
}

#define BACKWARD(suffix, width)                                                                          \
  extern "C" __global__ void __launch_bounds__(WARPS* LANES)                                             \
      attention_dq_bf16##suffix(Gradient of, Heads<float> dq) {                                          \
    backward<width, false>(of, dq, dq);                                                                  \
  }                                                                                                      \
  extern "C" __global__ void __launch_bounds__(WARPS* LANES)                                             \
      attention_dkdv_bf16##suffix(Gradient of, Heads<float> dk, Heads<float> dv) {                       \
    backward<width, true>(of, dk, dv);                                                                   \
  }

BACKWARD(, 64)
BACKWARD(_128, 128)

#endif

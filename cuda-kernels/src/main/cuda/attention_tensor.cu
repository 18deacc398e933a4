// Attention as in attention.cu on tensor cores, factors rounded to BF16 and sums in F32; compute capability 8.0 and up, heads
// and values of up to 64 columns, or 128, F32 in memory.
//
// A block of 4 warps takes 64 queries past tiles of 32 keys. A warp has 16 queries to itself: a lane holds the scores of two
// of them, four lanes a row, so that maxima and sums are joined by two shuffles, and weights become the factors of the next product
// in registers: they are in no memory at all. (Dao, arXiv 2307.08691.)
#include "attention.cuh"

#if __CUDA_ARCH__ >= 800
#include "attention_mma.cuh"

constexpr int KEYS = 32, TILES = KEYS / 8;

// Over the four lanes of a row.
__device__ inline float quad_sum(float x) {
  x += __shfl_xor_sync(ALL, x, 1);
  return x + __shfl_xor_sync(ALL, x, 2);
}

__device__ inline float quad_max(float x) {
  x = greatest(x, __shfl_xor_sync(ALL, x, 1));
  return greatest(x, __shfl_xor_sync(ALL, x, 2));
}

template <int WIDTH>
__device__ void attend(const Attention<float>& in, const Heads<float>& out, float* logs) {
  constexpr int WORDS = WIDTH / 2, OUTS = WIDTH / 8;
  __shared__ Lines<ROWS, WORDS> queries;
  __shared__ Lines<KEYS, WORDS> keys;
  __shared__ Lines<WIDTH, KEYS / 2> values;  // turned: a line is a column
  const Lane lane;
  const int query0 = blockIdx.x * ROWS;
  for (int head = blockIdx.y; head < in.batch * in.heads; head += gridDim.y) {
    const int b = head / in.heads, h = head % in.heads;
    const auto k = in.k.at(b, h), v = in.v.at(b, h);
    const auto to = out.at(b, h);
    bring_rows<ROWS, WORDS>(queries, in.q.at(b, h), in.seq_q, in.width, query0);
    __syncthreads();
    Fragments<WORDS> q;
    q.read(queries, lane);
    float max[2] = {-INFINITY, -INFINITY}, sum[2] = {}, sums[OUTS][4] = {};
    for (int key0 = 0; key0 < in.seq_k; key0 += KEYS) {
      const unsigned bits = attending<TILES, false>(in, b, h, query0, key0, lane);
      // Also lets no warp write to a tile that another still reads.
      if (__syncthreads_or(bits != 0) == 0) continue;
      bring_rows<KEYS, WORDS>(keys, k, in.seq_k, in.width, key0);
      bring_columns<WIDTH, KEYS / 2>(values, v, in.seq_k, in.value_width, key0);
      __syncthreads();
      float weights[TILES][4] = {};
      multiply<TILES, WORDS>(weights, q.words, keys, lane);
#pragma unroll
      for (int half = 0; half < 2; half++) {
        float most = -INFINITY;
#pragma unroll
        for (int e = 0; e < 2 * TILES; e++) {
          float& weight = weights[e / 2][2 * half + e % 2];
          weight = bits >> (e / 2 * 4 + 2 * half + e % 2) & 1 ? weight * ((float)in.scale * LOG2E) : -INFINITY;
          most = greatest(most, weight);
        }
        most = greatest(max[half], quad_max(most));
        const float shift = most == -INFINITY ? 0 : most, rescale = exp2_fast(max[half] - shift);
        max[half] = most;
        float part = 0;
#pragma unroll
        for (int e = 0; e < 2 * TILES; e++) {
          float& weight = weights[e / 2][2 * half + e % 2];
          weight = exp2_fast(weight - shift);
          part += weight;
        }
        sum[half] = sum[half] * rescale + quad_sum(part);
#pragma unroll
        for (int e = 0; e < 2 * OUTS; e++) sums[e / 2][2 * half + e % 2] *= rescale;
      }
      if (in.dropout != 0) {
        Dropout dropout(in);
#pragma unroll
        for (int e = 0; e < 4 * TILES; e++) {
          const unsigned long long query = (unsigned long long)head * in.seq_q + query0 + lane.row + e / 2 % 2 * 8;
          weights[e / 4][e % 4] *= (float)dropout.factor(query * in.seq_k + key0 + e / 4 * 8 + lane.column + e % 2);
        }
      }
      unsigned factors[TILES / 2][4];
      repack(factors, weights);
      multiply<OUTS, KEYS / 2>(sums, factors, values, lane);
    }
#pragma unroll
    for (int e = 0; e < 4 * OUTS; e++) {
      const int half = e / 2 % 2, query = query0 + lane.row + half * 8, column = e / 4 * 8 + lane.column + e % 2;
      if (query < in.seq_q && column < in.value_width) to(query, column) = sum[half] == 0 ? 0 : sums[e / 4][e % 4] / sum[half];
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const int query = query0 + lane.row + half * 8;
      if (lane.within == 0 && query < in.seq_q)
        logs[(long long)head * in.seq_q + query] = sum[half] == 0 ? -INFINITY : max[half] / LOG2E + logf(sum[half]);
    }
    __syncthreads();
  }
}

extern "C" __global__ void __launch_bounds__(WARPS* LANES)
    attention_bf16(Attention<float> in, Heads<float> out, float* logs) {
  attend<64>(in, out, logs);
}

extern "C" __global__ void __launch_bounds__(WARPS* LANES)
    attention_bf16_128(Attention<float> in, Heads<float> out, float* logs) {
  attend<128>(in, out, logs);
}

#endif

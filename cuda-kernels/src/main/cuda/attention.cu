// Scaled dot-product attention, O = dropout(P) V with P = softmax(scale · Q Kᵀ) over the keys that the mask lets through; the
// logarithm of each query's sum of powers is kept for the backward pass. A query that has nothing to attend to gets 0.
//
// Plain: a thread an element of O, which works out all scores of its query; dense. Tiled: a block takes a tile of queries
// past all tiles of keys; the greatest score so far and the sum of powers relative to it are kept, and what was
// added up is scaled down whenever a greater score comes. Any strides, F32 and F64. On tensor cores: attention_tensor.cu.
#include "attention.cuh"

extern "C" __global__ void attention_plain(const float* q, const float* k, const float* v, float* out, int heads,
                                           int seq_q, int seq_k, int width, float scale) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x, row = blockIdx.y;
  if (column >= width) return;
  const float *own = q + (long long)row * width, *keys = k + (long long)(row / seq_q) * seq_k * width;
  const float* values = v + (keys - k);
  float max = -INFINITY, sum = 0, result = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int key = 0; key < seq_k; key++) {
      float score = 0;
      for (int i = 0; i < width; i++) score += own[i] * keys[key * width + i];
      score *= scale;
      if (pass == 0) {
        max = greatest(max, score);
      } else {
        sum += expf(score - max);
        result += expf(score - max) * values[key * width + column];
      }
    }
  }
  out[(long long)row * width + column] = result / sum;
}

template <class T>
__device__ void attention(const Attention<T>& in, const Heads<T>& out, T* logs) {
  __shared__ Tiles<T> shared;
  constexpr int TILE = Tiles<T>::TILE, E = Tiles<T>::E;
  const int chunks = max(1, (in.value_width + COLUMNS - 1) / COLUMNS);
  const int query0 = blockIdx.x / chunks * TILE, column0 = blockIdx.x % chunks * COLUMNS;
  for (int head = blockIdx.y; head < in.batch * in.heads; head += gridDim.y) {
    const Worker<T> worker{in, shared, head / in.heads, head % in.heads};
    const auto q = in.q.at(worker.b, worker.h), k = in.k.at(worker.b, worker.h), v = in.v.at(worker.b, worker.h);
    T max[E], sum[E], sums[E][4] = {};
    for (int i = 0; i < E; i++) max[i] = -INFINITY, sum[i] = 0;
    for (int key0 = 0; key0 < in.seq_k; key0 += TILE) {
      const unsigned bits = worker.attends(query0, key0);
      if (__syncthreads_or(bits != 0) == 0) continue;  // behind a causal mask, half of all tiles
      T weights[E][E];
      worker.multiply(weights, q, k, in.seq_q, in.seq_k, query0, key0, in.width);
#pragma unroll
      for (int i = 0; i < E; i++) {
        T most = -INFINITY;
#pragma unroll
        for (int j = 0; j < E; j++) {
          weights[i][j] = bits >> (i * E + j) & 1 ? (T)in.scale * weights[i][j] : -INFINITY;
          most = greatest(most, weights[i][j]);
        }
        most = greatest(max[i], half_warp_max(most));
        const T shift = most == -INFINITY ? 0 : most, rescale = exp(max[i] - shift);
        max[i] = most;
        T part = 0;
#pragma unroll
        for (int j = 0; j < E; j++) {
          weights[i][j] = exp(weights[i][j] - shift);
          part += weights[i][j];
        }
        sum[i] = sum[i] * rescale + half_warp_sum(part);
#pragma unroll
        for (int c = 0; c < 4; c++) sums[i][c] *= rescale;
      }
      worker.drop(weights, query0, key0);
      worker.put(weights, v, in.seq_k, in.value_width, key0, column0);
      worker.template add<false>(sums);
    }
#pragma unroll
    for (int i = 0; i < E; i++) {
      const int query = query0 + worker.y * E + i;
#pragma unroll
      for (int c = 0; c < 4; c++) sums[i][c] = sum[i] == 0 ? 0 : sums[i][c] / sum[i];
      if (worker.x == 0 && column0 == 0 && query < in.seq_q)
        logs[(long long)head * in.seq_q + query] = sum[i] == 0 ? -INFINITY : max[i] + log(sum[i]);
    }
    worker.store(sums, out.at(worker.b, worker.h), in.seq_q, in.value_width, query0, column0);
  }
}

extern "C" __global__ void __launch_bounds__(THREADS) attention_f32(Attention<float> in, Heads<float> out, float* logs) {
  attention(in, out, logs);
}

extern "C" __global__ void __launch_bounds__(THREADS) attention_f64(Attention<double> in, Heads<double> out, double* logs) {
  attention(in, out, logs);
}

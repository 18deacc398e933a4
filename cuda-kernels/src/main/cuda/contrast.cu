// What contrastive losses fold their logits with (InfoNCE: van den Oord et al., arXiv 1807.03748; here of cosines): log Σ exp
// of a row's logits over the pairs that count, and g exp(x - log Σ exp) for these in the logits' place. No mask is stored:
// which pairs count follows from two numbers of a row and a key of each column.
//
// The logits [P n, Q n] are walked as [P n Q, n]: a "line" is one row of one block of n columns.
//
// Plain: a thread a line. General: a team a line; F32 and F64. By 16 bytes: lines of a multiple of 4 numbers; forward they are
// kept in registers, up to 16,384 numbers, and read once.
#include "online.cuh"

enum Duplicates { KEPT, LEFT_OUT, ZEROED };  // the order of dev.weft.tensor.Contrast.Duplicates

struct Rule {
  const int* keys;
  int n, blocks, duplicates, without_self;
};

// What a line's pairs are judged by.
struct Line {
  int thing, key, self;
  __device__ Line(const Rule& rule, int line) {
    const int row = line / rule.blocks;
    thing = row % rule.n;
    key = rule.duplicates == KEPT ? 0 : rule.keys[thing];
    self = rule.without_self ? row - line % rule.blocks * rule.n : -1;
  }
  __device__ bool is_duplicate(const Rule& rule, int column, int column_key) const {
    return rule.duplicates != KEPT && column_key == key && column != thing;
  }
  // The logit that a pair counts with.
  template <class T>
  __device__ T logit(const Rule& rule, int column, int column_key, T x) const {
    if (column == self) return -INFINITY;
    if (!is_duplicate(rule, column, column_key)) return x;
    return rule.duplicates == ZEROED ? T(0) : T(-INFINITY);
  }
  // The gradient of a pair's logit.
  template <class T>
  __device__ T gradient(const Rule& rule, int column, int column_key, T x, T log_sum_exp, T g) const {
    const bool counts = column != self && !is_duplicate(rule, column, column_key) && log_sum_exp != -INFINITY;
    return counts ? g * exp(x - log_sum_exp) : T(0);
  }
};

__device__ inline int key_of(const Rule& rule, int column) { return rule.duplicates == KEPT ? 0 : rule.keys[column]; }

__device__ inline int4 keys_of(const Rule& rule, int column) {
  return rule.duplicates == KEPT ? make_int4(0, 0, 0, 0) : *reinterpret_cast<const int4*>(rule.keys + column);
}

template <class T>
__device__ inline T log_of(const Online<T>& row) {
  return row.max == -INFINITY || row.max == INFINITY ? row.max : row.max + log(row.sum);
}

extern "C" __global__ void contrast_plain(const float* x, Rule rule, float* out, int lines) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= lines) return;
  const Line line(rule, i);
  const float* from = x + (long long)i * rule.n;
  Online<float> all;
#pragma unroll 1
  for (int j = 0; j < rule.n; j++) all.add(line.logit(rule, j, key_of(rule, j), from[j]));
  out[i] = log_of(all);
}

template <class T>
__device__ void contrast(const T* x, const Rule& rule, T* out, int lines) {
  __shared__ T partial[WARP][2];
  const int i = team_row();
  if (i >= lines) return;  // the whole team or none
  const Line line(rule, i);
  const T* from = x + (long long)i * rule.n;
  Online<T> part;
#pragma unroll 1
  for (int j = threadIdx.x; j < rule.n; j += blockDim.x) part.add(line.logit(rule, j, key_of(rule, j), from[j]));
  const Online<T> all = team_join(part, partial);
  if (threadIdx.x == 0) out[i] = log_of(all);
}

extern "C" __global__ void contrast_f32(const float* x, Rule rule, float* out, int lines) { contrast(x, rule, out, lines); }
extern "C" __global__ void contrast_f64(const double* x, Rule rule, double* out, int lines) { contrast(x, rule, out, lines); }

extern "C" __global__ void contrast_by_16_bytes(const float* x, Rule rule, float* out, int lines) {
  __shared__ float partial[WARP][2];
  const int i = team_row();
  if (i >= lines) return;
  const Line line(rule, i);
  Piece piece = load(x + (long long)i * rule.n, rule.n, -INFINITY);
#pragma unroll
  for (int e = 0; e < EACH; e++) {
    const int at = 4 * (e * blockDim.x + threadIdx.x);
    if (at >= rule.n) break;
    const int4 keys = keys_of(rule, at);
    float* v = piece.v[e];
    v[0] = line.logit(rule, at, keys.x, v[0]);
    v[1] = line.logit(rule, at + 1, keys.y, v[1]);
    v[2] = line.logit(rule, at + 2, keys.z, v[2]);
    v[3] = line.logit(rule, at + 3, keys.w, v[3]);
  }
  const Online<float> all = online_piece(piece, partial);
  if (threadIdx.x == 0) out[i] = log_of(all);
}

extern "C" __global__ void contrast_backward_plain(float* x, Rule rule, const float* log_sum_exp, const float* g, int lines) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= lines) return;
  const Line line(rule, i);
  float* at = x + (long long)i * rule.n;
#pragma unroll 1
  for (int j = 0; j < rule.n; j++) at[j] = line.gradient(rule, j, key_of(rule, j), at[j], log_sum_exp[i], g[i]);
}

template <class T>
__device__ void backward(T* x, const Rule& rule, const T* log_sum_exp, const T* g, int lines) {
  const int i = team_row();
  if (i >= lines) return;
  const Line line(rule, i);
  T* at = x + (long long)i * rule.n;
  const T sum = log_sum_exp[i], factor = g[i];
#pragma unroll 1
  for (int j = threadIdx.x; j < rule.n; j += blockDim.x)
    at[j] = line.gradient(rule, j, key_of(rule, j), at[j], sum, factor);
}

extern "C" __global__ void contrast_backward_f32(float* x, Rule rule, const float* log_sum_exp, const float* g, int lines) {
  backward(x, rule, log_sum_exp, g, lines);
}

extern "C" __global__ void contrast_backward_f64(double* x, Rule rule, const double* log_sum_exp, const double* g, int lines) {
  backward(x, rule, log_sum_exp, g, lines);
}

extern "C" __global__ void contrast_backward_by_16_bytes(float* x, Rule rule, const float* log_sum_exp, const float* g,
                                                         int lines) {
  const int i = team_row();
  if (i >= lines) return;
  const Line line(rule, i);
  float* row = x + (long long)i * rule.n;
  const float sum = log_sum_exp[i], factor = g[i];
#pragma unroll 1
  for (int j = 4 * threadIdx.x; j < rule.n; j += 4 * blockDim.x) {
    const int4 keys = keys_of(rule, j);
    float4 v = *reinterpret_cast<const float4*>(row + j);
    v.x = line.gradient(rule, j, keys.x, v.x, sum, factor);
    v.y = line.gradient(rule, j + 1, keys.y, v.y, sum, factor);
    v.z = line.gradient(rule, j + 2, keys.z, v.z, sum, factor);
    v.w = line.gradient(rule, j + 3, keys.w, v.w, sum, factor);
    *reinterpret_cast<float4*>(row + j) = v;
  }
}

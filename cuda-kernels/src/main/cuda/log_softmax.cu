// Log-softmax of each row of [rows, n], (x - max) - log Σ exp(x - max), its gradient g - exp(y) Σ g, and log Σ exp(x) alone.
//
// General: a team a row; any strides, F32 and F64. By 16 bytes: dense rows of up to 16,384 numbers, kept in registers.
#include "online.cuh"

template <class T>
__device__ inline T log_of(const Online<T>& row) {
  return row.max == -INFINITY || row.max == INFINITY ? 0 : log(row.sum);
}

template <class T>
__device__ void log_softmax(const View<T>& x, T* out, int rows, int n) {
  __shared__ T partial[WARP][2];
  const int row = team_row();
  if (row >= rows) return;  // the whole team or none
  const Vector<T> from = x[row];
  out += (long long)row * n;
  const Online<T> all = online_row(from, n, partial);
  // Adding both first would round the logarithm to the digits of the maximum.
  const T logarithm = log_of(all);
  for (int i = threadIdx.x; i < n; i += blockDim.x) out[i] = (from[i] - all.max) - logarithm;
}

extern "C" __global__ void log_softmax_f32(View<float> x, float* out, int rows, int n) {
  log_softmax(x, out, rows, n);
}

extern "C" __global__ void log_softmax_f64(View<double> x, double* out, int rows, int n) {
  log_softmax(x, out, rows, n);
}

extern "C" __global__ void log_softmax_by_16_bytes(const float* x, float* out, int rows, int n) {
  __shared__ float partial[WARP][2];
  const int row = team_row();
  if (row >= rows) return;
  Piece piece = load(x + (long long)row * n, n, -INFINITY);
  const Online<float> all = online_piece(piece, partial);
  const float max = all.max, logarithm = log_of(all);
  each(piece, [=](float v) { return (v - max) - logarithm; });
  store(piece, out + (long long)row * n, n);
}

template <class T>
__device__ void log_sum_exp(const View<T>& x, T* out, int rows, int n) {
  __shared__ T partial[WARP][2];
  const int row = team_row();
  if (row >= rows) return;
  const Online<T> all = online_row(x[row], n, partial);
  if (threadIdx.x == 0) out[row] = all.max + log_of(all);
}

extern "C" __global__ void log_sum_exp_f32(View<float> x, float* out, int rows, int n) {
  log_sum_exp(x, out, rows, n);
}

extern "C" __global__ void log_sum_exp_f64(View<double> x, double* out, int rows, int n) {
  log_sum_exp(x, out, rows, n);
}

template <class T>
__device__ void backward(const View<T>& y, const View<T>& g, T* out, int rows, int n) {
  __shared__ T partial[WARP];
  const int row = team_row();
  if (row >= rows) return;
  const Vector<T> p = y[row], gradient = g[row];
  out += (long long)row * n;
  T total = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) total += gradient[i];
  total = team_sum(total, partial);
  for (int i = threadIdx.x; i < n; i += blockDim.x)
    out[i] = gradient[i] - exp(p[i]) * total;
}

extern "C" __global__ void log_softmax_backward_f32(View<float> y, View<float> g, float* out,
                                                    int rows, int n) {
  backward(y, g, out, rows, n);
}

extern "C" __global__ void log_softmax_backward_f64(View<double> y, View<double> g, double* out,
                                                    int rows, int n) {
  backward(y, g, out, rows, n);
}

extern "C" __global__ void log_softmax_backward_by_16_bytes(const float* y, const float* g, float* out, int rows, int n) {
  __shared__ float partial[WARP];
  const int row = team_row();
  if (row >= rows) return;
  const long long at = (long long)row * n;
  const Piece logits = load(y + at, n, 0);
  Piece gradient = load(g + at, n, 0);
  float total = 0;
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) total += gradient.v[e][i];
  }
  total = team_sum(total, partial);
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) gradient.v[e][i] -= exp(logits.v[e][i]) * total;
  }
  store(gradient, out + at, n);
}

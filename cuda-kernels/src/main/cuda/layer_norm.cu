// Layer normalisation of each row of [rows, n], (x - mean) rstd gamma + beta with rstd = 1/√(var + epsilon), Ba et al.,
// arXiv 1607.06450; of a sum, if there is a residual; and its gradients.
//
// Plain: a thread a row; dense rows. General: a team a row; any strides, F32 and F64. By 16 bytes: dense rows of up to 16,384
// numbers, which each thread keeps 16 of in registers: everything is read and written once.
//
// All take the variance from the deviations, in a second pass: E[x²] - E[x]² cancels where the mean is large.
#include "columns.cuh"

extern "C" __global__ void layer_norm_plain(const float* x, const float* gamma, const float* beta, float epsilon,
                                            float* out, float* mean, float* rstd, int rows, int n) {
  const int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  const long long at = (long long)row * n;
  float sum = 0, squares = 0;
  for (int i = 0; i < n; i++) sum += x[at + i];
  const float mu = sum / n;
  for (int i = 0; i < n; i++) squares += (x[at + i] - mu) * (x[at + i] - mu);
  const float r = 1 / sqrtf(squares / n + epsilon);
  for (int i = 0; i < n; i++) out[at + i] = (x[at + i] - mu) * r * gamma[i] + beta[i];
  mean[row] = mu;
  rstd[row] = r;
}

// residual.data may be null; sum receives x + residual, and may be out itself.
template <class T>
__device__ void layer_norm(const View<T>& x, const View<T>& residual, const Vector<T>& gamma, const Vector<T>& beta,
                           T epsilon, T* sum, T* out, T* mean, T* rstd, int rows, int n) {
  __shared__ T partial[WARP];
  const int row = team_row();
  if (row >= rows) return;  // the whole team or none
  const long long at = (long long)row * n;
  Vector<T> values = x[row];
  T total = 0, squares = 0;
  if (residual.data != nullptr) {
    const Vector<T> more = residual[row];
    for (int i = threadIdx.x; i < n; i += blockDim.x) sum[at + i] = values[i] + more[i];
    values = {sum + at, 1};
  }
  for (int i = threadIdx.x; i < n; i += blockDim.x) total += values[i];
  const T mu = team_sum(total, partial) / n;
  for (int i = threadIdx.x; i < n; i += blockDim.x) squares += (values[i] - mu) * (values[i] - mu);
  const T r = 1 / sqrt(team_sum(squares, partial) / n + epsilon);
  for (int i = threadIdx.x; i < n; i += blockDim.x) out[at + i] = (values[i] - mu) * r * gamma[i] + beta[i];
  if (threadIdx.x == 0) {
    mean[row] = mu;
    rstd[row] = r;
  }
}

extern "C" __global__ void layer_norm_f32(View<float> x, View<float> residual, Vector<float> gamma, Vector<float> beta,
                                          double epsilon, float* sum, float* out, float* mean, float* rstd, int rows,
                                          int n) {
  layer_norm<float>(x, residual, gamma, beta, epsilon, sum, out, mean, rstd, rows, n);
}

extern "C" __global__ void layer_norm_f64(View<double> x, View<double> residual, Vector<double> gamma,
                                          Vector<double> beta, double epsilon, double* sum, double* out, double* mean,
                                          double* rstd, int rows, int n) {
  layer_norm<double>(x, residual, gamma, beta, epsilon, sum, out, mean, rstd, rows, n);
}

extern "C" __global__ void layer_norm_by_16_bytes(const float* x, const float* residual, const float* gamma,
                                                  const float* beta, double epsilon, float* sum, float* out, float* mean,
                                                  float* rstd, int rows, int n) {
  __shared__ float partial[WARP];
  const int row = team_row();
  if (row >= rows) return;
  const long long at = (long long)row * n;
  Piece v = load(x + at, n, 0);
  if (residual != nullptr) {
    const Piece more = load(residual + at, n, 0);
#pragma unroll
    for (int e = 0; e < EACH; e++) {
#pragma unroll
      for (int i = 0; i < 4; i++) v.v[e][i] += more.v[e][i];
    }
    store(v, sum + at, n);
  }
  float total = 0, squares = 0;
  each(v, [&](float value) { return total += value, value; });
  const float mu = team_sum(total, partial) / n;
#pragma unroll
  for (int e = 0; e < EACH; e++) {
    const bool inside = 4 * (e * blockDim.x + threadIdx.x) < n;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      v.v[e][i] -= mu;
      squares += inside ? v.v[e][i] * v.v[e][i] : 0;
    }
  }
  const float r = 1 / sqrtf(team_sum(squares, partial) / n + (float)epsilon);
  const Piece scale = load(gamma, n, 0), shift = load(beta, n, 0);
#pragma unroll
  for (int e = 0; e < EACH; e++) {
#pragma unroll
    for (int i = 0; i < 4; i++) v.v[e][i] = v.v[e][i] * r * scale.v[e][i] + shift.v[e][i];
  }
  store(v, out + at, n);
  if (threadIdx.x == 0) {
    mean[row] = mu;
    rstd[row] = r;
  }
}

// ---- Gradients: dx = rstd (h - Σ h / n - x̂ Σ h x̂ / n) with h = g gamma and x̂ = (x - mean) rstd ----

template <class T>
__device__ void backward(const View<T>& x, const View<T>& g, const Vector<T>& gamma, const T* mean, const T* rstd, T* dx,
                         int rows, int n) {
  __shared__ T partial[WARP];
  const int row = team_row();
  if (row >= rows) return;
  const Vector<T> values = x[row], gradient = g[row];
  const T mu = mean[row], r = rstd[row];
  T sum = 0, dot = 0;
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    const T inner = gradient[i] * gamma[i];
    sum += inner;
    dot += inner * ((values[i] - mu) * r);
  }
  sum = team_sum(sum, partial) / n;
  dot = team_sum(dot, partial) / n;
  for (int i = threadIdx.x; i < n; i += blockDim.x)
    dx[(long long)row * n + i] = r * (gradient[i] * gamma[i] - sum - (values[i] - mu) * r * dot);
}

extern "C" __global__ void layer_norm_backward_f32(View<float> x, View<float> g, Vector<float> gamma, const float* mean,
                                                   const float* rstd, float* dx, int rows, int n) {
  backward(x, g, gamma, mean, rstd, dx, rows, n);
}

extern "C" __global__ void layer_norm_backward_f64(View<double> x, View<double> g, Vector<double> gamma,
                                                   const double* mean, const double* rstd, double* dx, int rows, int n) {
  backward(x, g, gamma, mean, rstd, dx, rows, n);
}

// dgamma = Σ g x̂ and dbeta = Σ g over the rows of each chunk.
template <class T>
__device__ void columns(const View<T>& x, const View<T>& g, const T* mean, const T* rstd, T* scales, T* shifts, int rows,
                        int n, int rows_per_chunk) {
  column_sums(rows, n, rows_per_chunk, scales, shifts, [&](int row, int column, T& scale, T& shift) {
    const T gradient = g[row][column];
    scale += gradient * ((x[row][column] - mean[row]) * rstd[row]);
    shift += gradient;
  });
}

extern "C" __global__ void layer_norm_columns_f32(View<float> x, View<float> g, const float* mean, const float* rstd,
                                                  float* scales, float* shifts, int rows, int n, int rows_per_chunk) {
  columns(x, g, mean, rstd, scales, shifts, rows, n, rows_per_chunk);
}

extern "C" __global__ void layer_norm_columns_f64(View<double> x, View<double> g, const double* mean, const double* rstd,
                                                  double* scales, double* shifts, int rows, int n, int rows_per_chunk) {
  columns(x, g, mean, rstd, scales, shifts, rows, n, rows_per_chunk);
}

extern "C" __global__ void layer_norm_chunks_f32(const float* scales, const float* shifts, int chunks, int n,
                                                 float* dgamma, float* dbeta) {
  sum_chunks(scales, shifts, chunks, n, dgamma, dbeta);
}

extern "C" __global__ void layer_norm_chunks_f64(const double* scales, const double* shifts, int chunks, int n,
                                                 double* dgamma, double* dbeta) {
  sum_chunks(scales, shifts, chunks, n, dgamma, dbeta);
}

// All gradients in one pass over x and g: a team takes every gridDim.x-th row and keeps its share of dgamma and dbeta in
// registers; scales and shifts [gridDim.x, n] are then added up as above.
extern "C" __global__ void layer_norm_backward_by_16_bytes(const float* x, const float* g, const float* gamma,
                                                           const float* mean, const float* rstd, float* dx, float* scales,
                                                           float* shifts, int rows, int n) {
  __shared__ float partial[WARP];
  const Piece factor = load(gamma, n, 0);
  Piece scale = {}, shift = {};
  for (int row = blockIdx.x; row < rows; row += gridDim.x) {
    const long long at = (long long)row * n;
    const float mu = mean[row], r = rstd[row];
    Piece v = load(x + at, n, 0), h = load(g + at, n, 0);
    float sum = 0, dot = 0;
#pragma unroll
    for (int e = 0; e < EACH; e++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        v.v[e][i] = (v.v[e][i] - mu) * r;
        scale.v[e][i] += h.v[e][i] * v.v[e][i];
        shift.v[e][i] += h.v[e][i];
        h.v[e][i] *= factor.v[e][i];
        sum += h.v[e][i];
        dot += h.v[e][i] * v.v[e][i];
      }
    }
    sum = team_sum(sum, partial) / n;
    dot = team_sum(dot, partial) / n;
#pragma unroll
    for (int e = 0; e < EACH; e++) {
#pragma unroll
      for (int i = 0; i < 4; i++) h.v[e][i] = r * (h.v[e][i] - sum - v.v[e][i] * dot);
    }
    store(h, dx + at, n);
  }
  store(scale, scales + (long long)blockIdx.x * n, n);
  store(shift, shifts + (long long)blockIdx.x * n, n);
}

// Mixture of layer norms, y = Σ_k g_k ((x_k - mean_k) rstd_k gamma_k + beta_k) for each row of x [rows, experts, n], and its
// gradients. Any strides, F32 and F64.
//
// Plain: a thread a row; dense rows. Fast: a team a row, so that neighbours read neighbours.
#include "columns.cuh"

extern "C" __global__ void mixture_plain(const float* x, const float* gates, const float* gamma, const float* beta,
                                         float epsilon, float* out, float* mean, float* rstd, int rows, int experts, int n) {
  const int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  for (int i = 0; i < n; i++) out[(long long)row * n + i] = 0;
  for (int k = 0; k < experts; k++) {
    const float* values = x + ((long long)row * experts + k) * n;
    float sum = 0, squares = 0;
    for (int i = 0; i < n; i++) sum += values[i];
    const float mu = sum / n;
    for (int i = 0; i < n; i++) squares += (values[i] - mu) * (values[i] - mu);
    const float r = 1 / sqrtf(squares / n + epsilon), gate = gates[row * experts + k];
    mean[row * experts + k] = mu;
    rstd[row * experts + k] = r;
    for (int i = 0; i < n; i++)
      out[(long long)row * n + i] += gate * ((values[i] - mu) * r * gamma[k * n + i] + beta[k * n + i]);
  }
}

// What goes in; x has a row for each row and expert.
template <class T>
struct Mixture {
  View<T> x, gates, gamma, beta;
  int rows, experts, n;
};

template <class T>
__device__ void mixture(const Mixture<T>& in, double epsilon, T* out, T* mean, T* rstd) {
  __shared__ T partial[WARP];
  const int row = team_row(), n = in.n;
  if (row >= in.rows) return;  // the whole team or none
  const int first = row * in.experts;
  const Vector<T> gates = in.gates[row];
  for (int k = 0; k < in.experts; k++) {
    const Vector<T> values = in.x[first + k];
    T total = 0, squares = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) total += values[i];
    const T mu = team_sum(total, partial) / n;
    for (int i = threadIdx.x; i < n; i += blockDim.x) squares += (values[i] - mu) * (values[i] - mu);
    const T r = 1 / sqrt(team_sum(squares, partial) / n + (T)epsilon);
    if (threadIdx.x == 0) {
      mean[first + k] = mu;
      rstd[first + k] = r;
    }
  }
  team_sync();
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    T mixed = 0;
    for (int k = 0; k < in.experts; k++)
      mixed += gates[k] * ((in.x[first + k][i] - mean[first + k]) * rstd[first + k] * in.gamma[k][i] + in.beta[k][i]);
    out[(long long)row * n + i] = mixed;
  }
}

extern "C" __global__ void mixture_f32(Mixture<float> in, double epsilon, float* out, float* mean, float* rstd) {
  mixture(in, epsilon, out, mean, rstd);
}

extern "C" __global__ void mixture_f64(Mixture<double> in, double epsilon, double* out, double* mean, double* rstd) {
  mixture(in, epsilon, out, mean, rstd);
}

// Gradients of each row: those of its gates, and of x as a layer norm's with h = gate dy gamma.
template <class T>
__device__ void backward(const Mixture<T>& in, const View<T>& dy, const T* mean, const T* rstd, T* dx, T* dgates) {
  __shared__ T partial[WARP];
  const int row = team_row(), n = in.n;
  if (row >= in.rows) return;
  const Vector<T> gates = in.gates[row], gradient = dy[row];
  for (int k = 0; k < in.experts; k++) {
    const int at = row * in.experts + k;
    const Vector<T> values = in.x[at], gamma = in.gamma[k], beta = in.beta[k];
    const T mu = mean[at], r = rstd[at], gate = gates[k];
    T said = 0, sum = 0, dot = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
      const T normal = (values[i] - mu) * r, inner = gate * gradient[i] * gamma[i];
      said += gradient[i] * (normal * gamma[i] + beta[i]);
      sum += inner;
      dot += inner * normal;
    }
    said = team_sum(said, partial);
    sum = team_sum(sum, partial) / n;
    dot = team_sum(dot, partial) / n;
    if (threadIdx.x == 0) dgates[at] = said;
    for (int i = threadIdx.x; i < n; i += blockDim.x)
      dx[(long long)at * n + i] = r * (gate * gradient[i] * gamma[i] - sum - (values[i] - mu) * r * dot);
  }
}

extern "C" __global__ void mixture_backward_f32(Mixture<float> in, View<float> dy, const float* mean, const float* rstd,
                                                float* dx, float* dgates) {
  backward(in, dy, mean, rstd, dx, dgates);
}

extern "C" __global__ void mixture_backward_f64(Mixture<double> in, View<double> dy, const double* mean,
                                                const double* rstd, double* dx, double* dgates) {
  backward(in, dy, mean, rstd, dx, dgates);
}

// dgamma = Σ gate dy x̂ and dbeta = Σ gate dy over the rows of each chunk; a column is an expert's column.
template <class T>
__device__ void columns(const Mixture<T>& in, const View<T>& dy, const T* mean, const T* rstd, T* scales, T* shifts,
                        int rows_per_chunk) {
  const auto terms = [&](int row, int column, T& scale, T& shift) {
    const int k = column / in.n, i = column % in.n, at = row * in.experts + k;
    const T gradient = in.gates[row][k] * dy[row][i];
    scale += gradient * ((in.x[at][i] - mean[at]) * rstd[at]);
    shift += gradient;
  };
  column_sums(in.rows, in.experts * in.n, rows_per_chunk, scales, shifts, terms);
}

extern "C" __global__ void mixture_columns_f32(Mixture<float> in, View<float> dy, const float* mean, const float* rstd,
                                               float* scales, float* shifts, int rows_per_chunk) {
  columns(in, dy, mean, rstd, scales, shifts, rows_per_chunk);
}

extern "C" __global__ void mixture_columns_f64(Mixture<double> in, View<double> dy, const double* mean,
                                               const double* rstd, double* scales, double* shifts, int rows_per_chunk) {
  columns(in, dy, mean, rstd, scales, shifts, rows_per_chunk);
}

extern "C" __global__ void mixture_chunks_f32(const float* scales, const float* shifts, int chunks, int n, float* dgamma,
                                              float* dbeta) {
  sum_chunks(scales, shifts, chunks, n, dgamma, dbeta);
}

extern "C" __global__ void mixture_chunks_f64(const double* scales, const double* shifts, int chunks, int n,
                                              double* dgamma, double* dbeta) {
  sum_chunks(scales, shifts, chunks, n, dgamma, dbeta);
}

// One step of AdamW (Loshchilov and Hutter, arXiv 1711.05101). Plain: a launch for each tensor. Fast: one launch for all:
// a table says where each tensor lies, and each block looks up which one its elements belong to.

struct Step {
  float learning_rate, beta1, beta2, epsilon, weight_decay, correction1, correction2;
};

struct Parameter {
  float *weight, *gradient, *m, *v;
  long long n;
};

__device__ inline void update(const Parameter& p, const Step& s, long long i) {
  const float w = p.weight[i], g = p.gradient[i];
  const float m = s.beta1 * p.m[i] + (1 - s.beta1) * g, v = s.beta2 * p.v[i] + (1 - s.beta2) * g * g;
  p.m[i] = m;
  p.v[i] = v;
  const float denominator = sqrtf(v / s.correction2) + s.epsilon;
  p.weight[i] = w - s.learning_rate * s.weight_decay * w - s.learning_rate * (m / s.correction1) / denominator;
}

extern "C" __global__ void adamw_plain(Parameter p, Step step) {
  const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i < p.n) update(p, step, i);
}

// first_block[t] is the number of blocks before tensor t, for t = 0 … count - 1: found by bisection.
extern "C" __global__ void adamw(const Parameter* parameters, const int* first_block, int count, Step step) {
  int low = 0, high = count - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (first_block[middle] <= (int)blockIdx.x) low = middle;
    else high = middle - 1;
  }
  const Parameter p = parameters[low];
  const long long i = (long long)((int)blockIdx.x - first_block[low]) * blockDim.x + threadIdx.x;
  if (i < p.n) update(p, step, i);
}

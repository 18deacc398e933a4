// One step of Adam (Kingma and Ba, arXiv 1412.6980) or AdamW (Loshchilov and Hutter, arXiv 1711.05101), in place.
//
// Plain: a launch for each tensor. Fast: one launch for all tensors of a list: a table says where each lies, and each
// block looks up which one its elements belong to; 16 bytes at a time where a tensor allows it.

// What is the same for all elements, as dev.weft.cuda.CudaAdam works it out in double.
template <class T>
struct Step {
  T beta1, rest1, beta2, rest2, epsilon;
  T coupled_decay;  // λ of Adam, added to the gradient
  T keep;           // what AdamW's decay leaves of the weight, 1 - αλ
  T rate;           // α / (1 - β₁ᵗ)
  T correction;     // 1 / (1 - β₂ᵗ)
};

template <class T>
struct Parameter {
  T *weight, *gradient, *m, *v;
  long long n;
};

template <class T>
__device__ inline void update(T& w, T gradient, T& m, T& v, const Step<T>& s) {
  const T g = gradient + s.coupled_decay * w;
  m = s.beta1 * m + s.rest1 * g;
  v = s.beta2 * v + s.rest2 * g * g;
  w = s.keep * w - s.rate * m / (sqrt(v * s.correction) + s.epsilon);
}

template <class T>
__device__ inline void update(const Parameter<T>& p, const Step<T>& s, long long i) {
  T w = p.weight[i], m = p.m[i], v = p.v[i];
  update(w, p.gradient[i], m, v, s);
  p.weight[i] = w;
  p.m[i] = m;
  p.v[i] = v;
}

template <class T>
__device__ inline void one_tensor(const Parameter<T>& p, const Step<T>& step) {
#pragma unroll 1
  for (long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x; i < p.n; i += gridDim.x * blockDim.x) {
    update(p, step, i);
  }
}

extern "C" __global__ void adam_f32(Parameter<float> p, Step<float> step) { one_tensor(p, step); }
extern "C" __global__ void adam_f64(Parameter<double> p, Step<double> step) { one_tensor(p, step); }

// Each block takes 4 elements a thread of one tensor. first_block[t] is the number of blocks before tensor t, for
// t = 0 … count - 1: found by bisection. Every gradient is multiplied by the factor first, which the device has computed; where
// that is not finite, no step is taken.
template <class T>
__device__ inline void all_tensors(const Parameter<T>* parameters, const int* first_block, int count, const double* factor,
                                   const Step<T>& step) {
  const double times = *factor;
  if (!(fabs(times) < INFINITY)) return;
  int low = 0, high = count - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (first_block[middle] <= (int)blockIdx.x) low = middle;
    else high = middle - 1;
  }
  const Parameter<T> p = parameters[low];
  const T scale = (T)times;
  const long long first = 4 * ((long long)((int)blockIdx.x - first_block[low]) * blockDim.x + threadIdx.x);
  const unsigned long long all = (unsigned long long)p.weight | (unsigned long long)p.gradient |
                                 (unsigned long long)p.m | (unsigned long long)p.v;
  if (sizeof(T) == 4 && all % 16 == 0 && first + 4 <= p.n) {
    float4* weight = reinterpret_cast<float4*>(p.weight + first);
    float4* first_moment = reinterpret_cast<float4*>(p.m + first);
    float4* second_moment = reinterpret_cast<float4*>(p.v + first);
    float4 w = *weight, m = *first_moment, v = *second_moment;
    const float4 g = *reinterpret_cast<const float4*>(p.gradient + first);
    const Step<float>& s = reinterpret_cast<const Step<float>&>(step);
    update(w.x, g.x * (float)scale, m.x, v.x, s);
    update(w.y, g.y * (float)scale, m.y, v.y, s);
    update(w.z, g.z * (float)scale, m.z, v.z, s);
    update(w.w, g.w * (float)scale, m.w, v.w, s);
    *weight = w;
    *first_moment = m;
    *second_moment = v;
    return;
  }
#pragma unroll 1
  for (long long i = first; i < first + 4 && i < p.n; i++) {
    T w = p.weight[i], m = p.m[i], v = p.v[i];
    update(w, p.gradient[i] * scale, m, v, step);
    p.weight[i] = w;
    p.m[i] = m;
    p.v[i] = v;
  }
}

extern "C" __global__ void adam_all_f32(const Parameter<float>* parameters, const int* first_block, int count,
                                        const double* factor, Step<float> step) {
  all_tensors(parameters, first_block, count, factor, step);
}

extern "C" __global__ void adam_all_f64(const Parameter<double>* parameters, const int* first_block, int count,
                                        const double* factor, Step<double> step) {
  all_tensors(parameters, first_block, count, factor, step);
}

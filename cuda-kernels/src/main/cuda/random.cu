// Uniform and standard normal numbers from a Philox stream, the processor's bits.
//
// Normal numbers come from Box and Muller's transform (1958), √(-2 ln u) (cos 2πv, sin 2πv), in double. The processor
// takes ln, sin and cos from StrictMath, which by its definition gives the results of fdlibm 5.3 (Sun Microsystems, 1993);
// so do the functions below: the same reductions and polynomials, term after term, without fused additions. For all 2^24
// arguments that the transform can ask each of them for, they give the same bits.
//
// Plain: a thread a number, of which a block of Philox gives four. Fast: a thread a block.
#include "layout.cuh"
#include "philox.cuh"

// A double whose operations are rounded one by one: the compiler fuses none of them.
struct Exact {
  double value;
  __device__ Exact(double x) : value(x) {}
};

__device__ inline Exact operator+(Exact a, Exact b) { return __dadd_rn(a.value, b.value); }
__device__ inline Exact operator-(Exact a, Exact b) { return __dsub_rn(a.value, b.value); }
__device__ inline Exact operator*(Exact a, Exact b) { return __dmul_rn(a.value, b.value); }
__device__ inline Exact operator/(Exact a, Exact b) { return __ddiv_rn(a.value, b.value); }

// ln x for normal x > 0: x = 2^k (1 + f) with 1 + f in [√2/2, √2); ln(1 + f) = f - f²/2 + s (f²/2 + R), s = f / (2 + f),
// R a polynomial in s².
__device__ inline double strict_log(double x) {
  int high = __double2hiint(x);
  int k = (high >> 20) - 1023;
  high &= 0xfffff;
  const int carry = (high + 0x95f64) & 0x100000;
  k += carry >> 20;
  const Exact f = Exact(__hiloint2double(high | (carry ^ 0x3ff00000), __double2loint(x))) - 1.0;
  const Exact dk = k, ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  if ((0xfffff & (2 + high)) < 3) {  // |f| < 2^-20
    if (f.value == 0) return (dk * ln2_high + dk * ln2_low).value;
    const Exact r = f * f * (Exact(0.5) - Exact(0.33333333333333333) * f);
    return (k == 0 ? f - r : dk * ln2_high - ((r - dk * ln2_low) - f)).value;
  }
  const Exact s = f / (Exact(2.0) + f), z = s * s, w = z * z;
  const Exact even = w * (Exact(3.999999999940941908e-01) +
                          w * (Exact(2.222219843214978396e-01) + w * 1.531383769920937332e-01));
  const Exact odd =
      z * (Exact(6.666666666666735130e-01) +
           w * (Exact(2.857142874366239149e-01) +
                w * (Exact(1.818357216161805012e-01) + w * 1.479819860511658591e-01)));
  const Exact r = odd + even;
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const Exact half = Exact(0.5) * f * f;
    return (k == 0 ? f - (half - s * (half + r))
                   : dk * ln2_high - ((half - (s * (half + r) + dk * ln2_low)) - f))
        .value;
  }
  return (k == 0 ? f - s * (f - r) : dk * ln2_high - ((s * (f - r) - dk * ln2_low) - f)).value;
}

// sin(x + y) for |x| <= π/4, y what x lacks.
__device__ inline double kernel_sin(Exact x, Exact y, bool has_y) {
  const Exact z = x * x, v = z * x, s1 = -1.66666666666666324348e-01;
  const Exact r = Exact(8.33333333332248946124e-03) +
                  z * (Exact(-1.98412698298579493134e-04) +
                       z * (Exact(2.75573137070700676789e-06) +
                            z * (Exact(-2.50507602534068634195e-08) + z * 1.58969099521155010221e-10)));
  if (!has_y) return (x + v * (s1 + z * r)).value;
  return (x - ((z * (Exact(0.5) * y - v * r) - y) - v * s1)).value;
}

// cos(x + y) likewise.
__device__ inline double kernel_cos(Exact x, Exact y) {
  const Exact z = x * x;
  const Exact r =
      z * (Exact(4.16666666666666019037e-02) +
           z * (Exact(-1.38888888888741095749e-03) +
                z * (Exact(2.48015872894767294178e-05) +
                     z * (Exact(-2.75573143513906633035e-07) +
                          z * (Exact(2.08757232129817482790e-09) + z * -1.13596475577881948265e-11)))));
  const int high = __double2hiint(x.value) & 0x7fffffff;
  if (high < 0x3fd33333) return (Exact(1.0) - (Exact(0.5) * z - (z * r - x * y))).value;
  const Exact quarter = high > 0x3fe90000 ? 0.28125 : __hiloint2double(high - 0x00200000, 0);
  return ((Exact(1.0) - quarter) - ((Exact(0.5) * z - quarter) - (z * r - x * y))).value;
}

// Sine and cosine for 0 <= x <= 2π: x = n π/2 + (y0 + y1), π/2 being taken off in parts of 33 bits.
__device__ inline void strict_sincos(double x, double& sine, double& cosine) {
  const int high = __double2hiint(x);
  int n = 0;
  Exact y0 = x, y1 = 0.0;
  if (high > 0x3fe921fb) {
    n = (int)(Exact(x) * 6.36619772367581382433e-01 + 0.5).value;
    const Exact fn = n;
    Exact r = Exact(x) - fn * 1.57079632673412561417e+00, w = fn * 6.07710050650619224932e-11;
    y0 = r - w;
    if ((high >> 20) - ((__double2hiint(y0.value) >> 20) & 0x7ff) > 16) {
      const Exact t = r;
      w = fn * 6.07710050630396597660e-11;
      r = t - w;
      w = fn * 2.02226624879595063154e-21 - ((t - r) - w);
      y0 = r - w;
    }
    y1 = (r - y0) - w;
  }
  const double s = kernel_sin(y0, y1, n != 0), c = kernel_cos(y0, y1);
  sine = n % 4 == 0 ? s : n % 4 == 1 ? c : n % 4 == 2 ? -s : -c;
  cosine = n % 4 == 0 ? c : n % 4 == 1 ? -s : n % 4 == 2 ? -c : s;
}

// Two normal numbers from two words.
__device__ inline double2 normals(unsigned word0, unsigned word1) {
  const double u = ((word0 >> 8) + 1) * 0x1p-24;
  double sine, cosine;
  strict_sincos(__dmul_rn(6.283185307179586, uniform(word1)), sine, cosine);
  const double radius = __dsqrt_rn(__dmul_rn(-2, strict_log(u)));
  return make_double2(__dmul_rn(radius, cosine), __dmul_rn(radius, sine));
}

// Four numbers of a block.
struct Four {
  double x, y, z, w;
};

struct Uniform {
  __device__ static Four of(uint4 words) {
    return {uniform(words.x), uniform(words.y), uniform(words.z), uniform(words.w)};
  }
};

struct Normal {
  __device__ static Four of(uint4 words) {
    const double2 first = normals(words.x, words.y), second = normals(words.z, words.w);
    return {first.x, first.y, second.x, second.y};
  }
};

template <class F, class T>
__device__ inline void plain(T* out, RandomKey key, unsigned n) {
  FOR_EACH(i, n) {
    const Four all = F::of(philox(key, i / 4));
    out[i] = (T)(i % 4 == 0 ? all.x : i % 4 == 1 ? all.y : i % 4 == 2 ? all.z : all.w);
  }
}

template <class F, class T>
__device__ inline void by_blocks(T* out, RandomKey key, unsigned n) {
  FOR_EACH(block, (n + 3) / 4) {
    const unsigned i = 4 * block;
    const Four all = F::of(philox(key, block));
    out[i] = (T)all.x;
    if (i + 1 < n) out[i + 1] = (T)all.y;
    if (i + 2 < n) out[i + 2] = (T)all.z;
    if (i + 3 < n) out[i + 3] = (T)all.w;
  }
}

#define RANDOM(name, F, T)                                                                               \
  extern "C" __global__ void name##_plain(T* out, RandomKey key, unsigned n) { plain<F>(out, key, n); }  \
  extern "C" __global__ void name(T* out, RandomKey key, unsigned n) { by_blocks<F>(out, key, n); }

RANDOM(uniform_f32, Uniform, float)
RANDOM(uniform_f64, Uniform, double)
RANDOM(normal_f32, Normal, float)
RANDOM(normal_f64, Normal, double)

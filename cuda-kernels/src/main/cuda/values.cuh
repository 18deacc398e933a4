// Elements of any type as doubles, with the processor's rounding: to nearest into floating types, once; towards 0 into
// integers, NaN being 0 and what is too large the greatest; into U8 by way of I32's lowest byte; BOOL is whether not 0.
#pragma once

// Numbered as dev.weft.cuda.Codes does.
enum Type { TYPE_F64, TYPE_F32, TYPE_F16, TYPE_BF16, TYPE_I64, TYPE_I32, TYPE_U8, TYPE_BOOL };

__device__ inline float half_to_float(unsigned short bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}

__device__ inline unsigned short float_to_half(float value) {
  unsigned short bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
  return bits;
}

__device__ inline float bfloat_to_float(unsigned short bits) { return __uint_as_float((unsigned)bits << 16); }

// To nearest, ties to even; NaN stays NaN.
__device__ inline unsigned short float_to_bfloat(float value) {
  const unsigned bits = __float_as_uint(value);
  if (value != value) return (unsigned short)((bits >> 16) | 0x40);
  return (unsigned short)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// A double on its way to half precision: rounding to nearest twice can go wrong where the first rounding makes a tie;
// rounding to odd first cannot (Boldo and Melquiond, IEEE Transactions on Computers 57, 2008).
__device__ inline float rounded_to_odd(double value) {
  const float cut = __double2float_rz(value);
  const bool exact = cut == value || value != value;
  return exact ? cut : __uint_as_float(__float_as_uint(cut) | 1);
}

__device__ inline double load(int type, const void* from, long long i) {
  switch (type) {
    case TYPE_F64: return static_cast<const double*>(from)[i];
    case TYPE_F32: return static_cast<const float*>(from)[i];
    case TYPE_F16: return half_to_float(static_cast<const unsigned short*>(from)[i]);
    case TYPE_BF16: return bfloat_to_float(static_cast<const unsigned short*>(from)[i]);
    case TYPE_I64: return (double)static_cast<const long long*>(from)[i];
    case TYPE_I32: return static_cast<const int*>(from)[i];
    default: return static_cast<const unsigned char*>(from)[i];
  }
}

__device__ inline void store(int type, void* to, long long i, double value) {
  const double whole = value != value ? 0 : value;
  switch (type) {
    case TYPE_F64: static_cast<double*>(to)[i] = value; break;
    case TYPE_F32: static_cast<float*>(to)[i] = (float)value; break;
    case TYPE_F16: static_cast<unsigned short*>(to)[i] = float_to_half(rounded_to_odd(value)); break;
    case TYPE_BF16: static_cast<unsigned short*>(to)[i] = float_to_bfloat(rounded_to_odd(value)); break;
    case TYPE_I64: static_cast<long long*>(to)[i] = (long long)whole; break;
    case TYPE_I32: static_cast<int*>(to)[i] = (int)whole; break;
    case TYPE_U8: static_cast<unsigned char*>(to)[i] = (unsigned char)(int)whole; break;
    default: static_cast<unsigned char*>(to)[i] = value != 0; break;
  }
}

// Integers exactly, which a double does not hold beyond 2^53.
__device__ inline long long load_integer(int type, const void* from, long long i) {
  return type == TYPE_I64   ? static_cast<const long long*>(from)[i]
         : type == TYPE_I32 ? static_cast<const int*>(from)[i]
                            : static_cast<const unsigned char*>(from)[i];
}

__device__ inline void store_integer(int type, void* to, long long i, long long value) {
  if (type == TYPE_I64) static_cast<long long*>(to)[i] = value;
  else store(type, to, i, (double)value);
}

// Whether a type has a fraction.
__device__ inline bool is_floating(int type) { return type <= TYPE_BF16; }

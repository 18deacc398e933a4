/*
 * Stands in for cuBLAS 12 where there is none, for StandInCublasTest alone, beside libcuda.c, whose memory is the
 * host's. It makes the products of cublasGemmEx and cublasGemmStridedBatchedEx by their definition in double
 * precision, refuses what cuBLAS refuses (leading dimensions, types), looks whether every element lies in one
 * allocation, and writes every call down. What WEFT_STAND_IN says goes wrong:
 *
 *   cublas-create | cublas-execution
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, NOT_INITIALIZED = 1, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum { R_32F = 0, R_64F = 1, R_16F = 2, R_16BF = 14 };
enum { COMPUTE_32F = 68, COMPUTE_64F = 70, COMPUTE_FAST_16BF = 75, COMPUTE_FAST_TF32 = 77 };

struct handle {
  void *stream, *workspace;
  size_t workspace_bytes;
  int math;
};

struct matrix {
  char *at;
  int type, transposed, leading;
  long long stride;
};

static int noted(int status, const char *call) {
  const char *name = getenv("WEFT_STAND_IN_LOG");
  FILE *log = name == NULL ? NULL : fopen(name, "a");
  if (log != NULL) {
    fprintf(log, "%s %d\n", call, status);
    fclose(log);
  }
  return status;
}

static int goes(const char *wrong) {
  const char *said = getenv("WEFT_STAND_IN");
  return said != NULL && strcmp(said, wrong) == 0;
}

/* Bytes from an address to the end of its allocation, as libcuda.c knows them. */
static size_t room(const void *at) {
  void *driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
  size_t (*asked)(uint64_t) = driver == NULL ? NULL : (size_t(*)(uint64_t))dlsym(driver, "weft_stand_in_room");
  return asked == NULL ? 0 : asked((uint64_t)(uintptr_t)at);
}

static int size_of(int type) { return type == R_64F ? 8 : type == R_32F ? 4 : 2; }

/* To so many binary digits after the first, ties to even; subnormal below 2^least. */
static double rounded(double x, int digits, int least) {
  if (x == 0 || !isfinite(x)) {
    return x;
  }
  int exponent = ilogb(x);
  double unit = ldexp(1, (exponent < least ? least : exponent) - digits);
  return nearbyint(x / unit) * unit;
}

/* 16 bits of a number that has them: so many of the fraction, the exponent's bias. */
static uint16_t packed(double x, int digits, int bias) {
  uint16_t sign = signbit(x) ? 0x8000 : 0, infinity = (uint16_t)((2 * bias + 1) << digits);
  double size = fabs(rounded(x, digits, 1 - bias));
  if (isnan(x) || size >= ldexp(1, bias + 1)) {
    return sign | infinity | (isnan(x) ? 1 : 0);
  }
  if (size < ldexp(1, 1 - bias)) {
    return sign | (uint16_t)ldexp(size, bias - 1 + digits);
  }
  int exponent = ilogb(size);
  return sign | (uint16_t)(((exponent + bias) << digits) + ((int)ldexp(size, digits - exponent) - (1 << digits)));
}

static double unpacked(uint16_t bits, int digits, int bias) {
  int exponent = (bits & 0x7fff) >> digits, fraction = bits & ((1 << digits) - 1);
  double size = exponent == 0 ? ldexp(fraction, 1 - bias - digits)
      : exponent == 2 * bias + 1 ? (fraction == 0 ? INFINITY : NAN)
                                 : ldexp(fraction + (1 << digits), exponent - bias - digits);
  return bits >> 15 ? -size : size;
}

static double load(const struct matrix *x, long long i) {
  const char *at = x->at + i * size_of(x->type);
  switch (x->type) {
  case R_64F: return *(const double *)at;
  case R_32F: return *(const float *)at;
  case R_16F: return unpacked(*(const uint16_t *)at, 10, 15);
  default: return unpacked(*(const uint16_t *)at, 7, 127);
  }
}

static void store(const struct matrix *x, long long i, double value) {
  char *at = x->at + i * size_of(x->type);
  switch (x->type) {
  case R_64F: *(double *)at = value; break;
  case R_32F: *(float *)at = (float)value; break;
  case R_16F: *(uint16_t *)at = packed(value, 10, 15); break;
  default: *(uint16_t *)at = packed(value, 7, 127);
  }
}

/* What tensor cores keep of a factor. */
static double kept(double x, int compute) {
  return compute == COMPUTE_FAST_TF32 ? rounded(x, 10, -126) : compute == COMPUTE_FAST_16BF ? rounded(x, 7, -126) : x;
}

static int types_go_together(int a, int b, int c, int compute) {
  switch (compute) {
  case COMPUTE_64F: return a == R_64F && b == R_64F && c == R_64F;
  case COMPUTE_32F: return a == b && a != R_64F && (c == R_32F || c == a);
  case COMPUTE_FAST_TF32:
  case COMPUTE_FAST_16BF: return a == R_32F && b == R_32F && c == R_32F;
  default: return 0;
  }
}

/* Whether all of a stored matrix [rows, columns] of every product lies in its allocation. */
static int lies_inside(const struct matrix *x, int rows, int columns, int batch) {
  long long last = (long long)(columns - 1) * x->leading + rows - 1 + (batch - 1) * x->stride;
  return x->leading >= rows && x->leading > 0 && x->stride >= 0
      && (size_t)(last + 1) * (size_t)size_of(x->type) <= room(x->at);
}

static int multiply(const char *name, struct handle *handle, int m, int n, int k, const void *alpha,
    const struct matrix *a, const struct matrix *b, const void *beta, const struct matrix *c, int batch, int compute,
    int algorithm) {
  char call[256];
  snprintf(call, sizeof call, "%s %d %d %d %c%c types %d %d %d leading %d %d %d strides %lld %lld %lld batch %d compute %d",
      name, m, n, k, a->transposed ? 'T' : 'N', b->transposed ? 'T' : 'N', a->type, b->type, c->type, a->leading,
      b->leading, c->leading, a->stride, b->stride, c->stride, batch, compute);
  if (handle->stream != (void *)0x5 || handle->workspace == NULL || algorithm != -1 || m < 1 || n < 1 || k < 1) {
    return noted(INVALID_VALUE, call);
  }
  if (!types_go_together(a->type, b->type, c->type, compute)) {
    return noted(NOT_SUPPORTED, call);
  }
  if (!lies_inside(a, a->transposed ? k : m, a->transposed ? m : k, batch)
      || !lies_inside(b, b->transposed ? n : k, b->transposed ? k : n, batch) || !lies_inside(c, m, n, batch)
      || (batch > 1 && c->stride < (long long)m)) {
    return noted(INVALID_VALUE, call);
  }
  if (goes("cublas-execution")) {
    return noted(EXECUTION_FAILED, call);
  }
  double scale = compute == COMPUTE_64F ? *(const double *)alpha : *(const float *)alpha;
  double rest = compute == COMPUTE_64F ? *(const double *)beta : *(const float *)beta;
  for (int i = 0; i < batch; i++) {
    for (int column = 0; column < n; column++) {
      for (int row = 0; row < m; row++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          long long u = a->transposed ? p + (long long)row * a->leading : row + (long long)p * a->leading;
          long long v = b->transposed ? column + (long long)p * b->leading : p + (long long)column * b->leading;
          sum += kept(load(a, u + i * a->stride), compute) * kept(load(b, v + i * b->stride), compute);
        }
        long long at = row + (long long)column * c->leading + i * c->stride;
        store(c, at, scale * sum + (rest == 0 ? 0 : rest * load(c, at)));
      }
    }
  }
  return noted(SUCCESS, call);
}

int cublasGetProperty(int type, int *value) {
  *value = type == 0 ? 12 : type == 1 ? 6 : 4;
  return SUCCESS;
}

int cublasCreate_v2(struct handle **handle) {
  *handle = calloc(1, sizeof **handle);
  return noted(goes("cublas-create") ? NOT_INITIALIZED : SUCCESS, "cublasCreate");
}

int cublasDestroy_v2(struct handle *handle) {
  free(handle);
  return noted(SUCCESS, "cublasDestroy");
}

/* As cuBLAS does, which has its own workspace again then. */
int cublasSetStream_v2(struct handle *handle, void *stream) {
  handle->stream = stream;
  handle->workspace = NULL;
  return noted(SUCCESS, "cublasSetStream");
}

int cublasSetWorkspace_v2(struct handle *handle, void *workspace, size_t bytes) {
  handle->workspace = workspace;
  handle->workspace_bytes = bytes;
  int fits = bytes <= room(workspace) && (uintptr_t)workspace % 256 == 0;
  return noted(fits ? SUCCESS : INVALID_VALUE, "cublasSetWorkspace");
}

int cublasSetMathMode(struct handle *handle, int mode) {
  handle->math = mode;
  return noted(mode == 16 ? SUCCESS : INVALID_VALUE, "cublasSetMathMode");
}

int cublasGemmEx(struct handle *handle, int opA, int opB, int m, int n, int k, const void *alpha, void *a, int typeA,
    int lda, void *b, int typeB, int ldb, const void *beta, void *c, int typeC, int ldc, int compute, int algorithm) {
  struct matrix first = {a, typeA, opA, lda, 0}, second = {b, typeB, opB, ldb, 0}, result = {c, typeC, 0, ldc, 0};
  return multiply("cublasGemmEx", handle, m, n, k, alpha, &first, &second, beta, &result, 1, compute, algorithm);
}

int cublasGemmStridedBatchedEx(struct handle *handle, int opA, int opB, int m, int n, int k, const void *alpha, void *a,
    int typeA, int lda, long long strideA, void *b, int typeB, int ldb, long long strideB, const void *beta, void *c,
    int typeC, int ldc, long long strideC, int batch, int compute, int algorithm) {
  struct matrix first = {a, typeA, opA, lda, strideA}, second = {b, typeB, opB, ldb, strideB},
                result = {c, typeC, 0, ldc, strideC};
  return multiply("cublasGemmStridedBatchedEx", handle, m, n, k, alpha, &first, &second, beta, &result, batch, compute,
      algorithm);
}

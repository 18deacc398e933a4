/*
 * Lets JCublas 12 load where only cuBLAS 13 is: a libcublas.so.12 that hands the few calls that dev.weft.cuda makes on to
 * libcublas.so.13, whose signatures of these are the same. An aid of the bundle, no part of the product.
 *
 * WEFT_CUBLAS13 names the library where the dynamic linker would not find it.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum { NOT_INITIALIZED = 1 };

static void *found(const char *name) {
  static void *library;
  if (library == NULL) {
    const char *named = getenv("WEFT_CUBLAS13");
    library = dlopen(named == NULL ? "libcublas.so.13" : named, RTLD_NOW);
    if (library == NULL) {
      fprintf(stderr, "cublas13: %s\n", dlerror());
    }
  }
  return library == NULL ? NULL : dlsym(library, name);
}

/* A function of this name and these parameters that calls the other library's. */
#define HAND_ON(name, parameters, arguments)                        \
  int name parameters {                                             \
    static int(*there) parameters;                                  \
    if (there == NULL) {                                            \
      there = (int(*) parameters)found(#name);                      \
    }                                                               \
    return there == NULL ? NOT_INITIALIZED : there arguments;       \
  }

HAND_ON(cublasGetProperty, (int type, int *value), (type, value))
HAND_ON(cublasCreate_v2, (void **handle), (handle))
HAND_ON(cublasDestroy_v2, (void *handle), (handle))
HAND_ON(cublasSetStream_v2, (void *handle, void *stream), (handle, stream))
HAND_ON(cublasSetWorkspace_v2, (void *handle, void *memory, size_t bytes), (handle, memory, bytes))
HAND_ON(cublasSetMathMode, (void *handle, int mode), (handle, mode))
HAND_ON(cublasGemmEx,
    (void *handle, int opA, int opB, int m, int n, int k, const void *alpha, const void *a, int typeA, int lda,
        const void *b, int typeB, int ldb, const void *beta, void *c, int typeC, int ldc, int compute, int algorithm),
    (handle, opA, opB, m, n, k, alpha, a, typeA, lda, b, typeB, ldb, beta, c, typeC, ldc, compute, algorithm))
HAND_ON(cublasGemmStridedBatchedEx,
    (void *handle, int opA, int opB, int m, int n, int k, const void *alpha, const void *a, int typeA, int lda,
        long long strideA, const void *b, int typeB, int ldb, long long strideB, const void *beta, void *c, int typeC,
        int ldc, long long strideC, int batch, int compute, int algorithm),
    (handle, opA, opB, m, n, k, alpha, a, typeA, lda, strideA, b, typeB, ldb, strideB, beta, c, typeC, ldc, strideC, batch,
        compute, algorithm))

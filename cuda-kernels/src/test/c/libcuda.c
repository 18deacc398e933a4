/*
 * Stands in for the NVIDIA driver (libcuda.so.1) where there is none, for StandInDriverTest alone. Device memory is
 * the host's; of kernels it knows one, relu_dense, and computes it. Like the driver it wants a current context of
 * every thread, and it writes down every call. What WEFT_STAND_IN says goes wrong:
 *
 *   none | no-device | old-device | out-of-memory | ptx | fault
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NO_DEVICE = 100,
  INVALID_CONTEXT = 201,
  UNSUPPORTED_PTX_VERSION = 222,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700
};

enum { CONTEXT = 0xC0, STREAM = 0x5 };

static __thread const void *current;
static size_t held;

/* Device memory in all: a megabyte, or as many as WEFT_STAND_IN_MEGABYTES says. */
static size_t memory(void) {
  const char *said = getenv("WEFT_STAND_IN_MEGABYTES");
  return (said == NULL ? 1 : (size_t)atoi(said)) << 20;
}

static int launched, moment;
static char image[1 << 20];

struct allocation {
  size_t bytes;
  struct allocation *next;
  char pad[240];
};

static struct allocation *allocations;

static int goes(const char *wrong) {
  const char *said = getenv("WEFT_STAND_IN");
  return said != NULL && strcmp(said, wrong) == 0;
}

static int noted(const char *call, int status) {
  const char *name = getenv("WEFT_STAND_IN_LOG");
  FILE *log = name == NULL ? NULL : fopen(name, "a");
  if (log != NULL) {
    fprintf(log, "%s %d\n", call, status);
    fclose(log);
  }
  return status;
}

/* A call that needs a context, and that fails once a kernel has failed. */
static int inside(const char *call) {
  if (current == NULL) {
    return noted(call, INVALID_CONTEXT);
  }
  return noted(call, launched && goes("fault") ? ILLEGAL_ADDRESS : SUCCESS);
}

int cuInit(unsigned flags) { return noted("cuInit", flags == 0 ? SUCCESS : INVALID_VALUE); }

int cuDriverGetVersion(int *version) {
  *version = 12040;
  return SUCCESS;
}

int cuGetErrorString(int status, const char **text) {
  *text = status == ILLEGAL_ADDRESS ? "an illegal memory access was encountered"
      : status == UNSUPPORTED_PTX_VERSION ? "the provided PTX was compiled with an unsupported toolchain."
                                          : "another error";
  return SUCCESS;
}

int cuDeviceGetCount(int *count) {
  *count = goes("no-device") ? 0 : 1;
  return SUCCESS;
}

int cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return ordinal == 0 ? SUCCESS : NO_DEVICE;
}

int cuDeviceGetName(char *name, int length, int device) {
  (void)device;
  snprintf(name, (size_t)length, "Stand-in");
  return SUCCESS;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  (void)device;
  *bytes = memory();
  return SUCCESS;
}

/* 75 and 76 are the compute capability, 16 the number of multiprocessors. */
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  (void)device;
  int major = goes("old-device") ? 6 : 8;
  *value = attribute == 75 ? major : attribute == 76 ? 6 : attribute == 16 ? 4 : 0;
  return SUCCESS;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
  (void)device;
  *context = (void *)CONTEXT;
  return noted("cuDevicePrimaryCtxRetain", SUCCESS);
}

int cuDevicePrimaryCtxRelease_v2(int device) {
  (void)device;
  return noted("cuDevicePrimaryCtxRelease", SUCCESS);
}

int cuCtxSetCurrent(void *context) {
  current = context;
  return noted("cuCtxSetCurrent", context == (void *)CONTEXT ? SUCCESS : INVALID_CONTEXT);
}

int cuStreamCreate(void **stream, unsigned flags) {
  (void)flags;
  *stream = (void *)STREAM;
  return inside("cuStreamCreate");
}

/* What a stream is given is noted from Begin to End, and done by cuGraphLaunch. */
enum { MOST_NODES = 64, STREAM_CAPTURE_UNSUPPORTED = 900 };

struct node {
  void *function;
  const float *x;
  float *out;
  int n;
};

struct graph {
  int count;
  struct node nodes[MOST_NODES];
};

static struct graph *capturing;

int cuStreamBeginCapture_v2(void *stream, int mode) {
  capturing = calloc(1, sizeof *capturing);
  return stream == (void *)STREAM && mode == 2 ? inside("cuStreamBeginCapture") : INVALID_VALUE;
}

int cuStreamEndCapture(void *stream, struct graph **graph) {
  *graph = capturing;
  capturing = NULL;
  return stream == (void *)STREAM ? inside("cuStreamEndCapture") : INVALID_VALUE;
}

int cuGraphGetNodes(struct graph *graph, void **nodes, size_t *count) {
  *count = (size_t)graph->count;
  return nodes == NULL ? inside("cuGraphGetNodes") : INVALID_VALUE;
}

int cuGraphInstantiateWithFlags(struct graph **executable, struct graph *graph, unsigned long long flags) {
  *executable = malloc(sizeof *graph);
  **executable = *graph;
  return flags == 0 ? inside("cuGraphInstantiate") : INVALID_VALUE;
}

static void compute(const struct node *node);

int cuGraphLaunch(struct graph *executable, void *stream) {
  for (int i = 0; i < executable->count; i++) {
    compute(&executable->nodes[i]);
  }
  return stream == (void *)STREAM ? inside("cuGraphLaunch") : INVALID_VALUE;
}

int cuGraphExecDestroy(struct graph *executable) {
  free(executable);
  return inside("cuGraphExecDestroy");
}

int cuGraphDestroy(struct graph *graph) {
  free(graph);
  return inside("cuGraphDestroy");
}

int cuStreamSynchronize(void *stream) {
  if (capturing != NULL) {
    return noted("cuStreamSynchronize", STREAM_CAPTURE_UNSUPPORTED);
  }
  return stream == (void *)STREAM ? inside("cuStreamSynchronize") : noted("cuStreamSynchronize", INVALID_VALUE);
}

int cuStreamDestroy_v2(void *stream) {
  (void)stream;
  return inside("cuStreamDestroy");
}

int cuMemGetInfo_v2(size_t *available, size_t *total) {
  *available = memory() - held;
  *total = memory();
  return inside("cuMemGetInfo");
}

int cuMemAlloc_v2(uint64_t *address, size_t bytes) {
  int status = inside("cuMemAlloc");
  if (status != SUCCESS || goes("out-of-memory") || bytes > memory() - held) {
    return status != SUCCESS ? status : noted("cuMemAlloc", OUT_OF_MEMORY);
  }
  struct allocation *made = aligned_alloc(256, sizeof(struct allocation) + (bytes + 255) / 256 * 256);
  made->bytes = bytes;
  made->next = allocations;
  allocations = made;
  held += bytes;
  *address = (uint64_t)(uintptr_t)(made + 1);
  return SUCCESS;
}

int cuMemFree_v2(uint64_t address) {
  struct allocation *made = (struct allocation *)(uintptr_t)address - 1;
  held -= made->bytes;
  struct allocation **at = &allocations;
  while (*at != made) {
    at = &(*at)->next;
  }
  *at = made->next;
  free(made);
  return inside("cuMemFree");
}

/* For libcublas.c: bytes from an address to the end of its allocation. */
size_t weft_stand_in_room(uint64_t address) {
  for (struct allocation *made = allocations; made != NULL; made = made->next) {
    uint64_t start = (uint64_t)(uintptr_t)(made + 1);
    if (address >= start && address < start + made->bytes) {
      return start + made->bytes - address;
    }
  }
  return 0;
}

int cuMemAllocHost_v2(void **pointer, size_t bytes) {
  *pointer = aligned_alloc(4096, bytes);
  return inside("cuMemAllocHost");
}

int cuMemFreeHost(void *pointer) {
  free(pointer);
  return inside("cuMemFreeHost");
}

int cuMemcpyHtoDAsync_v2(uint64_t to, const void *from, size_t bytes, void *stream) {
  memcpy((void *)(uintptr_t)to, from, bytes);
  return stream == (void *)STREAM ? inside("cuMemcpyHtoDAsync") : INVALID_VALUE;
}

int cuMemcpyDtoHAsync_v2(void *to, uint64_t from, size_t bytes, void *stream) {
  memcpy(to, (void *)(uintptr_t)from, bytes);
  return stream == (void *)STREAM ? inside("cuMemcpyDtoHAsync") : INVALID_VALUE;
}

int cuMemcpyDtoDAsync_v2(uint64_t to, uint64_t from, size_t bytes, void *stream) {
  if (capturing != NULL && capturing->count < MOST_NODES) {
    struct node copy = {NULL, (const float *)(uintptr_t)from, (float *)(uintptr_t)to, (int)(bytes / 4)};
    capturing->nodes[capturing->count++] = copy;
    return inside("cuMemcpyDtoDAsync");
  }
  memmove((void *)(uintptr_t)to, (void *)(uintptr_t)from, bytes);
  return stream == (void *)STREAM ? inside("cuMemcpyDtoDAsync") : INVALID_VALUE;
}

int cuMemsetD8Async(uint64_t to, unsigned char value, size_t bytes, void *stream) {
  memset((void *)(uintptr_t)to, value, bytes);
  return stream == (void *)STREAM ? inside("cuMemsetD8Async") : INVALID_VALUE;
}

int cuEventCreate(void **event, unsigned flags) {
  int *made = malloc(2 * sizeof *made);
  made[0] = 0;
  made[1] = (int)flags;
  *event = made;
  return inside("cuEventCreate");
}

int cuEventRecord(void *event, void *stream) {
  *(int *)event = ++moment;
  return stream == (void *)STREAM ? inside("cuEventRecord") : INVALID_VALUE;
}

int cuEventSynchronize(void *event) {
  (void)event;
  return inside("cuEventSynchronize");
}

/* A millisecond and a half for each kernel and each event; flag 2: an event that has no time. */
int cuEventElapsedTime(float *millis, int *from, int *to) {
  *millis = 1.5f * (float)(to[0] - from[0]);
  int status = from[0] == 0 || to[0] == 0 || from[1] == 2 || to[1] == 2 ? INVALID_VALUE : SUCCESS;
  return status != SUCCESS ? noted("cuEventElapsedTime", status) : inside("cuEventElapsedTime");
}

int cuEventDestroy_v2(void *event) {
  free(event);
  return inside("cuEventDestroy");
}

/* Options 5 and 6: where the errors go, and how much room there is. */
int cuModuleLoadDataEx(void **module, const char *text, unsigned count, int *options, void **values) {
  if (goes("ptx")) {
    for (unsigned i = 0; i < count; i++) {
      if (options[i] == 5) {
        strcpy(values[i], "ptxas application ptx input, line 5; fatal : Unsupported .version 7.0");
      }
    }
    return noted("cuModuleLoadDataEx", UNSUPPORTED_PTX_VERSION);
  }
  if (strlen(text) >= sizeof image || strstr(text, ".version") == NULL) {
    return noted("cuModuleLoadDataEx", INVALID_VALUE);
  }
  strcpy(image, text);
  *module = image;
  return inside("cuModuleLoadDataEx");
}

int cuModuleUnload(void *module) {
  (void)module;
  return inside("cuModuleUnload");
}

int cuModuleGetFunction(void **function, void *module, const char *name) {
  char entry[128];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  *function = strcmp(name, "relu_dense") == 0 ? (void *)0xF1 : (void *)0xF2;
  return strstr(module, entry) == NULL ? noted("cuModuleGetFunction", NOT_FOUND) : inside("cuModuleGetFunction");
}

int cuFuncSetAttribute(void *function, int attribute, int value) {
  (void)function, (void)attribute, (void)value;
  return inside("cuFuncSetAttribute");
}

/* relu_dense, or a copy. */
static void compute(const struct node *node) {
  for (int i = 0; i < node->n; i++) {
    node->out[i] = node->function == NULL || node->x[i] > 0 ? node->x[i] : 0;
  }
}

int cuLaunchKernel(void *function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
    unsigned blockZ, unsigned shared, void *stream, void **parameters, void **extra) {
  int status = inside("cuLaunchKernel");
  unsigned blocks = gridX * gridY * gridZ, threads = blockX * blockY * blockZ;
  if (status != SUCCESS || stream != (void *)STREAM || extra != NULL || shared != 0 || blocks * threads == 0) {
    return status != SUCCESS ? status : INVALID_VALUE;
  }
  launched = 1;
  moment++;
  if (function == (void *)0xF1 && !goes("fault")) {
    struct node node = {function, *(const float **)parameters[0], *(float **)parameters[1], *(int *)parameters[2]};
    if (capturing == NULL) {
      compute(&node);
    } else if (capturing->count < MOST_NODES) {
      capturing->nodes[capturing->count++] = node;
    }
  }
  return SUCCESS;
}

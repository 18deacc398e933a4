package dev.weft.tensor.contract;

import dev.weft.tensor.Backend;
import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.CpuBackend;
import dev.weft.tensor.cpu.HeapStorage;
import dev.weft.tensor.cpu.ReferenceBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** One backend computing in one type: what the contract is held against. */
public record Subject(Backend backend, DType dtype) {

  /** Every backend that runs here, in every type that is computed in. */
  static List<Subject> all() {
    List<Subject> subjects = new ArrayList<>();
    for (Backend backend : backends()) {
      subjects.add(new Subject(backend, DType.F32));
      subjects.add(new Subject(backend, DType.F64));
    }
    return subjects;
  }

  private static List<Backend> backends() {
    List<Backend> offered =
        ServiceLoader.load(SubjectProvider.class).stream()
            .flatMap(provider -> provider.get().backends().stream())
            .toList();
    if (!offered.isEmpty()) {
      return offered;
    }
    List<Backend> backends = new ArrayList<>(List.of(new ReferenceBackend(), CpuBackend.plain()));
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      backends.add(CpuBackend.simd());
    }
    return backends;
  }

  /** The unit roundoff of the type: half the distance from 1 to the next number. */
  double roundoff() {
    return dtype == DType.F32 ? 0x1p-24 : 0x1p-53;
  }

  /** The value as this type holds it. */
  double rounded(double value) {
    return dtype == DType.F32 ? (double) (float) value : value;
  }

  double[] rounded(double[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = rounded(values[i]);
    }
    return result;
  }

  /** A contiguous tensor on the backend's device. */
  Tensor tensor(double[] values, Shape shape) {
    return tensor(dtype, values, shape);
  }

  Tensor tensor(DType type, double[] values, Shape shape) {
    HeapStorage host = host(type, values);
    Tensor result = Tensor.over(backend.allocate(type, values.length, false), shape, 0);
    backend.upload(host, result);
    return result;
  }

  private static HeapStorage host(DType type, double[] values) {
    int n = values.length;
    HeapStorage host =
        HeapStorage.of(
            type,
            switch (type) {
              case F64 -> new double[n];
              case F32 -> new float[n];
              case F16, BF16 -> new short[n];
              case I64 -> new long[n];
              case I32 -> new int[n];
              case U8, BOOL -> new byte[n];
            });
    for (int i = 0; i < n; i++) {
      host.set(i, values[i]);
    }
    return host;
  }

  /** The elements of a view in row-major order. */
  double[] read(Tensor tensor) {
    Tensor dense = tensor;
    if (!tensor.isContiguous()) {
      dense =
          Tensor.over(backend.allocate(tensor.dtype(), tensor.numel(), false), tensor.shape(), 0);
      backend.copy(tensor, dense);
    }
    HeapStorage host = backend.download(dense);
    double[] values = new double[tensor.numel()];
    for (int i = 0; i < values.length; i++) {
      values[i] = host.get(i);
    }
    return values;
  }

  @Override
  public String toString() {
    return backend.name() + " " + dtype;
  }
}

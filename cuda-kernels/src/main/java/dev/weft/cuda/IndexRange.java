package dev.weft.cuda;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;

/**
 * The least and the greatest of a device's integers, where the host knows them: it has put them
 * there, or a kernel whose results have bounds. Then a look-up need not ask the device whether all
 * indices lie in the table, for which it would have to wait.
 *
 * @param least no element of the storage is less
 * @param greatest no element of the storage is greater
 */
record IndexRange(long least, long greatest) {

  /** Notes what an upload has put into a tensor. */
  static void uploaded(HeapStorage source, Tensor out) {
    CudaStorage storage = (CudaStorage) out.storage();
    storage.range = isWhole(out) ? of(source, out.numel()) : null;
  }

  private static IndexRange of(HeapStorage source, int count) {
    if (!source.dtype().isIndex()) {
      return null;
    }
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      long value = source.getLong(i);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    return new IndexRange(least, greatest);
  }

  /** Notes that a tensor holds a copy of another. */
  static void copied(Tensor source, Tensor out) {
    IndexRange range = ((CudaStorage) source.storage()).range;
    boolean fits =
        range != null
            && (out.dtype() == DType.I64
                || (out.dtype() == DType.I32
                    && range.least >= Integer.MIN_VALUE
                    && range.greatest <= Integer.MAX_VALUE));
    ((CudaStorage) out.storage()).range = fits && isWhole(out) ? range : null;
  }

  /** Notes that a kernel has written numbers from 0 to {@code bound - 1}. */
  static void wroteBelow(Tensor out, int bound) {
    ((CudaStorage) out.storage()).range = isWhole(out) ? new IndexRange(0, bound - 1L) : null;
  }

  /** Notes that a kernel has written something into a tensor. */
  static void wrote(Tensor out) {
    ((CudaStorage) out.storage()).range = null;
  }

  /** Whether all of a tensor's elements are known to be at least 0 and less than a bound. */
  static boolean isBelow(Tensor indices, int bound) {
    IndexRange range = ((CudaStorage) indices.storage()).range;
    return range != null && range.least >= 0 && range.greatest < bound;
  }

  private static boolean isWhole(Tensor tensor) {
    return tensor.numel() == tensor.storage().length();
  }
}

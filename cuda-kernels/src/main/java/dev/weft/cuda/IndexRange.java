package dev.weft.cuda;

import dev.weft.tensor.DType;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.HeapStorage;
import java.util.Arrays;

/**
 * The least and the greatest of a device's integers, where the host knows them: it has put them
 * there, or a kernel whose results have bounds. Then a look-up need not ask the device whether all
 * indices lie in the table, for which it would have to wait.
 *
 * @param least no element of the storage is less
 * @param greatest no element of the storage is greater
 * @param numbers all elements of the storage, so that parts of it have bounds of their own; null
 *     where they are not known
 */
record IndexRange(long least, long greatest, HeapStorage numbers) {

  /** Notes what an upload has put into a tensor. */
  static void uploaded(HeapStorage source, Tensor out) {
    boolean known = source.dtype().isIndex() && isWhole(out);
    storage(out).range = known ? of(copy(source, out.numel()), 0, out.numel(), true) : null;
  }

  /** The caller may change its array when the upload is done. */
  private static HeapStorage copy(HeapStorage source, int count) {
    Object array =
        source.dtype() == DType.I64
            ? Arrays.copyOf(source.longs(), count)
            : Arrays.copyOf(source.ints(), count);
    return HeapStorage.of(source.dtype(), array);
  }

  private static IndexRange of(HeapStorage numbers, int from, int to, boolean isAll) {
    long least = Long.MAX_VALUE;
    long greatest = Long.MIN_VALUE;
    for (int i = from; i < to; i++) {
      long value = numbers.getLong(i);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
    return new IndexRange(least, greatest, isAll ? numbers : null);
  }

  /** What is known of a tensor's elements; null if nothing. */
  private static IndexRange of(Tensor tensor) {
    IndexRange range = storage(tensor).range;
    boolean isPart = range != null && range.numbers != null && !isWhole(tensor);
    return isPart && tensor.isContiguous()
        ? of(range.numbers, tensor.offset(), tensor.offset() + tensor.numel(), false)
        : range;
  }

  /** Notes that a tensor holds a copy of another. */
  static void copied(Tensor source, Tensor out) {
    IndexRange range = of(source);
    boolean fits =
        range != null
            && (out.dtype() == DType.I64
                || (out.dtype() == DType.I32
                    && range.least >= Integer.MIN_VALUE
                    && range.greatest <= Integer.MAX_VALUE));
    storage(out).range =
        fits && isWhole(out) ? new IndexRange(range.least, range.greatest, null) : null;
  }

  /** Notes that a kernel has written numbers from 0 to {@code bound - 1}. */
  static void wroteBelow(Tensor out, int bound) {
    storage(out).range = isWhole(out) ? new IndexRange(0, bound - 1L, null) : null;
  }

  /** Notes that a kernel has written something into a tensor. */
  static void wrote(Tensor out) {
    storage(out).range = null;
  }

  /** Whether all of a tensor's elements are known to be at least 0 and less than a bound. */
  static boolean isBelow(Tensor indices, int bound) {
    IndexRange range = of(indices);
    return range != null && range.least >= 0 && range.greatest < bound;
  }

  private static CudaStorage storage(Tensor tensor) {
    return (CudaStorage) tensor.storage();
  }

  private static boolean isWhole(Tensor tensor) {
    return tensor.numel() == tensor.storage().length();
  }
}

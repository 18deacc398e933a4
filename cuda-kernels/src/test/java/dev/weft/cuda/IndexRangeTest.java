package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.TensorException;
import dev.weft.tensor.cpu.HeapStorage;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** What the host knows of indices, and when it no longer does. */
class IndexRangeTest {
  private final OnMachine machine = new OnMachine(80);
  private final CudaElements elements = new CudaElements(machine.gpu, machine.memory);

  private Tensor integers(DType dtype, int length) {
    return Tensor.over(machine.memory.take(dtype, length), Shape.of(length), 0);
  }

  private Tensor uploaded(int... values) {
    Tensor tensor = integers(DType.I32, values.length);
    machine.gpu.upload(MemorySegment.ofArray(values), CudaStorage.address(tensor));
    IndexRange.uploaded(HeapStorage.of(DType.I32, values), tensor);
    return tensor;
  }

  @Test
  void anUploadIsKnownAndSoAreItsCopiesAndViews() {
    Tensor indices = uploaded(3, 0, 5);
    assertTrue(IndexRange.isBelow(indices, 6));
    assertFalse(IndexRange.isBelow(indices, 5));
    assertFalse(IndexRange.isBelow(uploaded(-1, 2), 6));
    assertTrue(IndexRange.isBelow(indices.slice(0, 1, 3), 6));
    assertTrue(IndexRange.isBelow(indices.slice(0, 0, 2), 4), "a part has bounds of its own");
    Tensor copy = integers(DType.I64, 3);
    elements.copy(indices, copy);
    assertTrue(IndexRange.isBelow(copy, 6));
    Tensor narrow = integers(DType.U8, 3);
    elements.copy(indices, narrow);
    assertFalse(IndexRange.isBelow(narrow, 6));
  }

  @Test
  void whatIsWrittenAfterwardsIsNotKnown() {
    Tensor indices = uploaded(3, 0, 5);
    elements.fill(indices.slice(0, 0, 1), 9);
    assertFalse(IndexRange.isBelow(indices, 6));
    Tensor half = integers(DType.I32, 6);
    elements.copy(uploaded(1, 2, 3), half.slice(0, 0, 3));
    assertFalse(IndexRange.isBelow(half, 6));
    CudaLookup lookup = new CudaLookup(machine.gpu, machine.memory);
    Tensor table = machine.put(new float[12], 6, 2);
    assertThrows(TensorException.class, () -> lookup.gather(table, indices, machine.empty(3, 2)));
  }

  @Test
  void ranksAreBelowTheLengthOfARow() {
    Tensor best = integers(DType.I32, 2);
    Tensor x = machine.put(new float[] {1, 2, 3, 9, 8, 7}, 2, 3);
    new CudaReduce(machine.gpu, machine.memory).argMax(x, best);
    assertTrue(IndexRange.isBelow(best, 3));
    assertFalse(IndexRange.isBelow(best, 2));
  }
}

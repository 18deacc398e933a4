package dev.weft.nn.text;

import java.util.Arrays;

/** A growing array of ids. */
final class IntList {
  private int[] values = new int[16];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void addAll(int[] more) {
    if (size + more.length > values.length) {
      values = Arrays.copyOf(values, 2 * (size + more.length));
    }
    for (int value : more) {
      values[size++] = value;
    }
  }

  int get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }

  /** Forgets all from {@code newSize} on. */
  void truncate(int newSize) {
    size = newSize;
  }

  void copyTo(int from, int[] target, int at, int count) {
    System.arraycopy(values, from, target, at, count);
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}

package dev.weft.mp4sr.data.ingest;

import java.util.Arrays;

/** A set of numbers from 0 that is emptied in no time and used again. */
final class IntSet {
  private int[] values = new int[64];
  private int[] stamps = new int[64];
  private int stamp = 1;
  private int size;

  void clear() {
    size = 0;
    if (++stamp == 0) {
      Arrays.fill(stamps, 0);
      stamp = 1;
    }
  }

  /** Whether the value is new. */
  boolean add(int value) {
    if (size >= values.length / 2) {
      grow();
    }
    int slot = slot(value);
    if (stamps[slot] == stamp) {
      return false;
    }
    stamps[slot] = stamp;
    values[slot] = value;
    size++;
    return true;
  }

  private int slot(int value) {
    int mask = values.length - 1;
    int slot = (int) ((value * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (stamps[slot] == stamp && values[slot] != value) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    int[] oldValues = values;
    int[] oldStamps = stamps;
    values = new int[oldValues.length * 2];
    stamps = new int[values.length];
    for (int i = 0; i < oldValues.length; i++) {
      if (oldStamps[i] == stamp) {
        int slot = slot(oldValues[i]);
        values[slot] = oldValues[i];
        stamps[slot] = stamp;
      }
    }
  }
}

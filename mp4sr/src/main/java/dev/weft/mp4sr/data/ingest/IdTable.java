package dev.weft.mp4sr.data.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Names numbered by first appearance from 0, held as UTF-8 in pages and found by an open-addressing
 * hash table: some 20 bytes and the name itself, where a map of strings takes 150.
 */
final class IdTable {
  static final int LONGEST = 65535;

  private static final int PAGE = 1 << 20;
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private byte[][] pages = {new byte[PAGE]};
  private int pageCount = 1;
  private int filled;
  private long[] places = new long[1024];
  private int[] hashes = new int[1024];
  private int[] slots = new int[4096];
  private int size;

  int size() {
    return size;
  }

  /** The number of a name, a new one where it is new. */
  int number(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return number(bytes, bytes.length);
  }

  /** The same for the first {@code length} bytes of UTF-8; at most {@value #LONGEST}. */
  int number(byte[] bytes, int length) {
    int hash = hash(bytes, length);
    int slot = slot(bytes, length, hash);
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    store(bytes, length, hash);
    slots[slot] = ++size;
    if (size > slots.length / 2) {
      grow();
    }
    return size - 1;
  }

  /** The number of a name, or -1. */
  int find(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return slots[slot(bytes, bytes.length, hash(bytes, bytes.length))] - 1;
  }

  /** A name by its number. */
  String name(int number) {
    byte[] page = pages[(int) (places[number] >>> 32)];
    int at = (int) places[number];
    return new String(page, at + 2, length(page, at), StandardCharsets.UTF_8);
  }

  private static int length(byte[] page, int at) {
    return ((page[at] & 0xFF) << 8) | (page[at + 1] & 0xFF);
  }

  /** FNV-1a, its bits mixed once more since the table looks at the low ones. */
  private static int hash(byte[] bytes, int length) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ (bytes[i] & 0xFF)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32);
  }

  private int slot(byte[] bytes, int length, int hash) {
    int mask = slots.length - 1;
    for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
      int number = slots[slot] - 1;
      if (number < 0 || (hashes[number] == hash && holds(number, bytes, length))) {
        return slot;
      }
    }
  }

  private boolean holds(int number, byte[] bytes, int length) {
    byte[] page = pages[(int) (places[number] >>> 32)];
    int at = (int) places[number];
    return length(page, at) == length
        && Arrays.equals(page, at + 2, at + 2 + length, bytes, 0, length);
  }

  private void store(byte[] bytes, int length, int hash) {
    if (length > LONGEST) {
      throw new IllegalArgumentException("a name of " + length + " bytes");
    }
    if (filled + 2 + length > PAGE) {
      if (pageCount == pages.length) {
        pages = Arrays.copyOf(pages, pages.length * 2);
      }
      pages[pageCount++] = new byte[PAGE];
      filled = 0;
    }
    if (size == places.length) {
      int more = Math.addExact(size, size >> 1);
      places = Arrays.copyOf(places, more);
      hashes = Arrays.copyOf(hashes, more);
    }
    byte[] page = pages[pageCount - 1];
    page[filled] = (byte) (length >>> 8);
    page[filled + 1] = (byte) length;
    System.arraycopy(bytes, 0, page, filled + 2, length);
    places[size] = ((long) (pageCount - 1) << 32) | filled;
    hashes[size] = hash;
    filled += 2 + length;
  }

  private void grow() {
    int[] wider = new int[Math.multiplyExact(slots.length, 2)];
    int mask = wider.length - 1;
    for (int number = 0; number < size; number++) {
      int slot = hashes[number] & mask;
      while (wider[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      wider[slot] = number + 1;
    }
    slots = wider;
  }
}

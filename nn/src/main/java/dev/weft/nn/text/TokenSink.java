package dev.weft.nn.text;

/** The tokens of a text so far, and where asked for, from which part of it each comes. */
final class TokenSink {
  final IntList ids = new IntList();
  final IntList offsets;

  TokenSink(boolean withOffsets) {
    offsets = withOffsets ? new IntList() : null;
  }

  boolean hasOffsets() {
    return offsets != null;
  }

  void add(int id, int start, int end) {
    ids.add(id);
    if (offsets != null) {
      offsets.add(start);
      offsets.add(end);
    }
  }
}

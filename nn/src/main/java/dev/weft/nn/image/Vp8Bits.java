package dev.weft.nn.image;

/** VP8's arithmetic decoder (RFC 6386, section 7). Beyond the end it reads zeros and says so. */
final class Vp8Bits {
  private final byte[] bytes;
  private final int end;
  private int at;
  private int range = 255;

  /** What is read ahead: {@code available + 8} bits. */
  private int value;

  private int available = -8;
  private boolean exhausted;

  Vp8Bits(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** Whether more was read than there is. */
  boolean exhausted() {
    return exhausted;
  }

  /** 0 with a probability of {@code probability} in 256. */
  int bit(int probability) {
    while (available < 0) {
      load();
    }
    int split = 1 + (((range - 1) * probability) >> 8);
    int large = split << available;
    int bit;
    if (value >= large) {
      range -= split;
      value -= large;
      bit = 1;
    } else {
      range = split;
      bit = 0;
    }
    int shift = Integer.numberOfLeadingZeros(range) - 24;
    range <<= shift;
    available -= shift;
    return bit;
  }

  private void load() {
    value <<= 8;
    if (at < end) {
      value |= bytes[at++] & 255;
    } else {
      exhausted = true;
    }
    available += 8;
  }

  boolean flag() {
    return bit(128) != 0;
  }

  /** A number of {@code bits} bits, most significant first. */
  int number(int bits) {
    int number = 0;
    for (int i = 0; i < bits; i++) {
      number = number << 1 | bit(128);
    }
    return number;
  }

  /** A number and its sign, or 0 where a flag says that there is none. */
  int optional(int bits) {
    return flag() ? signed(bits) : 0;
  }

  private int signed(int bits) {
    int number = number(bits);
    return flag() ? -number : number;
  }
}

package dev.weft.mp4sr.train;

import dev.weft.mp4sr.data.Case;
import dev.weft.mp4sr.data.Split;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells data apart. */
final class Fingerprint {
  private final MessageDigest digest;

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** SHA-256 of the training sequences and validation cases, in hexadecimal. */
  static String of(Split split) {
    Fingerprint fingerprint = new Fingerprint();
    split.training().forEach(fingerprint::add);
    for (Case asked : split.validation()) {
      fingerprint.add(asked.history());
      fingerprint.add(new int[] {asked.user(), asked.target()});
    }
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  /** SHA-256 of a text, in hexadecimal. */
  static String of(String text) {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.digest.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  private void add(int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (values.length + 1));
    bytes.putInt(values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    digest.update(bytes.flip());
  }
}

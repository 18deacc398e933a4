package dev.weft.nn.fuzz;

import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.image.Images;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** Pictures of all formats, decoded and preprocessed. */
public final class FuzzImages {
  private static final Path FILE = Guard.folder("image").resolve("picture");
  private static final ClipPreprocessor PREPROCESSOR = ClipPreprocessor.ofSize(8);

  /** Few, so that what an input claims shows in the memory it takes. */
  private static final long MAX_PIXELS = 1 << 18;

  private FuzzImages() {}

  /** One input: the file; checksums of PNG are mended, or hardly any change would be looked at. */
  public static void fuzzerTestOneInput(byte[] input) {
    byte[] picture = mended(input);
    Guard.write(FILE, picture, 0);
    Guard.check(input.length, () -> PREPROCESSOR.preprocess(Images.read(FILE, MAX_PIXELS)));
  }

  private static byte[] mended(byte[] input) {
    if (input.length < 20 || (input[0] & 255) != 0x89 || input[1] != 'P') {
      return input;
    }
    ByteBuffer bytes = ByteBuffer.wrap(input.clone());
    int at = 8;
    while (at <= bytes.capacity() - 12) {
      int length = bytes.getInt(at);
      if (length < 0 || length > bytes.capacity() - at - 12) {
        break;
      }
      CRC32 crc = new CRC32();
      crc.update(bytes.array(), at + 4, length + 4);
      bytes.putInt(at + 8 + length, (int) crc.getValue());
      at += length + 12;
    }
    return bytes.array();
  }
}

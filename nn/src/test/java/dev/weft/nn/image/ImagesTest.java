package dev.weft.nn.image;

import static dev.weft.nn.TestFiles.resource;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PNG files are laid out by hand, so that each kind of sample is known to be what it is. */
class ImagesTest {
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;
  private static final int RGB_ALPHA = 6;

  @TempDir Path folder;

  @Test
  void greyIsNotSentThroughAGammaCurve() throws IOException {
    assertArrayEquals(new int[] {0, 0x333333, 0xFFFFFF}, rgb(png(3, 1, 8, GREY, 0, 0x33, 0xFF)));
  }

  @Test
  void sixteenBitsKeepTheirHighByte() throws IOException {
    assertArrayEquals(
        new int[] {0x12AB00, 0x0000FF},
        rgb(png(2, 1, 16, RGB, 0x12, 0x34, 0xAB, 0xCD, 0, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF)));
    // Of grey alone they are whole numbers, and what is beyond 255 is white.
    assertArrayEquals(
        new int[] {0x646464, 0xFFFFFF, 0xFFFFFF},
        rgb(png(3, 1, 16, GREY, 0, 0x64, 1, 0, 0x9C, 0x40)));
  }

  @Test
  void alphaIsDroppedAndNotBlended() throws IOException {
    assertArrayEquals(
        new int[] {0x0A141E, 0xFF0001},
        rgb(png(2, 1, 8, RGB_ALPHA, 10, 20, 30, 0, 255, 0, 1, 128)));
    assertArrayEquals(new int[] {0x070707, 0xC8C8C8}, rgb(png(2, 1, 8, GREY_ALPHA, 7, 0, 200, 99)));
  }

  @Test
  void palettesAndFewBits() throws IOException {
    assertArrayEquals(new int[] {0x040506, 0x010203}, rgb(png(2, 1, 8, PALETTE, 1, 0)));
    assertArrayEquals(new int[] {0, 0xFFFFFF, 0x333333}, rgb(png(3, 1, 4, GREY, 0x0F, 0x30)));
    assertArrayEquals(new int[] {0xFFFFFF, 0, 0xFFFFFF}, rgb(png(3, 1, 1, GREY, 0xA0)));
    // Grey of four bits is grey and may be interpolated, a palette may not.
    assertEquals(Pixels.Kind.GREY, kind(png(3, 1, 4, GREY, 0x0F, 0x30)));
    assertEquals(Pixels.Kind.PALETTE, kind(png(2, 1, 8, PALETTE, 1, 0)));
  }

  private static Pixels.Kind kind(Path file) {
    return Pixels.of(Images.read(file)).kind();
  }

  /** Samples and colours as Pillow converts them. */
  @Test
  void inksBecomeLight() {
    byte[] inks = new byte[8];
    int[] samples = {161, 236, 212, 117, 238, 119, 122, 131};
    for (int i = 0; i < inks.length; i++) {
      inks[i] = (byte) samples[i];
    }
    BufferedImage rgb = Images.toRgb(new Pixels(2, 1, Pixels.Kind.CMYK, inks).toBufferedImage());
    assertEquals(0xFF330A17, rgb.getRGB(0, 0));
    assertEquals(0xFF084241, rgb.getRGB(1, 0));
  }

  @Test
  void otherFormatsOfTheJdk() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    image.setRGB(1, 0, 0x00FF8000);
    for (String format : new String[] {"bmp", "gif", "png", "tiff"}) {
      Path file = folder.resolve("a." + format);
      assertTrue(ImageIO.write(image, format, file.toFile()));
      assertArrayEquals(new int[] {0, 0xFF8000}, rgb(file), format);
    }
  }

  @Test
  void picturesMadeInMemory() {
    for (int type = BufferedImage.TYPE_INT_RGB; type <= BufferedImage.TYPE_BYTE_INDEXED; type++) {
      BufferedImage image = new BufferedImage(2, 1, type);
      image.setRGB(0, 0, 0xFFFFFFFF);
      image.setRGB(1, 0, 0xFF000000);
      BufferedImage rgb = Images.toRgb(image);
      assertEquals(BufferedImage.TYPE_INT_RGB, rgb.getType());
      assertEquals(0xFFFFFFFF, rgb.getRGB(0, 0), "type " + type);
      assertEquals(0xFF000000, rgb.getRGB(1, 0), "type " + type);
      BufferedImage part = new BufferedImage(4, 3, type);
      part.setRGB(2, 1, 0xFFFFFFFF);
      assertEquals(0xFFFFFFFF, Images.toRgb(part.getSubimage(2, 1, 2, 2)).getRGB(0, 0));
    }
  }

  @Test
  void whatIsNoPictureIsNamed() throws IOException {
    refused(folder.resolve("absent.png"), "no such file");
    refused(folder, "is not a file");
    refused(write(new byte[0]), "not a picture");
    refused(write("<svg/>".getBytes(StandardCharsets.UTF_8)), "not a picture");
    refused(write(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF}), "cannot be decoded");
  }

  /** The zeros that fill up a BMP's last row are no part of the picture, as to Pillow. */
  @Test
  void aBmpWithoutItsLastZeros() throws IOException {
    BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_3BYTE_BGR);
    image.setRGB(2, 0, 0x123456);
    Path file = folder.resolve("x.bmp");
    ImageIO.write(image, "bmp", file.toFile());
    byte[] whole = Files.readAllBytes(file);
    for (int missing = 1; missing <= 3; missing++) {
      Path cut = write(Arrays.copyOf(whole, whole.length - missing));
      assertEquals(0xFF123456, Images.read(cut).getRGB(2, 0));
    }
    refused(write(Arrays.copyOf(whole, whole.length - 4)), "cut short");
  }

  @Test
  void filesCutShortAreNotHalfAPicture() throws IOException {
    for (String name : new String[] {"photo_200x150.jpg", "rgb_64x48.png", "palette_37.png"}) {
      byte[] whole = Files.readAllBytes(resource("clip-tiny/images/" + name));
      for (int part = 1; part < 20; part++) {
        refused(write(Arrays.copyOf(whole, whole.length * part / 20)), "");
      }
    }
  }

  /** The file is whole, its compressed stream says that it ends: Pillow takes the rest for 0. */
  @Test
  void rowsThatAStreamLeavesOutAreBlack() throws IOException {
    assertArrayEquals(
        new int[] {0x010203, 0x040506, 0, 0}, rgb(png(2, 2, 8, RGB, 1, 2, 3, 4, 5, 6)));
    assertArrayEquals(new int[] {0x070707, 0x080808, 0, 0}, rgb(png(2, 2, 8, GREY, 7, 8)));
    refused(png(2, 2, 8, GREY, 7, 8, 0), "cut short");
    refused(png(2, 2, 8, GREY, 7, 8, 0, 9), "cut short");
    refused(png(0x100, 2, 8, GREY), "cut short");
  }

  /** Any byte changed: a picture comes out, or the error names the file. */
  @Test
  void damagedFiles() throws IOException {
    Random random = new Random(8);
    for (String name :
        new String[] {"photo_200x150.jpg", "rgba_50x33.png", "palette_37.png", "gray_40.png"}) {
      byte[] whole = Files.readAllBytes(resource("clip-tiny/images/" + name));
      for (int i = 0; i < 150; i++) {
        byte[] changed = whole.clone();
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        Path file = write(changed);
        try {
          Images.toRgb(Images.read(file));
        } catch (ImageException e) {
          assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
          assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
      }
    }
  }

  @Test
  void aSmallFileThatUnpacksToMuchIsNotDecoded() throws IOException {
    refused(png(100_000, 100_000, 8, RGB), "100000 x 100000 pixels; at most 178956970 are read");
    refused(png(Integer.MAX_VALUE, Integer.MAX_VALUE, 1, GREY), "at most");
    Path small = png(3, 1, 8, GREY, 1, 2, 3);
    assertThrows(ImageException.class, () -> Images.read(small, 2));
    assertEquals(3, Images.read(small, 3).getWidth());
  }

  private static void refused(Path file, String reason) {
    ImageException e = assertThrows(ImageException.class, () -> Images.read(file));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  private static int[] rgb(Path file) {
    BufferedImage image = Images.toRgb(Images.read(file));
    int width = image.getWidth();
    int[] pixels = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    return Arrays.stream(pixels).map(pixel -> pixel & 0xFFFFFF).toArray();
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("picture"), bytes);
  }

  /** A PNG file of one row, or of none; its palette holds 0x010203 and 0x040506. */
  private Path png(int width, int height, int depth, int colour, int... row) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(file);
    out.writeLong(0x89504E470D0A1A0AL);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {(byte) depth, (byte) colour, 0, 0, 0});
    chunk(out, "IHDR", header.toByteArray());
    if (colour == PALETTE) {
      chunk(out, "PLTE", new byte[] {1, 2, 3, 4, 5, 6});
    }
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
      if (row.length > 0) {
        deflater.write(0);
      }
      for (int value : row) {
        deflater.write(value);
      }
    }
    chunk(out, "IDAT", data.toByteArray());
    chunk(out, "IEND", new byte[0]);
    return Files.write(folder.resolve("made.png"), file.toByteArray());
  }

  private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
    CRC32 crc = new CRC32();
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    crc.update(name);
    crc.update(data);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) crc.getValue());
  }
}

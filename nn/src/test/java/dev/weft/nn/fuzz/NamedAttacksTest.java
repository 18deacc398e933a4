package dev.weft.nn.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.weft.nn.TestFiles;
import dev.weft.nn.checkpoint.ModelFolder;
import dev.weft.nn.image.Images;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files that claim to be large, or to be programs: refused at once and without memory. */
class NamedAttacksTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  /** Classes are loaded by good files, so that what is measured is the refusal. */
  @BeforeEach
  void readGoodFiles() {
    FuzzCheckpoints.readAll(TestFiles.resource("torch/state.pt"));
    FuzzCheckpoints.readAll(TestFiles.resource("bert-tiny/golden.safetensors"));
    for (String name : new String[] {"rgb8.png", "420.jpg", "plain.gif", "rgb.bmp", "q5.webp"}) {
      Images.read(TestFiles.resource("images/" + name));
    }
    Images.read(TestFiles.resource("images/lossless.webp"));
  }

  private static void refused(String reason, Executable reading) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    RuntimeException e =
        assertTimeout(Duration.ofSeconds(1), () -> assertThrows(RuntimeException.class, reading));
    long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(e.getClass().getName().startsWith("dev.weft.nn."), e::toString);
    assertTrue(e.getMessage().contains(reason), e::getMessage);
    assertTrue(taken < 4 << 20, taken + " bytes taken");
  }

  private Path file(String name, Bytes content) throws IOException {
    return Files.write(folder.resolve(name), content.toBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "pytorch_model.bin", "weights.pt"})
  void tenBytesThatClaimTwoToTheSixty(String name) throws IOException {
    Path file = file(name, new Bytes().little(0, 1 << 28).text("{}"));
    refused(file.toString(), () -> ModelFolder.openFile(file));
  }

  @Test
  void aZipThatUnpacksToManyTimesItsSize() throws IOException {
    Path file = folder.resolve("pytorch_model.bin");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 256; i++) {
        zip.write(zeros);
      }
    }
    assertTrue(Files.size(file) < 1 << 20);
    refused("compressed", () -> ModelFolder.openFile(file));
  }

  @Test
  void aPickleThatRunsACommand() throws IOException {
    Path owned = folder.resolve("owned");
    String command = "touch " + owned;
    byte[] program =
        new Bytes()
            .raw(0x80, 2)
            .text("cos\nsystem\nX")
            .little(command.length())
            .text(command)
            .raw(0x85)
            .text("R.")
            .toBytes();
    Path file = folder.resolve("pytorch_model.bin");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      ZipEntry entry = new ZipEntry("archive/data.pkl");
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(program.length);
      CRC32 crc = new CRC32();
      crc.update(program);
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(program);
    }
    refused("'os.system'", () -> ModelFolder.openFile(file));
    assertFalse(Files.exists(owned));
  }

  @Test
  void aPngOfSixtyThousandPixelsSquare() throws IOException {
    byte[] header = new Bytes().text("IHDR").big(60_000, 60_000).raw(8, 2, 0, 0, 0).toBytes();
    CRC32 crc = new CRC32();
    crc.update(header);
    Bytes png = new Bytes().raw(0x89).text("PNG\r\n\u001a\n").big(13);
    png.out.write(header);
    png.big((int) crc.getValue()).big(0).text("IDAT").big(0);
    Path file = file("large.png", png);
    refused("60000 x 60000 pixels; at most 178956970 are read", () -> Images.read(file));
  }

  /** Headers of the other formats with the largest sizes that they can tell. */
  @Test
  void picturesOfAbsurdSizes() throws IOException {
    Path jpeg =
        file("a.jpg", new Bytes().raw(0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8).big(-1).raw(1, 1, 17, 0));
    refused("65535 x 65535 pixels", () -> Images.read(jpeg));
    Path gif =
        file("a.gif", new Bytes().text("GIF89a").big(-1).raw(0, 0, 0).text(",").big(0, -1, 0));
    refused("65535 x 65535 pixels", () -> Images.read(gif));
    Path plain = file("a.bmp", bmp());
    refused("cut short", () -> Images.read(plain));
    Path extended = file("a.webp", webp("VP8X", new Bytes().big(0, -1).raw(255, 255)));
    refused("16777216 x 16777216 pixels", () -> Images.read(extended));
    Path lossless = file("b.webp", webp("VP8L", new Bytes().raw(0x2F).little(0x0FFFFFFF)));
    refused("16384 x 16384 pixels", () -> Images.read(lossless));
    Path lossy = file("c.webp", webp("VP8 ", new Bytes().raw(0x10, 0, 0, 0x9D, 1, 0x2A).big(-1)));
    refused("16383 x 16383 pixels", () -> Images.read(lossy));
  }

  private static Bytes bmp() throws IOException {
    Bytes header = new Bytes().text("BM").little(60, 0, 54);
    return header.little(40, 60_000, 60_000, 1 | 24 << 16, 0, 0, 0, 0, 0, 0);
  }

  /** Within the limit, but the file cannot hold as much: known before memory is taken. */
  @Test
  void filesTooShortForTheirSizes() throws IOException {
    Path jpeg =
        file(
            "a.jpg",
            new Bytes().raw(0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8).big(0x20002000).raw(1, 1, 17, 0));
    refused("cut short", () -> Images.read(jpeg));
    Bytes gif = new Bytes().text("GIF89a").big(0x00200020).raw(0, 0, 0).text(",");
    Path gifFile = file("a.gif", gif.big(0, 0x00200020, 0));
    refused("cut short", () -> Images.read(gifFile));
  }

  private static Bytes webp(String chunk, Bytes data) throws IOException {
    Bytes file = new Bytes().text("RIFF").little(12 + data.out.size()).text("WEBP").text(chunk);
    file.little(data.out.size()).out.write(data.toBytes());
    return file;
  }

  /** A file as it is put together. */
  private static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes raw(int... values) {
      for (int value : values) {
        out.write(value);
      }
      return this;
    }

    Bytes text(String ascii) throws IOException {
      out.write(ascii.getBytes(US_ASCII));
      return this;
    }

    Bytes big(int... values) {
      for (int value : values) {
        raw(value >>> 24, value >>> 16, value >>> 8, value);
      }
      return this;
    }

    Bytes little(int... values) {
      for (int value : values) {
        big(Integer.reverseBytes(value));
      }
      return this;
    }

    byte[] toBytes() {
      return out.toByteArray();
    }
  }
}

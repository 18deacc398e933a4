package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir private Path folder;

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void aStreamThatItsWriterCloses() throws IOException {
    Path file = folder.resolve("new/folder/text.gz");
    byte[] text = "line\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
    AtomicFiles.writeStream(
        file,
        out -> {
          try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text);
          }
        });
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      assertEquals(
          new String(text, StandardCharsets.UTF_8),
          new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void whatFailsHalfwayLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("kept.txt");
    AtomicFiles.writeString(file, "old");
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFiles.writeStream(
                file,
                out -> {
                  out.write(new byte[1 << 20]);
                  throw new IllegalStateException("halfway");
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), files());
  }

  /** A link is somebody's choice of a place. */
  @Test
  void aLinkStaysALink() throws IOException {
    Path file = folder.resolve("file");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
    AtomicFiles.writeString(file, "old");
    AtomicFiles.writeString(link, "new");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));
  }

  /** Who runs as root and names /dev/null must have it afterwards; a socket is as little a file. */
  @Test
  void whatIsNoFileIsNotReplaced() throws IOException {
    Path socket = Files.createTempDirectory("weft").resolve("s");
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertThrows(UncheckedIOException.class, () -> AtomicFiles.writeString(socket, "x"));
      assertFalse(Files.isRegularFile(socket));
      assertTrue(Files.exists(socket));
    } finally {
      Files.delete(socket);
      Files.delete(socket.getParent());
    }
    String error =
        assertThrows(UncheckedIOException.class, () -> AtomicFiles.writeString(folder, "x"))
            .getMessage();
    assertEquals(folder + ": cannot be written: is a folder; name a file in it", error);
  }

  @Test
  void aFileInPlaceOfItsFolder() {
    Path file = folder.resolve("file");
    AtomicFiles.writeString(file, "");
    String error =
        assertThrows(
                UncheckedIOException.class,
                () -> AtomicFiles.writeString(file.resolve("below"), ""))
            .getMessage();
    assertEquals(true, error.contains("below"), error);
  }
}

package dev.weft.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.cuda.ptx.GlobalMemory;
import dev.weft.cuda.ptx.PtxMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The PTX that ships is made from the sources that are there. */
class PtxSourceTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"([^\"]*)\"");

  private static List<Path> sources(String ending) throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  @Test
  void everySourceHasItsModuleAndEveryModuleItsSource() throws IOException {
    List<String> names =
        sources(".cu").stream()
            .map(file -> file.getFileName().toString().replace(".cu", ""))
            .toList();
    assertEquals(names, PtxKernels.MODULES);
  }

  /** What a source includes, and what that includes, in the order of the names. */
  private static NavigableSet<String> headers(String module) throws IOException {
    NavigableSet<String> headers = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(module + ".cu"));
    while (!open.isEmpty()) {
      String text = Files.readString(SOURCES.resolve(open.remove()));
      INCLUDE.matcher(text).results().map(m -> m.group(1)).filter(headers::add).forEach(open::add);
    }
    return headers;
  }

  @Test
  void theHashInThePtxIsTheSources() throws IOException, NoSuchAlgorithmException {
    for (String module : PtxKernels.MODULES) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Files.readAllBytes(SOURCES.resolve(module + ".cu")));
      for (String header : headers(module)) {
        digest.update(Files.readAllBytes(SOURCES.resolve(header)));
      }
      String hash = HexFormat.of().formatHex(digest.digest());
      for (int capability : PtxKernels.CAPABILITIES) {
        String head = PtxKernels.text(module, capability).lines().findFirst().orElse("");
        assertEquals(
            "// source " + module + ".cu sha256 " + hash,
            head,
            "sm_" + capability + " is older than its source: run cuda-kernels/build-ptx.sh");
      }
    }
  }

  @Test
  void oldDriversLoadIt() {
    for (String module : PtxKernels.MODULES) {
      assertEquals("6.3", loaded(module, 75).version());
      assertEquals("7.0", loaded(module, 80).version());
      assertEquals("7.8", loaded(module, 90).version());
      assertEquals("sm_75", loaded(module, 75).target());
    }
  }

  private static PtxMachine loaded(String module, int capability) {
    return new PtxMachine(new GlobalMemory(1 << 20), PtxKernels.text(module, capability));
  }

  @Test
  void aDeviceTakesTheNewestThatItUnderstands() {
    assertTrue(PtxKernels.forDevice("reduce", "7.5").contains(".target sm_75"));
    assertTrue(PtxKernels.forDevice("reduce", "8.9").contains(".target sm_80"));
    assertTrue(PtxKernels.forDevice("reduce", "12.0").contains(".target sm_90"));
    IllegalArgumentException old =
        assertThrows(IllegalArgumentException.class, () -> PtxKernels.forDevice("reduce", "7.0"));
    assertTrue(old.getMessage().contains("7.0 is too old: 7.5"), old.getMessage());
  }
}

package dev.weft.mp4sr.features;

import dev.weft.mp4sr.data.DataException;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** SHA-256 over all that features depend on; of the pictures' files their sizes only. */
final class FeatureFingerprint {
  private final MessageDigest digest;

  private FeatureFingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static String of(
      Dataset dataset,
      Path bertFolder,
      Path clipFolder,
      WordDictionary dictionary,
      FeatureOptions options) {
    FeatureFingerprint fingerprint = new FeatureFingerprint();
    fingerprint.add(options.toString());
    for (Item item : dataset.items()) {
      fingerprint.add(item.id());
      fingerprint.add(item.texts());
      fingerprint.add(item.images());
      item.images().forEach(fingerprint::addSize);
    }
    if (bertFolder != null) {
      fingerprint.addFolder(bertFolder);
    }
    if (clipFolder != null) {
      fingerprint.addFolder(clipFolder);
      fingerprint.add(dictionary.words());
    }
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  /** What the words' vectors depend on. */
  static String ofWords(Path clipFolder, WordDictionary dictionary, FeatureOptions options) {
    FeatureFingerprint fingerprint = new FeatureFingerprint();
    fingerprint.add(options.template());
    fingerprint.addFolder(clipFolder);
    fingerprint.add(dictionary.words());
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  /** A picture that is put right, or comes later, has another size. */
  private void addSize(String image) {
    long size;
    try {
      size = Files.size(Path.of(image));
    } catch (IOException | InvalidPathException e) {
      size = -1;
    }
    add(Long.toString(size));
  }

  private void add(List<String> texts) {
    add(Integer.toString(texts.size()));
    texts.forEach(this::add);
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
  }

  private void addFolder(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        add(file.getFileName().toString());
        addFile(file);
      }
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private void addFile(Path file) throws IOException {
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
  }
}

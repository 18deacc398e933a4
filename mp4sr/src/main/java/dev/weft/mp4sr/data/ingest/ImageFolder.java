package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Pictures by item id: {@code FOLDER/ID/*} in the order of their numbers, then names, or {@code
 * FOLDER/ID.jpg}. Whether a picture can be read shows when features are made.
 */
final class ImageFolder {
  private static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "gif", "bmp");

  private final Path folder;

  /** {@code folder} may be null: no pictures. */
  ImageFolder(Path folder) {
    if (folder != null && !Files.isDirectory(folder)) {
      throw new DataException(folder + ": no such folder of images");
    }
    this.folder = folder == null ? null : folder.toAbsolutePath().normalize();
  }

  List<String> of(String id) {
    Path base = base(id);
    if (base == null) {
      return List.of();
    }
    if (Files.isDirectory(base)) {
      return in(base);
    }
    return ENDINGS.stream()
        .sorted()
        .map(ending -> base.resolveSibling(base.getFileName() + "." + ending))
        .filter(Files::isRegularFile)
        .map(Path::toString)
        .toList();
  }

  /** Null where the id is no plain file name: ids come from files that others wrote. */
  private Path base(String id) {
    if (folder == null) {
      return null;
    }
    try {
      Path base = folder.resolve(id).normalize();
      return folder.equals(base.getParent()) ? base : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static List<String> in(Path base) {
    try (Stream<Path> files = Files.list(base)) {
      return files
          .filter(file -> ENDINGS.contains(ending(file)) && Files.isRegularFile(file))
          .sorted(
              Comparator.comparingLong(ImageFolder::leadingNumber).thenComparing(Path::toString))
          .map(Path::toString)
          .toList();
    } catch (IOException e) {
      throw new DataException(base + ": cannot be listed: " + e, e);
    }
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static long leadingNumber(Path file) {
    String digits = file.getFileName().toString().replaceAll("\\D.*", "");
    return digits.isEmpty() || digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
  }
}

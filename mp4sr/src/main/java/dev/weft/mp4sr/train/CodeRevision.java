package dev.weft.mp4sr.train;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/** Which commit this program was built from, where it runs from a Git checkout. */
final class CodeRevision {
  private static final String REFERENCE = "ref: ";
  private static final String ELSEWHERE = "gitdir: ";

  private CodeRevision() {}

  /** The commit checked out where this class lies; empty where that cannot be told. */
  static String ofThisProgram() {
    CodeSource source = CodeRevision.class.getProtectionDomain().getCodeSource();
    try {
      return source == null ? "" : of(Path.of(source.getLocation().toURI()));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return "";
    }
  }

  /** The commit checked out in the repository that holds a path; empty where there is none. */
  static String of(Path path) {
    for (Path folder = path.toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path git = folder.resolve(".git");
      if (Files.exists(git)) {
        try {
          return head(Files.isDirectory(git) ? git : elsewhere(folder, git));
        } catch (IOException e) {
          return "";
        }
      }
    }
    return "";
  }

  /** In a worktree {@code .git} is a file that names the folder. */
  private static Path elsewhere(Path folder, Path file) throws IOException {
    String line = Files.readString(file).strip();
    return line.startsWith(ELSEWHERE) ? folder.resolve(line.substring(ELSEWHERE.length())) : file;
  }

  private static String head(Path git) throws IOException {
    String head = Files.readString(git.resolve("HEAD")).strip();
    if (!head.startsWith(REFERENCE)) {
      return head;
    }
    String name = head.substring(REFERENCE.length());
    Path common = git.resolve("commondir");
    Path shared =
        Files.exists(common) ? git.resolve(Files.readString(common).strip()).normalize() : git;
    Path loose = shared.resolve(name);
    if (Files.exists(loose)) {
      return Files.readString(loose).strip();
    }
    return Files.readAllLines(shared.resolve("packed-refs")).stream()
        .filter(line -> line.endsWith(" " + name))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .findFirst()
        .orElse("");
  }
}

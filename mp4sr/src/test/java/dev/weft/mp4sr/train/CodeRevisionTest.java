package dev.weft.mp4sr.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeRevisionTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir private Path folder;

  private void write(String file, String text) throws IOException {
    Files.createDirectories(folder.resolve(file).getParent());
    Files.writeString(folder.resolve(file), text);
  }

  @Test
  void branchLooseOrPackedAndDetached() throws IOException {
    write("a/.git/HEAD", "ref: refs/heads/main\n");
    write("a/.git/refs/heads/main", COMMIT + "\n");
    assertEquals(COMMIT, CodeRevision.of(folder.resolve("a/mp4sr/target/x.jar")));
    write("b/.git/HEAD", "ref: refs/heads/main\n");
    write("b/.git/packed-refs", "# pack-refs\n" + COMMIT + " refs/heads/main\n");
    assertEquals(COMMIT, CodeRevision.of(folder.resolve("b")));
    write("c/.git/HEAD", COMMIT + "\n");
    assertEquals(COMMIT, CodeRevision.of(folder.resolve("c")));
  }

  @Test
  void worktree() throws IOException {
    write("a/.git/refs/heads/side", COMMIT + "\n");
    write("a/.git/worktrees/w/HEAD", "ref: refs/heads/side\n");
    write("a/.git/worktrees/w/commondir", "../..\n");
    write("w/.git", "gitdir: " + folder.resolve("a/.git/worktrees/w") + "\n");
    assertEquals(COMMIT, CodeRevision.of(folder.resolve("w")));
  }

  @Test
  void nothingToTell() throws IOException {
    write("d/.git/HEAD", "ref: refs/heads/none\n");
    assertEquals("", CodeRevision.of(folder.resolve("d")));
  }
}

package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What the launcher runs once, so that its class archive knows the classes of short commands. */
class RehearsalTest {
  @Test
  void runsEveryCommandToItsEnd() throws IOException {
    assertTrue(Rehearsal.run());
  }
}

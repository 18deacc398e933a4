package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  @Test
  void runsEveryCommandToItsEnd() throws IOException {
    assertTrue(Rehearsal.run());
  }
}

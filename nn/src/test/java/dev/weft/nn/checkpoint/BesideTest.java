package dev.weft.nn.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * Work on a thread of its own: it runs meanwhile, and its failures and interrupts reach the owner.
 */
class BesideTest {
  @Test
  void runsWhileItsOwnerGoesOn() {
    CountDownLatch latch = new CountDownLatch(1);
    Beside<String> beside =
        Beside.start(
            () -> {
              try {
                latch.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return "made";
            });
    latch.countDown();
    assertEquals("made", beside.get());
    assertEquals("made", beside.get());
  }

  @Test
  void throwsWhatItsWorkThrew() {
    CheckpointException failure = new CheckpointException("no");
    Beside<String> beside =
        Beside.start(
            () -> {
              throw failure;
            });
    assertSame(failure, assertThrows(CheckpointException.class, beside::get));
  }

  @Test
  void keepsAnInterruptForLater() {
    Thread.currentThread().interrupt();
    assertEquals(1, Beside.start(() -> 1).get());
    assertTrue(Thread.interrupted());
  }
}

package dev.weft.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.tensor.TensorException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadsTest {
  private final int before = Threads.count();

  @AfterEach
  void restore() {
    Threads.set(before);
  }

  private static void assertRunsEachOnce(int tasks) {
    AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
    Threads.run(tasks, runs::incrementAndGet);
    for (int i = 0; i < tasks; i++) {
      assertEquals(1, runs.get(i), "task " + i + " of " + tasks);
    }
  }

  @Test
  void everyTaskRunsOnceHoweverManyThreads() {
    for (int threads : new int[] {1, 2, 5}) {
      Threads.set(threads);
      assertEquals(threads, Threads.count());
      for (int tasks : new int[] {0, 1, 2, 3, 100}) {
        assertRunsEachOnce(tasks);
      }
    }
  }

  @Test
  void manyShortRunsLoseNone() {
    Threads.set(3);
    for (int round = 0; round < 20000; round++) {
      AtomicInteger sum = new AtomicInteger();
      Threads.run(4, sum::addAndGet);
      assertEquals(6, sum.get());
    }
  }

  @Test
  void sleepingThreadsWakeUp() throws InterruptedException {
    Threads.set(2);
    for (int round = 0; round < 20; round++) {
      Thread.sleep(2);
      CountDownLatch both = new CountDownLatch(2);
      // Neither task ends before the other has begun: it takes two threads.
      Threads.run(
          2,
          task -> {
            both.countDown();
            try {
              both.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  @Test
  void idleThreadsSleep() throws InterruptedException {
    Threads.set(3);
    assertRunsEachOnce(6);
    List<Thread> workers =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("weft-"))
            .toList();
    assertTrue(workers.size() >= 2);
    for (Thread worker : workers) {
      // As long as it takes, but not for ever.
      for (int wait = 0; wait < 1000 && worker.getState() == Thread.State.RUNNABLE; wait++) {
        Thread.sleep(10);
      }
      assertNotEquals(Thread.State.RUNNABLE, worker.getState());
    }
  }

  @Test
  void whatATaskHeldIsNotHeldAfterwards() throws InterruptedException {
    Threads.set(2);
    WeakReference<byte[]> array = new WeakReference<>(runOver(new byte[1000]));
    for (int wait = 0; wait < 1000 && array.get() != null; wait++) {
      System.gc();
      Thread.sleep(10);
    }
    assertNull(array.get());
  }

  private static byte[] runOver(byte[] bytes) {
    Threads.run(2, task -> bytes[task]++);
    return bytes;
  }

  @Test
  void exceptionsReachTheCallerAfterAllTasksHaveEnded() {
    for (int threads : new int[] {1, 2}) {
      Threads.set(threads);
      IllegalStateException failure = new IllegalStateException("task 3");
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  Threads.run(
                      10,
                      task -> {
                        if (task == 3) {
                          throw failure;
                        }
                      }));
      assertSame(failure, thrown);
      assertThrows(
          StackOverflowError.class,
          () ->
              Threads.run(
                  2,
                  task -> {
                    throw new StackOverflowError();
                  }));
      assertRunsEachOnce(10);
    }
  }

  @Test
  void aCheckedExceptionThatSlippedThroughDoesNotHang() {
    Threads.set(2);
    assertThrows(
        Throwable.class,
        () -> Threads.run(4, task -> ThreadsTest.<RuntimeException>sneak(new Exception("no"))));
    assertRunsEachOnce(4);
  }

  @SuppressWarnings("unchecked") // The compiler is told that it is an E, which it is not.
  private static <E extends Throwable> void sneak(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  void runsInsideRunsStayOnTheirThread() {
    Threads.set(2);
    AtomicInteger inner = new AtomicInteger();
    Threads.run(
        4,
        task -> {
          Thread outer = Thread.currentThread();
          Threads.run(
              10,
              nested -> {
                assertSame(outer, Thread.currentThread());
                inner.incrementAndGet();
              });
        });
    assertEquals(40, inner.get());
  }

  @Test
  void callersDoNotDisturbEachOther() throws InterruptedException {
    Threads.set(2);
    Set<Throwable> failures = ConcurrentHashMap.newKeySet();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread caller =
          new Thread(
              () -> {
                for (int round = 0; round < 500; round++) {
                  assertRunsEachOnce(7);
                }
              });
      caller.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
      caller.start();
      callers.add(caller);
    }
    for (int round = 0; round < 50; round++) {
      Threads.set(1 + round % 3);
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertTrue(failures.isEmpty(), failures::toString);
  }

  @Test
  void rangesAreCutWithoutGapOrOverlap() {
    for (int size : new int[] {0, 1, 9, 10, 11, 1000}) {
      AtomicIntegerArray seen = new AtomicIntegerArray(Math.max(1, size));
      Threads.forRange(
          size,
          10,
          (from, to) -> {
            assertTrue(from % 10 == 0 && to - from <= 10);
            for (int i = from; i < to; i++) {
              seen.incrementAndGet(i);
            }
          });
      for (int i = 0; i < size; i++) {
        assertEquals(1, seen.get(i));
      }
    }
  }

  @Test
  void numbersOfThreadsBelowOneAreRefused() {
    assertEquals(
        "threads: 0 is not a number of threads; give 1 or more",
        assertThrows(TensorException.class, () -> Threads.set(0)).getMessage());
  }
}

package dev.weft.tensor.cpu;

import dev.weft.tensor.TensorException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The threads that all kernels share. Work comes as numbered tasks whose results do not depend on
 * who runs them, so any number of threads gives the same bits. A kernel called from inside a task,
 * or while another caller has the threads, runs on its own thread alone.
 *
 * <p>Waking a sleeping thread takes some 30 µs, a spinning one notices within one; so whoever waits
 * spins for as long as kernels usually are apart, and only then sleeps. An idle process burns
 * nothing.
 */
public final class Threads {
  /** System property with the number of threads; default: the available processors. */
  public static final String PROPERTY = "weft.threads";

  /** How long to spin before sleeping, where every thread can have a processor of its own. */
  private static final long SPIN_NANOS = 500_000;

  /** Looks at what is waited for between two looks at the clock. */
  private static final int LOOKS = 64;

  private static volatile Threads shared = new Threads(initialCount());

  private final Worker[] workers;
  private final long spinNanos;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile boolean stopped;
  private volatile Job job;

  private Threads(int count) {
    spinNanos = count <= Runtime.getRuntime().availableProcessors() ? SPIN_NANOS : 0;
    workers = new Worker[count - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  private static int initialCount() {
    return checked(Integer.getInteger(PROPERTY, Runtime.getRuntime().availableProcessors()));
  }

  private static int checked(int count) {
    if (count < 1) {
      throw new TensorException(
          "threads: " + count + " is not a number of threads; give 1 or more");
    }
    return count;
  }

  /** How many threads share the work, the caller's included. */
  public static int count() {
    return shared.workers.length + 1;
  }

  /** Changes how many threads share the work, the caller's included. */
  public static synchronized void set(int count) {
    if (checked(count) == count()) {
      return;
    }
    Threads old = shared;
    shared = new Threads(count);
    old.stop();
  }

  private void stop() {
    stopped = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  /**
   * Runs {@code task} with 0, 1, …, {@code tasks - 1}, in any order; returns when all have ended.
   */
  public static void run(int tasks, IntConsumer task) {
    Threads threads = shared;
    if (tasks > 1
        && threads.workers.length > 0
        && !threads.stopped
        && threads.busy.compareAndSet(false, true)) {
      try {
        threads.share(new Job(tasks, task, threads.spinNanos));
      } finally {
        threads.busy.set(false);
      }
    } else {
      for (int i = 0; i < tasks; i++) {
        task.accept(i);
      }
    }
  }

  /** A part of a range of indices. */
  @FunctionalInterface
  interface Range {
    void run(int from, int to);
  }

  /** Cuts [0, size) into pieces of {@code grain} and runs them; the cuts depend on nothing else. */
  static void forRange(int size, int grain, Range range) {
    int tasks = (int) (((long) size + grain - 1) / grain);
    if (tasks == 1) {
      range.run(0, size);
      return;
    }
    run(tasks, task -> range.run(task * grain, (int) Math.min((task + 1L) * grain, size)));
  }

  private void share(Job shared) {
    job = shared;
    int helpers = Math.min(workers.length, shared.tasks - 1);
    for (int i = 0; i < helpers; i++) {
      // Read after the job was written, as the worker reads the job after it wrote this: one of
      // the two sees the other.
      if (workers[i].asleep) {
        LockSupport.unpark(workers[i]);
      }
    }
    shared.work();
    shared.await();
    job = null;
    shared.task = null; // Idle workers remember the job; its arrays must not live on with it.
    shared.rethrow();
  }

  /** One call of {@link #run}: threads draw task numbers until none is left. */
  private static final class Job {
    private final int tasks;
    private IntConsumer task;
    private final long spinNanos;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean callerAsleep;
    private volatile Throwable failure;

    Job(int tasks, IntConsumer task, long spinNanos) {
      this.tasks = tasks;
      this.task = task;
      this.spinNanos = spinNanos;
    }

    void work() {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        try {
          task.accept(i);
        } catch (Throwable e) { // Whatever it is, the caller waits for this task's end.
          failure = e;
        }
        if (ended.incrementAndGet() == tasks && callerAsleep) {
          LockSupport.unpark(caller);
        }
      }
    }

    void await() {
      if (spinsUntilEnded()) {
        return;
      }
      callerAsleep = true;
      while (ended.get() < tasks) {
        LockSupport.park(this);
      }
    }

    private boolean spinsUntilEnded() {
      long limit = 0;
      for (int looks = 1; ended.get() < tasks; looks++) {
        Thread.onSpinWait();
        if (looks % LOOKS == 0) {
          long now = System.nanoTime();
          limit = limit == 0 ? now + spinNanos : limit;
          if (now - limit >= 0) {
            return false;
          }
        }
      }
      return true;
    }

    void rethrow() {
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new AssertionError(e);
      }
    }
  }

  private final class Worker extends Thread {
    private volatile boolean asleep;

    Worker(int number) {
      super("weft-" + number);
      setDaemon(true);
    }

    @Override
    public void run() {
      Job done = null;
      while (!stopped) {
        Job current = awaitOther(done);
        if (current != null) {
          current.work();
          done = current;
        }
      }
    }

    /** The next job that is not {@code done}; null now and then, and when it is time to stop. */
    private Job awaitOther(Job done) {
      long limit = System.nanoTime() + spinNanos;
      do {
        for (int looks = 0; looks < LOOKS; looks++) {
          Job current = job;
          if (current != null && current != done) {
            return current;
          }
          Thread.onSpinWait();
        }
      } while (System.nanoTime() - limit < 0);
      asleep = true;
      Job current = job;
      if ((current == null || current == done) && !stopped) {
        LockSupport.park(Threads.this);
      }
      asleep = false;
      return null;
    }
  }
}

package dev.weft.mp4sr;

/** Hears how long work gets on: one task at a time, from {@link #start} to {@link #end}. */
public interface ProgressListener {
  /** Hears nothing. */
  ProgressListener NONE =
      new ProgressListener() {
        @Override
        public void start(String task, long total) {}

        @Override
        public void step(long done) {}

        @Override
        public void end() {}
      };

  /**
   * A task begins.
   *
   * @param task what is done, for people
   * @param total number of steps, or -1 where it is not known
   */
  void start(String task, long total);

  /** {@code done} steps since {@link #start} are behind us. */
  void step(long done);

  /** The task is over, finished or not. */
  void end();
}

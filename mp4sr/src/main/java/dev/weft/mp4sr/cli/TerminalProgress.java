package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/** Progress bars with rate and time left on standard error; silent where that is no terminal. */
final class TerminalProgress implements ProgressListener {
  /** System property that the launcher sets, since Java cannot ask this of standard error. */
  static final String TERMINAL = "mp4sr.terminal";

  private static final int WIDTH = 100;
  private static final int UPDATE_MILLIS = 200;

  private ProgressBar bar;

  private TerminalProgress() {}

  /** Bars on a terminal, else nothing. */
  static ProgressListener create() {
    return Boolean.getBoolean(TERMINAL) ? new TerminalProgress() : ProgressListener.NONE;
  }

  @Override
  public void start(String task, long total) {
    end();
    bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .showSpeed()
            .setEtaFunction(TerminalProgress::timeLeft)
            .setConsumer(new ConsoleProgressBarConsumer(standardError(), WIDTH))
            .build();
  }

  private static PrintStream standardError() {
    return new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  }

  /** At the mean rate so far; unknown before the first step and without a total. */
  private static Optional<Duration> timeLeft(ProgressState state) {
    long done = state.getCurrent() - state.getStart();
    if (done <= 0 || state.getMax() <= 0) {
      return Optional.empty();
    }
    long left = state.getMax() - state.getCurrent();
    return Optional.of(state.getElapsedAfterStart().multipliedBy(left).dividedBy(done));
  }

  @Override
  public void step(long done) {
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  @Override
  public void end() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}

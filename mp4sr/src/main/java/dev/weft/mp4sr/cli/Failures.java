package dev.weft.mp4sr.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What a user hears of an error: one line; the stack trace with --verbose or WEFT_DEBUG. */
final class Failures {
  private static final String OURS = "dev.weft.";

  private Failures() {}

  /** Wrong usage: exit code 2. */
  static int usage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    command
        .getErr()
        .println(
            "mp4sr: %s; see %s --help"
                .formatted(oneLine(e.getMessage()), command.getCommandSpec().qualifiedName()));
    return CommandLine.ExitCode.USAGE;
  }

  /** A command that failed: exit code 1. */
  static int failed(Exception e, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println("mp4sr: " + message(e));
    if (isVerbose(command)) {
      e.printStackTrace(err);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** The machine's limits. */
  static int failed(VirtualMachineError e, PrintWriter err) {
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    err.println(
        e instanceof OutOfMemoryError
            ? "mp4sr: out of memory with a heap of %d MiB; give more, for example".formatted(heap)
                + " MP4SR_JAVA_OPTS=-Xmx8g, or a smaller --batch-size"
            : "mp4sr: internal error: " + e);
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static boolean isVerbose(CommandLine command) {
    CommandSpec mixin = command.getCommandSpec().mixins().get(CommonOptions.NAME);
    boolean asked = mixin != null && mixin.userObject() instanceof CommonOptions c && c.verbose;
    return asked || System.getenv("WEFT_DEBUG") != null;
  }

  /** Our own exceptions speak for themselves; others are told apart. */
  static String message(Throwable e) {
    return switch (e) {
      case UncheckedIOException unchecked -> message(unchecked.getCause());
      case IOException io -> oneLine(ioMessage(io));
      case Throwable ours when ours.getClass().getName().startsWith(OURS) ->
          oneLine(ours.getMessage());
      case Throwable other ->
          "internal error: " + oneLine(other.toString()) + "; --verbose shows where";
    };
  }

  private static String ioMessage(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileAlreadyExistsException there -> there.getFile() + ": is already there";
      case NotDirectoryException file -> file.getFile() + ": is not a folder";
      case FileSystemException other -> other.getMessage();
      case IOException other -> other.getMessage() == null ? other.toString() : other.getMessage();
    };
  }

  private static String oneLine(String text) {
    return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}

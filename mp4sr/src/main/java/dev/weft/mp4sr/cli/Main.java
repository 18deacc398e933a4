package dev.weft.mp4sr.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The {@code mp4sr} command. */
@Command(
    name = "mp4sr",
    description = "Multimodal pre-training for sequential recommendation.",
    versionProvider = Main.Version.class,
    subcommands = {
      DemoCommand.class,
      SampleCommand.class,
      IngestCommand.class,
      FeaturesCommand.class,
      PretrainCommand.class,
      FinetuneCommand.class,
      EvaluateCommand.class,
      CompareCommand.class,
      RecommendCommand.class,
      TokenizeCommand.class,
      EncodeCommand.class,
      InfoCommand.class
    })
public final class Main implements Runnable {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  boolean version;

  @Spec CommandSpec spec;

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.setProperty("java.util.logging.SimpleFormatter.format", "mp4sr: %5$s%n");
    PrintWriter out = utf8(FileDescriptor.out);
    PrintWriter err = utf8(FileDescriptor.err);
    int code = run(args, out, err);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /** Whatever the locale is: what we print is data for other programs, in UTF-8. */
  private static PrintWriter utf8(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }

  /** Runs a command; returns its exit code. */
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    CommandLine commandLine =
        new CommandLine(new Main())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setExecutionStrategy(Main::execute)
            .setParameterExceptionHandler(Failures::usage)
            .setExecutionExceptionHandler(Failures::failed);
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError | StackOverflowError e) {
      return Failures.failed(e, err);
    }
  }

  /** Puts the common options in force before the command runs. */
  private static int execute(ParseResult parsed) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    CommandSpec mixin = last.commandSpec().mixins().get(CommonOptions.NAME);
    if (mixin != null && mixin.userObject() instanceof CommonOptions common) {
      apply(common, last.commandSpec().commandLine());
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  /** Only exceptions in picocli's wrapper reach its handler from here. */
  private static void apply(CommonOptions common, CommandLine command) {
    try {
      common.apply(command);
    } catch (CliException e) {
      throw new CommandLine.ExecutionException(command, e.getMessage(), e);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "name a command");
  }

  /** The version that the jar carries. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"mp4sr " + text()};
    }

    static String text() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "development" : version;
    }
  }
}

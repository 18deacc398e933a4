package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.compare.ComparisonResult;
import dev.weft.mp4sr.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr demo}: from nothing to recommendations. */
@Command(
    name = "demo",
    description = {
      "The whole job on a sample catalogue that it draws: features, pre-training, fine-tuning,",
      "evaluation against baselines over several seeds, and a report to open."
    })
final class DemoCommand implements Runnable {
  private static final int PRODUCTS = 800;
  private static final int USERS = 3000;
  private static final int SEEDS = 3;
  private static final int QUICK_PRODUCTS = 160;
  private static final int QUICK_USERS = 400;

  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Spec CommandSpec spec;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "demo",
      description = "Where everything goes (default: ./${DEFAULT-VALUE}).")
  Path output = Path.of("demo");

  @Option(names = "--quick", description = "A small sample, one seed and few epochs.")
  boolean quick;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Trainings of each model, from --seed on (default: 3; 1 with --quick).")
  Integer seeds;

  @Option(
      names = "--products",
      paramLabel = "N",
      description = "Size of the catalogue (default: 800; 160 with --quick).")
  Integer products;

  @Option(
      names = "--users",
      paramLabel = "N",
      description = "Number of users (default: 3000; 400 with --quick).")
  Integer users;

  @Override
  public void run() {
    DemoSettings settings = settings(spec.commandLine());
    DemoFolder folder = new DemoFolder(output);
    ProgressListener progress = TerminalProgress.create();
    Demo demo = new Demo(folder, settings, progress);
    demo.prepare();
    Material material = Material.read(folder.data(), folder.features());
    ComparisonResult result = demo.compare(material);
    Path page = write(new DemoReport(demo, folder, settings, material, result), folder);
    print(new DemoTable(result), page);
  }

  private DemoSettings settings(CommandLine command) {
    int n = seeds != null ? seeds : quick ? 1 : SEEDS;
    if (n < 1) {
      throw new ParameterException(command, "--seeds: " + n + " is less than 1");
    }
    int items = products != null ? products : quick ? QUICK_PRODUCTS : PRODUCTS;
    int people = users != null ? users : quick ? QUICK_USERS : USERS;
    try {
      return quick
          ? DemoSettings.quick(common.seed, n, items, people)
          : DemoSettings.full(common.seed, n, items, people);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, "--" + e.getMessage(), e);
    }
  }

  private static Path write(DemoReport report, DemoFolder folder) {
    try {
      return Report.write(folder.report(), report.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void print(DemoTable table, Path page) {
    PrintWriter out = spec.commandLine().getOut();
    if (format.json) {
      JsonOption.print(out, table.toMap(page));
    } else {
      table.print(out);
      out.println();
      out.println("The encoders of this sample are untrained; real ones: mp4sr features --help");
      out.println("report: " + page);
    }
  }
}

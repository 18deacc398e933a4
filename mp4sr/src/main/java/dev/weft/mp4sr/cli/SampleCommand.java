package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.ProgressListener;
import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.data.Item;
import dev.weft.mp4sr.data.ingest.AmazonReviews;
import dev.weft.mp4sr.data.ingest.IngestOptions;
import dev.weft.mp4sr.data.sample.BulkReviews;
import dev.weft.mp4sr.data.sample.Domain;
import dev.weft.mp4sr.data.sample.SampleCatalogue;
import dev.weft.mp4sr.data.sample.SampleEncoders;
import dev.weft.mp4sr.data.sample.SampleOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr sample}: data from a seed, to try everything on. */
@Command(
    name = "sample",
    description = {
      "Make a sample from a seed: products with texts and pictures, shoppers' reviews in the form",
      "of Amazon's of 2018, and small untrained encoders that fit them."
    })
final class SampleCommand implements Runnable {
  /** Which catalogues. */
  enum Shops {
    /** One shop with all kinds. */
    WHOLE,
    /** The first of two. */
    A,
    /** The second. */
    B,
    /** Both, with common encoders. */
    BOTH
  }

  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Spec CommandSpec spec;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where they go; files of the same names are replaced.")
  Path output;

  @Option(
      names = "--domain",
      paramLabel = "whole|a|b|both",
      description = {
        "whole (default): one shop. a, b: two shops that share words and the look of pictures, but",
        "no kind, product or user. both: DIR/a and DIR/b, with encoders that fit both."
      })
  Shops domain = Shops.WHOLE;

  @Option(
      names = "--products",
      paramLabel = "N",
      description = "Products of a shop (default: 800).")
  int products = SampleOptions.defaults().products();

  @Option(names = "--users", paramLabel = "N", description = "Users of a shop (default: 3000).")
  int users = SampleOptions.defaults().users();

  @Option(
      names = "--bulk-reviews",
      paramLabel = "N",
      description = "Instead: so many reviews without meaning, to try how ingest bears them.")
  long bulk;

  @Override
  public void run() {
    ProgressListener progress = TerminalProgress.create();
    Map<String, Object> report = new LinkedHashMap<>();
    if (bulk > 0) {
      Path file = output.resolve("reviews_Bulk.json.gz");
      BulkReviews.write(file, bulk, common.seed, progress);
      report.put("reviews", file.toString());
    } else {
      write(progress, report);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (format.json) {
      JsonOption.print(out, report);
    } else {
      report.forEach((name, value) -> out.println("%-12s %s".formatted(name, value)));
    }
  }

  private void write(ProgressListener progress, Map<String, Object> report) {
    List<Item> items = new ArrayList<>();
    List<Domain> wanted =
        domain == Shops.BOTH ? List.of(Domain.A, Domain.B) : List.of(Domain.valueOf(domain.name()));
    for (Domain shop : wanted) {
      String name = shop.name().toLowerCase(Locale.ROOT);
      Path folder = domain == Shops.BOTH ? output.resolve(name) : output;
      SampleCatalogue.write(folder, options().withDomain(shop), progress);
      report.put(domain == Shops.BOTH ? name : "sample", folder.toString());
      items.addAll(catalogue(folder, progress).items());
    }
    Path encoders = output.resolve("encoders");
    Dataset all = new Dataset("sample", items, List.of(), List.of());
    SampleEncoders.write(encoders, all, common.seed, progress);
    report.put("bert", encoders.resolve(SampleEncoders.BERT).toString());
    report.put("clip", encoders.resolve(SampleEncoders.CLIP).toString());
  }

  private SampleOptions options() {
    try {
      return SampleOptions.defaults().withSize(products, users).withSeed(common.seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static Dataset catalogue(Path folder, ProgressListener progress) {
    IngestOptions options =
        IngestOptions.defaults("sample").withImages(folder.resolve(SampleCatalogue.IMAGES));
    return AmazonReviews.read(
            folder.resolve(SampleCatalogue.REVIEWS),
            folder.resolve(SampleCatalogue.META),
            options,
            progress)
        .dataset();
  }
}

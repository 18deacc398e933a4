package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.data.Dataset;
import dev.weft.mp4sr.features.FeatureExtractor;
import dev.weft.mp4sr.features.FeatureOptions;
import dev.weft.mp4sr.features.FeatureResult;
import dev.weft.mp4sr.features.FeatureSummary;
import dev.weft.mp4sr.features.ImageTags;
import dev.weft.mp4sr.features.TextEncoderKind;
import dev.weft.mp4sr.features.WordDictionary;
import dev.weft.nn.bert.BertPooling;
import dev.weft.tensor.DType;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mp4sr features}: BERT on texts, CLIP's words and BERT on pictures. */
@Command(
    name = "features",
    description = {
      "Extract the items' features: BERT on texts; for pictures the words that CLIP finds, then"
          + " BERT.",
      "Goes on where it was interrupted."
    })
final class FeaturesCommand implements Runnable {
  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Spec CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Dataset folder, made by ingest.")
  Path data;

  @Option(
      names = "--bert",
      paramLabel = "DIR",
      description = "Hugging Face folder of a BERT model.")
  Path bert;

  @Option(
      names = "--clip",
      paramLabel = "DIR",
      description = "Hugging Face folder of a CLIP model (default: pictures are not read).")
  Path clip;

  @Option(
      names = "--dictionary",
      paramLabel = "FILE",
      description = "Words to describe pictures with, one a line (default: the catalogue's own).")
  Path dictionary;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where they go (default: features.safetensors in the dataset folder).")
  Path output;

  @Option(
      names = "--top-words",
      paramLabel = "N",
      description = "Words for a picture (default: 15).")
  int topWords = FeatureOptions.defaults().topWords();

  @Option(
      names = "--max-texts",
      paramLabel = "N",
      description = "Texts of an item that count (default: 10).")
  int maxTexts = FeatureOptions.defaults().maxTexts();

  @Option(
      names = "--max-images",
      paramLabel = "N",
      description = "Pictures of an item that count (default: 10).")
  int maxImages = FeatureOptions.defaults().maxImages();

  @Option(
      names = "--pooling",
      paramLabel = "cls|mean",
      description = "How a text's states become one vector (default: cls).")
  BertPooling pooling = FeatureOptions.defaults().pooling();

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      description = "What CLIP reads for a word, for example \"a photo of {w}\" (default: {w}).")
  String template = FeatureOptions.defaults().template();

  @Option(
      names = "--text-encoder",
      paramLabel = "bert|bag",
      description = {
        "bert (default), or bag: sums of random word vectors, a stand-in for data whose words no",
        "language model knows, such as numbered attributes."
      })
  TextEncoderKind textEncoder = FeatureOptions.defaults().textEncoder();

  @Option(
      names = "--bag-width",
      paramLabel = "N",
      description = "Width of the bag's vectors (default: 256).")
  int bagWidth = FeatureOptions.defaults().bagWidth();

  @Option(
      names = "--dtype",
      paramLabel = "f32|f16",
      description = "What the file holds (default: f32); training reads both.")
  DType dtype = FeatureOptions.defaults().dtype();

  @Option(
      names = "--chunk-items",
      paramLabel = "N",
      description = "Items between two points from which a broken run goes on (default: 64).")
  int chunkItems = FeatureOptions.defaults().chunkItems();

  @Override
  public void run() {
    if (textEncoder == TextEncoderKind.BERT && bert == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--bert=DIR' (or --text-encoder bag)");
    }
    FeatureOptions options = options();
    long started = System.nanoTime();
    Path file = output == null ? FeaturesFile.in(data) : output;
    Dataset dataset = Dataset.read(data);
    WordDictionary words = dictionary == null ? null : WordDictionary.read(dictionary);
    FeatureResult result =
        FeatureExtractor.extract(
            dataset, bert, clip, words, options, file, TerminalProgress.create());
    print(file, result.summary(), (System.nanoTime() - started) / 1e9);
  }

  private FeatureOptions options() {
    try {
      return FeatureOptions.defaults()
          .withTopWords(topWords)
          .withLimits(maxTexts, maxImages)
          .withPooling(pooling)
          .withTemplate(template)
          .withTextEncoder(textEncoder, bagWidth)
          .withDtype(dtype)
          .withChunkItems(chunkItems);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void print(Path file, FeatureSummary summary, double seconds) {
    PrintWriter out = spec.commandLine().getOut();
    if (format.json) {
      JsonOption.print(out, summary);
      return;
    }
    out.println("%s: %d items, width %d".formatted(file, summary.items(), summary.width()));
    out.println(
        "texts     %d, at %d of the items; %d left out beyond --max-texts"
            .formatted(summary.texts(), summary.itemsWithText(), summary.textsBeyondLimit()));
    out.println(
        "pictures  %d, at %d of the items; %d left out beyond --max-images, %d unreadable"
            .formatted(
                summary.images(),
                summary.itemsWithImage(),
                summary.imagesBeyondLimit(),
                summary.unreadableImages()));
    out.println("words     %d to choose from".formatted(summary.dictionaryWords()));
    out.println(
        "neither   %d items have no text and no picture".formatted(summary.itemsWithNeither()));
    int made = summary.items() - summary.resumedItems();
    out.println(
        String.format(
            Locale.ROOT,
            "made      %d items in %.1f s (%.1f/s); %d were there",
            made,
            seconds,
            made / seconds,
            summary.resumedItems()));
    summary.unreadable().forEach(line -> out.println("unreadable: " + line));
    if (summary.unreadableImages() > summary.unreadable().size()) {
      out.println("            the others are in " + ImageTags.FILE);
    }
  }
}

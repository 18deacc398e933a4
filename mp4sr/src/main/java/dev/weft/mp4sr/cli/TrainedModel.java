package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.cli.RunDescription.Family;
import dev.weft.mp4sr.model.M2seConfig;
import dev.weft.mp4sr.train.TrainOptions;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code finetune} trains, with the defaults of its publication. */
enum TrainedModel {
  MP4SR(Family.FINETUNING, true),
  SASREC(Family.SASREC, false),
  SASREC_FEATURES(Family.SASREC_FEATURES, false),
  UNISREC(Family.UNISREC, true);

  private final Family family;
  private final boolean hasSettings;

  TrainedModel(Family family, boolean hasSettings) {
    this.family = family;
    this.hasSettings = hasSettings;
  }

  Family family() {
    return family;
  }

  /** Its published sizes and dropouts. */
  M2seConfig config() {
    return switch (this) {
      case MP4SR -> M2seConfig.defaults();
      case SASREC, SASREC_FEATURES -> M2seConfig.sasRec();
      case UNISREC -> M2seConfig.uniSRec();
    };
  }

  /** How it is trained. */
  TrainOptions training() {
    return this == MP4SR ? TrainOptions.finetuning() : TrainOptions.baseline();
  }

  /** Whether there is an inductive and a transductive one. */
  boolean hasSettings() {
    return hasSettings;
  }

  /** Its name on the command line. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads {@code sasrec-features} as SASREC_FEATURES. */
  static final class Converter implements ITypeConverter<TrainedModel> {
    @Override
    public TrainedModel convert(String value) {
      return Arrays.stream(values())
          .filter(model -> model.label().equals(value.toLowerCase(Locale.ROOT)))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is none of %s"
                          .formatted(
                              value, Arrays.stream(values()).map(TrainedModel::label).toList())));
    }
  }
}

package dev.weft.mp4sr.data.ingest;

import dev.weft.mp4sr.data.Dataset;
import java.nio.file.Path;

/** A dataset and how it came about. */
public record IngestResult(Dataset dataset, IngestSummary summary) {
  /** Writes the dataset folder, with the summary as provenance in {@code dataset.json}. */
  public void write(Path folder) {
    dataset.write(folder, summary.toMap());
  }
}

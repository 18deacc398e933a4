package dev.weft.mp4sr.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.mp4sr.train.EpochReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingCurvesTest {
  @TempDir Path folder;

  @Test
  void writesBothCharts() throws IOException {
    EpochReport one =
        new EpochReport(1, 1, 1, Map.of("loss", 2.0), Map.of("NDCG@3", 0.5), true, 1e-3, 1);
    EpochReport two = new EpochReport(2, 1, 1, Map.of("loss", 1.0), Map.of(), false, 1e-3, 1);
    TrainingCurves.write(folder, List.of(one, two));
    for (String name : List.of("losses", "validation")) {
      assertTrue(Files.size(folder.resolve(name + ".png")) > 0);
      assertTrue(Files.readString(folder.resolve(name + ".svg")).contains("<svg"));
    }
  }

  /** Twelve metrics are validated, and six colours tell lines apart. */
  @Test
  void everyLineHasAColourOfItsOwn() {
    List<String> names = new ArrayList<>();
    for (String metric : List.of("Recall", "NDCG", "MRR")) {
      for (int k : new int[] {5, 10, 20, 50}) {
        names.add(metric + "@" + k);
      }
    }
    assertEquals(
        List.of("Recall@10", "Recall@20", "NDCG@10", "NDCG@20", "MRR@10", "MRR@20"),
        TrainingCurves.shown(names));
    assertEquals(List.of("NDCG@3", "HR@7"), TrainingCurves.shown(List.of("NDCG@3", "HR@7")));
    assertEquals(Charts.COLOURS, TrainingCurves.shown(List.of("a1234567".split(""))).size());
  }
}

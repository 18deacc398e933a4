package dev.weft.mp4sr.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricTest {
  /** Worked by hand: ranks 1, 2, 3, 6 cut after 3. */
  @Test
  void handWorkedRanks() {
    int[] ranks = {1, 2, 3, 6};
    assertEquals(3.0 / 4, new MetricAtK(Metric.RECALL, 3).mean(ranks), 0);
    assertEquals((1 + 1.0 / 2 + 1.0 / 3) / 4, new MetricAtK(Metric.MRR, 3).mean(ranks), 1e-15);
    // log2(2) = 1, log2(3) = 1.584962500721156, log2(4) = 2
    assertEquals(
        (1 + 1 / 1.584962500721156 + 0.5) / 4, new MetricAtK(Metric.NDCG, 3).mean(ranks), 1e-15);
    assertArrayEquals(new double[] {1, 1, 1, 0}, new MetricAtK(Metric.RECALL, 5).perCase(ranks), 0);
  }

  /** The definition: gains by position of a 0/1 relevance list, divided by the ideal list's. */
  @Test
  void agreesWithRelevanceLists() {
    for (int rank = 1; rank <= 60; rank++) {
      for (int k : new int[] {1, 5, 10, 20, 50}) {
        double hits = 0;
        double dcg = 0;
        double reciprocal = 0;
        for (int position = 1; position <= k; position++) {
          double relevance = position == rank ? 1 : 0;
          hits += relevance;
          dcg += (Math.pow(2, relevance) - 1) / (Math.log10(position + 1) / Math.log10(2));
          reciprocal = Math.max(reciprocal, relevance / position);
        }
        assertEquals(hits, Metric.RECALL.of(rank, k), 0);
        assertEquals(dcg, Metric.NDCG.of(rank, k), 1e-14);
        assertEquals(reciprocal, Metric.MRR.of(rank, k), 0);
      }
    }
  }

  @Test
  void namesAreRead() {
    assertEquals(new MetricAtK(Metric.NDCG, 10), MetricAtK.parse("ndcg@10"));
    assertEquals(new MetricAtK(Metric.RECALL, 20), MetricAtK.parse("HitRate@20"));
    assertEquals("MRR@5", MetricAtK.parse("MRR@5").toString());
    for (String wrong : List.of("", "Recall", "Recall@", "Recall@0", "Recall@-1", "AUC@5", "@5")) {
      assertThrows(EvalException.class, () -> MetricAtK.parse(wrong), wrong);
    }
  }
}

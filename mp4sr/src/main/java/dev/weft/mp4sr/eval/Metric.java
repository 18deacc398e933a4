package dev.weft.mp4sr.eval;

/**
 * What one case earns when its only relevant item stands on a rank (1 is the top) of a list cut
 * after {@code k}. Means over cases are what papers report.
 */
public enum Metric {
  /** 1 if the item is in the list, else 0; with one relevant item also called hit rate. */
  RECALL("Recall") {
    @Override
    double gain(int rank) {
      return 1;
    }
  },

  /**
   * Normalised discounted cumulative gain, {@code 1 / log2(rank + 1)}; the ideal list, with the
   * item on top, has 1 (Järvelin and Kekäläinen, TOIS 20(4), 2002).
   */
  NDCG("NDCG") {
    @Override
    double gain(int rank) {
      return Math.log(2) / Math.log(rank + 1.0);
    }
  },

  /** Reciprocal rank, {@code 1 / rank}. */
  MRR("MRR") {
    @Override
    double gain(int rank) {
      return 1.0 / rank;
    }
  };

  private final String label;

  Metric(String label) {
    this.label = label;
  }

  /** What a rank within the list earns. */
  abstract double gain(int rank);

  /** What a rank earns in a list cut after {@code k}; 0 below the cut. */
  public double of(int rank, int k) {
    return rank <= k ? gain(rank) : 0;
  }

  /** The name in tables and files, such as {@code NDCG}. */
  public String label() {
    return label;
  }
}

package dev.weft.bench.compare;

import dev.weft.bench.compare.Kind.Pass;
import java.util.ArrayList;
import java.util.List;

/** Every work, in the order of the table. */
public final class Works {
  /** The group whose geometric mean has an aim of its own. */
  static final String SGEMM = "sgemm";

  /** That aim. */
  static final double SGEMM_AIM = 1.15;

  private static final int[][] SGEMM_SIZES = {
    {256, 256, 256},
    {512, 512, 512},
    {1024, 1024, 1024},
    {2048, 2048, 2048},
    {128, 768, 768},
    {128, 3072, 768},
    {128, 768, 3072},
    {1024, 768, 768}
  };

  private Works() {}

  /** All of them. */
  public static List<Work> all() {
    List<Work> works = new ArrayList<>();
    matrixProducts(works);
    rowKernels(works);
    models(works);
    return List.copyOf(works);
  }

  /** The one of that name. */
  public static Work named(String name) {
    return all().stream()
        .filter(work -> work.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no work is called \"" + name + "\""));
  }

  private static void matrixProducts(List<Work> works) {
    for (int[] size : SGEMM_SIZES) {
      Kind kind = new Kind.Matmul(1, size[0], size[1], size[2]);
      works.add(new Work("sgemm " + text(size), SGEMM, kind, 0.95, 0));
    }
    works.add(new Work("FMA peak, one thread", "peak", new Kind.FmaPeak(), 0, 0).onThreads(1));
    Kind cube = new Kind.Matmul(1, 1024, 1024, 1024);
    works.add(new Work("sgemm 1024³, one thread", "peak", cube, 0, 0).onThreads(1));
    Kind scores = new Kind.Matmul(96, 128, 64, 128);
    works.add(new Work("attention scores 96×(128×64×128)", "attention", scores, 0.9, 1.2));
  }

  private static String text(int[] size) {
    boolean cube = size[0] == size[1] && size[1] == size[2];
    return cube ? size[0] + "³" : size[0] + "×" + size[1] + "×" + size[2];
  }

  private static void rowKernels(List<Work> works) {
    for (Pass pass : Pass.values()) {
      String suffix = pass == Pass.FORWARD ? "" : " backward";
      works.add(rows("softmax 4096²" + suffix, new Kind.Softmax(4096, 4096, pass)));
      works.add(rows("layer norm 8192×768" + suffix, new Kind.LayerNorm(8192, 768, pass)));
      works.add(rows("GELU 8192×3072" + suffix, new Kind.Gelu(8192, 3072, pass)));
    }
    works.add(new Work("copy 4096²", "copy", new Kind.Copy(4096, 4096), 0, 0));
    works.add(new Work("copy 8192×768", "copy", new Kind.Copy(8192, 768), 0, 0));
    works.add(new Work("copy 8192×3072", "copy", new Kind.Copy(8192, 3072), 0, 0));
  }

  private static void models(List<Work> works) {
    works.add(encoder("BERT-base, batch 1, length 128", new Kind.Bert(1, 128)));
    works.add(encoder("BERT-base, batch 8, length 128", new Kind.Bert(8, 128)));
    works.add(encoder("CLIP ViT-B/32 image, batch 8", new Kind.ClipImage(8)));
    works.add(new Work("BERT-base, 32 texts of a file", "files", new Kind.Texts(32), 0.95, 1.2));
    works.add(new Work("CLIP ViT-B/32, 8 JPEG files", "files", new Kind.Pictures(8), 0.95, 1.2));
    works.add(new Work("M²SE step", "training", new Kind.M2seStep(0.2), 1, 1.5));
    works.add(new Work("M²SE step, no dropout", "training", new Kind.M2seStep(0), 1, 1.5));
    works.add(new Work("SASRec step", "training", new Kind.SasRecStep(0.5), 1, 1.5));
    works.add(new Work("SASRec step, no dropout", "training", new Kind.SasRecStep(0), 1, 1.5));
  }

  private static Work encoder(String name, Kind kind) {
    return new Work(name, "encoders", kind, 0.95, 1.2);
  }

  private static Work rows(String name, Kind kind) {
    return new Work(name, "rows", kind, 1.2, 3);
  }
}

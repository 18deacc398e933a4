package dev.weft.nn.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.Reference;
import dev.weft.nn.TestFiles;
import dev.weft.nn.TransformerLayer;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.EncodingOptions;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pairs of texts through the whole model, against its formulas in F64. */
class BertPairsTest {
  private static final Path TINY = TestFiles.resource("bert-tiny");
  private static final List<String[]> PAIRS =
      List.of(
          new String[] {"a red shoe", "for tea"},
          new String[] {"", "a very long hat for the road"},
          new String[] {"a blue shoe", ""},
          new String[] {"tea tea tea tea tea", "a"},
          new String[] {"one text alone", null});

  private static List<Encoding> encodings(BertModel bert) {
    List<Encoding> encodings = new ArrayList<>();
    for (String[] pair : PAIRS) {
      encodings.add(bert.tokenizer().encode(pair[0], pair[1], EncodingOptions.DEFAULT));
    }
    return encodings;
  }

  /**
   * Devlin et al., section 3: sums of three embeddings, then layers that normalise at their end.
   */
  private static double[][] lastHiddenState(BertNetwork network, Encoding encoding) {
    double[][] x = new double[encoding.length()][];
    for (int i = 0; i < x.length; i++) {
      double[] word = network.words().weight().value().select(0, encoding.ids()[i]).toDoubles();
      double[] place = network.positions().weight().value().select(0, i).toDoubles();
      double[] segment =
          network.segments().weight().value().select(0, encoding.typeIds()[i]).toDoubles();
      x[i] =
          IntStream.range(0, word.length)
              .mapToDouble(j -> word[j] + place[j] + segment[j])
              .toArray();
    }
    x = Reference.layerNorm(x, network.embeddingNorm());
    for (TransformerLayer layer : network.encoder().layers()) {
      double[][] attended = Reference.attention(x, layer.attention(), (query, key) -> true);
      x = Reference.layerNorm(Reference.add(x, attended), layer.attentionNorm());
      double[][] inner = Reference.feedForward(x, layer.feedForward(), Reference::gelu);
      x = Reference.layerNorm(Reference.add(x, inner), layer.feedForwardNorm());
    }
    return x;
  }

  private static void assertClose(double[] expected, Tensor actual, String what) {
    double[] have = actual.toDoubles();
    assertEquals(expected.length, have.length);
    for (int i = 0; i < have.length; i++) {
      assertEquals(expected[i], have[i], 1e-5, what + " at " + i);
    }
  }

  @Test
  void paddedAndNot() {
    try (BertModel bert = BertModel.load(TINY)) {
      List<Encoding> encodings = encodings(bert);
      BertEncoding made = bert.encodeTokens(encodings);
      Tensor first = bert.embedTokens(encodings, BertPooling.CLS);
      for (int text = 0; text < encodings.size(); text++) {
        double[][] expected = lastHiddenState(bert.network(), encodings.get(text));
        Tensor states = made.lastHiddenState().select(0, text);
        for (int token = 0; token < expected.length; token++) {
          assertClose(expected[token], states.select(0, token), "text " + text);
        }
        double[][] pooled = Reference.linear(new double[][] {expected[0]}, bert.network().pooler());
        double[] squashed =
            IntStream.range(0, pooled[0].length)
                .mapToDouble(i -> Math.tanh(pooled[0][i]))
                .toArray();
        assertClose(squashed, made.poolerOutput().select(0, text), "pooled " + text);
        assertClose(expected[0], first.select(0, text), "embedded " + text);
      }
    }
  }

  @Test
  void segmentsStandInTheBatch() {
    try (BertModel bert = BertModel.load(TINY)) {
      Encoding pair = new Encoding(new int[] {2, 5, 3, 6, 3}, new int[] {0, 0, 0, 1, 1}, null);
      BertEncoding made = bert.encodeTokens(List.of(new Encoding(new int[] {2, 5, 3}), pair));
      assertArrayEquals(new int[] {0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, made.tokens().typeIds().toInts());
      Encoding third = new Encoding(new int[] {2, 3}, new int[] {0, 2}, null);
      for (BertPooling pooling : BertPooling.values()) {
        String error =
            assertThrows(
                    IllegalArgumentException.class, () -> bert.embedTokens(List.of(third), pooling))
                .getMessage();
        assertTrue(error.contains("segment 2"), error);
      }
    }
  }
}

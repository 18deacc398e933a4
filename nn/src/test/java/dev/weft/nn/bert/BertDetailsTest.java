package dev.weft.nn.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.Variable;
import dev.weft.nn.Detail;
import dev.weft.nn.Mode;
import dev.weft.nn.TestFiles;
import dev.weft.nn.TransformerLayer;
import dev.weft.nn.text.Encoding;
import dev.weft.nn.text.EncodingOptions;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What BERT shows of its inside; many texts at once; pairs. */
class BertDetailsTest {
  private static final Path TINY = TestFiles.resource("bert-tiny");
  private static final List<String> TEXTS =
      List.of("a red shoe", "", "a blue shoe and a very long hat for tea", "tea");

  private static void assertClose(Tensor expected, Tensor actual, double tolerance) {
    assertEquals(expected.shape(), actual.shape());
    double[] want = expected.toDoubles();
    double[] have = actual.toDoubles();
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], have[i], tolerance * Math.max(1, Math.abs(want[i])), "at " + i);
    }
  }

  @Test
  void nothingIsShownUnasked() {
    try (BertModel bert = BertModel.load(TINY)) {
      assertEquals(List.of(), bert.encode(TEXTS).hiddenStates());
      assertEquals(List.of(), bert.encode(TEXTS).attentionMaps());
      BertEncoding states = bert.encode(TEXTS, Detail.HIDDEN_STATES);
      assertEquals(List.of(), states.attentionMaps());
      assertEquals(List.of(), bert.encode(TEXTS, Detail.ATTENTION_MAPS).hiddenStates());
      float[] last = bert.encode(TEXTS).lastHiddenState().toFloats();
      assertArrayEquals(last, states.lastHiddenState().toFloats(), "asking changes nothing");
    }
  }

  /** Each state is its layer's output for the one before; the first are the embeddings. */
  @Test
  void statesGoFromLayerToLayer() {
    try (BertModel bert = BertModel.load(TINY)) {
      BertEncoding encoding = bert.encode(TEXTS, Detail.values());
      List<Tensor> states = encoding.hiddenStates();
      List<TransformerLayer> layers = bert.network().encoder().layers();
      assertEquals(layers.size() + 1, states.size());
      Tensor ids = encoding.tokens().inputIds();
      assertClose(bert.network().embed(ids, Mode.inference()).value(), states.getFirst(), 0);
      assertClose(encoding.lastHiddenState(), states.getLast(), 0);
      for (int i = 0; i < TEXTS.size(); i++) {
        int length = bert.tokenizer().encode(TEXTS.get(i)).length();
        Tensor in = Ops.copy(states.get(0).slice(0, i, i + 1).slice(1, 0, length));
        Tensor out = layers.getFirst().forward(Variable.of(in), null, Mode.inference()).value();
        assertClose(states.get(1).slice(0, i, i + 1).slice(1, 0, length), out, 1e-5);
      }
    }
  }

  @Test
  void rowsOfMapsSumToOneAndPaddingGetsNothing() {
    try (BertModel bert = BertModel.load(TINY)) {
      BertEncoding encoding = bert.encode(TEXTS, Detail.ATTENTION_MAPS);
      int seq = encoding.tokens().inputIds().dim(1);
      assertEquals(2, encoding.attentionMaps().size());
      for (Tensor map : encoding.attentionMaps()) {
        assertArrayEquals(new int[] {TEXTS.size(), 4, seq, seq}, map.shape().dims());
        for (double sum : Ops.sum(map, false, -1).toDoubles()) {
          assertEquals(1, sum, 1e-5);
        }
        for (int i = 0; i < TEXTS.size(); i++) {
          int length = bert.tokenizer().encode(TEXTS.get(i)).length();
          for (double weight : map.select(0, i).slice(2, length, seq).toDoubles()) {
            assertEquals(0, weight);
          }
        }
      }
    }
  }

  /** Every length from 2 to 60, shuffled: in batches without padding as one by one. */
  @Test
  void batchesAreAsOneByOne() {
    List<String> texts =
        IntStream.range(0, 59).mapToObj(i -> "shoe ".repeat(i * 37 % 59) + "hat").toList();
    try (BertModel bert = BertModel.load(TINY)) {
      for (BertPooling pooling : BertPooling.values()) {
        Tensor together = bert.embed(texts, pooling);
        for (int i = 0; i < texts.size(); i++) {
          Tensor alone = bert.embed(List.of(texts.get(i)), pooling);
          assertClose(alone, together.slice(0, i, i + 1), 1e-5);
        }
      }
    }
  }

  @Test
  void streamsAreReadAsTheyAreNeeded() {
    List<Integer> read = new ArrayList<>();
    try (BertModel bert = BertModel.load(TINY)) {
      Stream<String> texts =
          Stream.iterate(0, i -> i + 1).peek(read::add).map(i -> "shoe " + i % 7);
      List<float[]> vectors = bert.embed(texts, BertPooling.MEAN).limit(1500).toList();
      assertEquals(1500, vectors.size());
      assertTrue(read.size() <= 2049, "read " + read.size());
      Tensor expected = bert.embed(List.of("shoe 3"), BertPooling.MEAN);
      assertClose(expected, Tensor.of(vectors.get(1081), 1, 64), 1e-5);
      assertEquals(0, bert.embed(Stream.of(), BertPooling.CLS).count());
    }
  }

  /** A pair's second text is of the second segment, also without padding. */
  @Test
  void pairsOfTexts() {
    try (BertModel bert = BertModel.load(TINY)) {
      Encoding pair = bert.tokenizer().encode("a red", "shoe", EncodingOptions.DEFAULT);
      Encoding one = new Encoding(pair.ids());
      assertTrue(IntStream.of(pair.typeIds()).anyMatch(type -> type == 1));
      BertEncoding both = bert.encodeTokens(List.of(pair, one), Detail.HIDDEN_STATES);
      int second = pair.length() - 1;
      Tensor embedded = both.hiddenStates().getFirst();
      assertClose(embedded.select(0, 0).slice(0, 0, 1), embedded.select(0, 1).slice(0, 0, 1), 0);
      double[] first = embedded.select(0, 0).select(0, second).toDoubles();
      double[] other = embedded.select(0, 1).select(0, second).toDoubles();
      assertTrue(!Arrays.equals(first, other), "segments differ");
    }
  }
}

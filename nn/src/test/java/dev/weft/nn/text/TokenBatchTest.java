package dev.weft.nn.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.tensor.DType;
import dev.weft.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenBatchTest {
  private final List<Encoding> encodings =
      List.of(new Encoding(new int[] {5, 6, 7}), new Encoding(new int[] {8}));

  @Test
  void padsToTheLongest() {
    TokenBatch batch = TokenBatch.pad(encodings, 10, 9);
    assertEquals(DType.I32, batch.inputIds().dtype());
    assertEquals(DType.BOOL, batch.attentionMask().dtype());
    assertEquals(Shape.of(2, 3), batch.inputIds().shape());
    assertArrayEquals(new int[] {5, 6, 7, 8, 9, 9}, batch.inputIds().toInts());
    assertArrayEquals(new int[] {1, 1, 1, 1, 0, 0}, batch.attentionMask().toInts());
  }

  @Test
  void padsToALength() {
    TokenBatch batch = TokenBatch.padTo(encodings, 4, 0);
    assertArrayEquals(new int[] {5, 6, 7, 0, 8, 0, 0, 0}, batch.inputIds().toInts());
    assertArrayEquals(new int[] {1, 1, 1, 0, 1, 0, 0, 0}, batch.attentionMask().toInts());
  }

  @Test
  void nothingIsCutSilently() {
    assertThrows(TokenizerException.class, () -> TokenBatch.pad(encodings, 2, 0));
    assertThrows(TokenizerException.class, () -> TokenBatch.padTo(encodings, 2, 0));
    assertEquals(Shape.of(0, 0), TokenBatch.pad(List.of(), 2, 0).inputIds().shape());
  }

  @Test
  void padsToMultiplesAndOnTheLeft() {
    TokenBatch right = TokenBatch.pad(encodings, Padding.LONGEST.withMultiple(4), 9);
    assertEquals(Shape.of(2, 4), right.inputIds().shape());
    TokenBatch left =
        TokenBatch.pad(encodings, Padding.to(4).withSide(EncodingOptions.Side.LEFT), 9);
    assertArrayEquals(new int[] {9, 5, 6, 7, 9, 9, 9, 8}, left.inputIds().toInts());
    assertEquals(
        Shape.of(2, 8),
        TokenBatch.pad(encodings, Padding.to(5).withMultiple(8), 0).inputIds().shape());
    assertThrows(TokenizerException.class, () -> TokenBatch.pad(encodings, Padding.to(2), 0));
    assertThrows(TokenizerException.class, () -> Padding.LONGEST.withMultiple(0));
  }
}

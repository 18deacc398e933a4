package dev.weft.mp4sr.model;

import static dev.weft.mp4sr.model.Equations.rows;
import static dev.weft.mp4sr.model.TinyModel.assertClose;
import static dev.weft.mp4sr.model.TinyModel.normal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.autograd.GradientCheck;
import dev.weft.autograd.Variable;
import dev.weft.mp4sr.model.M2seConfig.CmclForm;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.tensor.DType;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CrossModalityContrastTest {
  private static final int[] NEXT = {4, 2, 4, 9, 2, 4};

  @ParameterizedTest
  @CsvSource({
    "REFERENCE, KEPT, 0.07",
    "REFERENCE, LEFT_OUT, 0.07",
    "REFERENCE, ZERO_LOGIT, 0.07",
    "MIRROR_SYMMETRIC, KEPT, 0.07",
    "MIRROR_SYMMETRIC, LEFT_OUT, 0.07",
    "MIRROR_SYMMETRIC, ZERO_LOGIT, 0.07",
    "REFERENCE, KEPT, 0.01",
    "REFERENCE, ZERO_LOGIT, 0.01",
    "MIRROR_SYMMETRIC, KEPT, 0.01",
  })
  void asInThePaper(CmclForm form, Duplicates duplicates, double temperature) {
    Double replaced =
        switch (duplicates) {
          case LEFT_OUT -> 0.0;
          case ZERO_LOGIT -> 1.0;
          case KEPT -> null;
        };
    for (int seed = 0; seed < 5; seed++) {
      Tensor a = normal(seed, 6, 8);
      Tensor b = normal(seed + 50, 6, 8);
      double expected =
          Equations.contrast(
              rows(a),
              rows(b),
              temperature,
              form == CmclForm.MIRROR_SYMMETRIC,
              (i, j) -> NEXT[i] == NEXT[j],
              replaced);
      assertClose(expected, loss(a, b, NEXT, temperature, form, duplicates), 1e-10);
    }
  }

  private static double loss(
      Tensor a, Tensor b, int[] next, double temperature, CmclForm form, Duplicates duplicates) {
    return CrossModalityContrast.loss(
            Variable.of(a),
            Variable.of(b),
            temperature,
            form,
            new Negatives(next, duplicates, null))
        .value()
        .item();
  }

  @ParameterizedTest
  @EnumSource
  void aBatchOfOneCostsNothing(CmclForm form) {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      Variable a = Variable.parameter(Ops.cast(normal(1, 1, 8), dtype));
      Variable b = Variable.parameter(Ops.cast(normal(2, 1, 8), dtype));
      Variable loss =
          CrossModalityContrast.loss(
              a, b, 0.01, form, new Negatives(new int[] {1}, Duplicates.KEPT, null));
      assertEquals(0, loss.value().item(), 1e-5);
      loss.backward();
      for (double gradient : a.grad().toDoubles()) {
        assertEquals(0, gradient, 1e-4);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void staysFiniteInSinglePrecision(CmclForm form) {
    // Each sequence opposes its partner and equals a stranger.
    Variable a = Variable.parameter(Tensor.of(new float[] {1, 0, -1, 0}, 2, 2));
    Variable b = Variable.parameter(Tensor.of(new float[] {-1, 0, 1, 0}, 2, 2));
    Variable loss =
        CrossModalityContrast.loss(
            a, b, 0.01, form, new Negatives(new int[] {1, 2}, Duplicates.LEFT_OUT, null));
    assertEquals(200, loss.value().item(), 1e-3);
    loss.backward();
    for (double gradient : a.grad().toDoubles()) {
      assertTrue(Double.isFinite(gradient), "gradient " + gradient);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "REFERENCE, KEPT",
    "REFERENCE, LEFT_OUT",
    "REFERENCE, ZERO_LOGIT",
    "MIRROR_SYMMETRIC, KEPT",
    "MIRROR_SYMMETRIC, LEFT_OUT",
  })
  void gradients(CmclForm form, Duplicates duplicates) {
    GradientCheck.check(
        in ->
            CrossModalityContrast.loss(
                in.get(0), in.get(1), 0.3, form, new Negatives(NEXT, duplicates, null)),
        normal(1, 6, 4),
        normal(2, 6, 4));
  }
}

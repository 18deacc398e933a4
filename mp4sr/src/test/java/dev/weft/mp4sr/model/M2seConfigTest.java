package dev.weft.mp4sr.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import org.junit.jupiter.api.Test;

class M2seConfigTest {
  private final ObjectMapper json = new ObjectMapper();

  @Test
  void survivesJson() throws Exception {
    M2seConfig config =
        M2seConfig.builder()
            .hiddenSize(32)
            .temperature(0.01)
            .pooling(M2seConfig.Pooling.FROZEN_UNMASKED)
            .duplicates(M2seConfig.Duplicates.ZERO_LOGIT)
            .cmclForm(M2seConfig.CmclForm.MIRROR_SYMMETRIC)
            .modalities(M2seConfig.Modalities.IMAGE)
            .mixup(false)
            .build();
    String text = json.writeValueAsString(config);
    assertEquals(config, json.readValue(text, M2seConfig.class));
    assertTrue(text.contains("\"pooling\":\"frozen-unmasked\""), text);
    assertEquals(30, json.readTree(text).size(), text);
  }

  @Test
  void whatIsMissingHasItsDefault() throws Exception {
    M2seConfig config = json.readValue("{\"experts\":1}", M2seConfig.class);
    assertEquals(M2seConfig.defaults().with().experts(1).build(), config);
  }

  @Test
  void namesWhatIsWrong() {
    assertThrows(
        UnrecognizedPropertyException.class,
        () -> json.readValue("{\"expert\":1}", M2seConfig.class));
    JsonMappingException headless =
        assertThrows(
            JsonMappingException.class, () -> json.readValue("{\"heads\":3}", M2seConfig.class));
    assertTrue(headless.getMessage().contains("no multiple of heads 3"), headless.getMessage());
    assertThrows(IllegalArgumentException.class, () -> M2seConfig.builder().temperature(0).build());
    assertThrows(
        IllegalArgumentException.class, () -> M2seConfig.builder().maxDropRatio(1).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> M2seConfig.builder().minDropRatio(0.3).maxDropRatio(0.2).build());
    assertThrows(IllegalArgumentException.class, () -> M2seConfig.builder().layers(0).build());
    assertThrows(
        IllegalArgumentException.class, () -> M2seConfig.builder().cmclWeight(Double.NaN).build());
  }
}

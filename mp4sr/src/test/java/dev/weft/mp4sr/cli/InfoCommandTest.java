package dev.weft.mp4sr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

final class InfoCommandTest {
  @Test
  void namesBackendAndCuda() {
    CliRunner info = CliRunner.run("info");
    assertEquals(0, info.code(), info.err());
    assertTrue(info.out().contains("cpu-simd"), info.out());
    assertTrue(info.out().contains("cublas"), info.out());
  }

  @Test
  void jsonHasTheSameFacts() throws Exception {
    CliRunner info = CliRunner.run("info", "--json", "--threads", "2");
    assertEquals(0, info.code(), info.err());
    JsonNode json = new ObjectMapper().readTree(info.out());
    assertEquals(2, json.get("threads").asInt());
    assertTrue(json.get("simdBits").asInt() >= 64);
    JsonNode driver = json.get("cuda").get("driver");
    assertTrue(driver.get("found").asBoolean() == driver.get("reason").asText().isEmpty());
  }

  @Test
  void wrongUsageIsOneLineAndExitCodeTwo() {
    for (String[] args :
        new String[][] {
          {},
          {"nonsense"},
          {"info", "--nonsense"},
          {"info", "--threads", "0"},
          {"info", "--threads", "many"},
          {"info", "--device", "tpu"}
        }) {
      CliRunner wrong = CliRunner.run(args);
      assertEquals(2, wrong.code(), String.join(" ", args));
      assertEquals(1, wrong.errLines().size(), wrong.err());
      assertTrue(wrong.err().startsWith("mp4sr: "), wrong.err());
      assertTrue(wrong.out().isEmpty(), wrong.out());
    }
  }

  @Test
  void cudaThatCannotBeUsedIsRefusedWithTheReasonAndAutoGoesOn() {
    CliRunner refused = CliRunner.run("info", "--device", "cuda");
    assertEquals(1, refused.code());
    assertEquals(1, refused.errLines().size(), refused.err());
    assertTrue(refused.err().startsWith("mp4sr: --device cuda: "), refused.err());
    CliRunner auto = CliRunner.run("info", "--device", "auto");
    assertEquals(0, auto.code());
    assertEquals(1, auto.errLines().size(), auto.err());
    assertFalse(auto.out().isEmpty());
  }

  @Test
  void helpGoesToStandardOutput() {
    CliRunner help = CliRunner.run("info", "--help");
    assertEquals(0, help.code());
    assertTrue(help.out().contains("--device"), help.out());
    assertTrue(help.err().isEmpty());
  }
}

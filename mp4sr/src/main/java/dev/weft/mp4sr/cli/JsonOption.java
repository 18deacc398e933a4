package dev.weft.mp4sr.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** For commands that report. */
final class JsonOption {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--json", description = "Report as JSON.")
  boolean json;

  /** Writes a report as one JSON value. */
  static void print(PrintWriter out, Object report) {
    try {
      out.println(JSON.writeValueAsString(report));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON-able: " + report, e);
    }
  }
}

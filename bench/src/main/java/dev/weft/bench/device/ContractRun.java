package dev.weft.bench.device;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * The contract of backends and the whole models on {@code cuda:0}: {@code ContractRun FILE PATTERN
 * PACKAGE…}, where classes are taken whose names fit the pattern.
 */
public final class ContractRun {
  private ContractRun() {}

  /**
   * How it went.
   *
   * @param products what multiplied matrices
   * @param failures names and messages of those that failed
   */
  public record Result(
      String device,
      String products,
      long tests,
      long passed,
      long skipped,
      double seconds,
      List<String> failures) {}

  /** Runs them; the exit code is 1 where one fails, or none is found. */
  public static void main(String[] args) {
    List<DiscoverySelector> packages =
        List.of(args).subList(2, args.length).stream()
            .<DiscoverySelector>map(name -> selectPackage(name))
            .toList();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(packages)
            .filters(includeClassNamePatterns(args[1]))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    Result result = result(listener.getSummary());
    Part.write(args[0], result);
    System.out.printf(
        "%d tests, %d passed, %d skipped, %d failed%n",
        result.tests, result.passed, result.skipped, result.failures.size());
    result.failures.forEach(System.out::println);
    System.exit(result.failures.isEmpty() && result.tests > 0 ? 0 : 1);
  }

  private static Result result(TestExecutionSummary summary) {
    return new Result(
        Part.backend().name(),
        Part.backend().products(),
        summary.getTestsFoundCount(),
        summary.getTestsSucceededCount(),
        summary.getTestsSkippedCount() + summary.getTestsAbortedCount(),
        (summary.getTimeFinished() - summary.getTimeStarted()) / 1e3,
        summary.getFailures().stream()
            .map(f -> f.getTestIdentifier().getDisplayName() + ": " + f.getException())
            .toList());
  }
}

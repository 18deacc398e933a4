package dev.weft.mp4sr.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mp4sr info}: what this machine computes with. */
@Command(name = "info", description = "Show devices, SIMD width, threads and versions.")
final class InfoCommand implements Runnable {
  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Spec CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "PATH",
      description =
          "A checkpoint (safetensors, torch.save) or model folder: show name, dtype, shape, mean"
              + " and standard deviation of every tensor instead.")
  Path model;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    if (model == null) {
      printMachine(out);
    } else {
      printModel(out);
    }
  }

  private void printModel(PrintWriter out) {
    List<TensorStatistics> tensors = TensorStatistics.read(model);
    if (format.json) {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("model", model.toString());
      report.put("tensors", tensors);
      JsonOption.print(out, report);
    } else {
      TensorStatistics.print(tensors, out);
    }
  }

  private void printMachine(PrintWriter out) {
    MachineInfo machine = MachineInfo.here();
    if (format.json) {
      JsonOption.print(out, machine);
    } else {
      machine.print(out);
      if (common.verbose) {
        machine.printDetails(out);
      }
    }
  }
}

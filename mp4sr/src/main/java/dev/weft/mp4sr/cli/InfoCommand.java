package dev.weft.mp4sr.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mp4sr info}: what this machine computes with. */
@Command(name = "info", description = "Show devices, SIMD width, threads and versions.")
final class InfoCommand implements Runnable {
  @Mixin CommonOptions common;
  @Mixin JsonOption format;
  @Spec CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    MachineInfo machine = MachineInfo.here();
    if (format.json) {
      JsonOption.print(out, machine);
    } else {
      machine.print(out);
    }
  }
}

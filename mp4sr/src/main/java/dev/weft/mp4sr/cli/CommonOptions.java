package dev.weft.mp4sr.cli;

import dev.weft.cuda.CudaBackend;
import dev.weft.cuda.CudaException;
import dev.weft.nn.Placement;
import dev.weft.tensor.Backend;
import dev.weft.tensor.Backends;
import dev.weft.tensor.Device;
import dev.weft.tensor.cpu.Threads;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What every command understands. */
final class CommonOptions {
  /** The name of this mix-in in every command. */
  static final String NAME = "common";

  /** Where to compute. */
  enum DeviceChoice {
    /** The processor. */
    CPU,
    /** A CUDA device, or fail saying why there is none. */
    CUDA,
    /** A CUDA device where one can be used, else the processor. */
    AUTO
  }

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "cpu|cuda|auto",
      description = "Where to compute (default: ${DEFAULT-VALUE}).")
  DeviceChoice device = DeviceChoice.CPU;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads to compute with (default: one for each processor).")
  Integer threads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Where random numbers start; the same seed gives the same bits (default:"
              + " ${DEFAULT-VALUE}).")
  long seed = 1;

  @Option(
      names = "--verbose",
      description =
          "Show the stack trace of an error, and what a CUDA device and its products are computed"
              + " with.")
  boolean verbose;

  /** Puts the options in force. */
  void apply(CommandLine command) {
    if (threads != null) {
      if (threads < 1) {
        throw new ParameterException(command, "--threads: " + threads + " is less than 1");
      }
      Threads.set(threads);
    }
    Placement.set(device == DeviceChoice.CPU ? Device.CPU : cuda(command));
  }

  /** The first CUDA device; where there is none, the processor, if it may stand in. */
  private Device cuda(CommandLine command) {
    Device first = Device.cuda(0);
    try {
      Backend backend = Backends.of(first);
      if (verbose && backend instanceof CudaBackend cuda) {
        command
            .getErr()
            .println("mp4sr: " + first + ": " + cuda.name() + ", products by " + cuda.products());
      }
      return first;
    } catch (CudaException e) {
      if (device == DeviceChoice.CUDA) {
        throw new CliException(
            "--device cuda: " + e.getMessage() + "; --device auto goes on with the CPU", e);
      }
      command.getErr().println("mp4sr: computing on the CPU, not on CUDA: " + e.getMessage());
      return Device.CPU;
    }
  }
}

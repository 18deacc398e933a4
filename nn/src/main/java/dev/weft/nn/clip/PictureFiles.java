package dev.weft.nn.clip;

import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.image.Images;
import dev.weft.tensor.DType;
import dev.weft.tensor.Device;
import dev.weft.tensor.Ops;
import dev.weft.tensor.Scope;
import dev.weft.tensor.Shape;
import dev.weft.tensor.Tensor;
import dev.weft.tensor.cpu.Threads;
import java.nio.file.Path;
import java.util.List;

/** Picture files to pixels, each decoded by one thread. */
final class PictureFiles {
  private PictureFiles() {}

  /** F32 [files, 3, height, width]. */
  static Tensor pixels(List<Path> files, ClipPreprocessor preprocessor) {
    Shape shape = Shape.of(files.size(), 3, preprocessor.height(), preprocessor.width());
    Tensor pixels = Tensor.empty(DType.F32, shape, Device.CPU);
    Threads.run(
        files.size(),
        i -> {
          try (var _ = Scope.open()) {
            Tensor picture = preprocessor.preprocess(Images.read(files.get(i)));
            Ops.copyInto(pixels.select(0, i), picture);
          }
        });
    return pixels;
  }
}

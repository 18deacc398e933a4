package dev.weft.bench.compare;

import dev.weft.autograd.Variable;
import dev.weft.nn.Module;
import dev.weft.nn.checkpoint.SafeTensors;
import dev.weft.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the weights of {@link Models} for {@code bench/peers/models.py}. */
final class ModelWeights {
  private ModelWeights() {}

  /** FOLDER. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    write(folder.resolve("bert.safetensors"), Models.bert());
    write(folder.resolve("clip.safetensors"), Models.clip());
    write(folder.resolve("m2se.safetensors"), Models.m2se(0));
    write(folder.resolve("sasrec.safetensors"), Models.sasRec(0));
  }

  private static void write(Path file, Module module) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    module.parameters().forEach((String name, Variable v) -> tensors.put(name, v.value()));
    SafeTensors.write(file, tensors, Map.of());
  }
}

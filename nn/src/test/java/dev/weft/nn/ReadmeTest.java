package dev.weft.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.nn.clip.ClipConfig;
import dev.weft.nn.clip.ClipModel;
import dev.weft.nn.text.ClipBpe;
import dev.weft.tensor.DType;
import dev.weft.tensor.RandomSource;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of README.md compile and run. */
class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String IMPORTS =
      """
      import dev.weft.autograd.*;
      import dev.weft.autograd.op.*;
      import dev.weft.nn.Detail;
      import dev.weft.nn.bert.*;
      import dev.weft.nn.clip.*;
      import dev.weft.tensor.*;
      import java.nio.file.*;
      import java.util.*;
      import java.util.stream.*;
      """;

  @TempDir private Path temp;

  @Test
  void examplesRun() throws Exception {
    Map<String, Path> files = files();
    Matcher matcher = EXAMPLE.matcher(Files.readString(Path.of("../README.md")));
    List<String> examples = new ArrayList<>();
    while (matcher.find()) {
      String code = matcher.group(1);
      for (var file : files.entrySet()) {
        String path = file.getValue().toString().replace("\\", "/");
        code = code.replace("\"" + file.getKey() + "\"", "\"" + path + "\"");
      }
      examples.add(code);
    }
    assertTrue(examples.size() >= 3, "examples in README.md: " + examples.size());
    for (int i = 0; i < examples.size(); i++) {
      compile("Example" + i, examples.get(i));
    }
    try (URLClassLoader loader = new URLClassLoader(new URL[] {temp.toUri().toURL()})) {
      for (int i = 0; i < examples.size(); i++) {
        run(loader.loadClass("Example" + i));
      }
    }
  }

  /** What the examples name, and what stands for it here. */
  private Map<String, Path> files() throws IOException {
    Path mug = temp.resolve("mug.jpg");
    Path lamp = temp.resolve("lamp.jpg");
    for (Path file : List.of(mug, lamp)) {
      ImageIO.write(new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB), "jpg", file.toFile());
    }
    return Map.of(
        "bert-base-uncased",
        TestFiles.resource("bert-tiny"),
        "clip-vit-base-patch32",
        clip(temp.resolve("clip")),
        "mug.jpg",
        mug,
        "lamp.jpg",
        lamp);
  }

  private static Path clip(Path folder) {
    ClipBpe tokenizer = ClipBpe.load(TestFiles.resource("clip-tiny"));
    TransformerConfig encoder =
        TransformerConfig.builder(1, 64).norm(NormPlacement.PRE).epsilon(1e-5).build();
    ClipConfig config =
        new ClipConfig(
            new ClipConfig.Text(tokenizer.vocabularySize(), 77, tokenizer.endId(), encoder),
            new ClipConfig.Vision(12, 4, 3, encoder),
            8);
    Weights weights = Weights.random(DType.F32, new RandomSource(1));
    try (ClipModel clip = ClipModel.create(weights, config, tokenizer)) {
      clip.save(folder);
    }
    return folder;
  }

  private void compile(String name, String code) throws IOException {
    Path source = temp.resolve(name + ".java");
    Files.writeString(
        source,
        IMPORTS
            + "public class "
            + name
            + " { public static void main(String[] args) throws Exception {\n"
            + code
            + "} }\n");
    StringWriter said = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      String classPath =
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
      List<String> options =
          List.of(
              "-proc:none", "-d", temp.toString(), "-cp", classPath + File.pathSeparator + temp);
      var sources = manager.getJavaFileObjects(source);
      boolean compiled = compiler.getTask(said, manager, null, options, null, sources).call();
      assertTrue(compiled, () -> code + "\n" + said);
    }
    assertEquals("", said.toString(), code);
  }

  private static void run(Class<?> example) throws ReflectiveOperationException {
    try {
      example.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } catch (InvocationTargetException e) {
      throw new AssertionError("an example of README.md fails: " + e.getCause(), e);
    }
  }
}

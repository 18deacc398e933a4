package dev.weft.mp4sr.report;

import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Mustache;
import dev.weft.nn.checkpoint.AtomicFiles;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes reports. */
public final class Report {
  /** The page's file name. */
  public static final String PAGE = "index.html";

  private static final String TEMPLATE = "dev/weft/mp4sr/report/report.mustache";

  private Report() {}

  /**
   * Writes {@value #PAGE} into a folder: one file that holds its style, its charts and its pictures
   * itself and asks nothing of the network. Pictures that cannot be read are shown as empty frames.
   *
   * @return the page's path
   * @throws IOException if it cannot be written; an older page stays as it was
   */
  public static Path write(Path folder, ReportData data) throws IOException {
    Mustache template = new DefaultMustacheFactory().compile(TEMPLATE);
    Path page = folder.resolve(PAGE);
    AtomicFiles.writeStream(
        page,
        out -> {
          Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          template.execute(writer, new ReportView(data, new Thumbnails()).page());
          writer.flush();
        });
    return page;
  }
}

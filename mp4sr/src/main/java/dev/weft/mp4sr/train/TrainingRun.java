package dev.weft.mp4sr.train;

import dev.weft.autograd.Variable;
import dev.weft.autograd.optim.Optimizer;
import dev.weft.autograd.optim.Schedule;
import dev.weft.mp4sr.data.Split;
import dev.weft.mp4sr.model.TrainingBatch;
import dev.weft.mp4sr.model.TrainingTask;
import dev.weft.nn.Mode;
import dev.weft.tensor.RandomSource;
import dev.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One training from its beginning, or from where it was interrupted, to its end. */
final class TrainingRun {
  private static final String PARAMETER = "parameter.";
  private static final String OPTIMIZER = "optimizer.";

  private final TrainingTask task;
  private final Map<String, Variable> parameters;
  private final TrainOptions options;
  private final Validator validator;
  private final RunFolder folder;
  private final TrainListener listener;
  private final Examples examples;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final List<EpochReport> reports = new ArrayList<>();

  private RandomSource random;
  private int epoch = 1;
  private int step;
  private long stepsDone;
  private EpochSums sums = new EpochSums();
  private Position.Best best;
  private int sinceBest;
  private long metricsBytes;
  private boolean ended;
  private Map<String, Tensor> bestParameters;

  TrainingRun(
      TrainingTask task,
      Split split,
      TrainOptions options,
      Validator validator,
      RunFolder folder,
      TrainListener listener) {
    this.task = task;
    this.parameters = task.parameters();
    this.options = options;
    this.validator = validator;
    this.folder = folder;
    this.listener = listener;
    this.examples = new Examples(split.training(), options);
    this.optimizer = Optimizers.optimizer(options, parameters);
    this.schedule = Optimizers.schedule(options, examples.steps());
    this.random = new RandomSource(Seeds.derive(options.seed(), Seeds.DROPOUT));
    if (folder != null) {
      RunFolder.Saved saved = folder.begin(config(split));
      if (saved != null) {
        resume(saved);
      }
    }
  }

  private Map<String, Object> config(Split split) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("sequences", split.training().size());
    data.put("examples", examples.count());
    data.put("sha256", Fingerprint.of(split));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("version", 1);
    config.put("task", task.name());
    config.put("train", options);
    config.put("validated", validator != null);
    config.put("data", data);
    return config;
  }

  TrainResult complete() {
    listener.started(task.name(), options.epochs(), examples.steps(), stepsDone);
    while (!ended) {
      runEpoch();
    }
    if (bestParameters != null) {
      Parameters.restore(parameters, bestParameters, "best epoch");
    }
    int chosen = best == null ? epoch - 1 : best.epoch();
    TrainResult result =
        new TrainResult(
            task.name(),
            reports,
            chosen,
            best == null ? null : best.metric(),
            reports.size() < options.epochs());
    if (folder != null) {
      folder.finish(Parameters.values(parameters), result);
    }
    listener.ended(result);
    return result;
  }

  private void runEpoch() {
    long start = System.nanoTime();
    Examples.Epoch batches = examples.epoch(epoch);
    while (step < examples.steps()) {
      StepReport report = runStep(batches.batch(step));
      if (isCheckpointDue()) {
        start = sums.clock(start);
        folder.writeCheckpoint(tensors(), position());
      }
      listener.step(report);
    }
    Map<String, Double> validation = validate();
    boolean isBest = judge(validation);
    sums.clock(start);
    endEpoch(validation, isBest);
  }

  private StepReport runStep(TrainingBatch batch) {
    optimizer.setLearningRate(schedule.learningRate(stepsDone));
    TrainingStep made =
        TrainingStep.make(
            task, parameters.values(), batch, Mode.training(random), optimizer, options.clipNorm());
    if (!made.isFinite()) {
      throw new TrainException(
          "%s: epoch %d, step %d: %s; lower the learning rate (now %s) or look at the features"
              .formatted(task.name(), epoch, step + 1, made.problem(), optimizer.learningRate()));
    }
    step++;
    stepsDone++;
    sums.add(made.losses(), batch.history().size());
    return new StepReport(
        epoch,
        step,
        examples.steps(),
        made.losses(),
        made.gradientNorm(),
        optimizer.learningRate());
  }

  private boolean isCheckpointDue() {
    return folder != null
        && options.checkpointEvery() > 0
        && stepsDone % options.checkpointEvery() == 0
        && step < examples.steps(); // the epoch's own follows
  }

  private Map<String, Double> validate() {
    boolean due = epoch % options.validateEvery() == 0 || epoch == options.epochs();
    return validator != null && due ? validator.validate() : Map.of();
  }

  /** Notes whether this epoch is the best so far, and whether it is the last. */
  private boolean judge(Map<String, Double> validation) {
    boolean isBest = false;
    if (!validation.isEmpty()) {
      Double metric = validation.get(options.validationMetric());
      if (metric == null) {
        throw new TrainException(
            "training: validationMetric "
                + options.validationMetric()
                + " is not measured; measured are "
                + validation.keySet());
      }
      isBest = best == null ? !metric.isNaN() : metric > best.metric();
      sinceBest = isBest ? 0 : sinceBest + 1;
      if (isBest) {
        best = new Position.Best(epoch, metric);
        bestParameters = Parameters.copies(parameters);
      }
    }
    boolean impatient = options.patience() > 0 && sinceBest >= options.patience();
    ended = impatient || epoch == options.epochs();
    return isBest;
  }

  /**
   * Writes the epoch down: first its line, then the checkpoint, which knows how long the file of
   * lines is, then the best parameters, which the checkpoint holds too. So whatever of this a kill
   * prevents, resuming finds all it needs.
   */
  private void endEpoch(Map<String, Double> validation, boolean isBest) {
    EpochReport report =
        new EpochReport(
            epoch,
            step,
            sums.examples(),
            sums.means(),
            validation,
            isBest,
            optimizer.learningRate(),
            sums.seconds());
    reports.add(report);
    epoch++;
    step = 0;
    sums = new EpochSums();
    if (folder != null) {
      metricsBytes = folder.append(report);
      folder.writeCheckpoint(tensors(), position());
      if (isBest) {
        folder.writeBest(bestParameters, best);
      }
    }
    listener.epoch(report);
  }

  private Position position() {
    return new Position(
        epoch,
        step,
        stepsDone,
        random.draws(),
        best,
        sinceBest,
        sums.sums(),
        sums.examples(),
        sums.seconds(),
        metricsBytes,
        ended);
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Parameters.values(parameters).forEach((name, value) -> tensors.put(PARAMETER + name, value));
    optimizer.state().forEach((name, value) -> tensors.put(OPTIMIZER + name, value));
    return tensors;
  }

  private void resume(RunFolder.Saved saved) {
    String source = folder.path().resolve(RunFolder.CHECKPOINT).toString();
    Parameters.restore(parameters, withPrefix(PARAMETER, saved.tensors()), source);
    optimizer.loadState(withPrefix(OPTIMIZER, saved.tensors()));
    Position position = saved.position();
    random = new RandomSource(random.seed(), position.draws());
    epoch = position.epoch();
    step = position.step();
    stepsDone = position.stepsDone();
    best = position.best();
    sinceBest = position.sinceBest();
    sums = new EpochSums(position.lossSums(), position.examples(), position.seconds());
    metricsBytes = position.metricsBytes();
    ended = position.ended();
    reports.addAll(folder.truncateMetrics(metricsBytes));
    if (position.isAtBest()) {
      bestParameters = Parameters.copies(parameters);
      folder.writeBest(bestParameters, best);
    } else if (best != null) {
      bestParameters = folder.readBest(best);
    }
  }

  private static Map<String, Tensor> withPrefix(String prefix, Map<String, Tensor> tensors) {
    Map<String, Tensor> chosen = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            chosen.put(name.substring(prefix.length()), tensor);
          }
        });
    return chosen;
  }
}

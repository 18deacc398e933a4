package dev.weft.mp4sr.cli;

import dev.weft.mp4sr.model.M2seConfig.Setting;

/** The models of the demonstration's table. */
enum DemoModel {
  INDUCTIVE("MP4SR inductive", "inductive", Setting.INDUCTIVE, true),
  TRANSDUCTIVE("MP4SR transductive", "transductive", Setting.TRANSDUCTIVE, true),
  INDUCTIVE_SCRATCH(
      "MP4SR inductive, not pre-trained", "inductive-scratch", Setting.INDUCTIVE, false),
  TRANSDUCTIVE_SCRATCH(
      "MP4SR transductive, not pre-trained", "transductive-scratch", Setting.TRANSDUCTIVE, false),
  SASREC("SASRec", "sasrec", null, false),
  POPULARITY("Popularity", null, null, false);

  /** The name of the pre-training's run. */
  static final String PRETRAINING = "pretraining";

  private final String label;
  private final String run;
  private final Setting setting;
  private final boolean pretrained;

  DemoModel(String label, String run, Setting setting, boolean pretrained) {
    this.label = label;
    this.run = run;
    this.setting = setting;
    this.pretrained = pretrained;
  }

  /** Its name in tables. */
  String label() {
    return label;
  }

  /** The name of its run folder; null where nothing is trained. */
  String run() {
    return run;
  }

  /** The setting of fine-tuning; null where the model is not MP4SR. */
  Setting setting() {
    return setting;
  }

  /** Whether it begins with what pre-training has learnt. */
  boolean pretrained() {
    return pretrained;
  }
}

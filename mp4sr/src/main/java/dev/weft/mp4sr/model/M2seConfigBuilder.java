package dev.weft.mp4sr.model;

import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import dev.weft.mp4sr.model.M2seConfig.Classes;
import dev.weft.mp4sr.model.M2seConfig.CmclForm;
import dev.weft.mp4sr.model.M2seConfig.Duplicates;
import dev.weft.mp4sr.model.M2seConfig.Missing;
import dev.weft.mp4sr.model.M2seConfig.Modalities;
import dev.weft.mp4sr.model.M2seConfig.OwnHistory;
import dev.weft.mp4sr.model.M2seConfig.PaddingClass;
import dev.weft.mp4sr.model.M2seConfig.Pooling;
import dev.weft.mp4sr.model.M2seConfig.Setting;

/** Builds an {@link M2seConfig}, whose documentation says what each value is. */
@JsonPOJOBuilder(withPrefix = "")
public final class M2seConfigBuilder {
  private int hiddenSize = 64;
  private int feedForwardSize = 256;
  private int layers = 2;
  private int heads = 2;
  private int experts = 8;
  private int maxLength = 50;
  private double layerNormEpsilon = 1e-12;
  private double hiddenDropout = 0.2;
  private double attentionDropout = 0.2;
  private double expertDropout = 0.2;
  private double temperature = 0.07;
  private double nipTextWeight = 1;
  private double nipImageWeight = 1;
  private double cmclWeight = 0.01;
  private Modalities modalities = Modalities.BOTH;
  private Pooling pooling = Pooling.TRAINED;
  private Missing missing = Missing.OTHER_MODALITY;
  private Duplicates duplicates = Duplicates.LEFT_OUT;
  private Duplicates cmclDuplicates = Duplicates.KEPT;
  private OwnHistory ownHistory = OwnHistory.KEPT;
  private CmclForm cmclForm = CmclForm.REFERENCE;
  private boolean projections = true;
  private boolean mixup = true;
  private double maxMixupRatio = 0.5;
  private boolean randomDropout = true;
  private double minDropRatio = 0;
  private double maxDropRatio = 0.2;
  private Setting setting = Setting.TRANSDUCTIVE;
  private PaddingClass paddingClass = PaddingClass.LEFT_OUT;
  private Classes classes = Classes.SEEN;

  M2seConfigBuilder() {}

  M2seConfigBuilder(M2seConfig config) {
    hiddenSize = config.hiddenSize();
    feedForwardSize = config.feedForwardSize();
    layers = config.layers();
    heads = config.heads();
    experts = config.experts();
    maxLength = config.maxLength();
    layerNormEpsilon = config.layerNormEpsilon();
    hiddenDropout = config.hiddenDropout();
    attentionDropout = config.attentionDropout();
    expertDropout = config.expertDropout();
    temperature = config.temperature();
    nipTextWeight = config.nipTextWeight();
    nipImageWeight = config.nipImageWeight();
    cmclWeight = config.cmclWeight();
    modalities = config.modalities();
    pooling = config.pooling();
    missing = config.missing();
    duplicates = config.duplicates();
    cmclDuplicates = config.cmclDuplicates();
    ownHistory = config.ownHistory();
    cmclForm = config.cmclForm();
    projections = config.projections();
    mixup = config.mixup();
    maxMixupRatio = config.maxMixupRatio();
    randomDropout = config.randomDropout();
    minDropRatio = config.minDropRatio();
    maxDropRatio = config.maxDropRatio();
    setting = config.setting();
    paddingClass = config.paddingClass();
    classes = config.classes();
  }

  /** Default: 64. */
  public M2seConfigBuilder hiddenSize(int value) {
    hiddenSize = value;
    return this;
  }

  /** Default: 256. */
  public M2seConfigBuilder feedForwardSize(int value) {
    feedForwardSize = value;
    return this;
  }

  /** Default: 2. */
  public M2seConfigBuilder layers(int value) {
    layers = value;
    return this;
  }

  /** Default: 2. */
  public M2seConfigBuilder heads(int value) {
    heads = value;
    return this;
  }

  /** Default: 8. */
  public M2seConfigBuilder experts(int value) {
    experts = value;
    return this;
  }

  /** Default: 50. */
  public M2seConfigBuilder maxLength(int value) {
    maxLength = value;
    return this;
  }

  /** Default: 1e-12. */
  public M2seConfigBuilder layerNormEpsilon(double value) {
    layerNormEpsilon = value;
    return this;
  }

  /** Default: 0.2. */
  public M2seConfigBuilder hiddenDropout(double value) {
    hiddenDropout = value;
    return this;
  }

  /** Default: 0.2. */
  public M2seConfigBuilder attentionDropout(double value) {
    attentionDropout = value;
    return this;
  }

  /** Default: 0.2. */
  public M2seConfigBuilder expertDropout(double value) {
    expertDropout = value;
    return this;
  }

  /** Default: 0.07. */
  public M2seConfigBuilder temperature(double value) {
    temperature = value;
    return this;
  }

  /** Default: 1. */
  public M2seConfigBuilder nipTextWeight(double value) {
    nipTextWeight = value;
    return this;
  }

  /** Default: 1. */
  public M2seConfigBuilder nipImageWeight(double value) {
    nipImageWeight = value;
    return this;
  }

  /** Default: 0.01. */
  public M2seConfigBuilder cmclWeight(double value) {
    cmclWeight = value;
    return this;
  }

  /** Default: BOTH. */
  public M2seConfigBuilder modalities(Modalities value) {
    modalities = value;
    return this;
  }

  /** Default: TRAINED. */
  public M2seConfigBuilder pooling(Pooling value) {
    pooling = value;
    return this;
  }

  /** Default: OTHER_MODALITY. */
  public M2seConfigBuilder missing(Missing value) {
    missing = value;
    return this;
  }

  /** Default: LEFT_OUT. */
  public M2seConfigBuilder duplicates(Duplicates value) {
    duplicates = value;
    return this;
  }

  /** Default: KEPT. */
  public M2seConfigBuilder cmclDuplicates(Duplicates value) {
    cmclDuplicates = value;
    return this;
  }

  /** See {@link M2seConfig#ownHistory}. */
  public M2seConfigBuilder ownHistory(OwnHistory value) {
    ownHistory = value;
    return this;
  }

  /** Default: REFERENCE. */
  public M2seConfigBuilder cmclForm(CmclForm value) {
    cmclForm = value;
    return this;
  }

  /** Default: true. */
  public M2seConfigBuilder projections(boolean value) {
    projections = value;
    return this;
  }

  /** Default: true. */
  public M2seConfigBuilder mixup(boolean value) {
    mixup = value;
    return this;
  }

  /** Default: 0.5. */
  public M2seConfigBuilder maxMixupRatio(double value) {
    maxMixupRatio = value;
    return this;
  }

  /** Default: true. */
  public M2seConfigBuilder randomDropout(boolean value) {
    randomDropout = value;
    return this;
  }

  /** Default: 0. */
  public M2seConfigBuilder minDropRatio(double value) {
    minDropRatio = value;
    return this;
  }

  /** Default: 0.2. */
  public M2seConfigBuilder maxDropRatio(double value) {
    maxDropRatio = value;
    return this;
  }

  /** Default: TRANSDUCTIVE. */
  public M2seConfigBuilder setting(Setting value) {
    setting = value;
    return this;
  }

  /** Default: LEFT_OUT. */
  public M2seConfigBuilder paddingClass(PaddingClass value) {
    paddingClass = value;
    return this;
  }

  /** Default: SEEN. */
  public M2seConfigBuilder classes(Classes value) {
    classes = value;
    return this;
  }

  /**
   * The configuration.
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public M2seConfig build() {
    return new M2seConfig(
        hiddenSize,
        feedForwardSize,
        layers,
        heads,
        experts,
        maxLength,
        layerNormEpsilon,
        hiddenDropout,
        attentionDropout,
        expertDropout,
        temperature,
        nipTextWeight,
        nipImageWeight,
        cmclWeight,
        modalities,
        pooling,
        missing,
        duplicates,
        cmclDuplicates,
        ownHistory,
        cmclForm,
        projections,
        mixup,
        maxMixupRatio,
        randomDropout,
        minDropRatio,
        maxDropRatio,
        setting,
        paddingClass,
        classes);
  }
}

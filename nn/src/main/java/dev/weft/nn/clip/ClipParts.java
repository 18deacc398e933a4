package dev.weft.nn.clip;

import dev.weft.nn.image.ClipPreprocessor;
import dev.weft.nn.text.Tokenizer;

/** What a CLIP model is made of; tokenizer or preprocessor is null where an encoder is alone. */
record ClipParts(
    ClipConfig config, Tokenizer tokenizer, ClipPreprocessor preprocessor, ClipNetwork network) {}

package dev.weft.mp4sr.model;

import dev.weft.nn.Mode;

/** Items of which the host has worked out what to look up, for the device to encode. */
@FunctionalInterface
interface ItemEncoding {
  /** Encodes them, after the batch that holds what to look up was sent. */
  ItemVectors vectors(Mode mode);
}

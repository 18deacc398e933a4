package dev.weft.nn.image;

/** A rectangle of pixels. */
record Region(int x, int y, int width, int height) {}

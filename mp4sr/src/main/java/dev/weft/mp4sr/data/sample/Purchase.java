package dev.weft.mp4sr.data.sample;

/** A user bought a product (an index into the catalogue) on a day (since 1970). */
record Purchase(String user, int product, long day) {}

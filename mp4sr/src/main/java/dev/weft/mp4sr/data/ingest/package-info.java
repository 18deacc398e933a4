/** Readers of the formats that users have: each makes a {@code Dataset} and says what it saw. */
package dev.weft.mp4sr.data.ingest;

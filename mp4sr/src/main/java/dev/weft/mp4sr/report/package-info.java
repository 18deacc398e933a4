/** A run's results as one self-contained page, to be opened in a browser. */
package dev.weft.mp4sr.report;

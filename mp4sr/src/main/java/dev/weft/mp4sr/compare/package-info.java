/**
 * Models side by side: {@link dev.weft.mp4sr.compare.Comparison} trains each {@link
 * dev.weft.mp4sr.compare.Entrant} under several seeds on one dataset and evaluates all of them on
 * the same cases.
 */
package dev.weft.mp4sr.compare;

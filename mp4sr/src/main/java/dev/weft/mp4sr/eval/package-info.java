/**
 * How good a {@link dev.weft.mp4sr.model.Recommender} is: full ranking of held-out items ({@link
 * dev.weft.mp4sr.eval.Evaluator}), mean over seeds ({@link dev.weft.mp4sr.eval.Aggregate}) and
 * whether two of them differ ({@link dev.weft.mp4sr.eval.PairedTest}).
 */
package dev.weft.mp4sr.eval;

/**
 * Training: {@link dev.weft.mp4sr.train.Trainer} moves the parameters of a {@link
 * dev.weft.mp4sr.model.TrainingTask}, a {@link dev.weft.mp4sr.train.RunFolder} keeps what is needed
 * to go on after an interruption and to end in the same bits as an unbroken run.
 */
package dev.weft.mp4sr.train;

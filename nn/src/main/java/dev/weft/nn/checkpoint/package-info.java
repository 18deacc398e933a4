/** Weights in files: what a file holds, and how its tensors become parameters. */
package dev.weft.nn.checkpoint;

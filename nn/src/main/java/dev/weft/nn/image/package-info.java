/** From picture files to what a vision model takes: decode, resize, crop, normalise. */
package dev.weft.nn.image;

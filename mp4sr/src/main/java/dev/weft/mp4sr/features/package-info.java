/** From texts and pictures to feature vectors: BERT, and CLIP's words read by BERT. */
package dev.weft.mp4sr.features;

/**
 * CLIP (Radford et al., arXiv 2103.00020): texts and images in one space, read from and written to
 * Hugging Face folders.
 */
package dev.weft.nn.clip;

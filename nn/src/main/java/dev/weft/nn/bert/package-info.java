/**
 * BERT (Devlin et al., arXiv 1810.04805): the encoder, read from and written to Hugging Face
 * folders.
 */
package dev.weft.nn.bert;

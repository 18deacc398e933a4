/**
 * From text to token ids: BERT's WordPiece and CLIP's byte-pair encoding, loaded from Hugging Face
 * folders or trained on texts of one's own.
 */
package dev.weft.nn.text;

/**
 * MP4SR, the model: the multimodal mixup sequence encoder, its pre-training and fine-tuning, and
 * the recommenders it is compared with. Equations and decisions are listed in {@code
 * docs/mp4sr.md}.
 */
package dev.weft.mp4sr.model;

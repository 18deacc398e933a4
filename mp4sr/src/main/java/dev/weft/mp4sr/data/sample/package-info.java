/** A catalogue, its pictures and its shoppers, made from a seed: data to try everything on. */
package dev.weft.mp4sr.data.sample;

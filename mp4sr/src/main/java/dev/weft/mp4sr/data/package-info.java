/** Items with texts and pictures, users with histories, and how both are split and stored. */
package dev.weft.mp4sr.data;

/** What the packages of the recommender share. */
package dev.weft.mp4sr;

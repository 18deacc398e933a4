package dev.weft.mp4sr.data;

import java.util.List;
import java.util.Set;

/**
 * What a dataset folder is written from, one thing after the other, so that a catalogue need not
 * lie in memory as objects.
 */
public interface DatasetSource {
  /** What the dataset is called in reports. */
  String name();

  /** Number of items. */
  int itemCount();

  /** Number of users. */
  int userCount();

  /** The id of an item, by index from 0; its number is one more. */
  String itemId(int index);

  /** The texts of an item, by index from 0. */
  List<String> itemTexts(int index);

  /** The pictures of an item, by index from 0. */
  List<String> itemImages(int index);

  /** The name of a user, by index from 0. */
  String user(int index);

  /** A user's item numbers in order of time. */
  int[] sequence(int index);

  /** Numbers of the items that training must not see. */
  Set<Integer> heldOut();
}

package dev.weft.nn.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.weft.tensor.Shape;
import dev.weft.tensor.TensorException;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a safetensors header says of one tensor.
 *
 * @param begin of its bytes, counted from the first byte after the header
 * @param end of its bytes, excluded
 */
record SafeTensorsEntry(String name, TensorInfo info, long begin, long end) {

  /**
   * Reads the object that stands for a tensor; fields that the format does not have are skipped.
   */
  static SafeTensorsEntry parse(String file, String name, JsonParser json) throws IOException {
    return new Parser(file, name, json).parse();
  }

  CheckpointException failure(String file, String reason) {
    return failure(file, name, reason);
  }

  private static CheckpointException failure(String file, String name, String reason) {
    return new CheckpointException(file + ": tensor " + Quoted.of(name) + ": " + reason);
  }

  private record Parser(String file, String name, JsonParser json) {

    SafeTensorsEntry parse() throws IOException {
      require(JsonToken.START_OBJECT, "must be an object");
      String dtype = null;
      long[] shape = null;
      long[] offsets = null;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        json.nextToken();
        switch (field) {
          case "dtype" -> {
            require(JsonToken.VALUE_STRING, "dtype must be a string");
            dtype = json.getText();
          }
          case "shape" -> shape = numbers(field);
          case "data_offsets" -> offsets = numbers(field);
          default -> json.skipChildren();
        }
      }
      if (dtype == null || shape == null || offsets == null) {
        throw failure("needs dtype, shape and data_offsets");
      }
      return entry(new TensorInfo(type(dtype), shape(shape)), offsets);
    }

    private long[] numbers(String field) throws IOException {
      require(JsonToken.START_ARRAY, field + " must be an array");
      long[] numbers = new long[4];
      int count = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        require(JsonToken.VALUE_NUMBER_INT, field + " must hold whole numbers");
        boolean fits = json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (!fits || json.getLongValue() < 0) {
          throw failure(field + " holds " + Quoted.of(json.getText()) + ", which is out of range");
        }
        numbers = count == numbers.length ? Arrays.copyOf(numbers, 2 * count) : numbers;
        numbers[count++] = json.getLongValue();
      }
      return Arrays.copyOf(numbers, count);
    }

    private StoredType type(String dtype) {
      return StoredType.named(dtype)
          .orElseThrow(
              () ->
                  failure(
                      "dtype %s is not supported; supported are %s, so convert it first"
                          .formatted(Quoted.of(dtype), Arrays.toString(StoredType.values()))));
    }

    private Shape shape(long[] stored) {
      int[] dims = new int[stored.length];
      for (int axis = 0; axis < dims.length; axis++) {
        if (stored[axis] > Integer.MAX_VALUE) {
          throw failure("shape " + Quoted.of(Arrays.toString(stored)) + " is too large");
        }
        dims[axis] = (int) stored[axis];
      }
      try {
        return Shape.of(dims);
      } catch (TensorException e) {
        throw new CheckpointException(
            file + ": tensor " + Quoted.of(name) + ": " + e.getMessage(), e);
      }
    }

    private SafeTensorsEntry entry(TensorInfo info, long[] offsets) {
      if (offsets.length != 2 || offsets[0] > offsets[1]) {
        throw failure(
            "data_offsets " + Quoted.of(Arrays.toString(offsets)) + " must be a begin and an end");
      }
      if (offsets[1] - offsets[0] != info.byteSize()) {
        throw failure(
            "%s takes %d bytes, data_offsets %s give %d"
                .formatted(
                    info, info.byteSize(), Arrays.toString(offsets), offsets[1] - offsets[0]));
      }
      return new SafeTensorsEntry(name, info, offsets[0], offsets[1]);
    }

    private void require(JsonToken expected, String otherwise) {
      if (json.currentToken() != expected) {
        throw failure(otherwise);
      }
    }

    private CheckpointException failure(String reason) {
      return SafeTensorsEntry.failure(file, name, reason);
    }
  }
}

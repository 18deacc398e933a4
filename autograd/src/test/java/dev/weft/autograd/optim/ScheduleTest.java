package dev.weft.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.tensor.TensorException;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  @Test
  void warmsUpToThePeakAndStays() {
    Schedule schedule = Schedule.warmUp(0.8, 4);
    assertEquals(0.2, schedule.learningRate(0), 1e-15);
    assertEquals(0.8, schedule.learningRate(3), 1e-15);
    assertEquals(0.8, schedule.learningRate(1000), 1e-15);
    assertEquals(0.8, Schedule.warmUp(0.8, 0).learningRate(0), 1e-15);
    assertEquals(0.5, Schedule.constant(0.5).learningRate(7));
  }

  @Test
  void fallsInALine() {
    Schedule schedule = Schedule.linear(1, 2, 12);
    assertEquals(0.5, schedule.learningRate(0), 1e-15);
    assertEquals(1, schedule.learningRate(2), 1e-15);
    assertEquals(0.5, schedule.learningRate(7), 1e-15);
    assertEquals(0.1, schedule.learningRate(11), 1e-15);
    assertEquals(0, schedule.learningRate(12), 1e-15);
    assertEquals(0, schedule.learningRate(99), 1e-15);
  }

  @Test
  void fallsAlongACosine() {
    Schedule schedule = Schedule.cosine(2, 3, 11);
    assertEquals(2, schedule.learningRate(3), 1e-15);
    assertEquals(1 + Math.sqrt(0.5), schedule.learningRate(5), 1e-15);
    assertEquals(1, schedule.learningRate(7), 1e-15);
    assertEquals(0, schedule.learningRate(11), 1e-15);
  }

  @Test
  void warmUpMustFitIn() {
    assertThrows(TensorException.class, () -> Schedule.linear(1, 13, 12));
    assertThrows(TensorException.class, () -> Schedule.cosine(1, -1, 12));
  }
}

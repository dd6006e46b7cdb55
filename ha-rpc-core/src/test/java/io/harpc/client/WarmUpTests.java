package io.harpc.client;

import java.time.Duration;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WarmUpTests {

	private static final Offset<Double> CLOSE = Offset.offset(0.001);

	private final long start = Long.MAX_VALUE - Duration.ofSeconds(15).toNanos();

	@Test
	void risesFromATenthToTheFullShareInThirtySecondsEvenWhenTheClockWrapsAround() {
		WarmUp warmUp = new WarmUp(Duration.ofSeconds(30), this.start, false);
		assertThat(warmUp.share(at(0))).isCloseTo(0.1, CLOSE);
		assertThat(warmUp.share(at(10))).isCloseTo(0.4, CLOSE);
		assertThat(warmUp.share(at(20))).isCloseTo(0.7, CLOSE);
		assertThat(warmUp.share(at(30))).isEqualTo(1);
		assertThat(warmUp.share(at(3000))).isEqualTo(1);
	}

	@Test
	void isAtItsFullShareUntilItBegins() {
		WarmUp warmUp = new WarmUp(Duration.ofSeconds(30), this.start, true);
		assertThat(warmUp.share(at(0))).isEqualTo(1);
		warmUp.begin(at(5));
		assertThat(warmUp.share(at(5))).isCloseTo(0.1, CLOSE);
	}

	private long at(int seconds) {
		return this.start + Duration.ofSeconds(seconds).toNanos();
	}

}

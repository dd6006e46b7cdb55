package io.harpc.demo.launcher;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RestartBackoffTests {

	private static final Duration SHORT = Duration.ofMillis(10);

	private final RestartBackoff backoff = new RestartBackoff(
			new RestartBackoff.Settings(Duration.ofMillis(500), Duration.ofSeconds(3), Duration.ofSeconds(20)));

	@Test
	void doublesUpToTheLimitWhileTheProcessDoesNotLast() {
		assertThat(this.backoff.after(SHORT)).hasMillis(500);
		assertThat(this.backoff.after(SHORT)).hasMillis(1000);
		assertThat(this.backoff.after(SHORT)).hasMillis(2000);
		assertThat(this.backoff.after(SHORT)).hasMillis(3000);
		assertThat(this.backoff.after(SHORT)).hasMillis(3000);
	}

	@Test
	void beginsAnewAfterARunThatLasted() {
		this.backoff.after(SHORT);
		this.backoff.after(SHORT);

		assertThat(this.backoff.after(Duration.ofSeconds(20))).hasMillis(500);
		assertThat(this.backoff.after(SHORT)).hasMillis(1000);
	}

	@Test
	void refusesWaitsThatWouldSpin() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RestartBackoff.Settings(Duration.ZERO, Duration.ofSeconds(1), SHORT))
			.withMessage("initial: PT0S, max: PT1S (expected: 0 < initial <= max)");
	}

}

package io.harpc.scenario;

import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three times as many calls as the providers can take.
 */
class OverloadScenarioIT {

	private static final Duration OVERLOAD = Scenarios.SOAK ? Duration.ofSeconds(30) : Duration.ofSeconds(5);

	/** Of both providers: four calls at once, 20 ms each. */
	private static final int CAPACITY = 400;

	private static final Duration NORMAL_WITHIN = Duration.ofSeconds(5);

	@ScenarioTest
	void overloaded(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(2);
		for (Provider provider : providers) {
			provider.tell("capacity 4 20");
		}
		stage.consume();
		Load load = stage.load(CAPACITY / 2);
		stage.runFor(Duration.ofSeconds(2));
		long from = System.nanoTime();
		load.rate(CAPACITY * 3);
		stage.runFor(OVERLOAD);
		long to = System.nanoTime();
		load.rate(CAPACITY / 2);
		stage.runFor(NORMAL_WITHIN.plusSeconds(1));

		History history = stage.end();
		long answered = history.calls((call) -> call.succeeded() && call.end() >= from && call.end() < to).size();
		long goodput = 100 * answered / (CAPACITY * OVERLOAD.toSeconds());
		long normal = history.failed()
			.stream()
			.filter((call) -> call.start() >= to)
			.mapToLong(Call::end)
			.max()
			.orElse(to);
		stage.numbers().put("goodputPercent", goodput).put("normalAfterMillis", (normal - to) / 1_000_000);
		stage.check(history);
		assertThat(goodput).as("answers in time, in percent of what the providers can give").isGreaterThanOrEqualTo(80);
		assertThat(Duration.ofNanos(normal - to)).as("until the last failure after the overload")
			.isLessThan(NORMAL_WITHIN);
	}

}

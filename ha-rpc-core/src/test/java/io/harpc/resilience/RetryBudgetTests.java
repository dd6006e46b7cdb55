package io.harpc.resilience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RetryBudgetTests {

	private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	@Test
	void givesAFifthOfTheCallsOfTenSecondsAndTenASecond() {
		RetryBudget budget = budget(0.2, 10);
		call(budget, 50);
		assertThat(spend(budget, 1000)).isEqualTo(110);
	}

	@Test
	void givesNothingWhereThereIsNothing() {
		assertThat(budget(0, 0).trySpend()).isFalse();
	}

	@Test
	void givesLittleForASingleCallOverAndOver() {
		RetryBudget budget = budget(0.2, 0);
		int given = 0;
		for (int i = 0; i < 100; i++) {
			budget.called(this.now);
			given += spend(budget, 1);
		}
		assertThat(given).isEqualTo(20);
	}

	@Test
	void forgetsBothCallsAndRetriesAfterTenSeconds() {
		RetryBudget budget = budget(0.2, 1);
		call(budget, 100);
		assertThat(spend(budget, 1000)).isEqualTo(30);
		pass(9);
		assertThat(spend(budget, 1000)).isZero();
		pass(1);
		assertThat(spend(budget, 1000)).isEqualTo(10);
		pass(100);
		assertThat(spend(budget, 1000)).isEqualTo(10);
	}

	@Test
	void tellsHowItStands() {
		RetryBudget budget = budget(0.2, 1);
		call(budget, 100);
		assertThat(spend(budget, 25)).isEqualTo(25);
		assertThat(budget.status()).isEqualTo(new RetryBudget.Status(new RetryBudget.Settings(0.2, 1), 25, 5));
		assertThat(budget.describe()).isEqualTo("Not tried again: the retry budget of reference 'orders' is spent"
				+ " (20 % of calls + 1 per second; see ha-rpc.client.retry-budget).");
	}

	@Test
	void neverGivesMoreThanThereIsToManyThreads() throws Exception {
		RetryBudget budget = budget(0.2, 0);
		call(budget, 5000);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Integer>> spenders = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				spenders.add(() -> spend(budget, 2000));
			}
			int given = 0;
			for (Future<Integer> spender : threads.invokeAll(spenders)) {
				given += spender.get();
			}
			assertThat(given).isBetween(900, 1000);
			assertThat(given + spend(budget, 2000)).isEqualTo(1000);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void countsEveryCallOfManyThreadsWhileTheSecondsPass() throws Exception {
		WindowCounter counter = new WindowCounter(Duration.ofSeconds(10), 0);
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<Callable<Void>> callers = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				callers.add(() -> {
					for (int call = 0; call < 9_000; call++) {
						counter.add(Duration.ofMillis(call).toNanos());
					}
					return null;
				});
			}
			threads.invokeAll(callers).forEach((caller) -> assertThat(caller).succeedsWithin(Duration.ofSeconds(10)));
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(counter.sum(Duration.ofMillis(8_999).toNanos())).isEqualTo(36_000);
	}

	@Test
	void refusesSettingsThatCannotBe() {
		assertThatIllegalArgumentException().isThrownBy(() -> new RetryBudget.Settings(-0.1, 10))
			.withMessage("retry-budget ratio: -0.1 (expected: 0 to 10)");
		assertThatIllegalArgumentException().isThrownBy(() -> new RetryBudget.Settings(Double.NaN, 10));
		assertThatIllegalArgumentException().isThrownBy(() -> new RetryBudget.Settings(0.2, -1))
			.withMessage("retry-budget min-per-second: -1 (expected: >= 0)");
	}

	private RetryBudget budget(double ratio, int minPerSecond) {
		return new RetryBudget("orders", new RetryBudget.Settings(ratio, minPerSecond), () -> this.now);
	}

	private void call(RetryBudget budget, int times) {
		for (int i = 0; i < times; i++) {
			budget.called(this.now);
		}
	}

	private static int spend(RetryBudget budget, int times) {
		int given = 0;
		for (int i = 0; i < times; i++) {
			given += budget.trySpend() ? 1 : 0;
		}
		return given;
	}

	private void pass(int seconds) {
		this.now += Duration.ofSeconds(seconds).toNanos();
	}

}

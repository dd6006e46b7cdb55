package io.harpc.benchmarks.load;

import java.time.Duration;

import io.harpc.benchmarks.api.User;
import io.harpc.benchmarks.api.UserPage;
import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.UserCalls;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LoadTests {

	@Test
	void countsTheCallsOfTheMeasuredTimeAlone() throws Exception {
		LoadResult result = run(new UserServiceBean(), Operation.EXIST_USER_AFTER_5_MS);
		assertThat(result.failed()).isZero();
		assertThat(result.measured()).isEqualTo(Duration.ofMillis(100).toNanos());
		assertThat(result.calls()).isBetween(1L, 2 * 20L);
		assertThat(result.p50()).isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos() * 99 / 100);
	}

	@Test
	void countsWrongAnswersAsFailed() throws Exception {
		LoadResult result = run(new Liar(), Operation.EXIST_USER);
		assertThat(result.calls()).isZero();
		assertThat(result.failed()).isPositive();
	}

	@Test
	void countsExceptionsAsFailed() throws Exception {
		LoadResult result = run(new Liar(), Operation.LIST_USER);
		assertThat(result.calls()).isZero();
		assertThat(result.failed()).isPositive();
	}

	@Test
	void refusesWrongAnswersBeforeAnythingIsMeasured() throws Exception {
		Operation.GET_USER.verify(UserCalls.of(new UserServiceBean()));
		assertThatIllegalStateException().isThrownBy(() -> Operation.GET_USER.verify(UserCalls.of(new Liar())))
			.withMessage("getUser number 0: wrong answer");
	}

	@Test
	void travelsAsALine() {
		LoadSettings settings = new LoadSettings(Operation.GET_USER, Callers.of("v1000"), 4, Duration.ofSeconds(1),
				Duration.ofSeconds(3));
		assertThat(LoadSettings.of(settings.toLine())).isEqualTo(settings);
		LoadResult result = new LoadResult(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
		assertThat(LoadResult.of(result.toLine())).isEqualTo(result);
	}

	private static LoadResult run(UserServiceBean service, Operation operation) throws Exception {
		RunningClient client = RunningClient.shared(UserCalls.of(service), () -> {
		});
		return new Load(client, ProcessHandle.current())
			.run(new LoadSettings(operation, new Callers(2, false), 0, Duration.ofMillis(20), Duration.ofMillis(100)));
	}

	private static final class Liar extends UserServiceBean {

		@Override
		public boolean existUser(String email) {
			return !super.existUser(email);
		}

		@Override
		public User getUser(long id) {
			return super.getUser(id + 1);
		}

		@Override
		public UserPage listUser(int pageNo) {
			throw new IllegalStateException("no page");
		}

	}

}

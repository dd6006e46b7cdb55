package io.harpc.resilience;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;

import io.github.resilience4j.core.functions.Either;
import io.harpc.Attempt;
import io.harpc.Outcome;
import io.harpc.resilience.AttemptFailure.Circumstances;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RetryRuleTests {

	private static final long SECOND = 1_000_000_000;

	private static final RetryBudget BUDGET = new RetryBudget("orders", RetryBudget.Settings.defaults(), () -> 0);

	private static final Predicate<Throwable> NAMES_IO = IOException.class::isInstance;

	@ParameterizedTest
	@CsvSource({ "NOT_SENT, true, true", "NOT_STARTED, true, true", "EXPIRED, false, false", "UNKNOWN, false, true",
			"FAILED, false, true", "REJECTED, false, false" })
	void followsTheTable(Outcome outcome, boolean always, boolean ifIdempotent) {
		RetryRule rule = rule(NAMES_IO);
		assertThat(rule.permits(failure(outcome, false, new IOException()))).isEqualTo(always);
		assertThat(rule.permits(failure(outcome, true, new IOException()))).isEqualTo(ifIdempotent);
	}

	@Test
	void takesAConfigurationThatAcceptsEverythingForOneThatNamesNothing() {
		assertThat(rule((thrown) -> true).permits(failure(Outcome.FAILED, true, new IOException()))).isFalse();
		assertThat(rule(NAMES_IO).permits(failure(Outcome.FAILED, true, new IllegalStateException()))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "1, 40, 60", "2, 80, 120", "3, 160, 240", "4, 320, 480", "5, 640, 960", "6, 800, 1200",
			"60, 800, 1200" })
	void doublesThePauseUpToASecondGiveOrTakeAFifth(int attempt, long least, long most) {
		AttemptFailure failure = failure(Outcome.UNKNOWN, true, null);
		assertThat(delay(new RetryRule(NAMES_IO, (n, e) -> 1L, BUDGET, (bound) -> 0), attempt, failure))
			.isEqualTo(least);
		assertThat(delay(new RetryRule(NAMES_IO, (n, e) -> 1L, BUDGET, (bound) -> bound - 1), attempt, failure))
			.isEqualTo(most);
	}

	@Test
	void doesNotPauseWhereAnUntriedInstanceIsLeftAndNothingWasSent() {
		RetryRule rule = rule(NAMES_IO);
		assertThat(delay(rule, 1, left(Outcome.NOT_SENT))).isZero();
		assertThat(delay(rule, 2, left(Outcome.NOT_SENT))).isZero();
		assertThat(delay(rule, 1, left(Outcome.NOT_STARTED))).isZero();
		assertThat(delay(rule, 2, left(Outcome.NOT_STARTED))).isEqualTo(100);
		assertThat(delay(rule, 1, left(Outcome.UNKNOWN))).isEqualTo(50);
	}

	@Test
	void takesWhatOneInstanceLacksToAnotherAtOnceWhileOneIsLeft() {
		RetryRule rule = rule(NAMES_IO);
		AttemptFailure anotherLeft = lacking(true);
		assertThat(rule.permits(anotherLeft)).isTrue();
		assertThat(delay(rule, 2, anotherLeft)).isZero();
		assertThat(rule.permits(lacking(false))).isFalse();
		assertThat(rule.permits(left(Outcome.REJECTED))).isFalse();
	}

	@Test
	void waitsAsAskedWhereNoOtherInstanceIsLeft() {
		AttemptFailure busy = new AttemptFailure(attempt(Outcome.NOT_STARTED), null,
				new Circumstances(false, false, SECOND, 200_000_001, false, false));
		assertThat(delay(rule(NAMES_IO), 1, busy)).isEqualTo(201);
	}

	@Test
	void stopsWhereTheDeadlineComesFirst() {
		RetryRule rule = rule(NAMES_IO);
		AttemptFailure late = new AttemptFailure(attempt(Outcome.NOT_SENT), null,
				new Circumstances(false, false, 50_000_000, 0, false, false));
		assertThat(delay(rule, 1, late)).isEqualTo(RetryRule.STOP);
		AttemptFailure over = new AttemptFailure(attempt(Outcome.NOT_SENT), null,
				new Circumstances(false, true, 0, 0, false, false));
		assertThat(delay(rule, 1, over)).isEqualTo(RetryRule.STOP);
	}

	@Test
	void pausesAsTheApplicationSaysAfterAnExceptionThatItNamed() {
		RetryRule rule = new RetryRule(NAMES_IO, (attempt, failed) -> attempt * 7L, BUDGET, (bound) -> 0);
		assertThat(delay(rule, 2, failure(Outcome.FAILED, true, new IOException()))).isEqualTo(14);
	}

	private static long delay(RetryRule rule, int attempt, AttemptFailure failure) {
		return rule.delayMillis(attempt, Either.left(failure));
	}

	/** With a jitter in the middle. */
	private static RetryRule rule(Predicate<Throwable> named) {
		return new RetryRule(named, (attempt, failed) -> 1L, BUDGET, (bound) -> bound / 2);
	}

	private static AttemptFailure left(Outcome outcome) {
		return new AttemptFailure(attempt(outcome), null, new Circumstances(true, true, SECOND, 0, false, false));
	}

	private static AttemptFailure lacking(boolean untriedLeft) {
		return new AttemptFailure(attempt(Outcome.REJECTED), null,
				new Circumstances(false, untriedLeft, SECOND, 0, true, false));
	}

	private static AttemptFailure failure(Outcome outcome, boolean idempotent, @Nullable Throwable thrown) {
		return new AttemptFailure(attempt(outcome), thrown,
				new Circumstances(idempotent, false, 10 * SECOND, 0, false, false));
	}

	private static Attempt attempt(Outcome outcome) {
		return new Attempt("10.0.0.1:1", Duration.ofMillis(3), outcome, "because");
	}

}

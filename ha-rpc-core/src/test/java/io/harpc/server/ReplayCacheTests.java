package io.harpc.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.harpc.CallObserver;
import io.harpc.Deadline;
import io.harpc.protocol.Status;
import io.harpc.transport.Answer;
import io.harpc.transport.PayloadWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReplayCache} and {@link ReplayEntry}.
 */
class ReplayCacheTests {

	private static final long METHOD = 7;

	private static final int MEGABYTE = 1024 * 1024;

	private long now = -3;

	private ReplayCache cache = cache(100, 32 * MEGABYTE);

	@Test
	void theFirstTryRunsAndTheSecondIsAnsweredTheSame() {
		assertThat(answered("a", "one")).isEqualTo("one");
		assertThat(again("a")).isEqualTo("OK one");
		assertThat(again("a")).isEqualTo("OK one");
	}

	@Test
	void anExceptionIsRepeatedToo() {
		first("a").exception(text("no"));
		assertThat(again("a")).isEqualTo("EXCEPTION no");
	}

	@Test
	void whileTheFirstTryRunsTheSecondWaitsForItsAnswer() {
		Answer first = first("a");
		FakeAnswer second = second("a", null);
		assertThat(second.said).isNull();
		first.ok(text("one"));
		assertThat(second.said).isEqualTo("OK one");
	}

	@Test
	void whoWaitsIsLetGoAtItsDeadline() {
		Answer first = first("a");
		FakeAnswer second = new FakeAnswer();
		ReplayEntry entry = this.cache.find(METHOD, "", "a", null);
		assertThat(entry.begin()).isFalse();
		entry.replay(second, Deadline.after(Duration.ZERO), CallObserver.Observed.NOTHING);
		second.awaitAnything();
		assertThat(second.said).isEqualTo("given up");
		first.ok(text("one"));
		assertThat(again("a")).isEqualTo("OK one");
	}

	@Test
	void keysOfDifferentMethodsAreDifferent() {
		answered("a", "one");
		assertThat(this.cache.find(METHOD + 1, "", "a", null).begin()).isTrue();
	}

	@Test
	void aTryThatWentToAnotherIncarnationCannotBeRepeated() {
		assertThat(second("a", "other;10").said).startsWith("NOT_REPLAYABLE").contains("incarnation");
		assertThat(this.cache.size()).isZero();
	}

	@Test
	void aSecondTryWhoseFirstNeverArrivedRuns() {
		this.now += TimeUnit.HOURS.toNanos(1);
		assertThat(this.cache.find(METHOD, "", "a", "this;50000").begin()).isTrue();
	}

	@Test
	void whatIsForgottenForWantOfRoomIsNotRunAgain() {
		this.cache = cache(3, MEGABYTE);
		for (String key : new String[] { "a", "b", "c", "d" }) {
			this.now += TimeUnit.MINUTES.toNanos(1);
			answered(key, key);
		}
		assertThat(this.cache.size()).isEqualTo(3);
		assertThat(second("a", "this;180000000").said).startsWith("NOT_REPLAYABLE").contains("forgotten");
		assertThat(again("b")).isEqualTo("OK b");
		assertThat(this.cache.find(METHOD, "", "e", "this;60000000").begin()).as("younger than what was forgotten")
			.isTrue();
	}

	@Test
	void whatIsForgottenForItsAgeIsNotRunAgain() {
		answered("a", "one");
		this.now += TimeUnit.MINUTES.toNanos(10) + 1;
		assertThat(second("a", "this;600000000").said).startsWith("NOT_REPLAYABLE");
		assertThat(this.cache.find(METHOD, "", "a", null).begin()).as("a new call may have the key again").isTrue();
	}

	@Test
	void aSecondTryMayHaveBeenOnItsWayForSeconds() {
		this.cache = cache(1, MEGABYTE);
		answered("a", "one");
		this.now += TimeUnit.SECONDS.toNanos(4);
		answered("b", "two");
		assertThat(second("a", "this;1000").said).startsWith("NOT_REPLAYABLE");
	}

	@Test
	void largeAnswersAreKeptWithinTheBound() {
		for (int i = 0; i < 100; i++) {
			this.now++;
			first("key" + i).ok((out) -> out.write(new byte[4 * MEGABYTE]));
			assertThat(this.cache.size()).isLessThanOrEqualTo(7);
		}
		assertThat(this.cache.size()).isEqualTo(7);
		assertThat(again("key99")).hasSize(4 * MEGABYTE + 3);
	}

	@Test
	void anAnswerThatIsLargerThanAllMayBeIsSentButNotKept() {
		answered("small", "one");
		FakeAnswer to = new FakeAnswer();
		ReplayEntry entry = this.cache.find(METHOD, "", "large", null);
		assertThat(entry.begin()).isTrue();
		entry.recording(to).ok((out) -> out.write(new byte[32 * MEGABYTE + 1]));
		assertThat(to.said).hasSize(32 * MEGABYTE + 4);
		assertThat(second("large", null).said).startsWith("NOT_REPLAYABLE");
		assertThat(again("small")).isEqualTo("OK one");
	}

	@Test
	void whatRunsIsNeverForgotten() {
		this.cache = cache(2, MEGABYTE);
		Answer running = first("a");
		for (int i = 0; i < 10; i++) {
			answered("key" + i, "x");
		}
		this.now += TimeUnit.HOURS.toNanos(1);
		FakeAnswer second = second("a", null);
		running.ok(text("one"));
		assertThat(second.said).isEqualTo("OK one");
		assertThat(this.cache.size()).isLessThanOrEqualTo(2);
	}

	@Test
	void nobodyKnowsWhatBecameOfATryThatWasInterrupted() {
		FakeAnswer to = new FakeAnswer();
		to.interrupted = true;
		ReplayEntry entry = this.cache.find(METHOD, "", "a", null);
		assertThat(entry.begin()).isTrue();
		FakeAnswer waiting = second("a", null);
		entry.recording(to).exception(text("interrupted"));
		assertThat(waiting.said).startsWith("NOT_REPLAYABLE");
		assertThat(second("a", "this;10").said).startsWith("NOT_REPLAYABLE").contains("interrupted");
	}

	@Test
	void anAnswerThatCannotBeWrittenIsNotRunForAgain() {
		first("a").ok((out) -> {
			throw new IOException("unwritable on purpose");
		});
		assertThat(second("a", null).said).startsWith("NOT_REPLAYABLE");
	}

	@Test
	void whatWasRefusedBeforeItRanMayRunNextTime() {
		first("a").refuse(Status.MALFORMED, "what?", Duration.ZERO);
		assertThat(this.cache.find(METHOD, "", "a", null).begin()).isTrue();
	}

	@Test
	void aStageThatCompletesAfterItsDeadlineAnswersTheSecondTry() {
		Answer first = first("a");
		first.giveUp();
		FakeAnswer second = second("a", "this;10");
		first.ok(text("late"));
		assertThat(second.said).isEqualTo("OK late");
		assertThat(again("a")).isEqualTo("OK late");
	}

	@Test
	void aStageThatNeverCompletesIsForgottenInTheEnd() {
		first("a").giveUp();
		this.now += TimeUnit.MINUTES.toNanos(11);
		answered("b", "two");
		assertThat(this.cache.size()).isOne();
	}

	@Test
	void aKeyOrARetryThatIsNoneIsMalformed() {
		assertThat(second("", null).said).startsWith("MALFORMED");
		assertThat(second("x".repeat(201), null).said).startsWith("MALFORMED");
		assertThat(second("a", "this").said).startsWith("MALFORMED");
		assertThat(second("a", "this;-1").said).startsWith("MALFORMED");
		assertThat(second("a", "this;99999999999999999999").said).startsWith("MALFORMED");
		assertThat(this.cache.size()).isZero();
	}

	private ReplayCache cache(int maxEntries, long maxBytes) {
		return new ReplayCache(new ReplaySettings(maxEntries, maxBytes, Duration.ofMinutes(10)), "this",
				() -> this.now);
	}

	private Answer first(String key) {
		ReplayEntry entry = this.cache.find(METHOD, "", key, null);
		assertThat(entry.begin()).isTrue();
		return entry.recording(new FakeAnswer());
	}

	private String answered(String key, String text) {
		FakeAnswer to = new FakeAnswer();
		ReplayEntry entry = this.cache.find(METHOD, "", key, null);
		assertThat(entry.begin()).isTrue();
		entry.recording(to).ok(text(text));
		assertThat(to.said).isEqualTo("OK " + text);
		return text;
	}

	private FakeAnswer second(String key, @Nullable String retry) {
		FakeAnswer answer = new FakeAnswer();
		ReplayEntry entry = this.cache.find(METHOD, "", key, retry);
		assertThat(entry.begin()).as("not run again").isFalse();
		entry.replay(answer, Deadline.after(Duration.ofMinutes(1)), CallObserver.Observed.NOTHING);
		return answer;
	}

	private String again(String key) {
		String said = second(key, "this;10").said;
		assertThat(said).isNotNull();
		return said;
	}

	private static PayloadWriter text(String text) {
		return (out) -> out.write(text.getBytes(StandardCharsets.UTF_8));
	}

	private static final class FakeAnswer implements Answer {

		volatile @Nullable String said;

		boolean interrupted;

		@Override
		public void ok(PayloadWriter result) {
			say("OK", result);
		}

		@Override
		public void exception(PayloadWriter exception) {
			say("EXCEPTION", exception);
		}

		private void say(String what, PayloadWriter writer) {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			try {
				writer.writeTo(out);
			}
			catch (IOException ex) {
				what = "INTERNAL";
			}
			this.said = what + " " + out.toString(StandardCharsets.UTF_8);
		}

		@Override
		public void refuse(Status status, String message, Duration retryAfter) {
			this.said = status + " " + message;
		}

		@Override
		public void giveUp() {
			this.said = "given up";
		}

		@Override
		public boolean isInterrupted() {
			return this.interrupted;
		}

		void awaitAnything() {
			while (this.said == null) {
				Thread.onSpinWait();
			}
		}

	}

}

package io.harpc.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import io.harpc.Attempt;
import io.harpc.Outcome;
import io.harpc.scenario.Stalls.Stall;
import io.harpc.scenario.Witness.CutOff;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Each invariant sees what it is there to see, in a history that was doctored, and
 * nothing in one that is in order.
 */
class InvariantsTests {

	private static final Duration BOUND = Duration.ofMillis(500);

	private static final String VICTIM = "127.0.0.1:1";

	private final List<Call> calls = new ArrayList<>();

	private final List<Execution> executions = new ArrayList<>();

	InvariantsTests() {
		for (int id = 1; id <= 10; id++) {
			answered(id, "p" + (1 + id % 2));
		}
	}

	@Test
	void aHistoryInOrderBreaksNoPromise() {
		assertThatCode(() -> invariants().everyCallEndsByItsDeadline(BOUND)
			.noCallRunsTwiceUnlessIdempotent()
			.everyAnsweredCallRanWhereTheAnswerSays()
			.noCallFails()
			.noIdempotentCallFails()
			.onlyCallsInFlightOnTheVictimsFail(Set.of(VICTIM), 0, 0)
			.retriesStayWithinTheirBudget(0, 0, Duration.ZERO)
			.aCutOffInstanceGetsOnlyProbes("p1", new CutOff(0, millis(3), 0))
			.loadIsEven(List.of("p1", "p2"), 0.1)).doesNotThrowAnyException();
	}

	@Test
	void aSeesCallsThatEndTooLateOrNever() {
		this.calls.add(failed(42, true, Outcome.UNKNOWN, millis(2000)));
		this.calls.add(Call.begun(43, false, 0, millis(1000)));
		assertThatThrownBy(() -> invariants().everyCallEndsByItsDeadline(BOUND)).isInstanceOf(AssertionError.class)
			.hasMessageContaining("(a)")
			.hasMessageContaining("2 of 12")
			.hasMessageContaining("read 42 (UNKNOWN after 2000 ms")
			.hasMessageContaining("write 43 (null");
	}

	@Test
	void aForgivesTheTimeThatTheCallersDidNotRun() {
		this.calls.add(failed(42, true, Outcome.UNKNOWN, millis(2000)));
		History stalled = new History(this.calls, this.executions, List.of(new Stall(millis(900), millis(1600))));
		assertThatCode(() -> new Invariants(stalled).everyCallEndsByItsDeadline(BOUND)).doesNotThrowAnyException();
	}

	@Test
	void bSeesASecondExecutionOnlyOfWhatIsNotIdempotent() {
		this.executions.add(new Execution(2, "p2", millis(3)));
		assertThatCode(() -> invariants().noCallRunsTwiceUnlessIdempotent()).doesNotThrowAnyException();
		this.executions.add(new Execution(1, "p1", millis(3)));
		assertThatThrownBy(() -> invariants().noCallRunsTwiceUnlessIdempotent()).isInstanceOf(AssertionError.class)
			.hasMessageContaining("(b)")
			.hasMessageContaining("write 1 ")
			.hasMessageContaining("provider=p2")
			.hasMessageContaining("provider=p1");
	}

	@Test
	void cSeesAnAnswerWithoutAnExecutionOrOfAnotherCall() {
		this.calls.add(call(42, true).ended(millis(1), Outcome.SUCCEEDED, List.of(), "p1:42"));
		this.calls.add(call(43, true).ended(millis(1), Outcome.SUCCEEDED, List.of(), "p1:44"));
		this.executions.add(new Execution(43, "p1", 0));
		assertThatThrownBy(() -> invariants().everyAnsweredCallRanWhereTheAnswerSays())
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("(c)")
			.hasMessageContaining("read 42 ")
			.hasMessageContaining("read 43 ");
	}

	@Test
	void dAndFSeeAnyCallThatFailed() {
		this.calls.add(failed(42, false, Outcome.NOT_SENT, millis(1)));
		assertThatThrownBy(() -> invariants().noCallFails()).isInstanceOf(AssertionError.class)
			.hasMessageContaining("(d)(f)")
			.hasMessageContaining("write 42 ");
	}

	@Test
	void dToFHoldNothingAgainstACallInWhoseTimeNothingRan() {
		this.calls.add(failed(42, true, Outcome.UNKNOWN, millis(1500)));
		assertThatCode(() -> stalled(400, 551).noCallFails()
			.noIdempotentCallFails()
			.onlyCallsInFlightOnTheVictimsFail(Set.of(), 0, 0)).doesNotThrowAnyException();
		for (Consumer<Invariants> each : List.<Consumer<Invariants>>of(Invariants::noCallFails,
				Invariants::noIdempotentCallFails, (held) -> held.onlyCallsInFlightOnTheVictimsFail(Set.of(), 0, 0))) {
			assertThatThrownBy(() -> each.accept(stalled(400, 549))).isInstanceOf(AssertionError.class);
			assertThatThrownBy(() -> each.accept(stalled(1501, 9000))).isInstanceOf(AssertionError.class);
		}
	}

	private Invariants stalled(long fromMillis, long toMillis) {
		return new Invariants(
				new History(this.calls, this.executions, List.of(new Stall(millis(fromMillis), millis(toMillis)))));
	}

	@Test
	void eSeesAnIdempotentCallThatFailed() {
		this.calls.add(failed(42, true, Outcome.UNKNOWN, millis(1)));
		assertThatThrownBy(() -> invariants().noIdempotentCallFails()).isInstanceOf(AssertionError.class)
			.hasMessageContaining("(e)")
			.hasMessageContaining("read 42 ");
	}

	@Test
	void eSeesFailuresElsewhereThanInFlightOnTheVictim() {
		this.calls.add(failed(42, false, Outcome.UNKNOWN, millis(5)));
		assertThatCode(() -> invariants().onlyCallsInFlightOnTheVictimsFail(Set.of(VICTIM), millis(4), millis(6)))
			.doesNotThrowAnyException();
		for (Invariants broken : List.of(invariants(), with(failed(43, false, Outcome.NOT_SENT, millis(5))))) {
			assertThatThrownBy(() -> broken.onlyCallsInFlightOnTheVictimsFail(Set.of(VICTIM), millis(6), millis(7)))
				.isInstanceOf(AssertionError.class)
				.hasMessageContaining("(e)");
		}
		assertThatThrownBy(
				() -> invariants().onlyCallsInFlightOnTheVictimsFail(Set.of("127.0.0.1:2"), millis(4), millis(6)))
			.hasMessageContaining("write 42 ");
	}

	@Test
	void gCountsOnlyRetriesThatCostAServer() {
		Attempt free = attempt(Outcome.NOT_SENT, "refused");
		Attempt draining = attempt(Outcome.NOT_STARTED, "DRAINING, going");
		Attempt busy = attempt(Outcome.NOT_STARTED, "BUSY, full");
		Invariants within = with(
				call(42, true).ended(millis(1), Outcome.NOT_SENT, List.of(free, draining, free), "nobody there"));
		assertThatCode(() -> within.retriesStayWithinTheirBudget(0, 0, Duration.ZERO)).doesNotThrowAnyException();
		Invariants beyond = with(
				call(43, true).ended(millis(1), Outcome.NOT_STARTED, List.of(busy, busy, busy), "all busy"));
		assertThatThrownBy(() -> beyond.retriesStayWithinTheirBudget(0.1, 0, Duration.ZERO))
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("(g) 2 retries")
			.hasMessageContaining("at most 1")
			.hasMessageContaining("read 43 ");
		assertThatCode(() -> beyond.retriesStayWithinTheirBudget(0.1, 1, Duration.ofSeconds(10)))
			.doesNotThrowAnyException();
	}

	@Test
	void gCountsSecondExecutionsOfCallsThatSucceeded() {
		this.executions.add(new Execution(2, "p2", millis(3)));
		assertThatThrownBy(() -> invariants().retriesStayWithinTheirBudget(0, 0, Duration.ZERO))
			.hasMessageContaining("(g) 1 retries")
			.hasMessageContaining("read 2 ");
	}

	@Test
	void hSeesMoreThanProbesOnAnInstanceThatIsCutOff() {
		CutOff cutOff = new CutOff(millis(1000), millis(3000), 1);
		this.executions.add(new Execution(2, "p1", millis(2000)));
		for (long id = 42; id < 44; id++) {
			this.calls.add(Call.begun(id, true, millis(1500), millis(1000)));
			this.executions.add(new Execution(id, "p1", millis(2000)));
		}
		assertThatCode(() -> invariants().aCutOffInstanceGetsOnlyProbes("p1", cutOff)).doesNotThrowAnyException();
		this.calls.add(Call.begun(44, true, millis(1500), millis(1000)));
		this.executions.add(new Execution(44, "p1", millis(2000)));
		assertThatThrownBy(() -> invariants().aCutOffInstanceGetsOnlyProbes("p1", cutOff))
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("(h)")
			.hasMessageContaining("callId=43")
			.hasMessageContaining("callId=44");
	}

	@Test
	void iSeesWhoGetsTooMuchAndWhoNothing() {
		assertThatThrownBy(() -> invariants().loadIsEven(List.of("p1", "p2", "p3"), 0.6))
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("(i)")
			.hasMessageContaining("p3 with 0")
			.hasMessageContaining("{p1=5, p2=5, p3=0}");
	}

	@Test
	void jSeesWhateverGrows() {
		Resources before = new Resources(10, 10, 10_000_000);
		assertThatCode(() -> Invariants.nothingGrows(before, new Resources(12, 12, 12_000_000)))
			.doesNotThrowAnyException();
		for (Resources after : List.of(new Resources(100, 10, 0), new Resources(10, 100, 0),
				new Resources(10, 10, 100_000_000))) {
			assertThatThrownBy(() -> Invariants.nothingGrows(before, after)).isInstanceOf(AssertionError.class)
				.hasMessageContaining("(j)");
		}
	}

	@Test
	void kGivesARegistryAndAClientTimeToFollowAChange() {
		Timeline<Set<String>> living = timeline(Set.of("a", "b"));
		Timeline<Set<String>> registered = timeline(Set.of("a", "b"));
		Timeline<Set<String>> known = timeline(Set.of("a", "b"));
		living.add(millis(1000), Set.of("a"));
		registered.add(millis(1400), Set.of("a"));
		known.add(millis(1900), Set.of("a"));
		agree(known, registered, living, 500);
		assertThatThrownBy(() -> agree(known, registered, living, 399)).isInstanceOf(AssertionError.class)
			.hasMessageContaining("(k) registry and what lives are at odds for more than 399 ms");
		assertThatThrownBy(() -> agree(known, registered, living, 499))
			.hasMessageContaining("(k) client and registry are at odds for more than 499 ms");
	}

	@Test
	void kSeesThatWhatLivesVanishesAgainWithoutAChange() {
		Timeline<Set<String>> registered = timeline(Set.of("a"));
		registered.add(millis(1000), Set.of());
		registered.add(millis(3500), Set.of("a"));
		assertThatThrownBy(() -> agree(timeline(Set.of("a")), registered, timeline(Set.of("a")), 5000))
			.hasMessageContaining("(k) registry and what lives are at odds for more than 2000 ms: [] and [a]");
	}

	@Test
	void kHoldsNothingAgainstTheClientWhileZooKeeperDoesNotAnswer() {
		Timeline<Set<String>> registered = timeline(Set.of("a"));
		registered.add(millis(1000), Witness.UNREADABLE);
		registered.add(millis(9000), Set.of("a"));
		agree(timeline(Set.of("a")), registered, timeline(Set.of("a")), 0);
	}

	@Test
	void kDoesNotCountTheTimeThatNothingRan() {
		Timeline<Set<String>> living = timeline(Set.of("a", "b"));
		Timeline<Set<String>> registered = timeline(Set.of("a", "b"));
		living.add(millis(1000), Set.of("a"));
		registered.add(millis(4000), Set.of("a"));
		History stalled = new History(this.calls, this.executions, List.of(new Stall(millis(1500), millis(3900))));
		new Invariants(stalled).clientAndRegistryAgreeWithWhatLives(registered, registered, living, millis(10_000),
				Duration.ofMillis(600));
		assertThatThrownBy(() -> agree(registered, registered, living, 600)).hasMessageContaining("(k)");
	}

	private void agree(Timeline<Set<String>> known, Timeline<Set<String>> registered, Timeline<Set<String>> living,
			long boundMillis) {
		invariants().clientAndRegistryAgreeWithWhatLives(known, registered, living, millis(10_000),
				Duration.ofMillis(boundMillis));
	}

	private Invariants invariants() {
		return new Invariants(new History(this.calls, this.executions));
	}

	private Invariants with(Call call) {
		List<Call> more = new ArrayList<>(this.calls);
		more.add(call);
		return new Invariants(new History(more, this.executions));
	}

	private void answered(long id, String provider) {
		this.calls.add(call(id, id % 2 == 0).ended(millis(1), Outcome.SUCCEEDED, List.of(), provider + ":" + id));
		this.executions.add(new Execution(id, provider, 0));
	}

	private static Call call(long id, boolean idempotent) {
		return Call.begun(id, idempotent, 0, millis(1000));
	}

	private static Call failed(long id, boolean idempotent, Outcome outcome, long end) {
		return call(id, idempotent).ended(end, outcome, List.of(attempt(outcome, "lost")), "failed");
	}

	private static Attempt attempt(Outcome outcome, String reason) {
		return new Attempt(VICTIM, Duration.ofMillis(1), outcome, reason);
	}

	private static Timeline<Set<String>> timeline(Set<String> first) {
		Timeline<Set<String>> timeline = new Timeline<>();
		timeline.add(0, first);
		return timeline;
	}

	private static long millis(long millis) {
		return millis * 1_000_000;
	}

}

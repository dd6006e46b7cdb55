package io.harpc.scenario;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.harpc.Attempt;
import io.harpc.Outcome;
import io.harpc.scenario.Witness.CutOff;
import org.jspecify.annotations.Nullable;

/**
 * The promises of the design, (a) to (k), held against a history. Each method is one of
 * them; a promise that is broken is an {@link AssertionError} that names the calls or
 * instances.
 */
final class Invariants {

	private static final int MAX_NAMED = 10;

	/** What was chosen before the instance was cut off may still leave. */
	private static final Duration UNDER_WAY = Duration.ofMillis(50);

	private static final long NEVER = Long.MIN_VALUE;

	/** A session that expires just as its process is back is made good within this. */
	private static final Duration DIP = Duration.ofSeconds(2);

	private final History history;

	Invariants(History history) {
		this.history = history;
	}

	/** (a), but for the time that the caller's JVM did not run. */
	Invariants everyCallEndsByItsDeadline(Duration bound) {
		return none("(a) calls that had not ended " + bound.toMillis() + " ms after their deadline",
				this.history.calls((call) -> call.outcome() == null || call.end() - call.deadline()
						- this.history.stalledNanos(call.deadline(), call.end()) > bound.toNanos()));
	}

	/** (b) */
	Invariants noCallRunsTwiceUnlessIdempotent() {
		Map<Long, List<Execution>> runs = this.history.executionsByCall();
		return none("(b) calls that are not idempotent and ran more than once",
				this.history.calls((call) -> !call.idempotent() && runs.getOrDefault(call.id(), List.of()).size() > 1)
					.stream()
					.map((call) -> call + " on " + runs.get(call.id()))
					.toList());
	}

	/** (c) */
	Invariants everyAnsweredCallRanWhereTheAnswerSays() {
		Map<Long, List<Execution>> runs = this.history.executionsByCall();
		return none("(c) calls that were answered and did not run, or not there",
				this.history.calls((call) -> call.succeeded() && runs.getOrDefault(call.id(), List.of())
					.stream()
					.noneMatch((run) -> call.text().equals(run.provider() + ":" + call.id()))));
	}

	/** (d) for a rolling restart, and (f) for an outage of ZooKeeper. */
	Invariants noCallFails() {
		return none("(d)(f) calls that failed", this.history.failedOfThemselves());
	}

	/** (e), first half, which holds for other faults of one instance too. */
	Invariants noIdempotentCallFails() {
		return none("(e) idempotent calls that failed",
				this.history.failedOfThemselves().stream().filter(Call::idempotent).toList());
	}

	/**
	 * (e), second half: what fails was under way on a victim, and says so.
	 * @param victims the addresses of the killed
	 * @param from before the first was killed
	 * @param to when the last was gone
	 */
	Invariants onlyCallsInFlightOnTheVictimsFail(Set<String> victims, long from, long to) {
		return none("(e) calls that failed and were not in flight on " + victims,
				this.history.failedOfThemselves()
					.stream()
					.filter((call) -> !(call.outcome() == Outcome.UNKNOWN && call.start() <= to && call.end() >= from
							&& call.attempts()
								.stream()
								.anyMatch((attempt) -> attempt.outcome() == Outcome.UNKNOWN
										&& victims.contains(attempt.instance()))))
					.toList());
	}

	/**
	 * (g) over the whole history: attempts that may have added load to a server beyond
	 * the first of each call.
	 * @param ratio how many retries for a call
	 * @param perSecond how many retries in a second come free
	 * @param window the time that the budget looks back
	 */
	Invariants retriesStayWithinTheirBudget(double ratio, double perSecond, Duration window) {
		if (this.history.calls().isEmpty()) {
			return this;
		}
		double seconds = (this.history.calls().get(this.history.calls().size() - 1).start()
				- this.history.calls().get(0).start()) / 1e9 + window.toSeconds();
		double allowed = ratio * this.history.calls().size() + perSecond * seconds;
		Map<Long, List<Execution>> runs = this.history.executionsByCall();
		List<Call> retried = this.history.calls((call) -> retries(call, runs) > 0);
		long made = retried.stream().mapToLong((call) -> retries(call, runs)).sum();
		if (made > allowed) {
			throw new AssertionError("(g) " + made + " retries in " + this.history.calls().size()
					+ " calls (expected: at most " + (long) allowed + "), for example " + named(retried));
		}
		return this;
	}

	/** Only what an attempt before it has perhaps cost a server counts. */
	static long retries(Call call, Map<Long, List<Execution>> runs) {
		long said = call.attempts()
			.stream()
			.limit(Math.max(0, call.attempts().size() - 1))
			.filter(Invariants::costsAServer)
			.count();
		return Math.max(said, runs.getOrDefault(call.id(), List.of()).size() - 1);
	}

	private static boolean costsAServer(Attempt attempt) {
		return attempt.outcome() != Outcome.NOT_SENT && !attempt.reason().startsWith("DRAINING")
				&& !attempt.reason().startsWith("NO_SUCH_SERVICE");
	}

	/**
	 * (h) of the calls that began while an instance was cut off, only probes ran there.
	 * @param provider whose instance it was
	 * @param cutOff when, and how many probes were seen; one may have gone unseen
	 */
	Invariants aCutOffInstanceGetsOnlyProbes(String provider, CutOff cutOff) {
		// The witness may have seen its end late.
		long to = cutOff.to() - UNDER_WAY.toNanos()
				- this.history.stalledNanos(cutOff.to() - Duration.ofSeconds(1).toNanos(), cutOff.to());
		Set<Long> begun = this.history
			.calls((call) -> call.start() >= cutOff.from() + UNDER_WAY.toNanos() && call.start() < to)
			.stream()
			.map(Call::id)
			.collect(Collectors.toSet());
		List<Execution> runs = this.history.executions()
			.stream()
			.filter((run) -> run.provider().equals(provider) && begun.contains(run.callId()) && run.at() < to)
			.toList();
		return (runs.size() <= cutOff.probes() + 1) ? this : none(
				"(h) executions on " + provider + " while it was cut off, for " + cutOff.probes() + " probes", runs);
	}

	/**
	 * (i) each provider's share of the executions is near to the fair one.
	 * @param providers those that should share
	 * @param tolerance how far from the fair share, as a part of it
	 */
	Invariants loadIsEven(Collection<String> providers, double tolerance) {
		return none("(i) providers whose share is not within " + tolerance + " of the fair one, all: "
				+ this.history.executionsOf(providers), this.history.unevenAmong(providers, tolerance));
	}

	/** (j) */
	static void nothingGrows(Resources before, Resources after) {
		if (after.threads() > before.threads() + Resources.SLACK_THREADS
				|| after.descriptors() > before.descriptors() + Resources.SLACK_DESCRIPTORS
				|| after.heapBytes() > before.heapBytes() + Resources.SLACK_HEAP_BYTES) {
			throw new AssertionError("(j) grew from " + before + " to " + after);
		}
	}

	/**
	 * (k) the registry agrees with what lives, and the client with the registry, but for
	 * a bounded time after a change; once they agree, they do until the next change. The
	 * time that the JVM did not run in which the client is, and often ZooKeeper, is not
	 * counted.
	 */
	Invariants clientAndRegistryAgreeWithWhatLives(Timeline<Set<String>> known, Timeline<Set<String>> registered,
			Timeline<Set<String>> living, long until, Duration bound) {
		agree("registry and what lives", registered, living, until, bound);
		agree("client and registry", known, registered, until, bound);
		return this;
	}

	private void agree(String who, Timeline<Set<String>> one, Timeline<Set<String>> truth, long until, Duration bound) {
		TreeSet<Long> times = new TreeSet<>(one.times());
		times.addAll(truth.times());
		times.add(until);
		boolean agreed = false;
		long oddsSince = NEVER;
		Duration allowed = bound;
		for (long time : times.headSet(until, true)) {
			if (oddsSince != NEVER
					&& time - oddsSince - this.history.stalledNanos(oddsSince, time) > allowed.toNanos()) {
				throw new AssertionError("(k) " + who + " are at odds for more than " + allowed.toMillis() + " ms: "
						+ one.at(oddsSince) + " and " + truth.at(oddsSince));
			}
			boolean readable = isReadable(one.at(time)) && isReadable(truth.at(time));
			boolean odds = readable && !Objects.equals(one.at(time), truth.at(time));
			agreed = readable && (!odds || (agreed && !truth.times().contains(time)));
			if (!odds) {
				oddsSince = NEVER;
			}
			else if (oddsSince == NEVER) {
				oddsSince = time;
				allowed = agreed ? DIP : bound;
			}
		}
	}

	private static boolean isReadable(@Nullable Set<String> ids) {
		return ids != null && !ids.equals(Witness.UNREADABLE);
	}

	private Invariants none(String what, Collection<?> offending) {
		if (!offending.isEmpty()) {
			throw new AssertionError(
					what + ": " + offending.size() + " of " + this.history.calls().size() + ", " + named(offending));
		}
		return this;
	}

	private static String named(Collection<?> offending) {
		return offending.stream().limit(MAX_NAMED).map(String::valueOf).collect(Collectors.joining("; "))
				+ ((offending.size() > MAX_NAMED) ? "; ..." : "");
	}

}

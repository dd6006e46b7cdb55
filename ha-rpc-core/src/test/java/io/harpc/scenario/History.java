package io.harpc.scenario;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.harpc.Outcome;
import io.harpc.scenario.Stalls.Stall;

/**
 * What happened: every call that a load made, and every execution that a provider wrote
 * down. Immutable.
 *
 * @param calls in the order in which they began
 * @param executions of all providers, the killed ones too
 * @param stalls when the callers' JVM did not run
 */
record History(List<Call> calls, List<Execution> executions, List<Stall> stalls) {

	History {
		calls = List.copyOf(calls);
		executions = List.copyOf(executions);
		stalls = List.copyOf(stalls);
	}

	History(List<Call> calls, List<Execution> executions) {
		this(calls, executions, List.of());
	}

	/** The part that began at or after one time and before another. */
	History between(long from, long to) {
		return new History(this.calls.stream().filter((call) -> call.start() >= from && call.start() < to).toList(),
				this.executions.stream().filter((run) -> run.at() >= from && run.at() < to).toList(), this.stalls);
	}

	/** For how long the callers' JVM did not run between two times. */
	long stalledNanos(long from, long to) {
		return this.stalls.stream().mapToLong((stall) -> stall.within(from, to)).sum();
	}

	List<Call> calls(Predicate<Call> which) {
		return this.calls.stream().filter(which).toList();
	}

	List<Call> failed() {
		return calls((call) -> !call.succeeded());
	}

	/**
	 * Those that failed, unless the callers' JVM did not run for more than a tenth of
	 * their time: then most likely no other process did, and no instance could have
	 * answered.
	 */
	List<Call> failedOfThemselves() {
		return calls((call) -> !call.succeeded() && (call.outcome() == null
				|| stalledNanos(call.start(), call.end()) * 10 <= call.end() - call.start()));
	}

	long count(Outcome outcome) {
		return this.calls.stream().filter((call) -> call.outcome() == outcome).count();
	}

	Map<Long, List<Execution>> executionsByCall() {
		return this.executions.stream().collect(Collectors.groupingBy(Execution::callId));
	}

	/** How many calls ran more than once. */
	long duplicated() {
		return executionsByCall().values().stream().filter((runs) -> runs.size() > 1).count();
	}

	/** How many executions each of some providers began. */
	Map<String, Long> executionsOf(Collection<String> providers) {
		Map<String, Long> counted = new TreeMap<>();
		providers.forEach((provider) -> counted.put(provider, 0L));
		this.executions.forEach((run) -> counted.computeIfPresent(run.provider(), (name, count) -> count + 1));
		return counted;
	}

	/** Those whose share is further from the fair one than a part of it. */
	List<String> unevenAmong(Collection<String> providers, double tolerance) {
		Map<String, Long> counted = executionsOf(providers);
		double fair = counted.values().stream().mapToLong(Long::longValue).sum() / (double) providers.size();
		return providers.stream()
			.filter((provider) -> fair == 0 || Math.abs(counted.get(provider) - fair) > tolerance * fair)
			.map((provider) -> provider + " with " + counted.get(provider))
			.toList();
	}

}

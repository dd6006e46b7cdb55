package io.harpc.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.harpc.Attempt;
import io.harpc.registry.Instance;

/**
 * What the client believes of an instance, and why: a snapshot for people to look at.
 *
 * @param instance what the registry says
 * @param connection {@code CONNECTED}, {@code DISCONNECTED} or {@code DRAINING}
 * @param lastLoss why there was no connection the last time, empty if there always was
 * @param breaker the breaker's state, by Resilience4j's name
 * @param outstanding attempts that wait for it now
 * @param latency the average that the load balancer sees, zero while none is believed
 * @param recentFailures failures of late, each decaying with time
 * @param lastFailures the last attempts that did not succeed, at most eight, oldest first
 */
public record InstanceStatus(Instance instance, String connection, String lastLoss, String breaker, int outstanding,
		Duration latency, double recentFailures, List<Failure> lastFailures) {

	/**
	 * An attempt that did not succeed.
	 *
	 * @param at when it ended
	 * @param attempt what was tried
	 */
	public record Failure(Instant at, Attempt attempt) {

	}

}

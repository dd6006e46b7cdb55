package io.harpc.client;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.harpc.Attempt;
import io.harpc.protocol.LoadReport;
import io.harpc.registry.Instance;
import org.jspecify.annotations.Nullable;

/**
 * What the client believes of an instance, and why: a snapshot for people to look at.
 *
 * @param instance what the registry says
 * @param connection {@code CONNECTED}, {@code DISCONNECTED} or {@code DRAINING}
 * @param lastLoss why there was no connection the last time, empty if there always was
 * @param standing {@code IN} while it gets calls, {@code OUT} while it gets none,
 * {@code PROBED} while it has one, of which it is not known yet what comes of it
 * @param ejection why and for how long it is ejected, {@code null} if it is not
 * @param breaker the breaker's state, by Resilience4j's name
 * @param share which share of calls it gets from load balancers that weigh
 * @param outstanding attempts that wait for it now
 * @param latency the average that the load balancer sees, zero while none is believed
 * @param recentFailures failures of late, each decaying with time
 * @param lastFailures the last attempts that did not succeed, at most eight, oldest first
 */
public record InstanceStatus(Instance instance, String connection, String lastLoss, String standing,
		@Nullable Ejection ejection, String breaker, Share share, int outstanding, Duration latency,
		double recentFailures, List<Failure> lastFailures) {

	/**
	 * Why an instance is ejected.
	 *
	 * @param reason why
	 * @param times how often it was, less what good behaviour has made up for; the more,
	 * the longer
	 * @param until when it is worth a probe
	 */
	public record Ejection(String reason, int times, Instant until) {

	}

	/**
	 * Which share of calls an instance gets, besides its weight in the registry.
	 *
	 * @param warmUp from 0.1 to 1, while it is new or has come back
	 * @param reportedWeight what its own reports amount to, zero while that is not known
	 * @param report what it said last, {@code null} if nothing
	 */
	public record Share(double warmUp, double reportedWeight, @Nullable LoadReport report) {

	}

	/**
	 * An attempt that did not succeed.
	 *
	 * @param at when it ended
	 * @param attempt what was tried
	 */
	public record Failure(Instant at, Attempt attempt) {

	}

}

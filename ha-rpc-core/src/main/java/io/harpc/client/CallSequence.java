package io.harpc.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.harpc.Attempt;
import io.harpc.CallObserver.Observed;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.client.FailureReport.Reason;
import io.harpc.client.Flight.Blame;
import io.harpc.client.Flight.Ending;
import io.harpc.resilience.AttemptFailure;
import io.harpc.resilience.AttemptFailure.Circumstances;
import io.harpc.resilience.ReferenceRetry;
import io.harpc.serialization.RemoteFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call from its first attempt to its end: all that is decided, and nothing that
 * waits. Waiting is left to whoever drives it, {@link BlockingCall} or {@link AsyncCall},
 * by this loop: {@link #begin()}, send the flight, {@link #landed}, pause, begin again.
 * The call ends once; flights may land after it. Not thread-safe: a driver that has
 * several threads guards it.
 */
final class CallSequence {

	/** The pause that means: no further attempt follows from this one. */
	static final long NONE = ReferenceRetry.STOP;

	private static final Logger LOG = LoggerFactory.getLogger(CallSequence.class);

	private final ReferenceMethod method;

	private final @Nullable Object @Nullable [] arguments;

	private final Deadline deadline;

	private final Map<String, String> headers;

	private final Observed observed;

	private final Timing timing;

	private final InstanceChoice choice;

	private final long callStart;

	private @Nullable Flight flight;

	/** What came of the attempts, as far as they did not succeed. */
	private List<Attempt> attempts = List.of();

	private ReferenceRetry.@Nullable Attempts retry;

	private Reason reason = Reason.ATTEMPTS;

	/** What the method threw, the last time that it did. */
	private @Nullable Throwable thrown;

	private @Nullable Throwable unreadable;

	private boolean over;

	private @Nullable Object result;

	private @Nullable Throwable failure;

	CallSequence(ReferenceMethod method, @Nullable Object @Nullable [] arguments, Map<String, String> headers,
			Observed observed) {
		this.method = method;
		this.arguments = arguments;
		this.headers = headers;
		this.observed = observed;
		this.timing = method.reference().timing();
		this.callStart = this.timing.nanoTime();
		method.reference().retry().budget().called(this.callStart);
		this.deadline = method.reference().deadline(this.callStart);
		this.choice = new InstanceChoice(method.reference().loadBalancer(), method.hashKey(arguments));
	}

	ReferenceMethod method() {
		return this.method;
	}

	@Nullable Object @Nullable [] arguments() {
		return this.arguments;
	}

	Deadline deadline() {
		return this.deadline;
	}

	Map<String, String> headers() {
		return this.headers;
	}

	Timing timing() {
		return this.timing;
	}

	/**
	 * Begins an attempt: chooses its instance.
	 * @return the flight to send, {@code null} if there is none and the call is over
	 */
	@Nullable Flight begin() {
		if (this.over) {
			return null;
		}
		long now = this.timing.nanoTime();
		InstanceSnapshot snapshot = this.method.reference().instances().snapshot();
		if (this.deadline.nanoTime() - now <= 0 && snapshot.isKnown()) {
			end("The deadline passed before a further attempt could be made.");
			return null;
		}
		try {
			InstanceState instance = choose(snapshot, now);
			if (instance != null) {
				this.flight = new Flight(this, instance, now);
				return this.flight;
			}
			end(this.method.reference().describeNoInstance(snapshot));
		}
		catch (RuntimeException ex) {
			// A load balancer of the application's own: its caller is told, and the
			// observer
			end(Outcome.NOT_SENT, ex);
		}
		return null;
	}

	/**
	 * Decides on what came of a flight.
	 * @param landed the flight
	 * @return nanoseconds until the next attempt, or {@link #NONE}
	 */
	long landed(Flight landed) {
		this.flight = null;
		Ending ending = landed.ending();
		if (ending != null) {
			return failed(landed, ending);
		}
		landed.succeeded();
		this.method.reference().answeredBy(landed.instance());
		this.method.reference().retry().succeeded(this.retry);
		this.result = landed.result();
		this.over = true;
		this.observed.end(Outcome.SUCCEEDED, null);
		return NONE;
	}

	/**
	 * Makes no further attempt: ends the call, unless an attempt is under way, for whose
	 * end it waits.
	 * @param note why, for a person to read
	 * @return the flight to be cancelled, if there is one
	 */
	@Nullable Flight giveUp(String note) {
		if (this.flight == null && !this.over) {
			this.reason = Reason.GIVEN_UP;
			end(note);
		}
		return this.flight;
	}

	/**
	 * {@return whether it has ended, so that it has either a result or a failure}
	 */
	boolean isOver() {
		return this.over;
	}

	/**
	 * {@return what the method returned}
	 */
	@Nullable Object result() {
		return this.result;
	}

	/**
	 * {@return what the caller gets thrown, {@code null} if the call succeeded}
	 */
	@Nullable Throwable failure() {
		return this.failure;
	}

	private @Nullable InstanceState choose(InstanceSnapshot snapshot, long now) {
		InstanceState favourite = this.attempts.isEmpty() ? this.method.reference().favourite() : null;
		if (favourite != null && !favourite.isRetired() && favourite.isReady(now) && this.choice.only(favourite)) {
			return favourite;
		}
		return this.choice.choose(snapshot, now);
	}

	private long failed(Flight landed, Ending ending) {
		remember(ending);
		AttemptFailure failed = describe(landed, ending);
		landed.blame(ending.blame(), failed);
		long pause = (ending.reason() == Reason.GIVEN_UP) ? NONE : pauseAfter(failed);
		if (pause == NONE) {
			end(failed.stopped());
		}
		return pause;
	}

	private void remember(Ending ending) {
		LOG.debug("{}: {}", this.method.descriptor(), ending.attempt());
		if (this.attempts.isEmpty()) {
			this.attempts = new ArrayList<>();
		}
		this.attempts.add(ending.attempt());
		this.reason = ending.reason();
		if (ending.detail() instanceof RemoteFailure remote) {
			this.thrown = (remote.declared() != null) ? remote.declared() : report(null).remote(remote);
		}
		else if (ending.detail() instanceof Throwable ex) {
			this.unreadable = ex;
		}
	}

	private AttemptFailure describe(Flight landed, Ending ending) {
		this.choice.tried(landed.instance());
		boolean untriedLeft = this.choice.isUntriedLeft(this.method.reference().instances().snapshot());
		Throwable cause = (ending.attempt().outcome() == Outcome.FAILED) ? this.thrown : null;
		return new AttemptFailure(ending.attempt(), cause,
				new Circumstances(this.method.idempotent(), untriedLeft, this.deadline.nanoTime() - landed.end(),
						ending.retryAfterNanos(), ending.reason() == Reason.METHOD_MISSING,
						ending.blame() == Blame.BUSY));
	}

	private long pauseAfter(AttemptFailure failed) {
		if (this.retry == null) {
			this.retry = this.method.reference().retry().begin();
		}
		return this.retry.failed(failed);
	}

	private void end(@Nullable String note) {
		Outcome outcome = outcome();
		end(outcome, (this.thrown != null) ? this.thrown : report(note).failure(outcome));
	}

	private void end(Outcome outcome, Throwable failure) {
		this.failure = failure;
		this.over = true;
		this.observed.end(outcome, failure);
	}

	/**
	 * What came of the call as a whole: what perhaps ran is not undone by what did not.
	 */
	private Outcome outcome() {
		if (this.thrown != null) {
			return Outcome.FAILED;
		}
		Outcome last = Outcome.NOT_SENT;
		for (Attempt attempt : this.attempts) {
			last = attempt.outcome();
			if (last == Outcome.UNKNOWN) {
				return last;
			}
		}
		return last;
	}

	private FailureReport report(@Nullable String note) {
		return new FailureReport(this.method, this.attempts, this.timing.nanoTime() - this.callStart,
				this.deadline.nanoTime() - this.callStart, note, this.unreadable, this.reason);
	}

}

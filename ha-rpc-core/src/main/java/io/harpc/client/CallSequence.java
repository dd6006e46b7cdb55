package io.harpc.client;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

import io.harpc.Attempt;
import io.harpc.CallObserver.Observed;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.client.FailureReport.Reason;
import io.harpc.protocol.Status;
import io.harpc.resilience.AttemptFailure;
import io.harpc.resilience.AttemptFailure.Circumstances;
import io.harpc.resilience.ReferenceRetry;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.RemoteFailure;
import io.harpc.transport.PayloadWriter;
import io.harpc.transport.Response;
import io.harpc.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call from its first attempt to its end: all that is decided, and nothing that
 * waits. Waiting is left to whoever drives it, {@link BlockingCall} or {@link AsyncCall},
 * by this loop: {@link #begin()}, send, {@link #answered} or {@link #failed}, pause,
 * begin again. Not thread-safe; handed from thread to thread by an asynchronous call.
 */
final class CallSequence implements PayloadWriter {

	/** The pause that means: no further attempt, look at {@link #failure()}. */
	static final long ENDED = ReferenceRetry.STOP;

	private static final Logger LOG = LoggerFactory.getLogger(CallSequence.class);

	private final ReferenceMethod method;

	private final @Nullable Object @Nullable [] arguments;

	private final Deadline deadline;

	private final Map<String, String> headers;

	private final Observed observed;

	private final Timing timing;

	private final InstanceChoice choice;

	private final long callStart;

	private long attemptStart;

	private long attemptEnd;

	private @Nullable InstanceState instance;

	private @Nullable MethodSerializer serializer;

	private List<Attempt> attempts = List.of();

	private ReferenceRetry.@Nullable Attempts retry;

	/** What the method threw, the last time that it did. */
	private @Nullable Throwable thrown;

	private @Nullable Throwable unreadable;

	private Reason reason = Reason.ATTEMPTS;

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
		this.deadline = method.reference().deadline(this.callStart);
		this.choice = new InstanceChoice(method.reference().loadBalancer());
	}

	Deadline deadline() {
		return this.deadline;
	}

	/**
	 * Chooses the instance of the next attempt.
	 * @return {@code false} if there is none and the call has ended
	 */
	boolean begin() {
		long now = this.timing.nanoTime();
		this.attemptStart = now;
		InstanceSnapshot snapshot = this.method.reference().instances().snapshot();
		if (this.deadline.nanoTime() - now <= 0 && snapshot.isKnown()) {
			return end("The deadline passed before a further attempt could be made.");
		}
		try {
			this.instance = this.choice.choose(snapshot, now);
		}
		catch (RuntimeException ex) {
			// A load balancer of the application's own: its caller is told, and the
			// observer
			return end(Outcome.NOT_SENT, ex);
		}
		return this.instance != null || end(this.method.reference().describeNoInstance(snapshot));
	}

	/** Sends the request and waits for the answer. */
	Response send() throws TransportException {
		return instance().link().call(this.method.descriptor().id(), this.deadline, this.headers, this);
	}

	/**
	 * {@return what cancels the request, whose answer the callback gets}
	 */
	Runnable sendAsync(BiConsumer<@Nullable Response, @Nullable TransportException> callback) {
		return instance().link().callAsync(this.method.descriptor().id(), this.deadline, this.headers, this, callback);
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		String name = instance().serialization();
		MethodSerializer chosen = this.method.serializers().get(name);
		if (chosen == null) {
			throw new IOException("the instance speaks '" + name + "' (known here: "
					+ String.join(", ", this.method.serializers().keySet()) + ")");
		}
		this.serializer = chosen;
		chosen.writeArguments(this.arguments, out);
	}

	/**
	 * Decides on an answer.
	 * @param response the answer
	 * @return nanoseconds until the next attempt, or {@link #ENDED}
	 */
	long answered(Response response) {
		attemptEnded();
		return switch (response.status()) {
			case OK -> returned(response);
			case EXCEPTION -> threw(response);
			case INTERNAL -> failed(new RemoteFailure(null, "", FailureReport.shorten(response.text()), List.of()));
			case BUSY, NO_SUCH_SERVICE -> refused(response, Blame.INSTANCE);
			case DRAINING, EXPIRED -> refused(response, Blame.UNDECIDED);
			case NO_SUCH_METHOD -> methodMissing(response);
			case MALFORMED, TOO_LARGE, UNAUTHENTICATED, FORBIDDEN -> refused(response, Blame.NOBODY);
		};
	}

	/**
	 * Decides on an attempt that got no answer.
	 * @param ex why
	 * @return nanoseconds until the next attempt, or {@link #ENDED}
	 */
	long failed(TransportException ex) {
		attemptEnded();
		Attempt attempt = attempt(ex.outcome(), String.valueOf(ex.getMessage()));
		return switch (ex.kind()) {
			case CONNECT, REFUSED, LOST -> decide(attempt, Blame.INSTANCE, 0);
			case TIMEOUT -> decide(attempt, wasPatient() ? Blame.INSTANCE : Blame.UNDECIDED, 0);
			case CLOSED, TOO_LARGE, ENCODING, OVERLOADED -> decide(attempt, Blame.UNDECIDED, 0);
			case CANCELLED -> {
				conclude(attempt, Blame.UNDECIDED, 0);
				abandon(null);
				yield ENDED;
			}
		};
	}

	/**
	 * Ends the call between two attempts, or before the first.
	 * @param note why, for a person to read, if the attempts do not say so
	 */
	void abandon(@Nullable String note) {
		this.reason = Reason.GIVEN_UP;
		end(note);
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

	private long returned(Response response) {
		try {
			this.result = serializer().readResult(response.payload(), response.offset(), response.length());
		}
		catch (IOException | RuntimeException | LinkageError | StackOverflowError ex) {
			return unreadable(ex);
		}
		instance().succeeded(this.attemptEnd, this.attemptEnd - this.attemptStart);
		this.method.reference().retry().succeeded(this.retry);
		this.observed.end(Outcome.SUCCEEDED, null);
		return ENDED;
	}

	private long threw(Response response) {
		RemoteFailure remote;
		try {
			remote = serializer().readException(response.payload(), response.offset(), response.length());
		}
		catch (IOException | RuntimeException | LinkageError | StackOverflowError ex) {
			return unreadable(ex);
		}
		return failed(remote);
	}

	private long failed(RemoteFailure remote) {
		Attempt attempt = attempt(Outcome.FAILED, "threw " + remote.className());
		this.thrown = (remote.declared() != null) ? remote.declared() : report(null).remote(remote);
		return decide(attempt, Blame.NOBODY, 0);
	}

	/**
	 * The server ran the method and its answer makes no sense here: most likely the two
	 * sides disagree on a type, which no breaker can mend.
	 */
	private long unreadable(Throwable ex) {
		this.unreadable = ex;
		return decide(attempt(Outcome.UNKNOWN, "the answer cannot be read: " + ex), Blame.NOBODY, 0);
	}

	private long refused(Response response, Blame blame) {
		Status status = response.status();
		if (status == Status.BUSY) {
			instance().busyFor(this.attemptEnd, response.retryAfterNanos());
		}
		return decide(attempt(status.outcome(), status + ", " + FailureReport.shorten(response.text())), blame,
				response.retryAfterNanos());
	}

	private void attemptEnded() {
		this.attemptEnd = this.timing.nanoTime();
		this.reason = Reason.ATTEMPTS;
	}

	/** As it is while the versions of a service change: another instance may have it. */
	private long methodMissing(Response response) {
		this.reason = Reason.METHOD_MISSING;
		return refused(response, Blame.NOBODY);
	}

	/**
	 * Whether a timeout says something of the instance: only where it had more time than
	 * it usually takes. Of a caller in a hurry nothing can be learned.
	 */
	private boolean wasPatient() {
		return this.attemptEnd - this.attemptStart >= 2 * instance().latencyNanos(this.attemptEnd);
	}

	private Attempt attempt(Outcome outcome, String reason) {
		Attempt attempt = new Attempt(instance().instance().address().toString(),
				Duration.ofNanos(this.attemptEnd - this.attemptStart), outcome, reason);
		if (this.attempts.isEmpty()) {
			this.attempts = new ArrayList<>();
		}
		this.attempts.add(attempt);
		LOG.debug("{}: {}", this.method.descriptor(), attempt);
		return attempt;
	}

	private long decide(Attempt attempt, Blame blame, long retryAfterNanos) {
		AttemptFailure ended = conclude(attempt, blame, retryAfterNanos);
		if (this.retry == null) {
			this.retry = this.method.reference().retry().begin();
		}
		long pause = this.retry.failed(ended);
		if (pause == ENDED) {
			end(null);
		}
		return pause;
	}

	/** Has the instance learn from an attempt that did not succeed. */
	private AttemptFailure conclude(Attempt attempt, Blame blame, long retryAfterNanos) {
		InstanceState tried = instance();
		this.choice.tried(tried);
		boolean untriedLeft = this.choice.isUntriedLeft(this.method.reference().instances().snapshot());
		long remainingNanos = this.deadline.nanoTime() - this.attemptEnd;
		AttemptFailure ended = new AttemptFailure(attempt, (attempt.outcome() == Outcome.FAILED) ? this.thrown : null,
				new Circumstances(this.method.idempotent(), untriedLeft, remainingNanos, retryAfterNanos,
						this.reason == Reason.METHOD_MISSING));
		long nanos = this.attemptEnd - this.attemptStart;
		switch (blame) {
			case INSTANCE -> tried.failed(this.attemptEnd, nanos, ended);
			case NOBODY -> tried.answered(this.attemptEnd, nanos, ended);
			case UNDECIDED -> tried.abandoned(ended);
		}
		return ended;
	}

	private boolean end(@Nullable String note) {
		Outcome outcome = outcome();
		return end(outcome, (this.thrown != null) ? this.thrown : report(note).failure(outcome));
	}

	private boolean end(Outcome outcome, Throwable failure) {
		this.failure = failure;
		this.observed.end(outcome, failure);
		return false;
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

	private InstanceState instance() {
		return Objects.requireNonNull(this.instance);
	}

	private MethodSerializer serializer() {
		return Objects.requireNonNull(this.serializer);
	}

	/** What an attempt that did not succeed means for the instance. */
	private enum Blame {

		/** It failed. */
		INSTANCE,

		/** It did its part. */
		NOBODY,

		/** The attempt says nothing about it. */
		UNDECIDED

	}

}

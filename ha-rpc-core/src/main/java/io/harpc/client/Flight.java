package io.harpc.client;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;

import io.harpc.Attempt;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.client.FailureReport.Reason;
import io.harpc.protocol.Status;
import io.harpc.resilience.AttemptFailure;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.RemoteFailure;
import io.harpc.transport.PayloadWriter;
import io.harpc.transport.Response;
import io.harpc.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call, from the choice of its instance to its end: writes the request,
 * reads the answer, and knows what that says of the instance. What it means for the call
 * is {@link CallSequence}'s to decide. Used by one thread at a time, except for
 * {@link #cancel()}.
 */
final class Flight implements PayloadWriter {

	private final CallSequence call;

	private final InstanceState instance;

	private final long start;

	private final Deadline deadline;

	private long end;

	private @Nullable MethodSerializer serializer;

	private @Nullable Object result;

	private @Nullable Ending ending;

	/** Of a request that is sent without waiting for its answer. */
	private volatile @Nullable Runnable cancellation;

	private volatile boolean cancelled;

	Flight(CallSequence call, InstanceState instance, long start) {
		this.call = call;
		this.instance = instance;
		this.start = start;
		this.deadline = call.method().reference().attemptDeadline(call.deadline(), start);
	}

	/**
	 * Sends the request, and waits for what comes of it. A thread that is interrupted
	 * meanwhile keeps its flag.
	 */
	void send() {
		try {
			answered(this.instance.link()
				.call(this.call.method().descriptor().id(), this.deadline, this.call.headers(), this));
		}
		catch (TransportException ex) {
			if (ex.kind() == TransportException.Kind.CANCELLED) {
				Thread.currentThread().interrupt();
			}
			failed(ex);
		}
	}

	/**
	 * Sends the request, and waits for nothing.
	 * @param landed told once, when it is known what has come of it; on any thread
	 */
	void send(Runnable landed) {
		BiConsumer<@Nullable Response, @Nullable TransportException> callback = (response, ex) -> {
			if (response != null) {
				answered(response);
			}
			else {
				failed(Objects.requireNonNull(ex));
			}
			landed.run();
		};
		this.cancellation = this.instance.link()
			.callAsync(this.call.method().descriptor().id(), this.deadline, this.call.headers(), this, callback);
		if (this.cancelled) {
			cancel();
		}
	}

	/** Gives up on a request that was sent without waiting; it still lands. */
	void cancel() {
		this.cancelled = true;
		Runnable how = this.cancellation;
		if (how != null) {
			how.run();
		}
	}

	@Override
	public void writeTo(OutputStream out) throws IOException {
		ReferenceMethod method = this.call.method();
		String name = this.instance.serialization();
		MethodSerializer chosen = method.serializers().get(name);
		if (chosen == null) {
			throw new IOException("the instance speaks '" + name + "' (known here: "
					+ String.join(", ", method.serializers().keySet()) + ")");
		}
		this.serializer = chosen;
		chosen.writeArguments(this.call.arguments(), out);
	}

	InstanceState instance() {
		return this.instance;
	}

	/**
	 * {@return the time of its end}
	 */
	long end() {
		return this.end;
	}

	/**
	 * {@return what the method returned}
	 */
	@Nullable Object result() {
		return this.result;
	}

	/**
	 * {@return what came of it instead of a result, {@code null} if it succeeded}
	 */
	@Nullable Ending ending() {
		return this.ending;
	}

	/** The instance learns that it did well. */
	void succeeded() {
		this.instance.succeeded(this.end, this.end - this.start);
	}

	/** The instance learns what came of it otherwise. */
	void blame(Blame blame, AttemptFailure failure) {
		long nanos = this.end - this.start;
		switch (blame) {
			case INSTANCE -> this.instance.failed(this.end, nanos, failure);
			case NOBODY, BUSY -> this.instance.answered(this.end, nanos, failure);
			case UNDECIDED -> this.instance.abandoned(this.end, nanos, failure);
		}
	}

	private void answered(Response response) {
		this.end = this.call.timing().nanoTime();
		Status status = response.status();
		switch (status) {
			case OK -> returned(response);
			case EXCEPTION -> threw(response);
			case INTERNAL -> threw(new RemoteFailure(null, "", FailureReport.shorten(response.text()), List.of()));
			case BUSY -> {
				this.instance.busyFor(this.end, response.retryAfterNanos());
				refused(response, Blame.BUSY, Reason.ATTEMPTS);
			}
			case NO_SUCH_SERVICE -> refused(response, Blame.INSTANCE, Reason.ATTEMPTS);
			case DRAINING, EXPIRED -> refused(response, Blame.UNDECIDED, Reason.ATTEMPTS);
			// As it is while the versions of a service change: another may have it
			case NO_SUCH_METHOD -> refused(response, Blame.NOBODY, Reason.METHOD_MISSING);
			case MALFORMED, TOO_LARGE, UNAUTHENTICATED, FORBIDDEN -> refused(response, Blame.NOBODY, Reason.ATTEMPTS);
		}
	}

	private void failed(TransportException ex) {
		this.end = this.call.timing().nanoTime();
		Blame blame = switch (ex.kind()) {
			case CONNECT, REFUSED, LOST -> Blame.INSTANCE;
			case TIMEOUT -> wasPatient() ? Blame.INSTANCE : Blame.UNDECIDED;
			case CLOSED, TOO_LARGE, ENCODING, OVERLOADED, CANCELLED -> Blame.UNDECIDED;
		};
		boolean givenUp = ex.kind() == TransportException.Kind.CANCELLED;
		String limit = (ex.kind() == TransportException.Kind.TIMEOUT && this.deadline != this.call.deadline())
				? ", which attempt-timeout set" : "";
		this.ending = new Ending(attempt(ex.outcome(), ex.getMessage() + limit), blame,
				givenUp ? Reason.GIVEN_UP : Reason.ATTEMPTS, 0, null);
	}

	private void returned(Response response) {
		try {
			this.result = serializer().readResult(response.payload(), response.offset(), response.length());
		}
		catch (IOException | RuntimeException | LinkageError | StackOverflowError ex) {
			unreadable(ex);
		}
	}

	private void threw(Response response) {
		try {
			threw(serializer().readException(response.payload(), response.offset(), response.length()));
		}
		catch (IOException | RuntimeException | LinkageError | StackOverflowError ex) {
			unreadable(ex);
		}
	}

	private void threw(RemoteFailure remote) {
		this.ending = new Ending(attempt(Outcome.FAILED, "threw " + remote.className()), Blame.NOBODY, Reason.ATTEMPTS,
				0, remote);
	}

	/**
	 * The server ran the method and its answer makes no sense here: most likely the two
	 * sides disagree on a type, which no breaker can mend.
	 */
	private void unreadable(Throwable ex) {
		this.ending = new Ending(attempt(Outcome.UNKNOWN, "the answer cannot be read: " + ex), Blame.NOBODY,
				Reason.ATTEMPTS, 0, ex);
	}

	private void refused(Response response, Blame blame, Reason reason) {
		Status status = response.status();
		this.ending = new Ending(attempt(status.outcome(), status + ", " + FailureReport.shorten(response.text())),
				blame, reason, response.retryAfterNanos(), null);
	}

	/**
	 * Whether a timeout says something of the instance: only where it had more time than
	 * it usually takes. Of a caller in a hurry nothing can be learned.
	 */
	private boolean wasPatient() {
		return this.instance.isOverdue(this.end - this.start);
	}

	private Attempt attempt(Outcome outcome, String reason) {
		return new Attempt(this.instance.instance().address().toString(), Duration.ofNanos(this.end - this.start),
				outcome, reason);
	}

	private MethodSerializer serializer() {
		return Objects.requireNonNull(this.serializer);
	}

	/**
	 * What came of an attempt that did not succeed.
	 *
	 * @param attempt the attempt, as people read it
	 * @param blame what it says of the instance
	 * @param reason what it says of the call, should it be the last
	 * @param retryAfterNanos when the instance wants to be asked again, zero if it did
	 * not say
	 * @param detail the {@link RemoteFailure}, or why the answer cannot be read, if it is
	 * one of these
	 */
	record Ending(Attempt attempt, Blame blame, Reason reason, long retryAfterNanos, @Nullable Object detail) {

	}

	/** What an attempt that did not succeed means for the instance. */
	enum Blame {

		/** It failed. */
		INSTANCE,

		/** It did its part. */
		NOBODY,

		/** It has no room now, which is no fault, but a reason to go elsewhere. */
		BUSY,

		/** The attempt says nothing about it. */
		UNDECIDED

	}

}

package io.harpc.client;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.harpc.Attempt;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.client.FailureReport.Reason;
import io.harpc.protocol.Status;
import io.harpc.resilience.AttemptFailure;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.RemoteFailure;
import io.harpc.transport.Channel;
import io.harpc.transport.LateAnswer;
import io.harpc.transport.PayloadWriter;
import io.harpc.transport.Response;
import io.harpc.transport.TransportException;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call, from the choice of its instance to its end: writes the request,
 * reads the answer, and knows what that says of the instance. What it means for the call
 * is {@link CallSequence}'s to decide. Used by one thread at a time, except for
 * {@link #cancel}.
 */
final class Flight implements PayloadWriter, LateAnswer {

	private final CallSequence call;

	private final InstanceState instance;

	private long start;

	private final Deadline deadline;

	private final Map<String, String> headers;

	/**
	 * Which run of the server it goes to, empty if that is not known or of no interest.
	 */
	private final String incarnation;

	/** When somebody should look after it, the deadline if nobody need. */
	private final long patientUntil;

	private long end;

	private @Nullable MethodSerializer serializer;

	private @Nullable Object result;

	private @Nullable Ending ending;

	/** Set before it is sent without waiting, or when nobody waits any longer. */
	private @Nullable Listener listener;

	private volatile @Nullable Runnable cancellation;

	/** Why it was cancelled. */
	private volatile @Nullable String cancelled;

	/**
	 * Creates the flight.
	 * @param call the call
	 * @param instance where an attempt has begun
	 * @param start the time
	 * @param patienceNanos after how long somebody should look after it
	 */
	Flight(CallSequence call, InstanceState instance, long start, long patienceNanos) {
		this.call = call;
		this.instance = instance;
		this.start = start;
		this.deadline = call.method().reference().attemptDeadline(call.deadline(), start);
		// Asked before it is sent: what is said later may be said of a run begun
		// meanwhile
		this.incarnation = call.isHeldToItsInstance() ? instance.channel().incarnation() : "";
		this.headers = call.headers();
		long most = this.deadline.nanoTime() - start;
		this.patientUntil = start + Math.min(patienceNanos, most);
	}

	/**
	 * Sends the request, and waits for what comes of it, though not for ever. A thread
	 * that is interrupted meanwhile keeps its flag.
	 * @param listener told where the flight goes on without the calling thread: on that
	 * thread that it is overdue, then on any that it has landed
	 * @return whether it has landed
	 */
	boolean send(Listener listener) {
		Channel channel = this.instance.channel();
		long method = this.call.method().descriptor().id();
		try {
			Response response;
			if (this.patientUntil == this.deadline.nanoTime()) {
				response = channel.call(method, this.deadline, this.headers, this);
			}
			else {
				this.listener = listener;
				response = channel.call(method, this.deadline, this.headers, this, this.patientUntil, this);
			}
			if (response == null) {
				return false;
			}
			answered(response);
		}
		catch (TransportException ex) {
			if (ex.kind() == Kind.CANCELLED) {
				Thread.currentThread().interrupt();
			}
			failed(ex);
		}
		return true;
	}

	/**
	 * Sends the request, and waits for nothing.
	 * @param listener told on any thread, perhaps that it is overdue, and that it has
	 * landed
	 */
	void sendAsync(Listener listener) {
		this.listener = listener;
		if (this.cancelled != null) {
			this.end = this.call.timing().nanoTime();
			this.ending = failed(Outcome.NOT_SENT, this.cancelled, Blame.UNDECIDED, Reason.GIVEN_UP);
			listener.landed(this);
			return;
		}
		long method = this.call.method().descriptor().id();
		sent(this.instance.channel().callAsync(method, this.deadline, this.headers, this, this.patientUntil, this));
	}

	/** It is sent only now, and what went by since it was made was not the instance's. */
	void departs() {
		this.start = this.call.timing().nanoTime();
	}

	/**
	 * Gives up on a request for which no thread waits. The flight lands all the same.
	 * @param reason why, for a person to read
	 */
	void cancel(String reason) {
		this.cancelled = reason;
		Runnable how = this.cancellation;
		if (how != null) {
			how.run();
		}
	}

	@Override
	public void overdue(Runnable cancellation) {
		sent(cancellation);
		Objects.requireNonNull(this.listener).overdue(this);
	}

	@Override
	public void accept(@Nullable Response response, @Nullable TransportException failure) {
		if (response != null) {
			answered(response);
		}
		else {
			failed(Objects.requireNonNull(failure));
		}
		Objects.requireNonNull(this.listener).landed(this);
	}

	private void sent(Runnable cancellation) {
		this.cancellation = cancellation;
		if (this.cancelled != null) {
			cancellation.run();
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

	long start() {
		return this.start;
	}

	String incarnation() {
		return this.incarnation;
	}

	/**
	 * {@return the time of its end}
	 */
	long end() {
		return this.end;
	}

	/**
	 * {@return how long it took}
	 */
	long nanos() {
		return this.end - this.start;
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
		this.instance.succeeded(this.end, nanos());
	}

	/** The instance learns what came of it otherwise. */
	void blame(Blame blame, AttemptFailure failure) {
		long nanos = nanos();
		switch (blame) {
			case INSTANCE -> this.instance.failed(this.end, nanos, failure);
			case NOBODY, BUSY -> this.instance.answered(this.end, nanos, failure);
			case UNDECIDED -> this.instance.abandoned(this.end, nanos,
					(this.ending != null && this.ending.reason() == Reason.GIVEN_UP) ? null : failure);
		}
	}

	private void answered(Response response) {
		this.end = this.call.timing().nanoTime();
		Status status = response.status();
		this.ending = switch (status) {
			case OK -> returned(response);
			case EXCEPTION -> threw(response);
			case INTERNAL -> threw(new RemoteFailure(null, "", FailureReport.shorten(response.text()), List.of()));
			case BUSY -> {
				this.instance.busyFor(this.end, response.retryAfterNanos());
				yield refused(response, status.outcome(), Blame.BUSY, null);
			}
			case NO_SUCH_SERVICE -> refused(response, status.outcome(), Blame.INSTANCE, Reason.SERVICE_MISSING);
			case DRAINING, EXPIRED -> refused(response, status.outcome(), Blame.UNDECIDED, null);
			// Not run now; but this call, or one of its key, perhaps ran before
			case NOT_REPLAYABLE -> refused(response, Outcome.UNKNOWN, Blame.NOBODY, Reason.NOT_REPLAYABLE);
			// As it is while the versions of a service change: another may have it
			case NO_SUCH_METHOD -> refused(response, status.outcome(), Blame.NOBODY, Reason.METHOD_MISSING);
			case UNAUTHENTICATED, FORBIDDEN -> refused(response, status.outcome(), Blame.NOBODY, Reason.FORBIDDEN);
			case MALFORMED, TOO_LARGE -> refused(response, status.outcome(), Blame.NOBODY, null);
		};
	}

	private void failed(TransportException ex) {
		this.end = this.call.timing().nanoTime();
		String text = String.valueOf(ex.getMessage());
		this.ending = switch (ex.kind()) {
			case CONNECT, LOST -> failed(ex.outcome(), text, Blame.INSTANCE, null);
			case REFUSED -> failed(ex.outcome(), text, Blame.INSTANCE, Reason.REFUSED);
			case TLS -> failed(ex.outcome(), text, Blame.INSTANCE, Reason.ENCRYPTION);
			case ENCRYPTION -> failed(ex.outcome(), text, Blame.UNDECIDED, Reason.ENCRYPTION);
			case TOKEN -> failed(ex.outcome(), text, Blame.UNDECIDED, Reason.TOKEN);
			case UNAUTHENTICATED -> failed(ex.outcome(), text, Blame.UNDECIDED, Reason.UNAUTHENTICATED);
			case TIMEOUT -> failed(ex.outcome(),
					(this.deadline != this.call.deadline()) ? text + ", which attempt-timeout set" : text,
					blameOfSilence(), null);
			case CLOSED, TOO_LARGE, ENCODING, OVERLOADED -> failed(ex.outcome(), text, Blame.UNDECIDED, null);
			case CANCELLED -> {
				String why = this.cancelled;
				yield failed(ex.outcome(), (why != null) ? why : text, Blame.UNDECIDED, Reason.GIVEN_UP);
			}
		};
	}

	private Ending failed(Outcome outcome, String text, Blame blame, @Nullable Reason reason) {
		return new Ending(attempt(outcome, text), blame, reason, 0, null);
	}

	private @Nullable Ending returned(Response response) {
		try {
			this.result = serializer().readResult(response.payload(), response.offset(), response.length());
			return null;
		}
		catch (IOException | RuntimeException | LinkageError | StackOverflowError ex) {
			return unreadable(ex);
		}
	}

	private Ending threw(Response response) {
		try {
			return threw(serializer().readException(response.payload(), response.offset(), response.length()));
		}
		catch (IOException | RuntimeException | LinkageError | StackOverflowError ex) {
			return unreadable(ex);
		}
	}

	private Ending threw(RemoteFailure remote) {
		return new Ending(attempt(Outcome.FAILED, "threw " + remote.className()), Blame.NOBODY, null, 0, remote);
	}

	/**
	 * The server ran the method and its answer makes no sense here: most likely the two
	 * sides disagree on a type, which no breaker can mend. Should it be this instance
	 * alone, calls go to the others.
	 */
	private Ending unreadable(Throwable ex) {
		this.instance.preferOthers(this.end);
		return new Ending(attempt(Outcome.UNKNOWN, "the answer cannot be read: " + ex), Blame.NOBODY, null, 0, ex);
	}

	private Ending refused(Response response, Outcome outcome, Blame blame, @Nullable Reason reason) {
		return new Ending(attempt(outcome, response.status() + ", " + FailureReport.shorten(response.text())), blame,
				reason, response.retryAfterNanos(), null);
	}

	/** What it says of the instance that it has not answered. */
	Blame blameOfSilence() {
		return this.instance.isOverdue(this.end, nanos()) ? Blame.INSTANCE : Blame.UNDECIDED;
	}

	private Attempt attempt(Outcome outcome, String reason) {
		return new Attempt(this.instance.instance().address().toString(), Duration.ofNanos(nanos()), outcome, reason);
	}

	private MethodSerializer serializer() {
		return Objects.requireNonNull(this.serializer);
	}

	/** Hears of a flight for which no thread waits. */
	interface Listener {

		/**
		 * It takes long: somebody should look after it. It goes on.
		 * @param flight the flight
		 */
		void overdue(Flight flight);

		/**
		 * It is known what has come of it. Called once, after {@code overdue} if at all.
		 * @param flight the flight
		 */
		void landed(Flight flight);

	}

	/**
	 * What came of an attempt that did not succeed.
	 *
	 * @param attempt the attempt, as people read it
	 * @param blame what it says of the instance
	 * @param reason what else is known of it, {@code null} if nothing
	 * @param retryAfterNanos when the instance wants to be asked again, zero if it did
	 * not say
	 * @param detail the {@link RemoteFailure}, or why the answer cannot be read, if it is
	 * one of these
	 */
	record Ending(Attempt attempt, Blame blame, @Nullable Reason reason, long retryAfterNanos,
			@Nullable Object detail) {

		/**
		 * {@return whether a request that is rejected for it need not be by another
		 * instance: in a rolling change they differ}
		 */
		boolean isOfInstance() {
			return this.reason == Reason.METHOD_MISSING || this.reason == Reason.UNAUTHENTICATED;
		}

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

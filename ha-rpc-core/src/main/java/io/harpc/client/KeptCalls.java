package io.harpc.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.harpc.Outcome;
import io.harpc.RpcRejectedException;
import io.harpc.client.FailureReport.Reason;
import io.harpc.client.Flight.Ending;
import io.harpc.failback.Failback;
import io.harpc.failback.FailbackCall;
import io.harpc.failback.FailbackTarget;
import io.harpc.failback.FirstTry;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.RemoteFailure;
import io.harpc.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one reference that are kept on disk and made later: puts them into the
 * journal, and makes them when their turn has come, each try a call of one attempt with a
 * key. Thread-safe.
 */
final class KeptCalls implements FailbackTarget {

	private final Reference reference;

	private final Failback journal;

	private final Map<String, ReferenceMethod> methods;

	/**
	 * Begins to deliver what the journal holds for a reference.
	 * @param reference the reference
	 * @param methods its methods without a result
	 * @param journal the journal
	 */
	KeptCalls(Reference reference, Collection<ReferenceMethod> methods, Failback journal) {
		this.reference = reference;
		this.journal = journal;
		this.methods = methods.stream()
			.collect(Collectors.toMap((method) -> method.descriptor().signature(), (method) -> method, (a, b) -> a));
		journal.attach(reference.settings().name(), this);
	}

	/**
	 * Keeps a call: returns when it is on disk.
	 * @param method the method
	 * @param arguments its arguments
	 * @throws io.harpc.RpcException if it will not be delivered, or if that is not known
	 */
	void keep(ReferenceMethod method, @Nullable Object @Nullable [] arguments) {
		String key = method.idempotencyKey(arguments);
		FailbackCall call = new FailbackCall(this.reference.settings().name(), method.descriptor().service(),
				method.descriptor().signature(), (key != null) ? key : UUID.randomUUID().toString(),
				this.reference.timing().currentMillis(), encode(method, arguments));
		this.journal.accept(call, this.reference.deadline(this.reference.timing().nanoTime()));
	}

	@Override
	public @Nullable Try prepare(FailbackCall call, @Nullable FirstTry first) throws IOException {
		ReferenceMethod method = this.methods.get(call.signature());
		if (method == null || !method.descriptor().service().equals(call.service())) {
			throw new IOException("the reference has no such method without a result");
		}
		@Nullable Object[] arguments = json(method).readArguments(call.arguments(), 0, call.arguments().length);
		PerhapsRan perhapsRan = (first != null) ? find(first) : null;
		if ((first != null) ? perhapsRan == null : !isConnected()) {
			return null;
		}
		CallSequence sequence = this.reference.begin(method, arguments, call.key());
		if (perhapsRan != null) {
			sequence.resume(perhapsRan);
		}
		Flight flight = sequence.begin();
		return (flight != null) ? new KeptCall(sequence, flight) : null;
	}

	private byte[] encode(ReferenceMethod method, @Nullable Object @Nullable [] arguments) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try {
			json(method).writeArguments(arguments, out);
		}
		catch (IOException ex) {
			throw new RpcRejectedException("call of " + method.descriptor() + " by reference '"
					+ this.reference.settings().name() + "' ended REJECTED: its arguments cannot be written: "
					+ ex.getMessage() + ". The method did not run, and will not.", List.of(), ex);
		}
		return out.toByteArray();
	}

	/** What is on disk must be readable by the next version of the program. */
	private static MethodSerializer json(ReferenceMethod method) {
		return Objects.requireNonNull(method.serializers().get(Serializer.json().name()), "JSON");
	}

	/** An attempt elsewhere would only wait for a connection. */
	private boolean isConnected() {
		return this.reference.instances().states().anyMatch((state) -> state.channel().isConnected());
	}

	private @Nullable PerhapsRan find(FirstTry first) {
		Timing timing = this.reference.timing();
		long age = TimeUnit.MILLISECONDS.toNanos(Math.max(0, timing.currentMillis() - first.atMillis()));
		long start = timing.nanoTime() - age;
		return this.reference.instances()
			.states()
			.map((state) -> new PerhapsRan(state, first.incarnation(), start))
			.filter(PerhapsRan::isThere)
			.findAny()
			.orElse(null);
	}

	/** One try, ready to be sent. */
	private static final class KeptCall implements Try, Flight.Listener {

		private final CallSequence sequence;

		private final Flight flight;

		/** Set before it is sent. */
		private @Nullable Consumer<Result> answer;

		KeptCall(CallSequence sequence, Flight flight) {
			this.sequence = sequence;
			this.flight = flight;
		}

		@Override
		public @Nullable String incarnation() {
			return this.sequence.isHeldToItsInstance() ? this.flight.incarnation() : null;
		}

		@Override
		public void send(Consumer<Result> answer) {
			this.answer = answer;
			this.flight.departs();
			this.flight.sendAsync(this);
		}

		@Override
		public void overdue(Flight flight) {
			// Nobody waits for it
		}

		@Override
		public void landed(Flight flight) {
			this.sequence.landed(flight);
			if (!this.sequence.isOver()) {
				this.sequence.giveUp("It is tried again later.");
			}
			Objects.requireNonNull(this.answer).accept(result(flight.ending()));
		}

		private Result result(@Nullable Ending ending) {
			if (ending == null) {
				return new Result(Outcome.SUCCEEDED, false, "");
			}
			Outcome outcome = ending.attempt().outcome();
			boolean repeatable = switch (outcome) {
				// What the method declares is an answer
				case FAILED -> this.sequence.method().idempotent()
						&& !(ending.detail() instanceof RemoteFailure remote && remote.declared() != null);
				// Else it would be the same again: no answer that can be read, or none at
				// all
				case UNKNOWN -> ending.detail() == null && ending.reason() != Reason.NOT_REPLAYABLE
						&& (this.sequence.method().idempotent() || !this.flight.incarnation().isEmpty());
				default -> true;
			};
			return new Result(outcome, repeatable, ending.attempt().toString());
		}

	}

}

package io.harpc.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.harpc.Address;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.Status;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.Serializer;
import io.harpc.transport.Answers;
import io.harpc.transport.Channel;
import io.harpc.transport.ChannelListener;
import io.harpc.transport.LateAnswer;
import io.harpc.transport.PayloadWriter;
import io.harpc.transport.Peer;
import io.harpc.transport.Response;
import io.harpc.transport.TransportException;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Channels to servers that are none: each answers with its address, unless told
 * otherwise.
 */
final class FakeChannels {

	final Map<String, FakeChannel> byAddress = new TreeMap<>();

	/** The addresses of all attempts, in order. */
	final List<String> attempts = new ArrayList<>();

	/** Sees every attempt when it comes. */
	Consumer<Attempted> arrived = (attempted) -> {
	};

	/** What the next attempts meet, wherever they go. */
	final Deque<Behaviour> next = new ArrayDeque<>();

	private final FakeTiming timing;

	private final ServiceDescriptor shop = ServiceDescriptor.of(ServiceKey.of(Shop.class), Shop.class);

	boolean closed;

	FakeChannels(FakeTiming timing) {
		this.timing = timing;
	}

	/**
	 * {@return them, for a client}
	 */
	Channels shared() {
		return new Channels(this::open, () -> this.closed = true);
	}

	private FakeChannel open(Peer peer, ChannelListener listener) {
		Address address = peer.address();
		FakeChannel channel = new FakeChannel(address, listener);
		this.byAddress.put(address.toString(), channel);
		return channel;
	}

	/** How a server meets an attempt. */
	interface Behaviour {

		Response meet(Attempted attempted) throws TransportException;

		static Behaviour failing(Kind kind, Outcome outcome) {
			return (attempted) -> {
				throw Answers.failure(kind, outcome, "it was " + kind);
			};
		}

		static Behaviour refusing(Status status, Duration retryAfter) {
			return (attempted) -> Answers.of(status, retryAfter, "says no".getBytes(StandardCharsets.UTF_8));
		}

		static Behaviour throwing(Throwable thrown) {
			return (attempted) -> Answers.of(Status.EXCEPTION, Duration.ZERO,
					attempted.encode((serializer, out) -> serializer.writeException(thrown, false, out)));
		}

		static Behaviour returning(byte[] payload) {
			return (attempted) -> Answers.of(Status.OK, Duration.ZERO, payload);
		}

		/**
		 * Meets it later; for calls with patience and asynchronous ones without waiting.
		 */
		default Behaviour taking(Duration duration) {
			return new Taking(duration, this);
		}

		default Behaviour after(FakeTiming timing, Duration duration) {
			return (attempted) -> {
				timing.advance(duration);
				return meet(attempted);
			};
		}

	}

	/**
	 * A server that takes its time: a caller waits for so long, though no longer than it
	 * is patient; what comes later comes when the test lets time pass.
	 */
	record Taking(Duration duration, Behaviour then) implements Behaviour {

		@Override
		public Response meet(Attempted attempted) throws TransportException {
			return this.then.meet(attempted);
		}

	}

	/** Writes a payload. */
	interface Encoding {

		void write(MethodSerializer serializer, ByteArrayOutputStream out) throws IOException;

	}

	/** An attempt as the server sees it. */
	record Attempted(FakeChannel channel, MethodDescriptor method, Deadline deadline, Map<String, String> headers) {

		byte[] encode(Encoding encoding) {
			try {
				ByteArrayOutputStream out = new ByteArrayOutputStream();
				encoding.write(Serializer.json().forMethod(this.method), out);
				return out.toByteArray();
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

	}

	/** An attempt and how it will be met. */
	private record Arrival(Behaviour behaviour, Attempted attempted) {

		Duration duration() {
			return (this.behaviour instanceof Taking taking) ? taking.duration() : Duration.ZERO;
		}

		Response answer() throws TransportException {
			return this.behaviour.meet(this.attempted);
		}

		void answer(LateAnswer callback) {
			Response response;
			try {
				response = answer();
			}
			catch (TransportException ex) {
				callback.accept(null, ex);
				return;
			}
			callback.accept(response, null);
		}

	}

	/** A channel to one address. */
	final class FakeChannel implements Channel {

		final Address address;

		final ChannelListener listener;

		boolean connected = true;

		boolean draining;

		boolean closed;

		String incarnation = "first";

		@Nullable LoadReport loadReport;

		long loadReportAt;

		int connects;

		/** Instead of the default, if nothing is said for the next attempt. */
		@Nullable Behaviour behaviour;

		/** Asynchronous calls are kept here instead of being answered at once. */
		@Nullable Deque<Runnable> held;

		int cancelled;

		Deadline lastDeadline = Deadline.afterNanos(0);

		FakeChannel(Address address, ChannelListener listener) {
			this.address = address;
			this.listener = listener;
		}

		@Override
		public boolean isConnected() {
			return this.connected && !this.closed;
		}

		@Override
		public boolean isDraining() {
			return this.draining;
		}

		@Override
		public String serialization() {
			return "json";
		}

		@Override
		public String incarnation() {
			return this.incarnation;
		}

		@Override
		public @Nullable LoadReport loadReport() {
			return this.loadReport;
		}

		@Override
		public long loadReportAt() {
			return this.loadReportAt;
		}

		@Override
		public void connect() {
			this.connects++;
		}

		@Override
		public Response call(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload)
				throws TransportException {
			Arrival arrival = arrive(methodId, deadline, headers, payload);
			return waitFor(arrival, deadline);
		}

		@Override
		public @Nullable Response call(long methodId, Deadline deadline, Map<String, String> headers,
				PayloadWriter payload, long patientUntil, LateAnswer late) throws TransportException {
			Arrival arrival = arrive(methodId, deadline, headers, payload);
			FakeTiming timing = FakeChannels.this.timing;
			long until = Math.min(patientUntil, deadline.nanoTime());
			if (timing.nanoTime() + arrival.duration().toNanos() - until <= 0 || until == deadline.nanoTime()) {
				return waitFor(arrival, deadline);
			}
			Runnable cancellation = answerLater(arrival, deadline, deadline.nanoTime(), late);
			timing.advance(Duration.ofNanos(Math.max(0, patientUntil - timing.nanoTime())));
			late.overdue(cancellation);
			return null;
		}

		private Response waitFor(Arrival arrival, Deadline deadline) throws TransportException {
			FakeTiming timing = FakeChannels.this.timing;
			Duration left = Duration.ofNanos(deadline.nanoTime() - timing.nanoTime());
			if (arrival.duration().isZero() || arrival.duration().compareTo(left) < 0) {
				timing.advance(arrival.duration());
				return arrival.answer();
			}
			timing.advance(left);
			throw Answers.failure(Kind.TIMEOUT, Outcome.UNKNOWN, "it was " + Kind.TIMEOUT);
		}

		/**
		 * {@return cancels it}
		 */
		private Runnable answerLater(Arrival arrival, Deadline deadline, long patientUntil, LateAnswer late) {
			FakeTiming timing = FakeChannels.this.timing;
			long answered = timing.nanoTime() + arrival.duration().toNanos();
			AtomicBoolean ended = new AtomicBoolean();
			Runnable cancellation = () -> {
				this.cancelled++;
				fail(ended, late, Kind.CANCELLED);
			};
			if (patientUntil - deadline.nanoTime() < 0) {
				timing.at(patientUntil, () -> {
					if (!ended.get()) {
						late.overdue(cancellation);
					}
				});
			}
			if (answered - deadline.nanoTime() < 0) {
				timing.at(answered, () -> {
					if (!ended.getAndSet(true)) {
						arrival.answer(late);
					}
				});
			}
			else {
				timing.at(deadline.nanoTime(), () -> fail(ended, late, Kind.TIMEOUT));
			}
			return cancellation;
		}

		private static void fail(AtomicBoolean ended, LateAnswer callback, Kind kind) {
			if (!ended.getAndSet(true)) {
				callback.accept(null, Answers.failure(kind, Outcome.UNKNOWN, "it was " + kind));
			}
		}

		private Arrival arrive(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload)
				throws TransportException {
			FakeChannels.this.attempts.add(this.address.toString());
			this.lastDeadline = deadline;
			if (this.closed) {
				throw Answers.failure(Kind.CLOSED, Outcome.NOT_SENT, "closed");
			}
			try {
				payload.writeTo(new ByteArrayOutputStream());
			}
			catch (IOException ex) {
				throw Answers.failure(Kind.ENCODING, Outcome.REJECTED, String.valueOf(ex.getMessage()));
			}
			FakeChannels.this.timing.advance(Duration.ofMillis(1));
			MethodDescriptor method = FakeChannels.this.shop.methods()
				.stream()
				.filter((candidate) -> candidate.id() == methodId)
				.findAny()
				.orElseThrow();
			Behaviour next = FakeChannels.this.next.poll();
			Behaviour met = (next != null) ? next : (this.behaviour != null) ? this.behaviour : this::succeed;
			Attempted attempted = new Attempted(this, method, deadline, headers);
			FakeChannels.this.arrived.accept(attempted);
			return new Arrival(met, attempted);
		}

		@Override
		public Runnable callAsync(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
				long patientUntil, LateAnswer late) {
			if (this.held == null) {
				return answerAsync(methodId, deadline, headers, payload, patientUntil, late);
			}
			AtomicBoolean ended = new AtomicBoolean();
			this.held.add(() -> {
				if (!ended.getAndSet(true)) {
					answerAsync(methodId, deadline, headers, payload, deadline.nanoTime(), late);
				}
			});
			return () -> {
				this.cancelled++;
				fail(ended, late, Kind.CANCELLED);
			};
		}

		@Override
		public void close() {
			this.closed = true;
		}

		private Runnable answerAsync(long methodId, Deadline deadline, Map<String, String> headers,
				PayloadWriter payload, long patientUntil, LateAnswer late) {
			try {
				Arrival arrival = arrive(methodId, deadline, headers, payload);
				if (!arrival.duration().isZero()) {
					return answerLater(arrival, deadline, patientUntil, late);
				}
				arrival.answer(late);
			}
			catch (TransportException ex) {
				late.accept(null, ex);
			}
			return () -> {
			};
		}

		Response succeed(Attempted attempted) {
			return Answers.of(Status.OK, Duration.ZERO,
					attempted.encode((serializer, out) -> serializer.writeResult(this.address.toString(), out)));
		}

	}

}

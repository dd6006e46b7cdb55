package io.harpc.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.harpc.Address;
import io.harpc.Deadline;
import io.harpc.protocol.Status;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server whose methods echo, sleep or produce bytes, and a client that calls it over
 * loopback. Sleeping is what those handlers are for; no test waits that way.
 */
final class TransportFixture implements AutoCloseable {

	/** Answers what it is sent. */
	static final long ECHO = 1;

	/** Sleeps for the milliseconds of its payload, then answers it. */
	static final long SLEEP = 2;

	/** Answers as many bytes as its payload says. */
	static final long PRODUCE = 3;

	/** Throws. */
	static final long BROKEN = 4;

	/** Blocks until interrupted, then answers. */
	static final long UNTIL_INTERRUPTED = 5;

	/** Blocks until interrupted, then throws that. */
	static final long INTERRUPTIBLE = 10;

	/** Gives a result that cannot be written. */
	static final long UNWRITABLE = 6;

	/** Answers, and leaves its thread interrupted. */
	static final long LEAVES_INTERRUPT = 7;

	/** Answers, and then goes on for the milliseconds of its payload. */
	static final long GOES_ON = 8;

	/** Takes the milliseconds of its payload, interrupted or not, then answers it. */
	static final long STUBBORN = 9;

	static final ThreadFactory THREADS = daemons("transport-test");

	final ExecutorService workers;

	final AtomicInteger executions = new AtomicInteger();

	final AtomicInteger interrupts = new AtomicInteger();

	final Queue<Status> refusals = new ConcurrentLinkedQueue<>();

	private final Map<Long, RequestHandler> handlers = new ConcurrentHashMap<>();

	/** What the server says of itself. */
	volatile long loadReport;

	TransportServer server;

	final TransportClient client;

	/** Of the client, if the server has any. */
	final Supplier<Encryption> encryption;

	final Address address;

	TransportFixture() throws IOException {
		this(TransportServerSettings.defaults(0).withBindAddress("127.0.0.1"), TransportClientSettings.defaults());
	}

	TransportFixture(TransportServerSettings serverSettings, TransportClientSettings clientSettings)
			throws IOException {
		this(serverSettings, clientSettings, Executors.newCachedThreadPool(daemons("transport-worker")));
	}

	TransportFixture(TransportServerSettings serverSettings, TransportClientSettings clientSettings,
			ExecutorService workers) throws IOException {
		this.workers = workers;
		this.handlers.put(ECHO, handler((request, answer) -> answer.ok(copy(request))));
		this.handlers.put(SLEEP, handler((request, answer) -> {
			pause(number(request));
			answer.ok(copy(request));
		}));
		this.handlers.put(PRODUCE, handler((request, answer) -> {
			byte[] bytes = new byte[(int) number(request)];
			Arrays.fill(bytes, (byte) 7);
			answer.ok((out) -> out.write(bytes));
		}));
		this.handlers.put(BROKEN, handler((request, answer) -> {
			throw new IllegalStateException("broken on purpose");
		}));
		this.handlers.put(UNTIL_INTERRUPTED, handler((request, answer) -> {
			try {
				Thread.sleep(60_000);
			}
			catch (InterruptedException ex) {
				this.interrupts.incrementAndGet();
				answer.ok(copy(request));
			}
		}));
		this.handlers.put(INTERRUPTIBLE, handler((request, answer) -> {
			try {
				Thread.sleep(60_000);
			}
			catch (InterruptedException ex) {
				answer.exception((out) -> out.write(1));
			}
		}));
		this.handlers.put(UNWRITABLE, handler((request, answer) -> answer.ok((out) -> {
			throw new StackOverflowError("unwritable on purpose");
		})));
		this.handlers.put(LEAVES_INTERRUPT, handler((request, answer) -> {
			Thread.currentThread().interrupt();
			answer.ok(copy(request));
		}));
		this.handlers.put(GOES_ON, handler((request, answer) -> {
			long millis = number(request);
			answer.ok(copy(request));
			pause(millis);
		}));
		this.handlers.put(STUBBORN, handler((request, answer) -> {
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(number(request));
			while (System.nanoTime() - end < 0) {
				LockSupport.parkNanos(1_000_000);
				Thread.interrupted();
			}
			answer.ok(copy(request));
		}));
		this.server = new TransportServer(serverSettings, this::route, () -> this.loadReport, THREADS, this.workers);
		this.address = new Address("127.0.0.1", this.server.start("first"));
		this.client = new TransportClient(clientSettings, THREADS);
		this.encryption = (serverSettings.encryption() != null) ? Encrypted.CLIENT : null;
	}

	RequestHandler route(long methodId) throws RefusedException {
		RequestHandler handler = this.handlers.get(methodId);
		if (handler == null) {
			throw new RefusedException(Status.NO_SUCH_METHOD, "no method " + methodId);
		}
		return handler;
	}

	Channel channel() {
		return channel(this.client, this.address, ChannelListener.NONE);
	}

	Channel channel(TransportClient by, Address to, ChannelListener listener) {
		return by.channel(new Peer(to, this.encryption, null), listener);
	}

	static byte[] call(Channel channel, long method, Duration timeout, byte[] payload) throws TransportException {
		Response response = channel.call(method, Deadline.after(timeout), Map.of(), (out) -> out.write(payload));
		return Arrays.copyOfRange(response.payload(), response.offset(), response.offset() + response.length());
	}

	static byte[] number(long value) {
		return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
	}

	private static long number(Request request) {
		return ByteBuffer.wrap(request.payload(), request.offset(), request.length()).getLong();
	}

	private static PayloadWriter copy(Request request) {
		return (out) -> out.write(request.payload(), request.offset(), request.length());
	}

	private static void pause(long millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private RequestHandler handler(Body body) {
		return new RequestHandler() {

			@Override
			protected void handle(Request request, Answer answer) {
				TransportFixture.this.executions.incrementAndGet();
				body.run(request, answer);
			}

			@Override
			protected void refused(Status status, Map<String, String> headers) {
				TransportFixture.this.refusals.add(status);
			}

		};
	}

	/** Makes virtual threads; the test is skipped where there are none. */
	static ThreadFactory virtualThreads() {
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			return (ThreadFactory) Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new TestAbortedException("needs virtual threads", ex);
		}
	}

	/** Waits for what another thread is about to do. */
	static void await(String what, BooleanSupplier condition) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime() - end).as(what).isNegative();
			LockSupport.parkNanos(1_000_000);
		}
	}

	static ThreadFactory daemons(String name) {
		AtomicInteger count = new AtomicInteger();
		return (task) -> {
			Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		};
	}

	@Override
	public void close() {
		this.client.close();
		this.server.close();
		this.workers.shutdown();
	}

	private interface Body {

		void run(Request request, Answer answer);

	}

}

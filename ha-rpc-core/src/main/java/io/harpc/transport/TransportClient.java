package io.harpc.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.harpc.Address;

/**
 * The client's side of the transport: makes channels, and owns the threads that they
 * share. Thread-safe.
 */
public final class TransportClient implements AutoCloseable {

	private static final int CALLBACK_THREADS = Math.max(4, Runtime.getRuntime().availableProcessors());

	private final TransportClientSettings settings;

	private final ThreadFactory threads;

	/** Minds deadlines, heartbeats and reconnecting. */
	private final Ticker watchdog;

	private final ThreadPoolExecutor background;

	private final ThreadPoolExecutor callbacks;

	private final Set<PooledChannel> channels = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Creates a client that has no connections yet.
	 * @param settings how to connect
	 * @param threads makes platform threads, best daemons
	 */
	public TransportClient(TransportClientSettings settings, ThreadFactory threads) {
		this.settings = settings;
		this.threads = threads;
		this.watchdog = new Ticker(threads, 4, TimeUnit.MILLISECONDS, this::lookAtChannels);
		// What comes after the end is done by who comes: it finds everything closed, and
		// tells so.
		RejectedExecutionHandler late = (task, pool) -> task.run();
		// Bounded by the connections: each has at most one connect and one write under
		// way.
		this.background = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
				threads, late);
		// Bounded by the calls that wait.
		this.callbacks = new ThreadPoolExecutor(CALLBACK_THREADS, CALLBACK_THREADS, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), threads, late);
		this.callbacks.allowCoreThreadTimeOut(true);
		this.watchdog.start();
	}

	/**
	 * Makes a channel in plain text.
	 * @param address where the server listens
	 * @param listener hears of the channel's connections
	 * @return the channel, to be closed by who asked for it
	 * @throws IllegalStateException if this client is closed
	 */
	public Channel channel(Address address, ChannelListener listener) {
		return channel(Peer.plain(address), listener);
	}

	/**
	 * Makes a channel. Connects only when asked to, or at the first call.
	 * @param peer whom it leads to
	 * @param listener hears of the channel's connections
	 * @return the channel, to be closed by who asked for it
	 * @throws IllegalStateException if this client is closed
	 */
	public Channel channel(Peer peer, ChannelListener listener) {
		if (this.closed) {
			throw new IllegalStateException("the transport client is closed");
		}
		PooledChannel channel = new PooledChannel(peer, this, listener);
		this.channels.add(channel);
		if (this.closed) {
			channel.close();
		}
		return channel;
	}

	/**
	 * Closes all channels, ends all waiting calls, and ends all threads.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.channels.forEach(PooledChannel::close);
		this.watchdog.stop();
		this.background.shutdown();
		this.callbacks.shutdown();
	}

	private boolean lookAtChannels(long now) {
		boolean busy = false;
		for (PooledChannel channel : this.channels) {
			busy |= channel.tick(now);
		}
		return busy;
	}

	TransportClientSettings settings() {
		return this.settings;
	}

	ThreadFactory threads() {
		return this.threads;
	}

	Ticker watchdog() {
		return this.watchdog;
	}

	Executor background() {
		return this.background;
	}

	Executor callbacks() {
		return this.callbacks;
	}

	void forget(PooledChannel channel) {
		this.channels.remove(channel);
	}

}

package io.harpc.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.harpc.Address;
import io.harpc.transport.Channel;
import io.harpc.transport.ChannelListener;
import io.harpc.transport.Encryption;
import io.harpc.transport.Peer;
import io.harpc.transport.TransportClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels of a client, one for each address and encryption, whatever the number of
 * services behind it. Thread-safe.
 */
final class Channels implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(Channels.class);

	private final BiFunction<Peer, ChannelListener, Channel> opening;

	private final Runnable closing;

	private final ReentrantLock lock = new ReentrantLock();

	/** Written under the lock, read without. */
	private final Map<Peer, SharedChannel> byPeer = new ConcurrentHashMap<>();

	/**
	 * Creates channels, none of which is open.
	 * @param opening opens a channel
	 * @param closing closes what lies beneath them
	 */
	Channels(BiFunction<Peer, ChannelListener, Channel> opening, Runnable closing) {
		this.opening = opening;
		this.closing = closing;
	}

	/** The channels of a transport, which is closed with them. */
	static Channels of(TransportClient transport) {
		return new Channels(transport::channel, transport::close);
	}

	/**
	 * Returns the channel to a peer, and has it connect in the background.
	 * @param peer the peer
	 * @param user hears when it is connected, until it lets go of the channel
	 * @return the channel
	 */
	SharedChannel acquire(Peer peer, Consumer<Channel> user) {
		this.lock.lock();
		try {
			SharedChannel shared = this.byPeer.get(peer);
			if (shared == null) {
				shared = new SharedChannel(peer, this.opening);
				this.byPeer.put(peer, shared);
			}
			shared.users.add(user);
			shared.channel().connect();
			return shared;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Lets go of a channel; the last user closes it.
	 * @param shared the channel
	 * @param user who used it
	 */
	void release(SharedChannel shared, Consumer<Channel> user) {
		this.lock.lock();
		try {
			if (!shared.users.remove(user) || !shared.users.isEmpty()) {
				return;
			}
			this.byPeer.remove(shared.peer, shared);
		}
		finally {
			this.lock.unlock();
		}
		shared.close();
	}

	/**
	 * {@return whether a server answers at an address and does not drain}
	 */
	boolean stillAnswers(Address address, @Nullable Supplier<Encryption> encryption) {
		return Stream.of(new Peer(address, encryption, null), new Peer(address, encryption, encryption != null))
			.anyMatch(this::stillAnswers);
	}

	private boolean stillAnswers(Peer peer) {
		SharedChannel shared = this.byPeer.get(peer);
		return shared != null && shared.channel().isConnected() && !shared.channel().isDraining();
	}

	@Override
	public void close() {
		List<SharedChannel> open;
		this.lock.lock();
		try {
			open = List.copyOf(this.byPeer.values());
			this.byPeer.clear();
		}
		finally {
			this.lock.unlock();
		}
		open.forEach(SharedChannel::close);
		this.closing.run();
	}

	/** One channel and those who use it. */
	static final class SharedChannel implements ChannelListener {

		private final Peer peer;

		private final List<Consumer<Channel>> users = new CopyOnWriteArrayList<>();

		private final Channel channel;

		private volatile String lastLoss = "";

		private volatile boolean closing;

		/** Whether the log says so. */
		private volatile boolean missing;

		private SharedChannel(Peer peer, BiFunction<Peer, ChannelListener, Channel> opening) {
			this.peer = peer;
			this.channel = opening.apply(peer, this);
		}

		Channel channel() {
			return this.channel;
		}

		/**
		 * {@return why there was no connection the last time, empty if there always was}
		 */
		String lastLoss() {
			return this.lastLoss;
		}

		private void close() {
			this.closing = true;
			this.channel.close();
		}

		@Override
		public void connected() {
			if (this.missing) {
				this.missing = false;
				LOG.info("{} is connected", this.peer.address());
			}
			this.users.forEach((user) -> user.accept(this.channel));
		}

		/** Who has said good-bye is not missed. */
		@Override
		public void disconnected(String reason) {
			this.lastLoss = reason;
			if (!this.missing && !this.closing && !this.channel.isDraining()) {
				this.missing = true;
				LOG.warn("{} is not connected: {}. It gets no calls until it is, which is tried on",
						this.peer.address(), reason);
			}
		}

	}

}

package io.harpc.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.harpc.Address;
import io.harpc.transport.ChannelListener;
import io.harpc.transport.Encryption;
import io.harpc.transport.Peer;
import org.jspecify.annotations.Nullable;

/**
 * The links of a client, one for each address and encryption, whatever the number of
 * services behind it. Thread-safe.
 */
final class Links implements AutoCloseable {

	private final Link.Factory factory;

	private final ReentrantLock lock = new ReentrantLock();

	/** Written under the lock, read without. */
	private final Map<Peer, SharedLink> byPeer = new ConcurrentHashMap<>();

	Links(Link.Factory factory) {
		this.factory = factory;
	}

	/**
	 * Returns the link to a peer, and has it connect in the background.
	 * @param peer the peer
	 * @param user hears when it is connected, until it lets go of the link
	 * @return the link
	 */
	SharedLink acquire(Peer peer, Consumer<Link> user) {
		this.lock.lock();
		try {
			SharedLink shared = this.byPeer.get(peer);
			if (shared == null) {
				shared = new SharedLink(peer, this.factory);
				this.byPeer.put(peer, shared);
			}
			shared.users.add(user);
			shared.link().connect();
			return shared;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Lets go of a link; the last user closes it.
	 * @param shared the link
	 * @param user who used it
	 */
	void release(SharedLink shared, Consumer<Link> user) {
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
		shared.link().close();
	}

	/**
	 * {@return whether a server answers at an address and does not drain}
	 */
	boolean stillAnswers(Address address, @Nullable Supplier<Encryption> encryption) {
		return Stream.of(new Peer(address, encryption, null), new Peer(address, encryption, encryption != null))
			.anyMatch(this::stillAnswers);
	}

	private boolean stillAnswers(Peer peer) {
		SharedLink shared = this.byPeer.get(peer);
		return shared != null && shared.link().isConnected() && !shared.link().isDraining();
	}

	@Override
	public void close() {
		List<SharedLink> open;
		this.lock.lock();
		try {
			open = List.copyOf(this.byPeer.values());
			this.byPeer.clear();
		}
		finally {
			this.lock.unlock();
		}
		open.forEach((shared) -> shared.link().close());
		this.factory.close();
	}

	/** One link and those who use it. */
	static final class SharedLink implements ChannelListener {

		private final Peer peer;

		private final List<Consumer<Link>> users = new CopyOnWriteArrayList<>();

		private final Link link;

		private volatile String lastLoss = "";

		private SharedLink(Peer peer, Link.Factory factory) {
			this.peer = peer;
			this.link = factory.open(peer, this);
		}

		Link link() {
			return this.link;
		}

		/**
		 * {@return why there was no connection the last time, empty if there always was}
		 */
		String lastLoss() {
			return this.lastLoss;
		}

		@Override
		public void connected() {
			this.users.forEach((user) -> user.accept(this.link));
		}

		@Override
		public void disconnected(String reason) {
			this.lastLoss = reason;
		}

	}

}

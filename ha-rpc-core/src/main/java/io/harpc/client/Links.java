package io.harpc.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.harpc.Address;
import io.harpc.transport.ChannelListener;

/**
 * The links of a client, one for each address, whatever the number of services behind it.
 * Thread-safe.
 */
final class Links implements AutoCloseable {

	private final Link.Factory factory;

	private final ReentrantLock lock = new ReentrantLock();

	/** Written under the lock, read without. */
	private final Map<Address, SharedLink> byAddress = new ConcurrentHashMap<>();

	Links(Link.Factory factory) {
		this.factory = factory;
	}

	/**
	 * Returns the link to an address, and has it connect in the background.
	 * @param address the address
	 * @param user hears when it is connected, until it lets go of the link
	 * @return the link
	 */
	SharedLink acquire(Address address, Consumer<Link> user) {
		this.lock.lock();
		try {
			SharedLink shared = this.byAddress.get(address);
			if (shared == null) {
				shared = new SharedLink(address, this.factory);
				this.byAddress.put(address, shared);
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
			this.byAddress.remove(shared.address, shared);
		}
		finally {
			this.lock.unlock();
		}
		shared.link().close();
	}

	/**
	 * {@return whether a server answers at an address and does not drain}
	 */
	boolean stillAnswers(Address address) {
		SharedLink shared = this.byAddress.get(address);
		return shared != null && shared.link().isConnected() && !shared.link().isDraining();
	}

	@Override
	public void close() {
		List<SharedLink> open;
		this.lock.lock();
		try {
			open = List.copyOf(this.byAddress.values());
			this.byAddress.clear();
		}
		finally {
			this.lock.unlock();
		}
		open.forEach((shared) -> shared.link().close());
		this.factory.close();
	}

	/** One link and those who use it. */
	static final class SharedLink implements ChannelListener {

		private final Address address;

		private final List<Consumer<Link>> users = new CopyOnWriteArrayList<>();

		private final Link link;

		private volatile String lastLoss = "";

		private SharedLink(Address address, Link.Factory factory) {
			this.address = address;
			this.link = factory.open(address, this);
		}

		Address address() {
			return this.address;
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

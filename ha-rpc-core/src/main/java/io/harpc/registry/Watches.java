package io.harpc.registry;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.Address;
import io.harpc.ServiceKey;

/**
 * The watches that a {@link Registry} has given out, for those who implement one: holds
 * the newest view of each watched service and tells it to the listeners, one view at a
 * time and none after a newer one. Thread-safe; no lock is held while a listener runs.
 */
public final class Watches {

	private static final Logger logger = LoggerFactory.getLogger(Watches.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<ServiceKey, Topic> topics = new ConcurrentHashMap<>();

	/**
	 * Adds a watch and tells it what is known.
	 * @param service the service
	 * @param listener the listener
	 * @return the watch
	 */
	public Watch add(ServiceKey service, InstancesListener listener) {
		Subscription subscription;
		this.lock.lock();
		try {
			Topic topic = this.topics.computeIfAbsent(service, Topic::new);
			subscription = new Subscription(topic, listener);
			topic.subscriptions.add(subscription);
		}
		finally {
			this.lock.unlock();
		}
		subscription.deliver();
		return subscription;
	}

	/**
	 * Replaces the view of a service and tells its listeners. Does nothing for a service
	 * that nobody watches.
	 * @param service the service
	 * @param change takes the view so far and returns the newer one, or the same where
	 * nothing changed; runs under a lock, so that what it reads is never older than what
	 * an earlier change has read
	 */
	public void update(ServiceKey service, UnaryOperator<Instances> change) {
		Topic topic;
		this.lock.lock();
		try {
			topic = this.topics.get(service);
			if (topic == null) {
				return;
			}
			topic.newest = change.apply(topic.newest);
		}
		finally {
			this.lock.unlock();
		}
		topic.subscriptions.forEach(Subscription::deliver);
	}

	/**
	 * The newest view of a service.
	 * @param service the service
	 * @return the view, not known where nobody watches the service
	 */
	public Instances current(ServiceKey service) {
		Topic topic = this.topics.get(service);
		return (topic != null) ? topic.newest : Instances.unknown(service);
	}

	/**
	 * The services that are watched.
	 * @return an immutable copy
	 */
	public Set<ServiceKey> services() {
		return Set.copyOf(this.topics.keySet());
	}

	/**
	 * Whether anybody watches a service.
	 * @param service the service
	 * @return {@code true} if so
	 */
	public boolean isWatched(ServiceKey service) {
		return this.topics.containsKey(service);
	}

	/** Closes every watch. */
	public void close() {
		List<Subscription> all = this.topics.values()
			.stream()
			.map((topic) -> topic.subscriptions)
			.flatMap(Collection::stream)
			.toList();
		all.forEach(Subscription::close);
	}

	boolean stillAnswers(ServiceKey service, Address address) {
		Topic topic = this.topics.get(service);
		return topic != null
				&& topic.subscriptions.stream().anyMatch((subscription) -> subscription.stillAnswers(address));
	}

	private void remove(Subscription subscription) {
		this.lock.lock();
		try {
			Topic topic = subscription.topic;
			topic.subscriptions.remove(subscription);
			if (topic.subscriptions.isEmpty()) {
				this.topics.remove(topic.newest.service(), topic);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private static final class Topic {

		private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();

		private volatile Instances newest;

		Topic(ServiceKey service) {
			this.newest = Instances.unknown(service);
		}

	}

	private final class Subscription implements Watch {

		private final Topic topic;

		private final InstancesListener listener;

		/**
		 * Above zero while a thread delivers: others only count up and leave it to it.
		 */
		private final AtomicInteger due = new AtomicInteger();

		private volatile boolean closed;

		private @Nullable Instances told;

		Subscription(Topic topic, InstancesListener listener) {
			this.topic = topic;
			this.listener = listener;
		}

		void deliver() {
			if (this.due.getAndIncrement() > 0) {
				return;
			}
			int seen = 1;
			while (seen > 0) {
				tell(this.topic.newest);
				seen = this.due.addAndGet(-seen);
			}
		}

		private void tell(Instances newest) {
			if (this.closed || newest == this.told || !newest.isKnown()) {
				return;
			}
			this.told = newest;
			try {
				this.listener.update(newest);
			}
			catch (RuntimeException ex) {
				logger.warn("A listener of {} failed and goes on with the next view", newest.service(), ex);
			}
		}

		boolean stillAnswers(Address address) {
			try {
				return this.listener.stillAnswers(address);
			}
			catch (RuntimeException ex) {
				logger.warn("A listener of {} could not say whether {} answers: taken for no",
						this.topic.newest.service(), address, ex);
				return false;
			}
		}

		@Override
		public Instances current() {
			return this.topic.newest;
		}

		@Override
		public void close() {
			if (!this.closed) {
				this.closed = true;
				remove(this);
			}
		}

	}

}

package io.harpc.registry.zookeeper;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.Registration;

/**
 * What this process has registered. Proves after every reconnect, and regularly, that
 * each node is there and its own. Thread-safe.
 */
final class Registrations {

	private static final Logger logger = LoggerFactory.getLogger(Registrations.class);

	/**
	 * After a reconnect, registrations are looked at within this time, each at its own.
	 */
	private static final int RECONNECT_JITTER_MILLIS = 500;

	private final Ensemble ensemble;

	private final Layout layout;

	private final Random random;

	private final Map<Key, OwnedNode> nodes = new ConcurrentHashMap<>();

	Registrations(Ensemble ensemble, Layout layout, Random random) {
		this.ensemble = ensemble;
		this.layout = layout;
		this.random = random;
	}

	Registration register(Instance instance) {
		Key key = Key.of(instance);
		OwnedNode node = this.nodes.compute(key, (same, present) -> {
			if (present != null && present.isWanted()) {
				throw new IllegalStateException("instance: " + instance.id() + " of " + instance.service()
						+ " (expected: an id that is not registered yet)");
			}
			// One that is still to be removed is left to the new one, which removes it.
			return new OwnedNode(instance, this.layout.service(instance.service()), this, this.ensemble.settings(),
					present == null);
		});
		this.ensemble.run(() -> reconcile(key, node));
		return node;
	}

	void updated(OwnedNode node) {
		this.ensemble.run(() -> reconcile(Key.of(node.instance()), node));
	}

	void deregister(OwnedNode node) {
		Key key = Key.of(node.instance());
		this.ensemble.run(() -> reconcile(key, node));
		if (!this.ensemble.await(node.removed())) {
			logger.info("{} is deregistered as soon as ZooKeeper is back, or with its session", node.instance().id());
		}
	}

	/** The connection is gone: what was proven is no more. */
	void doubt() {
		this.nodes.values().forEach(OwnedNode::doubt);
	}

	/** There is a connection again, of this session or another. */
	void reconnected() {
		this.nodes.forEach((key, node) -> reconcileSoon(key, node, this.random.nextInt(RECONNECT_JITTER_MILLIS)));
	}

	/** Takes everything back. */
	void close() {
		this.nodes.values().forEach(OwnedNode::unwant);
		this.nodes.forEach((key, node) -> this.ensemble.run(() -> reconcile(key, node)));
	}

	// On the worker

	void verify() {
		this.nodes.forEach(this::reconcile);
	}

	private void reconcileSoon(Key key, OwnedNode node, long delayMillis) {
		if (node.enqueue()) {
			this.ensemble.schedule(() -> {
				node.dequeue();
				reconcile(key, node);
			}, delayMillis);
		}
	}

	private void reconcile(Key key, OwnedNode node) {
		if (!this.ensemble.isConnected() || this.nodes.get(key) != node) {
			return;
		}
		try {
			node.reconcile(this.ensemble.client());
			// Not by isWanted(): that may have changed while the node was being made.
			if (node.isRemoved()) {
				this.nodes.remove(key, node);
			}
			if (!this.ensemble.isConnected()) {
				node.doubt();
			}
			this.ensemble.succeeded();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			node.doubt();
			reconcileSoon(key, node, this.ensemble.failed("put " + key.service + " right in", ex));
		}
	}

	private record Key(ServiceKey service, String id) {

		static Key of(Instance instance) {
			return new Key(instance.service(), instance.id());
		}

	}

}

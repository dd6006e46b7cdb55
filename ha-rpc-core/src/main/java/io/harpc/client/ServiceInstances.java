package io.harpc.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import io.harpc.Address;
import io.harpc.loadbalancer.Candidate;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.InstancesListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service as this process believes them to be: follows the
 * registry's view, connects to what is new, lets go of what is gone. Thread-safe.
 */
final class ServiceInstances implements InstancesListener, AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(ServiceInstances.class);

	private final ClientContext context;

	private final CompletableFuture<Void> known = new CompletableFuture<>();

	private final ReentrantLock lock = new ReentrantLock();

	/** By what tells one process from the next; guarded by the lock. */
	private Map<Identity, InstanceState> states = Map.of();

	/** Written under the lock. */
	private volatile boolean closed;

	private final CutOffs cutOffs;

	private volatile InstanceSnapshot snapshot;

	ServiceInstances(ClientContext context) {
		this.context = context;
		this.cutOffs = new CutOffs(context.resilience().settings().ejection(), context.timing().nanoTime());
		this.snapshot = InstanceSnapshot.unknown(this.cutOffs);
	}

	InstanceSnapshot snapshot() {
		return this.snapshot;
	}

	/**
	 * {@return completed as soon as there is a first view, or none will come any more}
	 */
	CompletableFuture<Void> known() {
		return this.known;
	}

	@Override
	public void update(Instances instances) {
		if (!instances.isKnown()) {
			return;
		}
		this.lock.lock();
		try {
			if (!this.closed) {
				apply(instances);
			}
		}
		finally {
			this.lock.unlock();
		}
		this.known.complete(null);
	}

	@Override
	public boolean stillAnswers(Address address) {
		return this.context.links().stillAnswers(address);
	}

	/**
	 * {@return what is believed of each instance}
	 */
	Stream<InstanceState> states() {
		InstanceSnapshot current = this.snapshot;
		return Stream.concat(current.active().stream(), current.reserve().stream()).map(InstanceState.class::cast);
	}

	boolean isClosed() {
		return this.closed;
	}

	@Override
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.snapshot = InstanceSnapshot.unknown(this.cutOffs);
			this.states.values().forEach(InstanceState::retire);
			this.states = Map.of();
		}
		finally {
			this.lock.unlock();
		}
		this.known.complete(null);
	}

	private void apply(Instances instances) {
		Map<Identity, InstanceState> gone = new HashMap<>(this.states);
		Map<Identity, InstanceState> now = new HashMap<>();
		boolean first = !this.snapshot.isKnown();
		for (Instance instance : instances.list()) {
			Identity identity = new Identity(instance.id(), instance.address());
			InstanceState state = gone.remove(identity);
			if (state == null) {
				state = add(instance, first);
			}
			else {
				state.update(instance);
			}
			now.put(identity, state);
		}
		this.states = now;
		// First out of sight, then out of use
		this.snapshot = new InstanceSnapshot(select(now.values(), false), select(now.values(), true),
				instances.origin(), this.cutOffs);
		gone.values().forEach(this::remove);
		this.cutOffs.resize(now.size(), this.context.timing().nanoTime());
	}

	/**
	 * Those of the first view are equal: one is as warm as the other, as far as is known.
	 */
	private InstanceState add(Instance instance, boolean first) {
		LOG.info("{} has an instance at {}", instance.service(), instance.address());
		return new InstanceState(instance, this.context, this.cutOffs, first);
	}

	private void remove(InstanceState state) {
		LOG.info("{} has no instance at {} any more", state.instance().service(), state.instance().address());
		state.retire();
	}

	private static List<Candidate> select(Collection<InstanceState> states, boolean reserve) {
		List<Candidate> selected = new ArrayList<>(states.size());
		for (InstanceState state : states) {
			if ((state.instance().weight() == 0) == reserve) {
				selected.add(state);
			}
		}
		return List.copyOf(selected);
	}

	/** A process is the same while both are; a restarted one has another id. */
	private record Identity(String id, Address address) {

	}

}

package io.harpc.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.harpc.Address;
import io.harpc.loadbalancer.Candidate;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Change;
import io.harpc.registry.InstancesListener;
import io.harpc.transport.Encryption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service as this process believes them to be: follows the
 * registry's view, connects to what is new, lets go of what is gone. Thread-safe.
 */
final class ServiceInstances implements InstancesListener, AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(ServiceInstances.class);

	private final ClientContext context;

	private final @Nullable Supplier<Encryption> encryption;

	private final CompletableFuture<Void> known = new CompletableFuture<>();

	private final ReentrantLock lock = new ReentrantLock();

	/** By what tells one process from the next; guarded by the lock. */
	private final Map<Identity, InstanceState> states = new HashMap<>();

	/** The view that the states follow; guarded by the lock. */
	private @Nullable Instances view;

	/** Written under the lock. */
	private volatile boolean closed;

	private final CutOffs cutOffs;

	private volatile InstanceSnapshot snapshot;

	/**
	 * Creates the instances of one service, none of which is known yet.
	 * @param context where channels and breakers are had
	 * @param encryption how to encrypt, {@code null} for plain text
	 */
	ServiceInstances(ClientContext context, @Nullable Supplier<Encryption> encryption) {
		this.context = context;
		this.encryption = encryption;
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
		return this.context.channels().stillAnswers(address, this.encryption);
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
			this.states.clear();
		}
		finally {
			this.lock.unlock();
		}
		this.known.complete(null);
	}

	/** Costs as much as has changed, and a copy of the references to the others. */
	private void apply(Instances newest) {
		Change change = newest.since((this.view != null) ? this.view : Instances.unknown(newest.service()));
		boolean first = this.view == null;
		this.view = newest;
		Map<Identity, InstanceState> gone = new HashMap<>();
		for (Instance instance : change.gone()) {
			Identity identity = Identity.of(instance);
			InstanceState state = this.states.remove(identity);
			if (state != null) {
				gone.put(identity, state);
			}
		}
		Set<InstanceState> moved = new HashSet<>(gone.values());
		List<InstanceState> come = new ArrayList<>();
		for (Instance instance : change.come()) {
			Identity identity = Identity.of(instance);
			InstanceState state = gone.remove(identity);
			if (state == null) {
				state = add(instance, first);
			}
			else {
				state.update(instance);
			}
			this.states.put(identity, state);
			come.add(state);
		}
		// First out of sight, then out of use
		this.snapshot = new InstanceSnapshot(select(this.snapshot.active(), moved, come, false),
				select(this.snapshot.reserve(), moved, come, true), newest.origin(), this.cutOffs);
		gone.values().forEach(this::remove);
		this.cutOffs.resize(this.states.size(), this.context.timing().nanoTime());
	}

	/**
	 * Those of the first view are equal: one is as warm as the other, as far as is known.
	 */
	private InstanceState add(Instance instance, boolean first) {
		LOG.info("{} has an instance at {}", instance.service(), instance.address());
		return new InstanceState(instance, this.context, this.encryption, this.cutOffs, first);
	}

	private void remove(InstanceState state) {
		LOG.info("{} has no instance at {} any more", state.instance().service(), state.instance().address());
		state.retire();
	}

	/**
	 * The same list where nothing in it changed, so that what is derived from it stays.
	 */
	private static List<Candidate> select(List<Candidate> former, Set<InstanceState> moved, List<InstanceState> come,
			boolean reserve) {
		List<Candidate> selected = new ArrayList<>(former.size() + come.size());
		selected.addAll(former);
		boolean changed = !moved.isEmpty() && selected.removeAll(moved);
		for (InstanceState state : come) {
			if ((state.instance().weight() == 0) == reserve) {
				changed |= selected.add(state);
			}
		}
		return changed ? List.copyOf(selected) : former;
	}

	/** A process is the same while all are; a restarted one has another id. */
	private record Identity(String id, Address address, @Nullable Boolean tls) {

		static Identity of(Instance instance) {
			return new Identity(instance.id(), instance.address(), instance.tls());
		}

	}

}

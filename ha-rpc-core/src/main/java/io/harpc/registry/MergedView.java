package io.harpc.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instances.Change;
import io.harpc.registry.Instances.Origin;

/**
 * What is believed of one service, given what its registry says: an instance that is no
 * longer listed is given up at once, unless there is reason to doubt the registry, and
 * then only when its address does not answer either.
 * <p>
 * There is reason to doubt while the registry is away, for the time to settle after it
 * has come back, and as long as more instances have vanished together than are left (of
 * two, both; of three, two; and always the only one). While it settles, a registry that
 * lists nothing at all is not believed even where nothing answers: trying the last known
 * instances costs no more than having none.
 * <p>
 * Not thread-safe. Time is passed in, in nanoseconds.
 */
final class MergedView {

	private static final Logger logger = LoggerFactory.getLogger(MergedView.class);

	private final ServiceKey service;

	private final KeepingSettings settings;

	private final Predicate<Address> stillAnswers;

	/** What is listed no more and not forgotten yet. */
	private final Map<String, Vanished> vanished = new LinkedHashMap<>();

	/** Whether the registry has ever been away, and when it came back last. */
	private boolean returned;

	private long returnedNanos;

	private Instances source;

	private Instances view;

	MergedView(ServiceKey service, KeepingSettings settings, Predicate<Address> stillAnswers) {
		this.service = service;
		this.settings = settings;
		this.stillAnswers = stillAnswers;
		this.source = Instances.unknown(service);
		this.view = this.source;
	}

	/**
	 * Whether time or a probe alone may change the view.
	 * @return {@code true} if {@link #update} is due again before the registry says more
	 */
	boolean isInDoubt() {
		return !this.vanished.isEmpty();
	}

	/**
	 * Takes what is known now.
	 * @param newest the registry's newest word, or the last one again
	 * @param nowNanos the time
	 * @return the view, the same object where nothing changed
	 */
	Instances update(Instances newest, long nowNanos) {
		if (newest == this.source && !isInDoubt()) {
			return this.view;
		}
		if (newest != this.source && newest.isKnown()) {
			if (newest.origin() == Origin.REGISTRY && this.source.isKnown()
					&& this.source.origin() != Origin.REGISTRY) {
				this.returned = true;
				this.returnedNanos = nowNanos;
			}
			list(newest, nowNanos);
		}
		boolean settling = isSettling(nowNanos);
		review(settling, nowNanos);
		return refresh(settling);
	}

	private boolean isSettling(long nowNanos) {
		return this.source.origin() != Origin.REGISTRY
				|| (this.returned && nowNanos - this.returnedNanos < this.settings.settling().toNanos());
	}

	private void list(Instances newest, long nowNanos) {
		Change change = newest.since(this.source);
		change.gone().forEach((gone) -> this.vanished.putIfAbsent(gone.id(), new Vanished(gone, nowNanos)));
		this.source = newest;
		forgetWhatIsIn(change.come());
	}

	/** A new incarnation at the address of an old one: that one is gone for certain. */
	private void forgetWhatIsIn(List<Instance> listed) {
		Set<Address> missing = new HashSet<>();
		this.vanished.values().forEach((gone) -> missing.add(gone.instance.address()));
		Set<Address> taken = new HashSet<>();
		for (Instance instance : listed) {
			this.vanished.remove(instance.id());
			if (missing.contains(instance.address())) {
				taken.add(instance.address());
			}
		}
		this.vanished.values().removeIf((gone) -> taken.contains(gone.instance.address()));
	}

	private boolean isDoubtful(boolean settling) {
		boolean doubtful = settling || this.vanished.size() > this.source.list().size();
		if (doubtful && !this.vanished.isEmpty()) {
			// Two may have had one address. Only now it is worth a look at all.
			forgetWhatIsIn(this.source.list());
		}
		return settling || this.vanished.size() > this.source.list().size();
	}

	private void review(boolean settling, long nowNanos) {
		boolean doubtful = isDoubtful(settling);
		int kept = 0;
		int before = 0;
		for (Vanished gone : this.vanished.values()) {
			before += gone.kept ? 1 : 0;
			gone.kept = (doubtful || gone.kept) && this.stillAnswers.test(gone.instance.address());
			kept += gone.kept ? 1 : 0;
		}
		if (before == 0 && kept > 0) {
			logger.warn("Instances of {} vanished from the registry: {}, left: {}, still answering and kept in use: {}",
					this.service, this.vanished.size(), this.source.list().size(), kept);
		}
		else if (before > 0 && kept == 0) {
			logger.info("No instance of {} is in use any more that the registry does not list", this.service);
		}
		long together = this.settings.together().toNanos();
		this.vanished.values().removeIf((gone) -> !settling && !gone.kept && nowNanos - gone.sinceNanos >= together);
	}

	private Instances refresh(boolean settling) {
		List<Instance> unconfirmed = new ArrayList<>();
		boolean anyKept = this.vanished.values().stream().anyMatch((gone) -> gone.kept);
		boolean lastResort = settling && this.source.list().isEmpty() && !anyKept;
		for (Vanished gone : this.vanished.values()) {
			if (gone.kept || lastResort) {
				unconfirmed.add(gone.instance);
			}
		}
		Instances next = this.source.with(unconfirmed);
		if (!next.equals(this.view)) {
			this.view = next;
		}
		return this.view;
	}

	private static final class Vanished {

		private final Instance instance;

		private final long sinceNanos;

		private boolean kept;

		Vanished(Instance instance, long sinceNanos) {
			this.instance = instance;
			this.sinceNanos = sinceNanos;
		}

	}

}
